"""What members do by buttons, as tests of federation do it."""

from node.activities.perform import perform
from node.store.queries.actors import get_actor
from node.store.queries.posts import find_post


async def act(person, compose, *iris, **options):
    """Let a person do what a button does: compose, then perform. iris: of posts and actors, in order."""
    async with person.island.node.transaction() as tx:
        things = [await find_post(tx.session, one) or await get_actor(tx.session, one) for one in iris]
        actor = await get_actor(tx.session, person.iri)
        made = compose(tx, actor, *things, **options)
        await perform(tx, await made if hasattr(made, "__await__") else made)
