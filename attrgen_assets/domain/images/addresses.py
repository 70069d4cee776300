"""Which addresses a download may connect to: those of the public internet, and what is allowed by name."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_NOT_PUBLIC: Final = (
    IPv4Network("168.63.129.16/32"),  # Azure's platform address, within public space
    IPv4Network("192.0.0.0/24"),  # RFC 6890; in it lies Oracle's metadata, and older libraries know a part of it only
    IPv6Network("64:ff9b:1::/48"),  # RFC 8215: what lies behind is for the operator to say
    IPv6Network("fec0::/10"),  # site-local, deprecated and still routed here and there
)


def address_problem(text: str, *, allowed: Sequence[Network] = ()) -> str | None:
    """Why nothing may connect to this address; None where it may.

    An IPv4 address within an IPv6 one (mapped, NAT64, 6to4, Teredo) is judged as what it leads to. The kinds of
    addresses are those of the IANA special-purpose registries (RFC 6890), as the standard library has them.

    allowed: networks that are taken although they are not public.

    >>> address_problem("8.8.8.8")
    >>> address_problem("::ffff:169.254.169.254")
    'link-local address 169.254.169.254'
    """
    try:
        address = ip_address(text)
    except ValueError:
        return f"{text[:60]!r} is no address"
    for one in (address, *_within(address)):
        if any(one.version == network.version and one in network for network in allowed):
            return None
        if kind := _kind(one):
            return f"{kind} address {one}"
    return None


def networks(texts: Sequence[str]) -> tuple[Network, ...]:
    """Networks written as text, such as 127.0.0.0/8. Raises ValueError that says which is none."""
    return tuple(ip_network(text) for text in texts)


def _within(address: Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return ()
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    found = (address.ipv4_mapped, address.sixtofour, *(address.teredo or ()))
    return tuple(one for one in found if one is not None)


def _kind(address: Address) -> str | None:
    """What an address is, where it is not public; an IPv4 address in IPv6 clothes is judged by itself."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped is not None or address in _NAT64):
        return None
    kinds = {
        "loopback": address.is_loopback,
        "link-local": address.is_link_local,
        "multicast": address.is_multicast,
        "unspecified": address.is_unspecified,
        "private or reserved": not address.is_global
        or address.is_reserved
        or any(address.version == network.version and address in network for network in _NOT_PUBLIC),
    }
    return next((kind for kind, true in kinds.items() if true), None)
