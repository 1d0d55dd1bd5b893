"""The Fedify peer federates with itself: what fails against our node is then not the peer's doing."""

import httpx
import pytest

pytestmark = [pytest.mark.peer, pytest.mark.process]

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
ACTIVITY_JSON = {"Accept": "application/activity+json"}


async def fetch(url):
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(url, headers=ACTIVITY_JSON)


@pytest.fixture
async def alpha(start_fedify):
    return await start_fedify()


@pytest.fixture
async def beta(start_fedify):
    return await start_fedify()


async def test_two_people_follow_each_other(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    there = await alpha.post("follow", actor=ana, object=ben)
    back = await beta.post("follow", actor=ben, object=ana)
    assert (there["sent"], back["sent"]) == (True, True)
    [accept] = await alpha.wait(actor=ana, type="Accept")
    assert (accept["actor"], accept["inner"]) == (ben, "Follow")
    assert (await beta.get("followers", actor=ben))["followers"] == [ana]
    assert (await alpha.get("followers", actor=ana))["followers"] == [ben]
    assert (await alpha.get("following", actor=ana))["following"] == {ben: "accepted"}


async def test_the_first_knock_is_draft_cavage(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    sent = await alpha.post("follow", actor=ana, object=ben)
    assert [(one["status"], one["signature"]) for one in sent["deliveries"]] == [(202, "draft-cavage")]


async def test_the_first_knock_can_be_rfc9421(start_fedify, beta):
    alpha = await start_fedify(FEDIFY_PEER_FIRST_KNOCK="rfc9421")
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    sent = await alpha.post("follow", actor=ana, object=ben)
    assert [(one["status"], one["signature"]) for one in sent["deliveries"]] == [(202, "rfc9421")]


async def test_a_follow_is_undone(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    follow = await alpha.post("follow", actor=ana, object=ben)
    await alpha.post("undo", actor=ana, activity=follow["id"])
    assert [one["type"] for one in await beta.wait(actor=ben, count=2)] == ["Follow", "Undo"]
    assert (await beta.get("followers", actor=ben))["followers"] == []


async def test_a_group_announces_the_whole_life_of_a_post(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    bees = await beta.group("bees", moderators=[ben])
    await alpha.post("follow", actor=ana, object=bees)
    page = await alpha.post(
        "create", actor=ana, group=bees, type="Page", name="Swarms", content="<p>May.</p>"
    )
    like = await alpha.post("like", actor=ana, object=page["object"], to=[bees, PUBLIC])
    await alpha.post("undo", actor=ana, activity=like["id"])
    await alpha.post("dislike", actor=ana, object=page["object"], to=[bees, PUBLIC])
    await alpha.post("update", actor=ana, object=page["object"], content="<p>June.</p>")
    announced = await alpha.wait(actor=ana, type="Announce", count=5)
    assert [one["inner"] for one in announced] == ["Create", "Like", "Undo", "Dislike", "Update"]
    [post] = (await beta.get("group-posts", group=bees))["posts"]
    assert (post["name"], post["content"], post["author"]) == ("Swarms", "<p>June.</p>", ana)
    assert (post["likes"], post["dislikes"], post["deleted"]) == ([], [ana], False)
    await alpha.post("delete", actor=ana, object=page["object"])
    [delete] = await alpha.wait(actor=ana, type="Announce", inner="Delete")
    assert delete["raw"]["object"]["object"] == page["object"]
    assert (await beta.get("group-posts", group=bees))["posts"][0]["deleted"]


async def test_a_reply_belongs_to_the_group_of_what_it_answers(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    bees = await beta.group("bees")
    await alpha.post("follow", actor=ana, object=bees)
    page = await alpha.post("create", actor=ana, group=bees, type="Page", name="Swarms", content="May.")
    await beta.post(
        "reply", actor=ben, inReplyTo=page["object"], content="June.", to=[PUBLIC, bees], mentions=[ana]
    )
    announced = await alpha.wait(actor=ana, type="Announce", inner="Create", count=2)
    assert announced[1]["raw"]["object"]["object"]["inReplyTo"] == page["object"]
    [mentioned] = await alpha.wait(actor=ana, type="Create")
    assert mentioned["actor"] == ben
    posts = (await beta.get("group-posts", group=bees))["posts"]
    assert [post["in_reply_to"] for post in posts] == [None, page["object"]]


async def test_a_stranger_changes_nobody_elses_post(alpha, beta):
    ana, eve = await alpha.person("ana"), await alpha.person("eve")
    bees = await beta.group("bees")
    page = await alpha.post("create", actor=ana, group=bees, type="Page", name="Swarms", content="May.")
    assert (await alpha.post("delete", actor=eve, object=page["object"]))["sent"]
    assert (await beta.get("group-posts", group=bees))["posts"][0]["deleted"] is False


async def test_an_unsigned_activity_is_refused(beta):
    ben = await beta.person("ben")
    follow = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": "http://localhost:1/follow",
        "type": "Follow",
        "actor": "http://localhost:1/users/eve",
        "object": ben,
    }
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.post(f"{ben}/inbox", json=follow)
    assert answer.status_code == 401
    assert [one["reason"] for one in (await beta.get("rejected"))["rejected"]] == ["noSignature"]
    assert (await beta.get("received"))["arrivals"] == []


async def test_a_group_publishes_what_fep_1b12_asks_for(alpha, beta):
    ana, ben = await alpha.person("ana"), await beta.person("ben")
    bees = await beta.group("bees", moderators=[ben])
    page = await alpha.post("create", actor=ana, group=bees, type="Page", name="Swarms", content="May.")
    await beta.post("feature", group=bees, object=page["object"])
    document = (await fetch(bees)).json()
    assert (document["type"], document["preferredUsername"]) == ("Group", "bees")
    assert document["publicKey"]["owner"] == bees
    assert document["endpoints"]["sharedInbox"] == f"{beta.url}/inbox"
    moderators = (await fetch(document["attributedTo"])).json()
    assert (moderators["type"], moderators["orderedItems"]) == ("OrderedCollection", [ben])
    featured = (await fetch(document["featured"])).json()
    assert [one["id"] for one in featured["orderedItems"]] == [page["object"]]
    outbox = (await fetch(document["outbox"])).json()
    assert outbox["type"] == "OrderedCollection"
    [announce] = outbox["orderedItems"]
    assert [announce["type"], announce["object"]["type"], announce["object"]["object"]["type"]] == [
        "Announce",
        "Create",
        "Page",
    ]


async def test_webfinger_and_nodeinfo_answer_over_http(beta):
    bees = await beta.group("bees")
    host = beta.url.removeprefix("http://")
    found = (await fetch(f"{beta.url}/.well-known/webfinger?resource=acct:bees@{host}")).json()
    assert bees in [link["href"] for link in found["links"] if link["rel"] == "self"]
    links = (await fetch(f"{beta.url}/.well-known/nodeinfo")).json()["links"]
    assert (await fetch(links[0]["href"])).json()["software"]["name"] == "fedify-peer"


async def test_a_handle_is_looked_up_over_http(alpha, beta):
    ben = await beta.person("ben")
    host = beta.url.removeprefix("http://")
    found = await alpha.post("lookup", object=f"@ben@{host}")
    assert (found["type"], found["id"]) == ("Person", ben)


async def test_what_is_deleted_is_gone(alpha):
    ana = await alpha.person("ana")
    note = await alpha.post("create", actor=ana, type="Note", content="May.")
    assert (await fetch(note["object"])).json()["content"] == "May."
    await alpha.post("delete", actor=ana, object=note["object"])
    gone = await fetch(note["object"])
    assert (gone.status_code, gone.json()["type"]) == (410, "Tombstone")


async def test_other_machines_are_never_asked(alpha):
    found = await alpha.post("lookup", object="https://example.com/users/eve")
    assert found == {"found": False}
    refused = [one["url"] for one in (await alpha.get("outgoing"))["outgoing"] if "error" in one]
    assert "https://example.com/users/eve" in refused


async def test_a_wait_ends_when_its_time_is_up(alpha):
    answer = await alpha.get("wait", type="Announce", timeout_ms=50)
    assert answer == {"arrivals": [], "timed_out": True}
