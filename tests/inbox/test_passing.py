"""Comments that came before what they answer, judged when they find their place."""

from node.inbox.passing import pass_on
from node.store.queries.posts import find_post
from tests.support.stranger import PUBLIC, Stranger


async def test_a_late_comment_is_judged_by_the_rules_of_one_in_order(sea):
    """R19: a thread that was closed, or whose comment was deleted, takes no answer by a detour."""
    us, far = await sea.node("us.example"), Stranger(sea, "far.example")
    bees = await us.group("bees")
    bob = far.person("bob", key="bob")
    thread = await bees.founder.posts(bees, title="Here")
    parent = far.note(bob, "The parent", inReplyTo=thread, to=[PUBLIC, bees.iri])
    answer = far.note(bob, "The answer", inReplyTo=parent["id"], to=[PUBLIC, bees.iri])
    hidden = far.documents.pop(parent["id"])
    await far.send(us, far.create(answer))
    await sea.settle()
    far.documents[parent["id"]] = hidden
    await far.send(us, far.create(parent))
    for step in (us.work, us.work):
        await step()
    async with us.node.transaction() as tx:
        (await find_post(tx.session, thread)).locked_at = tx.now
        post = await find_post(tx.session, answer["id"])
        post.confirmed_at = post.removed_at = None
        await tx.session.execute(_forget_announces())
    await pass_on(us.node, answer["id"])
    post = await us.post(answer["id"])
    assert (post.removed_at is not None, post.removal_reason) == (True, "This thread is locked.")
    await pass_on(us.node, "https://far.example/nothing")


def _forget_announces():
    from sqlmodel import col, delete

    from node.store.tables.log import LogEntry

    return delete(LogEntry).where(col(LogEntry.type) == "Announce")
