import pytest

from node.activitypub import reading
from node.activitypub.jsonld import lost_terms
from node.store.queries import documents
from node.store.tables.posts import Post
from tests.support.quay import HOME, PUBLIC, Quay


@pytest.fixture
async def alice(quay: Quay):
    return await quay.person("alice")


@pytest.fixture
async def bees(quay: Quay):
    return await quay.group("bees")


@pytest.fixture
async def rob(quay: Quay):
    return await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")


async def written(quay: Quay, post: Post):
    async with quay.node.reading() as session:
        found = await documents.object_document(session, post)
    assert lost_terms(found) == set()
    assert reading.read_object(found).iri == post.iri
    return found


def names(found):
    return [(tag["href"], tag["name"]) for tag in found["tag"] if tag["type"] == "Mention"]


async def test_a_thread_is_addressed_to_its_group_first(quay, alice, bees):
    found = await written(quay, await quay.post(alice, bees, token="t1"))
    assert found["to"] == [bees.iri, PUBLIC]
    assert found["cc"] == [alice.followers]
    assert found["audience"] == bees.iri
    assert found["context"] == f"{HOME}/post/t1/context"
    assert names(found) == [(bees.iri, "@bees@h.example")]
    assert (found["replies"], found["likes"], found["shares"]) == tuple(
        f"{HOME}/post/t1/{name}" for name in ("replies", "likes", "shares")
    )
    assert "inReplyTo" not in found
    assert found["commentsEnabled"] is True


async def test_a_comment_is_addressed_to_the_public_the_group_and_whom_it_answers(quay, alice, rob, bees):
    thread = await quay.post(rob, bees)
    found = await written(quay, await quay.post(alice, bees, thread))
    assert found["to"] == [PUBLIC, bees.iri]
    assert found["cc"] == [rob.iri]
    assert names(found) == [(bees.iri, "@bees@h.example"), (rob.iri, "@rob@a.example")]
    assert found["inReplyTo"] == thread.iri
    assert found["published"]
    assert "name" not in found


async def test_who_is_named_in_the_text_is_addressed_and_tagged(quay, alice, rob, bees):
    source = "Ask @rob@a.example, @ROB@a.example or @nobody@a.example, in `@alice@h.example`, !bees@h.example"
    found = await written(quay, await quay.post(alice, bees, source=source))
    assert found["cc"] == [alice.followers, rob.iri]
    assert names(found) == [(bees.iri, "@bees@h.example"), (rob.iri, "@rob@a.example")]


async def test_a_handle_that_is_none_names_nobody(quay, alice, bees):
    endless = "@bob@" + ".".join(["a" * 60] * 6) + ".example"
    assert (await written(quay, await quay.post(alice, bees, source=endless)))["cc"] == [alice.followers]


async def test_nobody_is_told_of_their_own_answer_to_themselves(quay, alice, bees):
    thread = await quay.post(alice, bees)
    assert (await written(quay, await quay.post(alice, bees, thread)))["cc"] == []


@pytest.mark.parametrize(
    ("visibility", "to", "cc"),
    [
        ("unlisted", ["bees", "followers"], [PUBLIC, "rob"]),
        ("followers", ["followers"], ["rob"]),
        ("direct", ["rob"], []),
    ],
)
async def test_recipients_say_who_may_read(quay, alice, rob, bees, visibility, to, cc):
    iris = {"bees": bees.iri, "followers": alice.followers, "rob": rob.iri}
    post = await quay.post(alice, bees, source="@rob@a.example", visibility=visibility)
    found = await written(quay, post)
    assert found["to"] == [iris.get(one, one) for one in to]
    assert found["cc"] == [iris.get(one, one) for one in cc]


async def test_a_post_that_is_not_yet_kept_can_be_written(quay, alice, bees):
    now = quay.clock.now()
    post = Post(
        iri=f"{HOME}/post/new",
        token="new",
        kind="Page",
        author_id=alice.id or 0,
        group_id=bees.id,
        title="New",
        content="<p>new</p>",
        published=now,
        received_at=now,
        last_active=now,
        create_iri=f"{HOME}/activities/create/new",
    )
    async with quay.node.transaction() as tx:
        create = await documents.create_document(tx.session, post)
        assert not tx.session.new
    assert create["id"] == post.create_iri
    assert create["object"]["context"] == f"{HOME}/post/new/context"
    assert create["to"] == create["object"]["to"]
    assert lost_terms(create) == set()


async def test_links_pictures_languages_and_states_are_told(quay, alice, bees):
    post = await quay.post(
        alice,
        bees,
        link_url="https://example.net/roses",
        image_url=f"{HOME}/media/rose.png",
        image_alt="A rose",
        language="fr",
        sensitive=True,
        locked_at=quay.clock.now(),
        featured_at=quay.clock.now(),
        updated=quay.clock.now(),
    )
    found = await written(quay, post)
    assert found["attachment"][0] == {"type": "Link", "href": "https://example.net/roses"}
    assert found["attachment"][1]["name"] == "A rose"
    assert found["language"] == {"identifier": "fr", "name": "Français"}
    assert found["contentMap"] == {"fr": post.content}
    assert (found["sensitive"], found["commentsEnabled"], found["stickied"]) == (True, False, True)
    assert found["updated"] == "2026-11-03T09:00:00Z"


@pytest.mark.parametrize(
    ("code", "name"), [("pt-BR", "Português (Brasil)"), ("qx-nowhere", "Qx-nowhere"), ("qxx", "Qxx")]
)
async def test_a_language_without_a_known_name_goes_by_its_code(quay, alice, bees, code, name):
    found = await written(quay, await quay.post(alice, bees, language=code))
    assert found["language"] == {"identifier": code, "name": name}


async def test_an_excerpt_stands_for_the_text(quay, alice, bees):
    """D.2: in `summaryMap` alone, where Mastodon finds it and GoToSocial does not take it for a warning."""
    short = await written(quay, await quay.post(alice, bees, content="<p>Short.</p>"))
    assert (short["summaryMap"], "summary" in short) == ({"und": "<p>Short.</p>"}, False)
    long = await written(
        quay, await quay.post(alice, bees, content=f"<p>{'a &lt; b ' * 200}</p>", language="en")
    )
    excerpt = long["summaryMap"]["en"]
    assert excerpt.startswith("<p>a &lt; b ")
    assert len(excerpt) < 1000
    assert excerpt.endswith("…</p>")
    assert "summaryMap" not in await written(quay, await quay.post(alice, bees, content=""))


async def test_a_warning_stands_in_place_of_the_text(quay, alice, bees):
    thread = await quay.post(alice, bees, warning="Bees & wasps", sensitive=True)
    found = await written(quay, thread)
    assert (found["summary"], "summaryMap" in found) == ("Bees &amp; wasps", False)
    comment = await quay.post(alice, bees, thread, warning="Bees & wasps")
    assert (await written(quay, comment))["summary"] == "Bees & wasps"


async def test_a_post_whose_group_or_root_is_unknown_is_written_all_the_same(quay, alice, bees):
    thread = await quay.post(alice, token="t1")
    found = await written(quay, thread)
    assert (found["to"], found["context"]) == ([PUBLIC], f"{HOME}/post/t1/context")
    assert "audience" not in found
    lost = await quay.post(alice, bees, thread)
    lost.root_id = 999
    assert "context" not in await written(quay, lost)


async def test_the_context_of_a_thread_elsewhere_is_what_its_origin_says(quay, alice, rob):
    thread = await quay.post(rob)
    answer = await quay.post(alice, None, thread)
    assert (await written(quay, answer))["context"] == f"{thread.iri}/whole-thread"
    silent = await quay.post(rob)
    await quay.change(silent, document='{"id": "x", "context": ["odd"]}')
    assert "context" not in await written(quay, await quay.post(alice, None, silent))
