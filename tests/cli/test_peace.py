"""Commands that keep the peace."""

from __future__ import annotations

from node.activities import flag
from node.activities.perform import perform
from node.store.queries.actors import get_actor
from node.store.queries.posts import get_post


def test_bans_from_a_group_and_from_the_node(bees):
    assert bees.says("moderate ban bees ben --as ada --days 3 --remove-content --reason", "Spam") == (
        "Banned for 3 days."
    )
    assert "banned" in bees.refuses("post create bees --as ben --title Hello")
    assert [row["what"] for row in bees.json("moderate log bees")] == ["ban"]
    assert "moderators may do this" in bees.refuses("moderate unban bees ben --as ben")
    assert bees.says("moderate unban bees ben --as ada --restore-content") == "The ban is lifted."
    assert "Only administrators" in bees.refuses("member ban ben --as ada")
    bees.run("member role ada administrator")
    assert bees.says("member ban ben --as ada") == "Banned."
    assert "banned" in bees.refuses("group follow bees --as ben")
    assert bees.says("member unban ben --as ada") == "The ban is lifted."
    bees.run("post create bees --as ben --title Hello")


def test_reports_are_listed_and_resolved_and_authors_warned(bees):
    iri = bees.says("post create bees --as ben --title Hello").split()[-1]

    async def report(node):
        async with node.transaction() as tx:
            matter = await flag.matter_of_post(tx, await get_post(tx.session, iri))
            ada = await get_actor(tx.session, "http://alpha.test/u/ada")
            await perform(tx, await flag.compose(tx, ada, matter, "Rude"))

    bees.inside(report)
    (row,) = bees.json("moderate reports --group bees")
    assert (row["reason"], row["by"], row["whose"]) == ("Rude", "@ada@alpha.test", "@ben@alpha.test")
    assert "moderators may do this" in bees.refuses(f"moderate resolve {row['report']} --as ben")
    assert "no report" in bees.refuses("moderate resolve none --as ada")
    assert bees.says(f"moderate resolve {row['report']} --as ada --note", "We talked") == "Resolved."
    assert bees.json("moderate reports") == []
    (closed,) = bees.json("moderate reports --resolved")
    assert (closed["outcome"], closed["closed by"], closed["note"]) == (
        "settled",
        "@ada@alpha.test",
        "We talked",
    )
    assert "closed this report already" in bees.refuses(
        f"moderate resolve {row['report']} --as ada --dismiss"
    )
    bees.inside(report)
    (again,) = bees.json("moderate reports")
    assert bees.says(f"moderate resolve {again['report']} --as ada --dismiss") == "Dismissed."
    assert bees.says(f"moderate warn {iri} kindly --as ada") == "The author is told."


def test_a_member_blocks_somebody_and_thinks_better_of_it(bees):
    assert bees.says("member block ada @ben") == "Blocked."
    bees.refuses("message send ada --as ben --text Hello")
    assert bees.says("member block ada ben@alpha.test --stop") == "No longer blocked."
    assert bees.says("member block ada ben --stop") == "No longer blocked."
    bees.run("message send ada --as ben --text Hello")
    assert "Nobody blocks themselves" in bees.refuses("member block ada ada")
