"""What is kept of a post besides its words: where its thread is at home, and which page it is about."""

from node.activities.keeping import keep
from node.activitypub import reading
from node.store.queries.actors import get_actor
from node.text.links import link_key

LINK = "https://paper.example/story?utm_source=x"


async def test_a_remote_thread_names_its_collections_and_its_page(scene):
    """RULE E4, C.13, I.104"""
    there = {
        "context": "https://far.example/t/1",
        "replies": {"id": "https://far.example/r/1", "type": "Collection"},
    }
    link = {"attachment": [{"type": "Link", "href": LINK}]}
    iri = await scene.arrives(**there, **link)
    post = await scene.island.post(iri)
    assert (post.context_iri, post.replies_iri) == ("https://far.example/t/1", "https://far.example/r/1")
    assert post.link_key == link_key("https://paper.example/story")
    odd = await scene.arrives(context="tag:far.example,2026:c=1", replies={"type": "Collection", "items": []})
    post = await scene.island.post(odd)
    assert (post.context_iri, post.replies_iri, post.link_key) == (None, None, None)
    comment = await scene.arrives("Note", inReplyTo=iri, **link)
    assert (await scene.island.post(comment)).link_key is None
    ours = await scene.ben.posts(scene.group, title="Ours", link_url=LINK)
    post = await scene.island.post(ours)
    assert post.link_key == link_key(LINK)


async def test_a_group_does_not_confirm_a_thread_that_is_in_another(scene):
    """A05: that its list names the thread says nothing about the group it is in."""
    author = await scene.stranger("ann")
    home, other = [await scene.stranger(name, kind="Group") for name in ("hive", "nest")]
    document = reading.read_object(scene.object(author, audience=home, to=[home]))
    async with scene.island.node.transaction() as tx:
        who, here, there = [await get_actor(tx.session, one) for one in (author, home, other)]
        await keep(tx, document, author=who, group=here)
        post = await keep(tx, document, author=who, group=there, confirmed=True)
        assert (post.group_id, post.confirmed_at) == (here.id, None)
        post = await keep(tx, document, author=who, group=here, confirmed=True)
        assert post.confirmed_at is not None
