"""What every page door asks first: same origin, the form's token, a safe way back, a name for an address.

Sources: THREATS A72 (open redirects), A73 (cross-site requests), A105 (limits by subnet), 4.4 (headers).
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import quote

from starlette.requests import Request

from node.errors import Forbidden
from node.ids import Ids
from node.keyring import Keyring

TOKEN_FIELD = "csrf"  # noqa: S105 -- the name of a field
CSRF = "csrf"  # purpose of form tokens
TOKEN_BYTES = 32  # of a token, and of the pad that masks it
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
NEXT_LENGTH = 500  # characters
PAGE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; script-src 'self'; "
        "connect-src 'self'; worker-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
    "Vary": "Accept, Accept-Language, Cookie",
}
LONG_TLS = "max-age=63072000; includeSubDomains"

_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")


def check_origin(request: Request, home: str) -> None:
    """Raise Forbidden when a browser says that another site sent this request.

    home: scheme and host of the node. Browsers state `Sec-Fetch-Site`; older ones at least `Origin`. One
    that states neither has the form's token still to show.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise Forbidden("This form was sent from another site.", detail=f"Sec-Fetch-Site: {site}")
    origin = request.headers.get("origin")
    if origin == "null" and site == "same-origin":
        return  # how browsers send a form of a page whose Referrer-Policy is no-referrer
    if origin is not None and origin != home:
        raise Forbidden("This form was sent from another site.", detail=f"Origin: {origin}")


def form_token(keyring: Keyring, secret: str, ids: Ids) -> str:
    """Return the token that forms carry for the browser whose cookie holds *secret*: another one for every page.

    It is masked by a pad that goes with it: pages are squeezed on their way, and the length of what is squeezed tells a
    secret that is the same each time (BREACH).
    """
    token = base64.urlsafe_b64decode(keyring.sign_token(secret, purpose=CSRF) + "=")
    pad = hashlib.sha256(ids.secret().encode()).digest()
    return base64.urlsafe_b64encode(pad + _masked(token, pad)).rstrip(b"=").decode()


def check_token(keyring: Keyring, secret: str | None, token: str) -> None:
    """Raise Forbidden unless *token* was given to the browser whose cookie holds *secret*."""
    if not secret or not keyring.token_matches(_unmasked(token), secret, purpose=CSRF):
        raise Forbidden(
            "This form is no longer valid, perhaps because you signed in or out since. "
            "Go back, reload and send it again."
        )


def _masked(token: bytes, pad: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(token, pad, strict=True))


def _unmasked(token: str) -> str:
    """Return what is under the mask; empty, which is no token, for anything that was never given out."""
    try:
        both = base64.b64decode(token + "==", altchars=b"-_", validate=True)
    except ValueError:
        return ""
    if len(both) != 2 * TOKEN_BYTES:
        return ""
    plain = _masked(both[TOKEN_BYTES:], both[:TOKEN_BYTES])
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def local_path(wanted: str | None, default: str = "/") -> str:
    """Return *wanted* when it is a path of this node, else *default* (A72)."""
    if not wanted or len(wanted) > NEXT_LENGTH or _CONTROL.search(wanted):
        return default
    if not wanted.startswith("/") or wanted.startswith("//"):
        return default
    return quote(wanted, safe="/?&=%#@!~:+,;'()*$.-_")


def subnet(address: str | None) -> str:
    """Return the name under which limits count a client: its /64, or its IPv4 address (A105)."""
    try:
        client = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(client, ipaddress.IPv4Address):
        return str(client)
    if client.ipv4_mapped is not None:
        return str(client.ipv4_mapped)
    return str(ipaddress.ip_network(f"{client}/64", strict=False))


def neighbourhood(address: str | None) -> str:
    """Return the wider network that sign-ups are counted by: a /48, or an IPv4 /24 (A81)."""
    near = subnet(address)
    if near == "unknown":
        return near
    network = ipaddress.ip_network(near)
    return str(network.supernet(new_prefix=24 if isinstance(network, ipaddress.IPv4Network) else 48))
