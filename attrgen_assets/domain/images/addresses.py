"""Which addresses a download may connect to: those of the public internet, and what is allowed by name."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64: Final = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_LOCAL_NAT64: Final = IPv6Network("64:ff9b:1::/48")  # RFC 8215: what lies behind is for the operator to say
_PLATFORMS: Final = frozenset({IPv4Address("168.63.129.16")})  # Azure's platform address, within public space


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


def _kind(address: Address) -> str | None:  # noqa: PLR0911 - one answer a kind
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return None  # judged by the address within
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_unspecified:
        return "unspecified"
    if address in _PLATFORMS:
        return "cloud platform's"
    if isinstance(address, IPv6Address) and (address.is_site_local or address in _LOCAL_NAT64):
        return "private"
    if not address.is_global or address.is_reserved:
        return "private or reserved"
    return None
