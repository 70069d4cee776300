"""Which addresses may be connected to."""

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attrgen_assets.domain.images.addresses import address_problem, networks

PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_taken(address: str) -> None:
    assert address_problem(address) is None


@pytest.mark.parametrize(
    "address",
    """127.0.0.1 127.255.255.254 0.0.0.0 0.1.2.3 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254
    100.64.0.1 100.100.100.200 168.63.129.16 192.0.0.192 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
    240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 fec0::1 ff02::1 2001:db8::1 100::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:a9fe:a9fe ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1
    2002:7f00:1:: 2002:a9fe:a9fe::1 2001:0:7f00:1:: localhost 127.1 8.8.8.8.8""".split(),
)
def test_all_others_are_not(address: str) -> None:
    assert address_problem(address)


def test_what_is_allowed_by_name_is_taken_and_nothing_beside_it() -> None:
    allowed = networks(["127.0.0.0/8", "fd00::/64"])
    taken = ["127.0.0.1", "::ffff:127.0.0.1", "fd00::7"]
    assert [address_problem(one, allowed=allowed) for one in taken] == [None] * 3
    assert all(address_problem(one, allowed=allowed) for one in ("10.0.0.1", "::1", "fd00:0:0:1::7"))
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks(["10.0.0.1/8"])


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_address_within_another_is_judged_as_by_itself(inner: IPv4Address) -> None:
    alone = address_problem(str(inner)) is None
    for base in (0xFFFF << 32, 0x64FF9B << 96):
        assert (address_problem(str(IPv6Address(base | int(inner)))) is None) == alone
    if not alone:
        assert address_problem(str(IPv6Address(0x2002 << 112 | int(inner) << 80)))
