"""THREATS.md V05 to V12, 2.2; FEDERATION.md B.1."""

import base64
import contextlib
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from node.activitypub import keys
from node.activitypub import signatures as s
from node.errors import Unauthenticated

NOW = datetime(2026, 11, 3, 9, 0, 0, tzinfo=UTC)
HOSTS = {"local.example"}
URL = "https://local.example/c/bees/inbox"
KEY_ID = "https://a.example/u/alice#main-key"
BODY = b'{"id": "https://a.example/1",  "type":"Like"}'


def pem_of(private):
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


PRIVATE_PEM, PUBLIC_PEM = s.generate_rsa()
PRIVATE = s.load_private(PRIVATE_PEM)
ED = Ed25519PrivateKey.generate()


def digest(body=BODY, name="SHA-256"):
    return f"{name}={base64.b64encode(hashlib.sha256(body).digest()).decode()}"


def request(headers, *, method="POST", target="/c/bees/inbox", body=BODY):
    pairs = headers.items() if isinstance(headers, dict) else headers
    return s.SignedRequest(method, target, tuple((name.lower(), value) for name, value in pairs), body)


def signed(*, key=PRIVATE, now=NOW, method="POST", url=URL, body=BODY):
    sent = s.sign(method=method, url=url, body=body, key_id=KEY_ID, private_key=key, now=now)
    return request(sent, method=method, target="/" + url.split("/", 3)[3], body=body or b"")


def handmade(
    names,
    *,
    values=None,
    method="POST",
    target="/c/bees/inbox",
    body=BODY,
    parameters="",
    label="hs2019",
    key=PRIVATE,
):
    """Sign what a peer might: any headers, any parameters."""
    values = {
        "host": "local.example",
        "date": "Tue, 03 Nov 2026 09:00:00 GMT",
        "digest": digest(body),
        **(values or {}),
    }
    pseudo = {"(request-target)": f"{method.lower()} {target}"} | {
        name: value for name, value in values.items() if name.startswith("(")
    }
    text = "\n".join(f"{name}: {(pseudo | values)[name]}" for name in names)
    value = base64.b64encode(keys.sign_bytes(key, text.encode())).decode()
    header = (
        f'keyId="{KEY_ID}",algorithm="{label}",headers="{" ".join(names)}",signature="{value}"{parameters}'
    )
    sent = {name: one for name, one in values.items() if not name.startswith("(")}
    return request({**sent, "signature": header}, method=method, target=target, body=body)


def verify(one, *, pem=PUBLIC_PEM, now=NOW, hosts=HOSTS):
    s.verify(one, pem, now=now, hosts=hosts)


def refused(one, **options):
    with pytest.raises(Unauthenticated) as caught:
        verify(one, **options)
    return str(caught.value)


ALL = ["(request-target)", "host", "date", "digest"]


def test_what_we_sign_we_accept():
    verify(signed())
    verify(signed(method="GET", url="https://local.example/u/bob", body=None))
    verify(signed(method="GET", url="https://local.example/outbox?page=2", body=None))
    verify(signed(key=ED), pem=pem_of(ED))


def test_we_sign_as_the_strictest_peers_need_it():
    sent = s.sign(method="POST", url=URL, body=BODY, key_id=KEY_ID, private_key=PRIVATE, now=NOW)
    assert sent["Date"] == "Tue, 03 Nov 2026 09:00:00 GMT"
    assert sent["Host"] == "local.example"
    assert sent["Digest"] == digest()
    assert sent["Content-Type"] == "application/activity+json"
    assert sent["Signature"].startswith(
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )
    assert ", " not in sent["Signature"]
    get = s.sign(
        method="GET",
        url="https://x.example",
        headers={"accept": "x/y"},
        body=None,
        key_id=KEY_ID,
        private_key=PRIVATE,
        now=NOW,
    )
    # Lemmy 1.0 shows what is in a private community only to requests that have and cover it, with a body or without.
    assert 'headers="(request-target) host date digest"' in get["Signature"]
    assert get["Digest"] == "SHA-256=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    assert get["Accept"] == "x/y"


def test_the_host_names_a_port_only_where_it_must():
    def host(url):
        return s.sign(method="GET", url=url, body=None, key_id=KEY_ID, private_key=PRIVATE, now=NOW)["Host"]

    assert host("https://x.example:443/") == "x.example"
    assert host("http://localhost:8001/inbox") == "localhost:8001"


def test_the_content_type_may_be_another():
    sent = s.sign(
        method="POST",
        url=URL,
        headers={"Content-Type": "application/ld+json"},
        body=BODY,
        key_id=KEY_ID,
        private_key=PRIVATE,
        now=NOW,
    )
    assert sent["Content-Type"] == "application/ld+json"
    verify(request(sent))


@pytest.mark.parametrize("names", [ALL, list(reversed(ALL)), [*ALL, "content-type"]])
def test_peers_sign_in_their_own_order(names):
    verify(handmade(names, values={"content-type": "application/activity+json"}))


@pytest.mark.parametrize("missing", ALL)
def test_a_post_must_cover_all_four(missing):
    assert "must also cover" in refused(handmade([name for name in ALL if name != missing]))


@pytest.mark.parametrize("missing", ["(request-target)", "host", "date"])
def test_a_get_must_cover_all_three(missing):
    names = [name for name in ("(request-target)", "host", "date") if name != missing]
    assert "must also cover" in refused(handmade(names, method="GET", body=b""))


def test_a_get_with_the_digest_of_nothing_is_fine():
    verify(handmade(ALL, method="GET", body=b""))
    refused(handmade(["(request-target)", "host", "date"], method="GET", body=b"x"))


def test_created_serves_instead_of_the_date():
    names = ["(request-target)", "(created)", "host", "digest"]
    seconds = int(NOW.timestamp())
    verify(handmade(names, values={"(created)": seconds}, parameters=f",created={seconds}"))
    verify(
        handmade(
            [*names, "(expires)"],
            values={"(created)": seconds, "(expires)": seconds + 9},
            parameters=f',created={seconds},expires="{seconds + 9}"',
        )
    )
    assert "does not give" in refused(handmade(names, values={"(created)": seconds}))
    assert "hs2019" in refused(
        handmade(names, values={"(created)": seconds}, parameters=f",created={seconds}", label="rsa-sha256")
    )
    old = seconds - 3_700
    assert "too long ago" in refused(handmade(names, values={"(created)": old}, parameters=f",created={old}"))


def test_an_expired_signature_is_refused():
    seconds = int(NOW.timestamp())
    assert "expired" in refused(handmade(ALL, parameters=f",expires={seconds - 1}"))
    verify(handmade(ALL, parameters=f",expires={seconds}"))
    assert "does not give" in refused(handmade([*ALL, "(expires)"], values={"(expires)": 1}))


@pytest.mark.parametrize("minutes", [-59, -60, 0, 4, 5])
def test_a_clock_may_be_a_little_off(minutes):
    verify(signed(now=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize("minutes", [-61, 6, -60 * 24 * 365])
def test_a_clock_may_not_be_far_off(minutes):
    assert "too long ago, or in the future" in refused(signed(now=NOW + timedelta(minutes=minutes)))


@pytest.mark.parametrize(
    "date",
    [
        "",
        "now",
        "2026-11-03T09:00:00Z",
        "Tue, 03 Nov 2026 09:00:00 -0000",
        "Tue, 99 Nov 2026 09:00:00 GMT",
        "x" * 5_000,
    ],
)
def test_an_unreadable_date_is_refused(date):
    assert "Date header" in refused(handmade(ALL, values={"date": date}))


@pytest.mark.parametrize(
    "value",
    [
        "",
        "md5=abc",
        digest(b"other"),
        digest(name="sha-256"),
        digest(name="SHA-512"),
        f"{digest()},{digest()}",
        f"{digest(b'x')},{digest()}",
        "SHA-256=",
        digest().replace("=", ":", 1),
        digest() + "=",
        "SHA-256=é",
    ],
)
def test_only_one_right_digest_passes(value):
    assert "Digest header" in refused(handmade(ALL, values={"digest": value}))


def test_other_digests_beside_the_right_one_do_not_matter():
    verify(handmade(ALL, values={"digest": f"MD5=abc, {digest()}"}))


def test_a_body_changed_in_its_spacing_alone_is_refused():
    one = signed()
    assert "does not match the body" in refused(request(one.headers, body=BODY.replace(b"  ", b" ")))


def test_a_covered_header_must_be_there():
    one = handmade(ALL)
    for name in ("digest", "host", "date"):
        refused(request([pair for pair in one.headers if pair[0] != name]))
    refused(
        handmade([*ALL, "x-extra"], values={"x-extra": "1"})
        and request(
            [
                pair
                for pair in handmade([*ALL, "x-extra"], values={"x-extra": "1"}).headers
                if pair[0] != "x-extra"
            ]
        )
    )


@pytest.mark.parametrize("name", ["host", "date", "digest", "signature"])
def test_a_doubled_header_is_refused(name):
    one = signed()
    double = next(pair for pair in one.headers if pair[0] == name)
    assert "two" in refused(request([*one.headers, double]))


def test_another_header_that_comes_twice_is_joined():
    one = handmade([*ALL, "x-a"], values={"x-a": "1, 2"})
    verify(request([*(pair for pair in one.headers if pair[0] != "x-a"), ("x-a", "1"), ("x-a", " 2 ")]))


def test_a_request_for_another_host_is_refused():
    for host in ("victim.example", "", "local.example.evil.example", "local.example:8443"):
        assert "another host" in refused(handmade(ALL, values={"host": host}))
    verify(handmade(ALL, values={"host": "Local.Example:443"}))
    verify(handmade(ALL, values={"host": "localhost:8001"}), hosts=["localhost:8001"])


def test_an_unsigned_request_is_refused():
    assert "not signed" in refused(request({"host": "local.example"}))


def test_the_path_is_taken_as_it_came():
    one = signed()
    for target in (
        "/c/bees/../u/x/inbox",
        "/c/bees%2Finbox",
        "/c/bees/inbox/",
        "/c/bees/inbox?x=1",
        "/C/bees/inbox",
        "",
    ):
        assert "does not match" in refused(request(one.headers, target=target))


def test_a_get_may_be_signed_without_its_query():
    names = ["(request-target)", "host", "date"]
    one = handmade(names, method="GET", target="/outbox", body=b"")
    verify(request(one.headers, method="GET", target="/outbox?page=2", body=b""))
    refused(request(one.headers, method="GET", target="/inbox?page=2", body=b""))


def test_the_key_decides_the_algorithm():
    for label in ("hmac-sha256", "none", "rsa-sha1", "rsa-sha512", "ecdsa-sha256", ""):
        assert "algorithm" in refused(handmade(ALL, label=label))
    verify(handmade(ALL, label="rsa-sha256"))
    verify(handmade(ALL, label="RSA-SHA256"))
    verify(handmade(ALL, key=ED), pem=pem_of(ED))
    assert "the key is another" in refused(handmade(ALL, key=ED, label="rsa-sha256"), pem=pem_of(ED))
    refused(handmade(ALL, key=ED))
    refused(handmade(ALL), pem=pem_of(ED))


def test_a_missing_algorithm_or_list_of_headers_means_what_it_always_did():
    one = handmade(ALL)
    value = dict(one.headers)["signature"].replace('algorithm="hs2019",', "")
    verify(request({**dict(one.headers), "signature": value}))
    assert s.parse('keyId="k",signature="QQ=="').headers == ("(created)",)
    assert s.parse('keyId="k",algorithm="rsa-sha256",signature="QQ=="').headers == ("date",)


WEAK = {
    "no key": "",
    "garbage": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "not PEM": "hello",
    "elliptic": pem_of(ec.generate_private_key(ec.SECP256R1())),
    "1024 bits": pem_of(rsa.generate_private_key(65537, 1024)),
    "exponent 3": pem_of(rsa.generate_private_key(3, 2048)),
    "two": PUBLIC_PEM + PUBLIC_PEM,
    "PKCS 1": PRIVATE.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode(),
    "private": PRIVATE_PEM,
    "huge": PUBLIC_PEM + "\n" * 9_000,
    "after text": f"x{PUBLIC_PEM}",
}  # fmt: skip


@pytest.mark.parametrize("name", WEAK)
def test_a_weak_or_odd_key_is_refused(name):
    assert "key" in refused(signed(), pem=WEAK[name])


def test_keys_are_read_with_any_line_ends():
    verify(signed(), pem=PUBLIC_PEM.replace("\n", "\r\n"))
    verify(signed(), pem=PUBLIC_PEM + "\n\n")


def test_only_keys_that_can_sign_are_loaded():
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(TypeError):
        s.load_private(pem.decode())
    assert PRIVATE.key_size == 2048
    assert PUBLIC_PEM.startswith("-----BEGIN PUBLIC KEY-----\n")


@pytest.mark.parametrize(
    ("key_id", "ok"),
    [
        (KEY_ID, True),
        ("https://a.example/u/alice", True),
        ("https://a.example/u/alice/main-key", True),
        ("http://a.example/u#k", False),
        ("data:text/plain,x", False),
        ("acct:alice@a.example", False),
        ("https://u@a.example/u", False),
        ("https://a.example/" + "x" * 2_048, False),
        ("", False),
    ],
)
def test_only_plain_addresses_of_keys_are_fetched(key_id, ok):
    assert s.key_url_ok(key_id) is ok


def test_development_keys_may_be_on_http():
    assert s.key_url_ok("http://localhost:8001/u/alice#main-key", development=True)


def test_the_header_is_read_with_a_real_parser():
    read = s.parse(
        ' Signature keyId = "https://a.example/\\"x,y\\"" , headers="(Request-Target) DATE", unknown=5,signature="QUI=", created=1793696400,'
    )
    assert read.key_id == 'https://a.example/"x,y"'
    assert read.headers == ("(request-target)", "date")
    assert read.signature == b"AB"
    assert read.created == NOW


@pytest.mark.parametrize(
    "value",
    [
        "",
        "nonsense",
        'keyId="k"',
        'signature="QQ=="',
        'keyId="k",signature=""',
        'keyId="k",signature="é"',
        'keyId="k",signature="Q Q="',
        'keyId="k",signature="QQ==",keyId="l"',
        'keyId="k",KEYID="l",signature="QQ=="',
        'keyId="k" signature="QQ=="',
        'keyId="k,signature="QQ=="',
        'keyId="k",headers="",signature="QQ=="',
        'keyId="k",headers="date date",signature="QQ=="',
        'keyId="k",headers="' + " ".join(f"x{i}" for i in range(40)) + '",signature="QQ=="',
        'keyId="k",created="x",signature="QQ=="',
        'keyId="k",created=-5,signature="QQ=="',
        'keyId="k",expires=1.5,signature="QQ=="',
        'keyId="k",expires=999999999999,signature="QQ=="',
        'keyId="' + "k" * 2_049 + '",signature="QQ=="',
        'keyId="k",signature="' + "Q" * 9_000 + '"',
    ],
)
def test_a_header_that_cannot_be_read_is_refused(value):
    with pytest.raises(Unauthenticated):
        s.parse(value)


@settings(max_examples=1_000)
@given(
    st.text(max_size=120)
    | st.from_regex(r'(keyId|algorithm|headers|signature|created|expires)="?[^"]{0,9}"?,?', fullmatch=False)
)
def test_whatever_the_header_the_parser_answers(value):
    with contextlib.suppress(Unauthenticated):
        s.parse(value)


VALID = signed()


@settings(max_examples=1_000, deadline=None)
@given(st.data())
def test_no_change_of_one_field_ever_verifies(data):
    """V08. Only keyId and algorithm are not signed: the first finds another key, the second is a label."""
    field = data.draw(
        st.sampled_from(["method", "target", "body", "host", "date", "digest", "content-type", "signature"])
    )
    headers, changed = (
        dict(VALID.headers),
        {"method": VALID.method, "target": VALID.target, "body": VALID.body},
    )
    if field == "body":
        position = data.draw(st.integers(0, len(BODY) - 1))
        changed["body"] = (
            BODY[:position] + bytes([BODY[position] ^ data.draw(st.integers(1, 255))]) + BODY[position + 1 :]
        )
    else:
        old = headers.get(field, changed.get(field))
        begin = old.index(',headers="') if field == "signature" else 0
        position = data.draw(st.integers(begin, len(old) - 1))
        new = (
            old[:position]
            + data.draw(st.characters(min_codepoint=33, max_codepoint=126))
            + old[position + 1 :]
        )
        same = new.lower() == old.lower() if field in {"method", "signature"} else new == old
        if same and not (field == "signature" and _signature_of(new) != _signature_of(old)):
            return
        (headers if field in headers else changed)[field] = new
    refused(request(headers, **changed))


def _signature_of(value):
    return value[
        value.lower().index('signature="') + len('signature="') :
    ]  # names of parameters have no case


def test_the_key_is_not_needed_for_what_is_cheap():
    one = signed()
    signature = s.check_cheap(one, now=NOW, hosts=HOSTS)
    assert signature.key_id == KEY_ID
    s.check_key(one, signature, PUBLIC_PEM)
    with pytest.raises(Unauthenticated):
        s.check_cheap(request(one.headers, body=b"{}"), now=NOW, hosts=HOSTS)


def test_hs2019_leaves_the_hash_to_the_key():
    """RULE B2.2: RSA over SHA-512 under that label alone."""
    text = "\n".join(
        (
            "(request-target): post /c/bees/inbox",
            "host: local.example",
            "date: Tue, 03 Nov 2026 09:00:00 GMT",
            f"digest: {digest()}",
        )
    )
    value = base64.b64encode(PRIVATE.sign(text.encode(), padding.PKCS1v15(), hashes.SHA512())).decode()
    sent = {"host": "local.example", "date": "Tue, 03 Nov 2026 09:00:00 GMT", "digest": digest()}

    def labelled(label):
        stated = f'keyId="{KEY_ID}",algorithm="{label}",headers="{" ".join(ALL)}",signature="{value}"'
        return request({**sent, "signature": stated})

    verify(labelled("hs2019"))
    assert "does not match" in refused(labelled("rsa-sha256"))
    assert "does not match" in refused(labelled("hs2019"), pem=pem_of(rsa.generate_private_key(65537, 2048)))
