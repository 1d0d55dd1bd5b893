"""Which addresses a peer may have: the public internet, and nothing that leads back inside.

`ipaddress.is_global` alone is not enough: it lets IPv4-compatible, NAT64 and 6to4 addresses, site-local and
multicast ranges through. So IPv6 is an allow-list (global unicast, less what is carved out of it) and IPv4 a
list of refusals after the special-purpose registries (RFC 6890, IANA).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_REFUSED_V4 = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this host, this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnelling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_ALLOWED_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in disguise
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


def is_public(address: str) -> bool:
    """Say whether *address*, in textual form, is one that a peer on the internet may have.

    False for anything that is not a plain IP address. An IPv4-mapped address is judged as the IPv4 address.
    """
    ip = _read(address)
    if ip is None:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _REFUSED_V4)
    return ip in _ALLOWED_V6 and not any(ip in block for block in _REFUSED_V6)


def is_loopback(address: str) -> bool:
    """Say whether *address* is 127.0.0.0/8 or ::1: where peers live in development."""
    ip = _read(address)
    return ip is not None and ip.is_loopback


def is_address(host: str) -> bool:
    """Say whether *host* is an IP address rather than a name."""
    return _read(host) is not None


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        ip = ip_address(text)
    except ValueError:
        return None
    if isinstance(ip, IPv4Address):
        return ip
    if ip.scope_id is not None:  # an interface of this machine, so never a peer
        return None
    return ip.ipv4_mapped or ip
