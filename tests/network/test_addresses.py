import pytest

from node.network.addresses import is_address, is_loopback, is_public

PUBLIC = """
1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 172.15.255.255 172.32.0.0
192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255 11.0.0.0 9.255.255.255 169.253.255.255
2606:4700:4700::1111 2a00:1450:4007::200e 2001:200::1 2001:4860:4860::8888 2620:fe::fe 3ffe::1 2003::1
::ffff:8.8.8.8
""".split()  # noqa: SIM905 -- a table is read more easily in columns
REFUSED = """
0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255 127.0.0.1 127.255.255.255 169.254.0.1
169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1
192.168.0.0 192.168.255.255 192.175.48.1 198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::ffff:0:8.8.8.8
64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1
2001:10::1 2001:20::1 2001:1ff:ffff::1 2001:db8::1 2002:7f00:1:: 2002:808:808:: 2620:4f:8000::1 3fff::1 3fff:fff::1
4000::1 5f00::1 fc00::1 fd00::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 1fff:ffff::1 fe80::1%eth0
2606:4700:4700::1111%1
2130706433 127.1 0177.0.0.1 0x7f.1 0x7f000001 localhost good.test 8.8.8.8:80 [2606:4700::1] 8.8.8.08
""".split()  # noqa: SIM905 -- the same
BLANKS = ["", " 8.8.8.8", "8.8.8.8 ", "8.8.8.8\n"]


def test_the_table_is_long_enough():
    assert len(PUBLIC) + len(REFUSED) > 90


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address):
    assert is_public(address)


@pytest.mark.parametrize("address", REFUSED + BLANKS)
def test_any_other_address_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    ("address", "verdict"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("localhost", False),
    ],
)
def test_loopback_is_told_from_everything_else(address, verdict):
    assert is_loopback(address) is verdict


def test_addresses_are_told_from_names():
    assert is_address("8.8.8.8")
    assert is_address("::1")
    assert not is_address("8.8.8.8.nip.test")
