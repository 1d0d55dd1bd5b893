import socket

import pytest

from node.errors import Forbidden, Unavailable
from node.network.resolver import GuardedResolver, SystemResolver
from tests.support.fakenet import FakeNet

GOOD = "93.184.216.34"


async def test_public_answers_pass_in_their_order():
    net = FakeNet()
    net.name("good.test", [GOOD, "2606:4700::1"])
    guarded = GuardedResolver(net, allow_loopback=False)
    assert await guarded.resolve("good.test", 443) == [GOOD, "2606:4700::1"]
    assert net.looked_up == ["good.test"]


@pytest.mark.parametrize("bad", ["127.0.0.1", "10.0.0.1", "::ffff:169.254.169.254", "0.0.0.0", "::"])
async def test_one_bad_answer_refuses_all(bad):
    net = FakeNet()
    net.name("mixed.test", [GOOD, bad])
    with pytest.raises(Forbidden, match="public addresses only") as refused:
        await GuardedResolver(net, allow_loopback=False).resolve("mixed.test", 443)
    assert "mixed.test" in refused.value.detail


async def test_a_host_that_is_an_address_is_judged_without_asking():
    net = FakeNet()
    guarded = GuardedResolver(net, allow_loopback=False)
    assert await guarded.resolve(GOOD, 443) == [GOOD]
    with pytest.raises(Forbidden):
        await guarded.resolve("10.0.0.1", 443)
    assert net.looked_up == []


async def test_development_allows_loopback_and_nothing_else():
    net = FakeNet()
    net.name("dev.test", ["127.0.0.1", "::1"])
    net.name("lan.test", ["192.168.1.5"])
    guarded = GuardedResolver(net, allow_loopback=True)
    assert await guarded.resolve("dev.test", 80) == ["127.0.0.1", "::1"]
    with pytest.raises(Forbidden):
        await guarded.resolve("lan.test", 80)


async def test_a_name_without_addresses_may_have_some_later():
    net = FakeNet()
    net.name("empty.test", [])
    with pytest.raises(Unavailable, match=r"empty\.test"):
        await GuardedResolver(net, allow_loopback=False).resolve("empty.test", 443)


async def test_the_system_is_asked_once_and_duplicates_are_dropped(monkeypatch):
    asked = []

    def look_up(host, port, **_):
        asked.append((host, port))
        family = socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (a, port)) for a in (GOOD, GOOD, "1.1.1.1")]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert await SystemResolver().resolve("good.test", 443) == [GOOD, "1.1.1.1"]
    assert asked == [("good.test", 443)]


@pytest.mark.parametrize("error", [socket.gaierror(-2, "Name or service not known"), UnicodeError("label")])
async def test_a_failed_look_up_is_trouble_not_a_verdict(monkeypatch, error):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Unavailable, match=r"gone\.test"):
        await SystemResolver().resolve("gone.test", 443)


@pytest.mark.parametrize("form", ["2130706433", "127.1", "0x7f.1", "0177.0.0.1"])
async def test_number_forms_are_judged_by_the_address_they_mean(form):
    with pytest.raises((Forbidden, Unavailable)):
        await GuardedResolver(SystemResolver(), allow_loopback=False).resolve(form, 443)
