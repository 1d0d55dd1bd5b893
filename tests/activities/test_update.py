"""Update: accepted, refused with its reason, stale, before its Create."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlmodel import col, select

from node.activities import update
from node.activities.perform import perform
from node.activitypub import reading
from node.errors import Forbidden, Refused
from node.store.queries.actors import get_actor
from node.store.queries.documents import actor_document
from node.store.tables.log import LogEntry
from node.store.tables.tasks import Task


async def revised(scene, iri, **fields):
    ann = await scene.stranger("ann")
    base = {"id": iri, "updated": "2026-11-03T08:30:00Z", "content": "<p>Better words</p>"}
    return scene.object(ann, **base | fields)


async def test_a_later_version_takes_the_place(scene):
    iri = await scene.arrives()
    await scene.happens(scene.carrying("Update", await revised(scene, iri, name="Better")))
    post = await scene.island.post(iri)
    assert (post.title, post.content) == ("Better", "<p>Better words</p>")
    assert "Better words" in post.document


async def test_an_older_version_changes_nothing(scene):
    """R20, pitfall 31"""
    iri = await scene.arrives()
    await scene.happens(scene.carrying("Update", await revised(scene, iri)))
    stale = await revised(scene, iri, content="<p>Old</p>", updated="2026-11-03T08:10:00Z")
    await scene.happens(scene.carrying("Update", stale))
    undated = await revised(scene, iri, content="<p>Undated</p>", updated=None)
    await scene.happens(scene.carrying("Update", undated))
    assert (await scene.island.post(iri)).content == "<p>Better words</p>"


async def test_two_edits_in_one_second_both_count(scene):
    iri = await scene.arrives()
    await scene.happens(scene.carrying("Update", await revised(scene, iri)))
    await scene.happens(scene.carrying("Update", await revised(scene, iri, name="Another title")))
    assert (await scene.island.post(iri)).title == "Another title"
    await scene.happens(scene.carrying("Update", await revised(scene, iri, content="<p>Other words</p>")))
    assert (await scene.island.post(iri)).content == "<p>Other words</p>", "I.31: nor need it be Markdown"


async def test_an_update_before_its_create_is_one(scene):
    """Pitfall 78"""
    ann = await scene.stranger("ann")
    document = scene.object(ann, updated="2026-11-03T08:30:00Z")
    await scene.happens(scene.carrying("Update", document))
    await scene.happens(scene.carrying("Create", document | {"content": "<p>First</p>"}))
    assert (await scene.island.post(document["id"])).content == "<p>Words</p>"


async def test_only_the_author_edits(scene):
    """A06, V17"""
    iri = await scene.arrives()
    eve = await scene.stranger("eve")
    with pytest.raises(Forbidden, match="Only its author"):
        await scene.happens(scene.carrying("Update", await revised(scene, iri), actor=eve))
    stolen = await revised(scene, iri, attributedTo=eve)
    with pytest.raises(Forbidden, match="Only its author"):
        await scene.happens(scene.carrying("Update", stolen))


async def test_a_deleted_post_is_not_edited(scene):
    iri = await scene.arrives()
    await scene.happens(scene.activity("Delete", "https://far.example/users/ann", iri))
    with pytest.raises(Refused, match="was deleted"):
        await scene.happens(scene.carrying("Update", await revised(scene, iri)))


async def test_an_update_brings_something(scene):
    ann = await scene.stranger("ann")
    with pytest.raises(Refused, match="brings the new version"):
        await scene.happens(scene.activity("Update", ann, "https://far.example/nothing"))


async def test_a_derived_title_is_derived_again(scene):
    iri = await scene.arrives("Note", name=None, content="<p>First line here</p>")
    changed = await revised(scene, iri, type="Note", name=None, content="<p>Another line here</p>")
    await scene.happens(scene.carrying("Update", changed))
    assert (await scene.island.post(iri)).title == "Another line here"


async def test_a_provisional_version_never_replaces_a_verified_one(scene):
    """B6c"""
    iri = await scene.arrives()
    document = await revised(scene, iri)
    await scene.happens(scene.carrying("Update", document, verified=False))
    assert (await scene.island.post(iri)).content == "<p>Words</p>"


async def tasks(scene):
    async with scene.island.node.reading() as session:
        return [
            (task.kind, task.subject) for task in await session.scalars(select(Task).order_by(col(Task.id)))
        ]


async def test_a_profile_is_read_again_at_its_origin(scene):
    """A16"""
    ann = await scene.stranger("ann")
    await scene.happens(scene.activity("Update", ann, ann))
    assert ("refresh", ann) in await tasks(scene)


async def test_a_moderator_elsewhere_may_say_that_their_group_changed(scene):
    """FEDERATION C.11: what they say of it is not believed; it makes us ask."""
    hive, mod = await scene.stranger("hive", kind="Group"), await scene.stranger("mod")
    await scene.happens(scene.activity("Update", mod, hive, announced_by=hive))
    assert ("refresh", hive) in await tasks(scene)


async def test_nobody_changes_anothers_profile(scene):
    eve = await scene.stranger("eve")
    with pytest.raises(Forbidden, match="Only the actor"):
        await scene.happens(scene.activity("Update", eve, scene.ben.iri))
    with pytest.raises(Forbidden, match="Only the group's moderators"):
        await scene.happens(scene.activity("Update", eve, scene.group.iri))


async def test_a_new_profile_of_ours_is_told_to_followers(scene):
    ann = await scene.stranger("ann")
    await scene.happens(scene.activity("Follow", ann, scene.ben.iri))
    async with scene.island.node.transaction() as tx:
        actor = await get_actor(tx.session, scene.ben.iri)
        actor.name = "Benedict"
        activity = update.compose_actor(tx, actor)
        await perform(tx, activity)
    assert reading.read_actor(activity.raw["object"]).name == "Benedict"
    assert (await scene.leaving())[-1] == "Update"


async def test_an_edit_of_ours_changes_nothing_until_it_is_performed(scene):
    thread = await scene.ben.posts(scene.group, title="Frist")
    from node.activities.drafts import ThreadDraft

    async with scene.island.node.transaction() as tx:
        post = await scene.ben._post(tx, thread)
        await update.compose(tx, scene.ben.actor, post, ThreadDraft(title="First"))
    assert (await scene.island.post(thread)).title == "Frist"


@pytest.mark.parametrize("to", [["https://far.example/users/ann/followers"], []])
async def test_what_is_no_longer_for_everybody_is_neither_shown_nor_told(scene, to):
    """V67, V69, A99: an edit may close a post; its new words are not the group's to pass on."""
    iri = await scene.arrives()
    before = await scene.leaving()
    update = scene.carrying("Update", await revised(scene, iri, to=to, cc=[], content="<p>Secret</p>"))
    await scene.happens(update)
    post = await scene.island.post(iri)
    assert post.visibility in {"followers", "direct"}
    assert await scene.leaving() == before
    assert (await scene.island.get(f"/post/{post.token}")).status_code == 404


async def test_an_edit_never_opens_what_was_closed(scene):
    """V67"""
    root = await scene.arrives()
    ann = await scene.stranger("ann")
    closed = await scene.arrives(
        "Note", name=None, inReplyTo=root, to=[f"{ann}/followers"], audience=None, cc=[scene.ben.iri]
    )
    await scene.happens(scene.carrying("Update", await revised(scene, closed, type="Note", inReplyTo=root)))
    assert (await scene.island.post(closed)).visibility == "followers"


async def test_moderators_change_a_groups_charter_and_nothing_else_of_it(scene):
    """C11: name, rules, who may post. Its key and its boxes are its own."""
    mod = await scene.stranger("mod")
    await scene.appoint(mod)
    before = await scene.actor(scene.group.iri)
    document = actor_document(before) | {
        "name": "New\u202e name",
        "summary": "<p>Rules</p><script>x</script>",
        "source": {"content": "Rules", "mediaType": "text/markdown"},
        "postingRestrictedToMods": True,
        "sensitive": True,
        "inbox": "https://far.example/box",
        "publicKey": {"id": "https://far.example/k", "owner": mod, "publicKeyPem": ""},
    }
    change = scene.activity("Update", mod, scene.group.iri, document=reading.read_actor(document))
    await scene.happens(change)
    after = await scene.actor(scene.group.iri)
    assert (after.name, after.summary, after.summary_source) == ("New name", "<p>Rules</p>", "Rules")
    assert (after.posting_restricted, after.sensitive) == (True, True)
    assert (after.inbox, after.public_key) == (before.inbox, before.public_key)


async def test_a_moderator_marks_anothers_post_and_changes_no_word(scene):
    """C5: Lemmy lets moderators change this much."""
    iri = await scene.arrives()
    mod = await scene.stranger("mod", host="hive.example")
    said = {"id": iri, "type": "Page", "attributedTo": "https://far.example/users/ann", "name": "Forged"}
    change = scene.activity("Update", mod, iri, audience=scene.group.iri)
    change = replace(change, raw={**change.raw, "object": said | {"sensitive": True}})
    with pytest.raises(Forbidden, match="moderators"):
        await scene.happens(change)
    await scene.appoint(mod)
    await scene.happens(change)
    post = await scene.island.post(iri)
    assert (post.sensitive, post.title, post.content) == (True, "Title", "<p>Words</p>")
    async with scene.island.node.reading() as session:
        entry = (await session.scalars(select(LogEntry).order_by(col(LogEntry.id).desc()).limit(1))).one()
    announced = json.loads(entry.body)["object"]["object"]
    assert (announced["name"], announced["sensitive"]) == ("Title", True)
