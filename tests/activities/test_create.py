"""Create: accepted, refused with its reason, repeated, out of order."""

from __future__ import annotations

import itertools

import pytest

from node.activities import create, follow, keeping
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.errors import Forbidden, Malformed, NotFound, Refused
from node.store.queries.actors import get_actor
from tests.support.archipelago import Group

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"


async def joins(scene, group):
    """Ben follows a group elsewhere, which has accepted."""
    asked = follow.compose(scene.island.node, scene.ben.actor, await scene.actor(group))
    await scene.happens(asked)
    await scene.happens(scene.activity("Accept", group, asked.iri, inner=asked))


@pytest.mark.parametrize("kind", ["Page", "Article", "Note", "Question", "Event", "Video", "Image", "Link"])
async def test_a_thread_of_each_kind_is_kept_and_announced(scene, kind):
    post = await scene.island.post(await scene.arrives(kind))
    assert (post.kind, post.title, post.content) == (kind, "Title", "<p>Words</p>")
    assert post.confirmed_at is not None
    assert await scene.leaving() == ["Announce", "Announce"]


async def test_other_kinds_are_no_posts(scene):
    with pytest.raises(Refused, match="Document is no kind of post"):
        await scene.arrives("Document")


async def test_the_first_copy_of_an_id_stays(scene):
    """A14"""
    iri = await scene.arrives()
    author = "https://far.example/users/ann"
    again = scene.object(author, id=iri, content="<p>Other words</p>")
    await scene.happens(scene.carrying("Create", again))
    assert (await scene.island.post(iri)).content == "<p>Words</p>"


async def test_nobody_posts_in_anothers_name(scene):
    ann, eve = await scene.stranger("ann"), await scene.stranger("eve")
    with pytest.raises(Forbidden, match="another's name"):
        await scene.happens(scene.carrying("Create", scene.object(ann), actor=eve))


async def test_a_create_without_a_post_is_refused(scene):
    ann = await scene.stranger("ann")
    with pytest.raises(Malformed, match="brings a post"):
        await scene.happens(scene.activity("Create", ann, "https://far.example/x"))


async def test_an_actor_that_has_left_posts_no_more(scene):
    ann = await scene.stranger("ann")
    await scene.happens(scene.activity("Delete", ann, ann))
    with pytest.raises(Refused, match="has left"):
        await scene.arrives(author=ann)


async def test_a_thread_needs_a_group(scene):
    ann = await scene.stranger("ann")
    document = scene.object(ann)
    with pytest.raises(Refused, match="no group"):
        await scene.happens(scene.carrying("Create", document, audience=None))
    with pytest.raises(Refused, match="no group"):
        await scene.happens(scene.carrying("Create", document, audience=scene.ben.iri))
    with pytest.raises(NotFound):
        await scene.happens(scene.carrying("Create", document, audience="https://far.example/c/none"))


async def test_a_thread_in_a_public_group_is_public(scene):
    with pytest.raises(Refused, match="are public"):
        await scene.arrives(to=[scene.group.iri])


async def test_a_mention_in_passing_is_no_thread(scene):
    """D3: in cc without being named."""
    with pytest.raises(Refused, match="names its group"):
        await scene.arrives("Note", to=[PUBLIC], cc=[scene.group.iri], audience=None)


async def test_a_closed_group_takes_nothing(scene):
    async with scene.island.node.transaction() as tx:
        (await get_actor(tx.session, scene.group.iri)).deleted_at = tx.now
    with pytest.raises(Refused, match="closed"):
        await scene.arrives()


async def test_where_only_moderators_begin_threads_others_answer(scene):
    async with scene.island.node.transaction() as tx:
        (await get_actor(tx.session, scene.group.iri)).posting_restricted = True
    with pytest.raises(Forbidden, match="Only moderators"):
        await scene.arrives()
    thread = await scene.group.founder.posts(scene.group, title="By a moderator")
    ann = await scene.stranger("ann")
    answer = scene.object(ann, type="Note", inReplyTo=thread)
    await scene.happens(scene.carrying("Create", answer))
    assert (await scene.island.post(thread)).comment_count == 1


async def test_a_member_is_told_at_once_that_only_moderators_begin_threads_elsewhere(scene):
    """Lemmy answers nobody whom it refuses so; what the group itself passes on it has judged."""
    hive = await scene.stranger("hive", host="hive.example", kind="Group")
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, hive)
        group.posting_restricted = True
        await perform(tx, follow.compose(tx, scene.ben.actor, group))
    there = Group(scene.island, hive, scene.group.founder)
    with pytest.raises(Forbidden, match="Only moderators"):
        await scene.ben.posts(there, title="Too early")
    ann = await scene.stranger("ann")
    document = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    await scene.appoint(scene.ben.iri, hive)
    await scene.ben.posts(there, title="As a moderator")


async def test_a_locked_thread_takes_comments_of_moderators_alone(scene):
    thread = await scene.ben.posts(scene.group, title="Locked")
    async with scene.island.node.transaction() as tx:
        (await scene.ben._post(tx, thread)).locked_at = tx.now
    with pytest.raises(Forbidden, match="locked"):
        await scene.ben.answers(thread, "Too late")
    await scene.group.founder.answers(thread, "I may")
    assert (await scene.island.post(thread)).comment_count == 1


async def test_what_was_deleted_takes_no_answer(scene):
    thread = await scene.ben.posts(scene.group, title="Gone soon")
    comment = await scene.ben.answers(thread, "Gone too")
    await scene.ben.deletes(comment)
    with pytest.raises(Refused, match="was deleted"):
        await scene.ben.answers(comment, "Hello?")


async def test_a_thread_is_only_so_deep(scene):
    iri = await scene.ben.posts(scene.group, title="A well")
    for depth in range(keeping.MAX_DEPTH):
        iri = await scene.ben.answers(iri, f"{depth}")
    with pytest.raises(Refused, match="as deep as threads get"):
        await scene.ben.answers(iri, "One more")


async def test_another_group_cannot_place_a_post(scene):
    """B6: neither a thread nor a comment."""
    other = await scene.stranger("wasps", kind="Group")
    ann = await scene.stranger("ann")
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(scene.carrying("Create", scene.object(ann), announced_by=other))
    thread = await scene.ben.posts(scene.group, title="Ours")
    answer = scene.object(ann, type="Note", inReplyTo=thread)
    with pytest.raises(Forbidden, match="only for its own"):
        await scene.happens(scene.carrying("Create", answer, announced_by=other))


async def test_a_post_to_anothers_group_that_came_direct_is_kept_when_somebody_asked_for_it(scene):
    """FEDERATION B.9, step 9"""
    hive = await scene.stranger("hive", kind="Group")
    ann = await scene.stranger("ann")
    document = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    with pytest.raises(Refused, match="Nobody here follows"):
        await scene.happens(scene.carrying("Create", document, audience=hive))
    document["cc"] = [scene.ben.iri]
    await scene.happens(scene.carrying("Create", document, audience=hive))
    post = await scene.island.post(document["id"])
    assert post.confirmed_at is None, "the group has not said so yet"
    await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    assert (await scene.island.post(document["id"])).confirmed_at is not None


async def test_a_thread_that_the_groups_own_server_attributes_to_it_needs_no_announce(scene):
    """C.15, C.18: Mobilizon's events, PeerTube's videos, the articles of a blog."""
    dancers = await scene.stranger("dancers", kind="Group")
    tom, ann = await scene.stranger("tom"), await scene.stranger("ann", host="else.example")
    there = {"to": [PUBLIC], "audience": None}
    said = [
        (scene.object(author, attributedTo=owners, **there), is_theirs)
        for author, owners, is_theirs in (
            (tom, [{"type": "Person", "id": tom}, {"type": "Group", "id": dancers}], True),
            (dancers, dancers, True),
            (tom, tom, False),
            (ann, [{"type": "Person", "id": ann}, {"type": "Group", "id": dancers}], False),
        )
    ]
    for follows, (document, is_theirs) in itertools.product((False, True), said):
        if follows and document is said[0][0]:
            await joins(scene, dancers)
        create = scene.carrying("Create", document, audience=dancers)
        if not (follows and is_theirs):
            with pytest.raises(Refused, match="Nobody here follows"):
                await scene.happens(create)
            continue
        await scene.happens(create)
        assert (await scene.island.post(document["id"])).confirmed_at is not None


async def test_an_answer_before_its_question_finds_its_place(scene):
    """R19: a whole branch that arrives upside down."""
    ann = await scene.stranger("ann")
    thread = scene.object(ann)
    one = scene.object(ann, type="Note", inReplyTo=thread["id"])
    two = scene.object(ann, type="Note", inReplyTo=one["id"])
    three = scene.object(ann, type="Note", inReplyTo=two["id"])
    for document in (three, two, one, thread):
        await scene.happens(scene.carrying("Create", document))
    root = await scene.island.post(thread["id"])
    depths = [(await scene.island.post(one["id"])).depth for one in (one, two, three)]
    assert depths == [1, 2, 3]
    for document in (one, two, three):
        post = await scene.island.post(document["id"])
        assert (post.root_id, post.group_id) == (root.id, root.group_id)
    assert root.comment_count == 3


async def test_an_announced_answer_to_an_answer_that_waits_is_kept(scene):
    ann = await scene.stranger("ann")
    hive = await scene.stranger("hive", kind="Group")
    waits = scene.object(ann, type="Note", inReplyTo="https://far.example/objects/unknown", audience=hive)
    below = scene.object(ann, type="Note", inReplyTo=waits["id"], audience=hive)
    for document in (waits, below):
        await scene.happens(scene.carrying("Create", document, audience=hive, announced_by=hive))
    assert (await scene.island.post(below["id"])).depth == 1


async def test_a_create_after_its_delete_keeps_a_place_and_no_words(scene):
    """R21: what answers it hangs where it would, had both come in order; nobody else hears of it."""
    ann = await scene.stranger("ann")
    thread = scene.object(ann)
    answer = scene.object(ann, type="Note", inReplyTo=thread["id"])
    await scene.happens(scene.carrying("Create", answer))
    await scene.happens(scene.activity("Delete", ann, thread["id"]))
    before = await scene.leaving()
    await scene.happens(scene.carrying("Create", thread))
    post, below = await scene.island.post(thread["id"]), await scene.island.post(answer["id"])
    assert (post.deleted_at is not None, post.title, post.content, post.document) == (True, "", "", "")
    assert (below.parent_id, below.group_id, below.depth) == (post.id, post.group_id, 1)
    assert post.group_id is not None
    assert await scene.leaving() == before
    await scene.happens(scene.carrying("Create", thread))
    assert (await scene.island.post(thread["id"])).content == ""


async def test_an_edit_after_a_deletion_brings_no_words_back(scene):
    """R20, R21"""
    ann = await scene.stranger("ann")
    document = scene.object(ann)
    await scene.happens(scene.activity("Delete", ann, document["id"]))
    before = await scene.leaving()
    await scene.happens(scene.carrying("Update", document | {"updated": "2026-10-01T10:00:00Z"}))
    assert (await scene.island.post(document["id"])).content == ""
    assert await scene.leaving() == before


async def test_an_answer_that_its_group_took_stays_when_the_deletion_of_what_it_answers_came_first(scene):
    """R21: at the group's home it came in time, and all others show what the group shows."""
    hive, ann = await scene.stranger("hive", kind="Group"), await scene.stranger("ann")
    thread = scene.object(ann, to=[hive, PUBLIC], audience=hive)
    answer = scene.object(ann, type="Note", inReplyTo=thread["id"], audience=hive)
    await scene.happens(scene.carrying("Create", thread, audience=hive, announced_by=hive))
    await scene.happens(scene.activity("Delete", ann, thread["id"], audience=hive, announced_by=hive))
    with pytest.raises(Refused, match="was deleted"):
        await scene.happens(scene.carrying("Create", answer, audience=hive))
    await scene.happens(scene.carrying("Create", answer, audience=hive, announced_by=hive))
    post = await scene.island.post(answer["id"])
    assert (post.depth, post.group_id is not None, post.confirmed_at is not None) == (1, True, True)


async def test_history_is_told_to_nobody(scene):
    thread = await scene.ben.posts(scene.group, title="Ours")
    before = await scene.leaving()
    ann = await scene.stranger("ann")
    answer = scene.object(ann, type="Note", inReplyTo=thread)
    await scene.happens(scene.carrying("Create", answer, backfilled=True))
    assert await scene.ben.notices() == []
    assert await scene.leaving() == before


async def test_nobody_is_told_twice_or_of_their_own_words(scene):
    thread = await scene.ben.posts(scene.group, title="Ours", text="I, @ben@beta.example, ask")
    assert await scene.ben.notices() == []
    ann = await scene.stranger("ann")
    tags = [{"type": "Mention", "href": scene.ben.iri, "name": "@ben"}]
    answer = scene.object(ann, type="Note", inReplyTo=thread, tag=tags)
    await scene.happens(scene.carrying("Create", answer))
    assert await scene.ben.notices() == [("reply", answer["id"])]


async def test_a_date_in_the_future_is_now(scene):
    """Pitfall 29"""
    post = await scene.island.post(await scene.arrives(published="2031-01-01T00:00:00Z"))
    assert post.published == scene.island.node.clock.now()


async def test_a_post_that_says_it_was_updated_when_it_was_published_was_never_edited(scene):
    """Discourse, Friendica, NodeBB and WordPress write both into every post."""
    at, later = "2026-11-03T08:00:00Z", "2026-11-03T08:30:00Z"
    for published, updated, edited in (
        (at, at, False),
        (later, at, False),
        (at, later, True),
        (None, later, True),
    ):
        iri = await scene.arrives("Article", published=published, updated=updated)
        assert ((await scene.island.post(iri)).updated is not None) == edited, (published, updated)


async def test_html_from_elsewhere_is_cleaned(scene):
    iri = await scene.arrives(content='<p onclick="x">Hi<script>alert(1)</script></p>', name="A<b>&amp;</b>")
    post = await scene.island.post(iri)
    assert "script" not in post.content
    assert "onclick" not in post.content


async def test_a_note_without_a_name_gets_one_from_its_first_line(scene):
    iri = await scene.arrives("Note", name=None, content="<p>@bees Do they sleep? I wonder.</p>")
    post = await scene.island.post(iri)
    assert (post.title, post.title_derived) == ("Do they sleep?", True)
    iri = await scene.arrives("Note", name=None, content="<p>Hm</p>")
    assert (await scene.island.post(iri)).title == "(untitled) 2026-11-03"


async def test_a_warning_is_a_notes_summary_and_no_others(scene):
    """Pitfall 28"""
    note = await scene.island.post(await scene.arrives("Note", summary="Wasps!"))
    page = await scene.island.post(await scene.arrives("Page", summary="An excerpt"))
    assert (note.warning, page.warning) == ("Wasps!", "")


def test_a_draft_says_what_is_wrong_with_it():
    with pytest.raises(ValueError, match="title"):
        ThreadDraft(title="  \u202e ")
    with pytest.raises(ValueError, match="whole web address"):
        ThreadDraft(title="A", link_url="javascript:alert(1)")
    with pytest.raises(ValueError, match="at least 1"):
        CommentDraft(source="")
    with pytest.raises(ValueError, match="Write something"):
        CommentDraft(source=" \r\n ")
    with pytest.raises(ValueError, match="extra"):
        ThreadDraft(title="A", owner_id=1)  # type: ignore[call-arg]
    assert ThreadDraft(title="A", link_url="").link_url is None


async def test_what_is_composed_is_what_is_read_back(scene):
    async with scene.island.node.transaction() as tx:
        group = await get_actor(tx.session, scene.group.iri)
        draft = ThreadDraft(
            title="T", source="*w*", link_url="https://example.org/", language="fr", warning="w"
        )
        activity = await create.compose_thread(tx, scene.ben.actor, group, draft)
    assert activity.document.name == "T"
    assert activity.document.source_markdown == "*w*"
    assert activity.document.link_url == "https://example.org/"
    assert activity.raw["object"]["audience"] == scene.group.iri
    assert activity.document.sensitive


async def test_a_warning_on_a_thread_of_ours_stays_one(scene):
    thread = await scene.ben.posts(scene.group, title="T", text="The text itself", warning="Wasps")
    assert (await scene.island.post(thread)).warning == "Wasps"
    excerpt = await scene.arrives(content="<p>The text itself</p>", summary="The text [...]", sensitive=True)
    assert (await scene.island.post(excerpt)).warning == ""
