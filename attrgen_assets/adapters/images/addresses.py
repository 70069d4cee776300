"""Where a host name leads, looked up once: what was checked is what is connected to."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence

from attrgen_assets.domain.images.addresses import Network, address_problem

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host and port; raises OSError where there are none."""

TRIED = 3  # addresses of one host, one after another


class AddressRefused(Exception):
    """A host leads to where nothing may connect to."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """The system's answer. Raises OSError where the name is not known."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


async def checked_addresses(
    host: str, port: int, *, resolver: Resolver, allowed: Sequence[Network] = ()
) -> tuple[str, ...]:
    """Addresses to connect to, at most `TRIED`. One private address among public ones refuses them all.

    Raises AddressRefused; OSError where the name leads nowhere.
    """
    try:
        found = await resolver(host, port)
    except ValueError as error:  # of getaddrinfo, on a name that IDNA does not know or that has a NUL in it
        raise OSError(f"no host name: {error}") from error
    if not found:
        raise OSError("no address")
    for address in found:
        if problem := address_problem(address, allowed=allowed):
            raise AddressRefused(f"{host[:100]} leads to the {problem}, which nothing is downloaded from")
    return tuple(found[:TRIED])
