"""FEP-521a; vectors of base58btc from draft-msporny-base58-03."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from node.activitypub import multikeys
from node.activitypub.keys import load_private, load_public
from node.errors import Malformed
from tests.support import keyshop

VECTORS = {
    b"Hello World!": "z2NEpo7TZRRrLZSi2U",
    b"The quick brown fox jumps over the lazy dog.": "zUSm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
    b"\0\0\x28\x7f\xb4\xcd": "z11233QC4",
    b"": "z",
}


@pytest.mark.parametrize(("data", "text"), VECTORS.items())
def test_bytes_are_written_and_read_in_base58btc(data, text):
    assert multikeys.encode(data) == text
    assert multikeys.decode(text) == data


@pytest.mark.parametrize("text", ["", "u2NEpo", "z0OIl", "zé", "z" + "2" * 5000, "2NEpo7"])
def test_what_is_no_base58btc_is_refused_at_once(text):
    with pytest.raises(Malformed):
        multikeys.decode(text)


def test_a_key_is_made_shown_and_read():
    private, shown = multikeys.generate()
    assert shown.startswith("z6Mk")
    public = load_public(multikeys.pem_of(shown))
    assert isinstance(public, Ed25519PublicKey)
    assert public.public_bytes_raw() == load_private(private).public_key().public_bytes_raw()


def test_only_ed25519_is_read():
    whole = keyshop.proof_key("alice").public_key().public_bytes_raw()
    for data in (b"\x85\x24" + bytes(270), b"\xed\x01" + whole[:-1], b"\xed\x01" + whole + b"\0", whole, b""):
        with pytest.raises(Malformed):
            multikeys.pem_of(multikeys.encode(data) if len(data) < 100 else "z" + "4" * 199)
