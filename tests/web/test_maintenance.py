from datetime import timedelta

import pytest

from node.web import maintenance
from node.web.maintenance import Maintenance


@pytest.fixture
async def beta(sea, tmp_path):
    return await sea.node("beta.example", data=tmp_path / "beta-data")


@pytest.fixture
def away(beta):
    until = beta.node.clock.now() + timedelta(minutes=10)
    maintenance.begin(beta.node.settings.data, Maintenance(until))
    return until


async def test_a_page_says_when_to_come_back(beta, away):
    response = await beta.get("/groups")
    assert response.status_code == 503
    assert response.headers["retry-after"] == "600"
    assert "being worked on" in response.text
    assert "default-src 'none'" in response.headers["content-security-policy"]


async def test_it_speaks_the_readers_language(beta, away):
    response = await beta.get("/", **{"accept-language": "fr"})
    assert response.status_code == 503
    assert "travaux" in response.text


async def test_peers_notice_nothing(beta, away):
    group = await beta.group("bees")
    await beta.document(group.iri)
    for path in (
        "/.well-known/nodeinfo",
        "/nodeinfo/2.1",
        "/.well-known/webfinger?resource=acct:bees@beta.example",
    ):
        assert (await beta.get(path, accept="*/*")).status_code == 200, path
    response = await beta.get("/static/archipel.css", accept="*/*")
    assert response.status_code == 200


async def test_deliveries_are_taken_in(sea, beta, away):
    alpha = await sea.node("alpha.example")
    bees = await beta.group("bees")
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    assert await ada.posts(bees, title="Swarm season")
    await sea.settle()
    assert len(await beta.iris_of_posts()) == 1


async def test_what_is_overdue_still_asks_for_a_moment(beta, away, sea):
    sea.clock.advance(hours=1)
    assert (await beta.get("/")).headers["retry-after"] == "30"


async def test_it_ends(beta, away):
    assert maintenance.end(beta.node.settings.data)
    assert (await beta.get("/")).status_code == 200
    assert not maintenance.end(beta.node.settings.data)


async def test_a_broken_file_closes_no_node(beta):
    data = beta.node.settings.data
    for text in ("", "{}", "[]", '{"until": "x", "words": ""}'):
        (data / maintenance.FILE).write_text(text)
        assert (await beta.get("/")).status_code == 200
