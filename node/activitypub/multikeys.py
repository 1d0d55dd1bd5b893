"""Ed25519 keys as `assertionMethod` shows them: Multikey, base58btc behind a `z` (FEP-521a).

Inside the node every public key is a PEM; only here it has another form.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from node.errors import Malformed

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
MAX_LENGTH = 200  # characters of base58 that are read: its cost grows with the square of them
KEY_BYTES = 32
_PAIRS = [high + low for high in ALPHABET for low in ALPHABET]  # two digits of base58 are one of base 3364
_PAIRS_AT_ONCE = 5  # 58 ** 10 fits into 64 bits
_SEVERAL = len(_PAIRS) ** _PAIRS_AT_ONCE
_BASE58BTC = "z"
_ED25519 = b"\xed\x01"  # multicodec ed25519-pub, as a varint
_DIGITS = {letter: value for value, letter in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Write bytes as multibase, base58btc."""
    number, pairs = int.from_bytes(data, "big"), list[str]()
    while number:
        number, several = divmod(number, _SEVERAL)  # one division of the long number for five of a short one
        for _ in range(_PAIRS_AT_ONCE):
            several, pair = divmod(several, len(_PAIRS))
            pairs.append(_PAIRS[pair])
    letters = "".join(reversed(pairs)).lstrip(ALPHABET[0])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return _BASE58BTC + ALPHABET[0] * zeros + letters


def decode(text: str) -> bytes:
    """Read multibase, base58btc; Malformed for any other text."""
    letters = text[1:]
    if not text.startswith(_BASE58BTC) or len(text) > MAX_LENGTH or not _DIGITS.keys() >= set(letters):
        raise Malformed("This is not base58btc.", detail=text[:80])
    number = 0
    for letter in letters:
        number = number * len(ALPHABET) + _DIGITS[letter]
    zeros = len(letters) - len(letters.lstrip(ALPHABET[0]))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def generate() -> tuple[str, str]:
    """Make an Ed25519 key: private PEM (PKCS 8, unencrypted), public half as multibase."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), encode(_ED25519 + key.public_key().public_bytes_raw())


def pem_of(multibase: str) -> str:
    """Return a Multikey's Ed25519 key as PEM (SPKI); Malformed for any other kind of key."""
    data = decode(multibase)
    if data[: len(_ED25519)] != _ED25519 or len(data) != len(_ED25519) + KEY_BYTES:
        raise Malformed("The Multikey does not hold an Ed25519 key.", detail=multibase[:80])
    key = Ed25519PublicKey.from_public_bytes(data[len(_ED25519) :])
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()
