import pytest

from node.activities import follow
from node.activities.perform import perform
from node.activitypub import reading
from node.inbox import actors as remote
from node.store.queries.actors import get_actor
from tests.support import rows

GROUP = "http://beta.test/c/wasps"


async def _two_words_for_beta(node):
    document = {"id": GROUP, "type": "Group", "preferredUsername": "wasps", "inbox": f"{GROUP}/inbox"}
    async with node.transaction() as tx:
        await remote.keep_actor(tx, reading.read_actor(document))
    async with node.transaction() as tx:
        group = await get_actor(tx.session, GROUP)
        for name in ("ada", "ben"):
            actor = await get_actor(tx.session, f"http://alpha.test/u/{name}")
            await perform(tx, follow.compose(tx, actor, group))


@pytest.fixture
def beta(bees):
    bees.inside(_two_words_for_beta)
    return bees


def lane(shell):
    return shell.json("peer show beta.test")


def test_the_list_tells_what_waits(beta):
    [peer] = beta.json("peer list")
    assert (peer["host"], peer["state"], peer["waiting"], peer["or_more"]) == (
        "beta.test",
        "behind",
        2,
        False,
    )
    assert beta.says("peer list --failing") == "No such peers."
    assert "beta.test" in beta.says("peer list")


def test_pause_and_resume(beta):
    beta.run("peer pause beta.test")
    assert lane(beta)["state"] == "paused"
    assert len(beta.json("peer list --failing")) == 1
    beta.run("peer resume beta.test")
    assert lane(beta)["state"] == "behind"


def test_a_paused_lane_is_not_said_to_be_tried(beta):
    beta.run("peer pause beta.test")
    assert "resume it first" in beta.refuses("peer retry beta.test")


def test_many_peers_are_listed_by_what_needs_attention_in_few_statements(beta, monkeypatch):
    """Two a part, so that the list has several."""
    monkeypatch.setattr("node.cli.peer.TOGETHER", 2)

    async def fill(node):
        async with node.transaction() as tx:
            for number in range(4):
                await rows.a_peer(tx, f"p{number}.test")
            await rows.a_peer(tx, "p2.test", failures=3)
            await rows.a_peer(tx, "p3.test", state="paused")
            await rows.a_peer(tx, "p0.test", state="dead", failures=60)

    beta.inside(fill)
    hosts = [peer["host"] for peer in beta.json("peer list")]
    assert hosts == ["p0.test", "p2.test", "p3.test", "beta.test", "p1.test"]
    assert [peer["host"] for peer in beta.json("peer list --failing")] == hosts[:3]
    assert [peer["host"] for peer in beta.json("peer list --failing --limit 2")] == hosts[:2]
    assert [peer["host"] for peer in beta.json("peer list --search P1")] == ["p1.test"]


def test_retry_makes_the_lane_due(beta):
    beta.sql("UPDATE peers SET due_at = '2099-01-01 00:00:00', failures = 3")
    beta.run("peer retry beta.test")
    assert lane(beta)["next_try"] is None


def test_skip_passes_over_one(beta):
    assert beta.says("peer skip beta.test").startswith("Skipped http://alpha.test/activities/follow/")
    assert lane(beta)["waiting"] == 1
    beta.run("peer skip beta.test")
    assert beta.says("peer skip beta.test") == "Nothing waits for beta.test."


def test_forget_drops_all_and_asks_before(beta):
    beta.run("peer forget beta.test", stdin="n\n", code=1)
    assert lane(beta)["waiting"] == 2
    assert beta.says("peer forget beta.test --yes") == "Dropped 2 activities that waited for beta.test."
    assert lane(beta)["waiting"] == 0


def test_block_and_unblock(shell):
    shell.run("peer block Spam.example --reason", "sells watches")
    peer = shell.json("peer show spam.example")
    assert (peer["state"], peer["blocked_reason"]) == ("blocked", "sells watches")
    shell.run("peer unblock spam.example")
    assert shell.json("peer show spam.example")["state"] == "well"


def test_an_unknown_peer_is_named(shell):
    for verb in ("show", "pause", "unblock"):
        assert shell.refuses(f"peer {verb} gamma.test").startswith("No peer gamma.test is known here.")


def test_what_is_no_host_is_refused(shell):
    assert "is no host name" in shell.refuses("peer block", "not a host")
    assert shell.refuses("peer block alpha.test") == "A node cannot block itself."
