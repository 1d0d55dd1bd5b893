"""Keys and signatures of pretended peers. Written apart from the product, so that both cannot err alike."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Headers = list[tuple[str, str]]
COVERED = ("(request-target)", "host", "date", "digest", "content-type")


@cache
def private_key(name: str) -> rsa.RSAPrivateKey:
    """The key of *name*: the same in every run."""
    key = serialization.load_pem_private_key(PEMS[name].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@cache
def public_pem(name: str) -> str:
    """What an actor document says of that key."""
    public = private_key(name).public_key()
    return public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
PROOFS = "https://w3id.org/security/data-integrity/v1"


@cache
def proof_key(name: str) -> Ed25519PrivateKey:
    """The key of *name* for proofs: the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def multibase(data: bytes) -> str:
    """Write bytes in base58btc; none of ours begin with a zero byte."""
    number, letters = int.from_bytes(data, "big"), ""
    while number:
        letters = _BASE58[number % 58] + letters
        number //= 58
    return "z" + letters


def multikey(name: str, iri: str, owner: str) -> dict[str, str]:
    """What an actor document says of the key for proofs."""
    key = multibase(b"\xed\x01" + proof_key(name).public_key().public_bytes_raw())
    return {"id": iri, "type": "Multikey", "controller": owner, "publicKeyMultibase": key}


def prove(name: str, method: str, document: dict[str, Any], now: datetime, **more: Any) -> dict[str, Any]:
    """Return *document* with a proof, as FEP-8b32 says. more: members of the proof that are otherwise."""
    document = {**document, "@context": ["https://www.w3.org/ns/activitystreams", PROOFS]}
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "created": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        **more,
    }
    parts = ({**proof, "@context": document["@context"]}, document)
    value = proof_key(name).sign(b"".join(hashlib.sha256(_canonical(one)).digest() for one in parts))
    return {**document, "proof": {**proof, "proofValue": multibase(value)}}


def _canonical(value: Any) -> bytes:
    """Enough of RFC 8785 for documents of tests: ASCII names, no fractions."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(body: bytes) -> str:
    """The Digest header's value."""
    return "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def sign(
    name: str,
    key_id: str,
    url: str,
    body: bytes,
    now: datetime,
    *,
    covered: Sequence[str] = COVERED,
    algorithm: str | None = "rsa-sha256",
    target: str | None = None,
    change: dict[str, str] | None = None,
) -> Headers:
    """Sign a POST of *body* to *url* with *name*'s key, as draft-cavage-12 says.

    covered: what is signed, in that order. target: another request target than the url's. change: headers
    that say something else than usual, and are signed so.
    """
    parts = urlsplit(url)
    headers = {
        "host": parts.netloc,
        "date": format_datetime(now, usegmt=True),
        "digest": digest_of(body),
        "content-type": "application/activity+json",
        "content-length": str(len(body)),
    } | (change or {})
    path = target or (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    lines = {"(request-target)": f"post {path}"} | headers
    text = "\n".join(f"{part}: {lines[part]}" for part in covered).encode()
    value = private_key(name).sign(text, padding.PKCS1v15(), hashes.SHA256())
    named = f'algorithm="{algorithm}",' if algorithm else ""
    signature = f'keyId="{key_id}",{named}headers="{" ".join(covered)}",signature="{_base64(value)}"'
    return [*headers.items(), ("signature", signature)]


def without(headers: Headers, name: str) -> Headers:
    """Leave a header out after signing."""
    return [one for one in headers if one[0] != name]


def doubled(headers: Headers, name: str) -> Headers:
    """Send a header twice."""
    return headers + [one for one in headers if one[0] == name]


def corrupted(headers: Headers, name: str) -> Headers:
    """Change one character in the middle of a header, after signing."""
    return [(key, _corrupt(value) if key == name else value) for key, value in headers]


def reordered(headers: Headers) -> Headers:
    """Send the headers in another order, which changes nothing."""
    return headers[::-1]


def _corrupt(value: str) -> str:
    middle = len(value) // 2
    return value[:middle] + ("A" if value[middle] != "A" else "B") + value[middle + 1 :]


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


PEMS = {
    "alice": """\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQC97E+VCE0+6cID
98hKBGx+BE+aiaqg9+p0GEUSAXYC+/QxKOsFs/hhfeg0J2WsTTAIoOQ22X61HIrf
RcANdhA+V9PXGRAUHBjn+p93ly477rnNQH7SrqTvXvGLzcVM92EOjWY6mdxSdiE+
lc4PrJpwr/YlpjJ016ENoJuftpTC5qWK8D9OrrX2AFIDnpV71ijbZV5/juV9++lT
gqJnnkPfkdx1kWUCAFv1e3WSTeLTVoAkXnsasiMF9S0AFd3S+ta0Uz0g7b3EUp63
BqqH5OazvFQcPbO40XBTYl8pVP4jZt8dj8RdjR7Onb9fHVrGczOd/F0Hzjc6eSqV
TH0sRD1RAgMBAAECggEAL92PzQqzlSiKyj83jlgBE914RoVtqHXy8+Ft/vS5TlU7
nOwoF17dOYzm6cYIHN2zPml2OtCj23dfFJhap8nanCu8axiY8ciHCmgiqpxCfb5T
u4QGsohrbxypmcd5c0Vhg65lVl2SpoG5LTHKJi8lGUNvsNtrGgGCSJHyxtTYNypD
87YPHkMI90cmtA4vtswuzYZ4GkX4F2Gz6+XSs4BleaKX9MQeBqCKVG3nSun+XMcf
BZFAxKXZZlvBWtaPnpT4FNuEmsdFjY2nyW79zFIBrQFbBD4vZuoupzmRKym87zGU
Ug97jB5viDDzRvNymrq6155ChBUAQfQb2OBc1vrJhQKBgQD7TiCd51Dg/PSlGA0u
vRGX4qUL8WF0fal+RSKAtGYHpYrGtEkEB2t3tgCXwXRESr/RdPnWkw17d77JlDRX
geALkUniYP5jVWict2cJiMF0AnxIl6dpq/KfjaHy7OFnEl7WX3A706rllKoo5oGv
1+F4v7Ii9bRPKJFZFp2h3btbMwKBgQDBeJ9KipgDJ9IA2FXPgSESVRdXNYlchXqG
fvM1qHI7ys3yId9cDdab2gy31ITZlsdCiWKHlDQVTVCiB2aryqfXXk/GjrYkALoo
FCHlW9OcnhPDc/QMoB56NAZhSEtaS5hG7lQkxsu1aV8dJSI9DjKqI6mnOeUkXMq6
vgZijB5lawKBgQCHbcUaE2x8sxVMWzfPdkii55s2YnC4jHfo+mzrm0xY1peBGes3
ZqA9tTGAltqHaxkQUc/KGRls7k086MeEWRNaaIO+obK16XMk8Zlvg+ltEWHU5RVt
VyK7ZWJfPdUC7N16/ZfIRfuVGZbRz9cX4mk532SqfmsbNauOrSdp8cpkDQKBgQCQ
UN/RhKx7vhpiUv0/ef0nZZ2xidfa0h5hcRUOc4Yyn8cb1LR+QDxTqUVPYxFuFZCx
SzXaGGz5buC03HxzrQmiF1G+tPmcxYYXG11lbyfcbfYkF7x2JoJVebVAn+LFihoe
3uyZOkj+G4m9fdOaY5rbWxrUCNWqWCVJQzIUFJ0f3QKBgH6GZ/kGcx0Olv5oJbrd
4g8cTiPEhA9uWdk3W85+Iy340fGlSDIBYFyUh/8KA77UkBXbv6Xqc2j04Dvq6Jv4
SHB/lUf3YvCeG6ckgX3yNzRcEdRfpwE1T3lPdnQsNIIlT8S77RNHgVR0BzNUBRF8
kNu6tKRd/DMIEYlAhkg1L0h4
-----END PRIVATE KEY-----
""",
    "bob": """\
-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDg9LnCuBb47BU6
8ufzZCaAFpbBWmC95UpNYHskRy0lrM7nuS3Zmg4iRtoNJ6pNvXK//BT7Vj8usKsz
KHmmAbEHsLAjrjMiJaPz+9JpoOxtSowYl/4WN6KRWsICP4sj9ABRzaK9spRf0eUT
EOB4yqc+11BsmXth31io17a9vog20rm5yKvMGWWEqnBcS1DHanAQlbJxentCVfxi
CBjCKDhnUNKs0c5GyBVwy8SVuc1e+8PGOXjWlqq7tCXg0iYTa0VcxoQlG1qTOaZS
n18M/g7Lwtuv3ttPTlpU7KnlK3BnCU+yodBkRwtDhSu01fonfubEdCXML3CrQqkl
Hx/Zq6V3AgMBAAECggEAKvWhWfW08WGIZmMH97ua/KATtyYOzoTwrRktOw7aqNS5
CJidEG6yn0ofjx6Rj9oLhW1bBmqAk2aKszDaFmFBUQIliRLV0gIVLt1a3/Aq5m4z
lejEzbJfOdn2rd47sKiCvRyDpS1q12eqkvsImxi8Wqxcv/iJjvXLpSbYz6CIu8sj
eHPsSwcSUyZEJr+gjrygDVY7vvGSJROgfMLjCfR/6oZp/bNq1ttD+wCs3U9PjBmJ
yyyN7EvCwGvtrMX1CXLM80PICKJCdQH5OP8sIDXW6tbIAjzYqoXqoVAI44Nl9t3w
2dba64TaaQFjvzMCHggnkXjEBCj/grxX4IuBI75vsQKBgQD+9LvYCL4vqe4jslI1
6mvu13jL1Ac8+T0C/DXitZSrtdBW1OMQ3rPk7ixhHZnf3hJu0wpfM4zWfagNxmmW
9LkixS4N40sODbz1+WBbrnFdIA+ozP79B00belIlLKUAaf8KJF4U6aW1gIPngeCa
/03ge2W26mWxkCHKJTSUAEfp5wKBgQDh4IsWsRKW1egJGhwjMOpxbtIobJkXwZcb
PgI+Icbc2CeGtnh9pNO1p3qK0GSjRog8YSvyuZiZ+T6QYezk6zcAEtm3Yuna6THR
92dOaNllc/zb6ah9RIFkA+soHyaBc4aKFU/lxYTvaN2Ow73M2rlnXufDjjMtKubj
3sL7teOV8QKBgQDSIuSwKoSWxHiC83bO+Wf8c5wcY6WTm9mtnDLNqNvgqvoMl2qP
fP7IsYXihYNOALswnMDvto1ePDNHJ0HgKdRt1BchWzWBX9Fe6yuAZUcKemJtvohs
BJiJDUinWySkMrkCovboRatO7Z3KMkHtfn+xhgNPv+IRd7ph4khzs8eSAQKBgHa0
1SQFxykyHZG7ARKVgIBAp33LJOHRQaJ1giQ5CBPEHXG0r7oIR6Lt837Eaj9MsAhb
YQdc9o/k5zZl4GOmIe+N+JFiEFiVuTMJfGc+vxGMVVUVhRDgUcfIL2uUg14A4rHq
5WRx250eVWHUCQmB4XIr9E1XjBmutE0JIxu5yXNhAoGAOmZoic6xJwTR7EVLfzkg
YWJlPx6AZMaagycFEoV7hlHUj2s/1XjzKKpiZY8A8ahJcIptOQzOqEWCRdB0DQw1
bdvpGWZaNI53FNlh4mJnkwMuTKD9IHRxeucJIloVffIM9//SbQAtUsV00VbieM9o
U+GCINde/DiOX8WTWODgl7s=
-----END PRIVATE KEY-----
""",
    "bees": """\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDHV8cCRgLEO/F1
K7TtJwO3g3GaKOvdRticMzeq7nlyLubsh9x3gjTWaLhOyZc0XMEgN/r0vtjf7auO
ot8102IBx/n8w04ye45wd1RFpqrUrxNOd15vOzFeL7obLjn2HKXwGpyL/aqQxPEx
vIi72VyizDaPHQehgQYB9jDlScOBbosWx4qrK/he8FPCN/AyM0NFXTTmOSfnPcqk
4coceDSYZ51IFLRvNwh5jjazxJ1xAjJP09iDdiQn8wcsRo95zMYp8t2vAlfCkx+C
xFhRTPGv6cAjMguTlPJL+bVMqume1bZYJebciahu/38m6bWozhB8IALa+6I7UmwL
z7+w6k2vAgMBAAECggEAVzmQ4m1JA52pE1ibE9Qo+7E/0bFLN6kq2fpNRvWPXYep
UuFF9mMahKEQ2KS8DVTyyorEPDiQBDfmhAS/f7ltXpMmz1OUUWGgG5UTYmDBykuL
Op/fyfMQMILYv9Dz2r2BXHUAf/7wleUfFuDEwdGkB7Ysv2V389LVkqErlwC2U9kJ
gvak/x13Vnosi3tvfapobU6bP2quq3WbkyzR4Rz4RCdan+jGCB7GNdrYjhfPdyRA
U4XhuhMKGn7b8D3g0Sd+bvkDkhs1D4U7qAvPSeN94PCSeybHrlkWBmJ/+rZBCW7g
cZjTMfshxKKGt/jZtlGjBpDND9g6Q+Ewyyv3+7TU0QKBgQDtTl1QCD8iZdHrD2t7
7TKNId9b2O1tnlnGFVqDTtkt7udceFi6BWfcsTOdA/mLhQzy9Gn4ngfTkLN0g4zI
shy1atBcgtvy9/Xz6U/zOl76EOUeNUtpXBfLPSVRviY2jb3G3F6zyy4eDArrM0tg
s+dZleVmcQtnQNk0HsXZE6raXwKBgQDXC9O8M/uqDnD0MEQHhtreTfU1RhvkAlGl
yrCRl1dEG1JDKndsKOkURZMnns0z/PwRcTPzxwSkbhXiMwN/HMddUv3TsI9Ln60U
13H7R0yGo7bXhYWoyBNN4wzyvNpN6nGvlmfNFwqQf9B1vNYW3d2zC6KlqBdbcOyP
d4zg/1vusQKBgF3Rm4amm/9HbgSWphHqpw+xEpNHYibycd+kVZKQO8CzMPkYA0wY
EwXncNZk2eXVBlePVc4a/FEiZjBsSd6WvE7lGddZTQf0DGMQHLG2pBINV+fnfhb7
d9S8KeL1YDo1M5BJU4+VhngOnsp6DxT+SzrZzkX/71g1BSpb+DBoXCXVAoGBAJNF
ZEIVj5pMvYpdq5lD/4wS84UCeINUGzphbz6l2HuqAlJBOPv3oHfjlf2iQYIDFVWU
ozGl8EXzpkT9Dr30pYwCFBbvaZMuzUfirAqcL4pdgBBlPr3yF1ZV0j5Cm3aUwjqv
1HKd/vwqrEaVhkCuvO+rXj34udZDpZ4zD2XfO8RhAoGBALf7Gzh9Pi8sPsaCaTYI
N76roxCtim1h8jr3167CFuB0jzqUxuxOtTqOLL04LxOR56GZa1N/0jt5x2QNuDvW
6Ly81x2xBRpmY+vkCPEueHgCa0M5zgGadeAzyJgZ+Xrdk4QUGvM+QdlKLleocMbH
st+4DIfJV2/gsCJX2CMf83nM
-----END PRIVATE KEY-----
""",
    "mallory": """\
-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDnlGWu2aK5J2O5
th0Ulp0MTx6uLXh4JkRm/ONR67C0HP0J26FFAiiwsyjaK/bYh+W8tiMdAzAkDvI3
XDgOoTQPdMnkrHkiFmTLglTebVsco0gNstQe9YdLgetm/2OXwE4WB28Ja2mhsDUA
Ov8p6kPI9/lG8AiubFaPNb2Pq56vjGcoDzw15okzgki0A06qlS9N/NxFv+bh+gnv
Icb9duNHM02ADTcYdaIqLy9h/UjzvMki8zc9zHUqxOxEdfJvZLYYUj/E5pmk/SYV
GF+S2VjSkpicACiwGeXYRXJpL+PaMEcddC+iUCub0LbpISbiHDzJNHlrM4CB1gsn
2EemNxx1AgMBAAECggEAaAe1cAkrfNKRjY0eXi/UqAFo7mTVz9+c7cjf0161+Atn
roR/21C/d7Vb/jouvxG5Zf9KIc/bUe925uCh/Ax1pxXXVkcWeXYm3HcVagAlJGXD
SggSG0BAAW8BETlcA4ErcuDvBAPBJZXTEWHvW2R2A/NFg5TzyWs4rUe+eqpldEUa
36+jxCjSAPnakKaVv9RKqiN906T/J/gi/IyeuqA+9UA0b+N1h74Z9Esjvz8agX7a
9xLkJo2Tjw3Dawb6BSJ/JpIypuWokR5yGbNR+yaWoFfAV4LhBd4otAAxZCtIBfIx
Pi1hgsPFyE3HJZxexmiyt/s6tr9pYZAcPKVYgAcw1wKBgQD+bj6ngCJmmPd0R5PT
J0hdGe7TojbEpcgHxWVqE769q4NO1qaEAnanhfqqSOpIJBPdWYDoeJJH/SIA7q5c
ke7GGz8SN92dg2It3vkSBDUOlnBBwj9EBgoti8knvR32IJBZkp+N4jGSFZ0w1uki
NbRFN8hfDtDFWIGZXDEa8M1hrwKBgQDpAhHoAqarRc9pLo+yIms0CGA9yNhkAP5p
/7AQqPJc0f5sGAWdbZJXDuO1OEigS2gisf3cIjt+LP6WaGx4Go88CxAdfDKpqkAw
4hJ9EdbD1VvS2b4s8qiZbIrabojoU9rhvCVk4FaYEA4PP4E+fMkRkyLAFrUesL66
IHj8uT3hGwKBgHZuhsedQ2YSig0cTFkbjfmYWq00ct3ydTv4zI4mBsFvFr4Z+IS2
SNkN6nJdYoCWGpEMWo7boOvVjoB0mcEJROX+RMuMKaJqR8cmZTXXs4LI0BQsARr+
3Ln6uXW/+DRbUBYBxDddNMnVOchEIV0FNpaJssFcuh1CZ4Elgs4RjOiNAoGBAK50
aku3kGozvnMV9Wh99J3kl4oq0jkttU5PrdcLZ0qvvznXUnzoCOU9tKd+GIJLcxBn
C5bB2qFBtuuOC4hw+kUOU2aAEr6NRbpTyVvy+0VsfW+Er6qflDQq3Ftm3wJzpjHU
2HqKrMr1WlF4TqAmdbS+4QnI9pqf4m0g2vT9DKN5AoGBAMGVdO6+DaZwcsvJbzes
AJrh+iaCVjxVJdoAhHM1pbhS4+j6uoLdczZFIosW+U1FJNMWZzZGRqp3B2Z6j9yA
4CWm7gNg8mQzX99U8m8cXCEnfxSluYl8tBC1TFfG3PTaBoTNa0oUPQ/eM1ch5/Bi
O3hODv0TtpdbDFIgWK3Wa5OG
-----END PRIVATE KEY-----
""",
}
