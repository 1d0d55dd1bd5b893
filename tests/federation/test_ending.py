"""An account ends: every node that knew it forgets its words, though its own node has let go of the account by then."""

from node.activities import ending
from node.activities.perform import perform
from node.local import leaving
from node.store.queries.actors import get_actor
from node.store.queries.members import find_member


async def test_every_node_that_knew_somebody_who_left_forgets_them(sea, alpha, beta, gamma, bees):
    ada = await alpha.member("ada", follows=bees)
    carl = await gamma.member("carl", follows=bees)
    await carl.follows(await alpha.group("wasps"))  # so that the two know each other
    await sea.settle()
    thread = await ada.posts(bees, title="Wasps", text="Not bees")
    await sea.settle()
    assert [(await one.post(thread)).content for one in (beta, gamma)] == ["<p>Not bees</p>"] * 2
    async with alpha.node.transaction() as tx:
        member = await find_member(tx.session, "ada", alpha.host)
        await leaving.forget(tx, member.id)
        await perform(tx, ending.compose(tx, await get_actor(tx.session, ada.iri)))
    await sea.settle()
    for island in (alpha, beta, gamma):
        assert (await island.post(thread)).content == "", island.host
        async with island.node.reading() as session:
            assert (await get_actor(session, ada.iri)).deleted_at is not None
    assert (await alpha.get("/u/ada")).status_code == 410
