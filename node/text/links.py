"""Addresses of pages: when two of them lead to the same one (FEDERATION C.13)."""

from __future__ import annotations

from yarl import URL

from node.ids import fingerprint

# What senders add to see where a reader came from; none of it changes the page.
_TRACKING = frozenset(
    {
        "_ga",
        "_gl",
        "dclid",
        "fbclid",
        "gbraid",
        "gclid",
        "gclsrc",
        "igsh",
        "igshid",
        "mc_cid",
        "mc_eid",
        "mkt_tok",
        "msclkid",
        "oly_anon_id",
        "oly_enc_id",
        "ref_src",
        "ref_url",
        "twclid",
        "ttclid",
        "vero_id",
        "wbraid",
        "yclid",
    }
)
_TRACKING_BEGINS = ("utm_", "pk_", "mtm_", "hsa_", "_hs")


def link_key(url: str | None) -> str | None:
    """Return the fingerprint of a page's address without what does not matter in it; None for no address.

    Alike are: http and https, a host with and without ``www.``, any order of the query, with or without a
    slash at the end, a fragment, or marks of where the reader came from.
    """
    if not url or not url.startswith(("https://", "http://")):
        return None
    try:
        address = URL(url)
        host = (address.host or "").lower().removeprefix("www.").rstrip(".")
        port = "" if address.explicit_port in {None, 80, 443} else f":{address.explicit_port}"
        query = sorted((name, value) for name, value in address.query.items() if not _is_tracking(name))
        path = address.path.rstrip("/")
    except ValueError:
        return None
    if not host:
        return None
    return fingerprint(repr((host + port, path, query)))


def _is_tracking(name: str) -> bool:
    lower = name.lower()
    return lower in _TRACKING or lower.startswith(_TRACKING_BEGINS)
