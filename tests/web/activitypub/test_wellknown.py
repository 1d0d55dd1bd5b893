import pytest

from node.store.tables.members import Member
from tests.support.quay import HOME, HOST, Quay

PATH = "/.well-known/webfinger"


@pytest.fixture
async def people(quay: Quay):
    await quay.person("alice")
    await quay.group("bees")
    await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")


async def ask(quay: Quay, resource: str):
    return await quay.browser.get(PATH, params={"resource": resource})


@pytest.mark.parametrize(
    ("resource", "iri"),
    [
        ("acct:alice@h.example", "/u/alice"),
        ("acct:ALICE@H.Example", "/u/alice"),
        ("acct:@alice@h.example", "/u/alice"),
        ("alice@h.example", "/u/alice"),
        ("acct:bees@h.example", "/c/bees"),
        ("acct:!bees@h.example", "/c/bees"),
        ("https://h.example/c/bees", "/c/bees"),
        ("https://h.example/u/alice", "/u/alice"),
        ("acct:h.example@h.example", "/"),
        ("https://h.example/", "/"),
        ("https://h.example", "/"),
    ],
)
async def test_every_form_of_a_name_leads_to_the_id(quay, people, resource, iri):
    answer = await ask(quay, resource)
    assert answer.status_code == 200
    links = {link["rel"]: link for link in answer.json()["links"]}
    assert links["self"]["href"] == HOME + iri
    assert links["self"]["type"] == "application/activity+json"


async def test_the_answer_tells_the_kind_and_is_open_to_scripts(quay, people):
    answer = await ask(quay, "acct:bees@h.example")
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=180"
    found = answer.json()
    assert found["subject"] == "acct:bees@h.example"
    kind = next(link for link in found["links"] if link["rel"] == "self")["properties"]
    assert kind == {"https://www.w3.org/ns/activitystreams#type": "Group"}
    node = (await ask(quay, f"acct:{HOST}@{HOST}")).json()["links"][1]
    assert node["properties"] == {"https://www.w3.org/ns/activitystreams#type": "none"}


async def test_a_person_can_be_sent_home_to_follow_somebody(quay, people):
    found = {}
    for name in ("alice", "bees"):
        links = (await ask(quay, f"acct:{name}@h.example")).json()["links"]
        found[name] = [link["template"] for link in links if "template" in link]
    assert found["bees"] == []
    assert found["alice"][:2] == [
        f"{HOME}/interact?uri={{uri}}",
        f"{HOME}/intents/follow?object={{object}}",
    ]


@pytest.mark.parametrize(
    "resource",
    [
        "acct:nobody@h.example",
        "acct:alice@evil.example",
        "acct:rob@a.example",
        "https://a.example/u/rob",
        "https://h.example/u/nobody",
        "https://h.example/u/alice?x=1",
        "https://h.example/u/alice#main-key",
        "https://h.example/u/ALICE",
    ],
)
async def test_who_is_not_here_is_not_found(quay, people, resource):
    assert (await ask(quay, resource)).status_code == 404


@pytest.mark.parametrize("resource", ["", "acct:", "alice", "mailto:alice@h.example", "https://", "x" * 5000])
async def test_what_is_no_name_is_malformed(quay, resource):
    assert (await ask(quay, resource)).status_code == 400


async def test_a_question_without_or_with_two_names_is_malformed(quay):
    assert (await quay.browser.get(PATH)).status_code == 400
    twice = await quay.browser.get(f"{PATH}?resource=acct:a@h.example&resource=acct:b@h.example")
    assert twice.status_code == 400


async def test_who_has_left_is_gone(quay):
    await quay.person("alice", deleted_at=quay.clock.now())
    assert (await ask(quay, "acct:alice@h.example")).status_code == 410


async def test_host_meta_points_to_webfinger(quay):
    answer = await quay.browser.get("/.well-known/host-meta")
    assert answer.headers["content-type"] == "application/xrd+xml"
    assert 'template="https://h.example/.well-known/webfinger?resource={uri}"' in answer.text


async def test_nodeinfo_is_found_and_says_who_we_are(quay):
    links = (await quay.json("/.well-known/nodeinfo"))["links"]
    assert [link["href"] for link in links] == [f"{HOME}/nodeinfo/2.0", f"{HOME}/nodeinfo/2.1"]
    for link in links:
        found = await quay.json(link["href"].removeprefix(HOME))
        assert found["version"] == link["href"][-3:]
        assert found["software"]["name"] == "archipel"
        assert all(isinstance(value, str) for value in found["metadata"].values())
    assert (await quay.get("/nodeinfo/9.9")).status_code == 404
    answer = await quay.get("/nodeinfo/2.1")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"].startswith("application/json; profile=")


async def test_nodeinfo_counts_what_is_public_and_ours(quay):
    alice, bees = await quay.person("alice"), await quay.group("bees")
    rob = await quay.actor("Person", path="/u/rob", username="rob", home="https://a.example")
    now = quay.clock.now()
    await quay.add(Member(actor_id=alice.id or 0, created_at=now))
    idle, banned = await quay.person("idle"), await quay.person("banned")
    await quay.add(Member(actor_id=idle.id or 0, created_at=now))
    await quay.add(Member(actor_id=banned.id or 0, created_at=now, disabled_at=now))
    thread = await quay.post(alice, bees)
    await quay.post(alice, bees, thread)
    await quay.post(alice, bees, visibility="direct")
    await quay.post(rob, bees)
    usage = (await quay.json("/nodeinfo/2.0"))["usage"]
    assert usage == {
        "users": {"total": 2, "activeHalfyear": 1, "activeMonth": 1},
        "localPosts": 1,
        "localComments": 1,
    }


async def test_nodeinfo_counts_anew_every_five_minutes(quay):
    alice = await quay.person("alice")
    assert (await quay.json("/nodeinfo/2.0"))["usage"]["localPosts"] == 0
    await quay.post(alice)
    quay.clock.advance(minutes=4, seconds=59)
    assert (await quay.json("/nodeinfo/2.0"))["usage"]["localPosts"] == 0
    quay.clock.advance(seconds=1)
    assert (await quay.json("/nodeinfo/2.0"))["usage"]["localPosts"] == 1
    quay.clock.advance(days=31)
    found = (await quay.json("/nodeinfo/2.0"))["usage"]["users"]
    assert (found["activeMonth"], found["activeHalfyear"]) == (0, 1)
