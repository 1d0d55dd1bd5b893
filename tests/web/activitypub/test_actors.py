from node.activitypub import reading
from node.activitypub.jsonld import lost_terms
from tests.support.quay import HOME, HOST, Quay


async def test_the_node_itself_is_at_the_root(quay: Quay):
    found = await quay.json("/")
    assert (found["id"], found["type"], found["preferredUsername"]) == (f"{HOME}/", "Application", HOST)
    assert found["inbox"] == f"{HOME}/inbox"
    assert found["outbox"] == f"{HOME}/site_outbox"
    assert found["publicKey"]["id"] == f"{HOME}/#main-key"
    assert lost_terms(found) == set()


async def test_a_person_has_what_every_peer_needs(quay: Quay):
    await quay.person("alice", summary="<p>Hi</p>", summary_source="Hi", icon_url=f"{HOME}/media/a.png")
    found = await quay.json("/u/alice")
    assert found["id"] == f"{HOME}/u/alice"
    assert found["type"] == "Person"
    assert found["endpoints"] == {"sharedInbox": f"{HOME}/inbox"}
    assert found["publicKey"]["owner"] == found["id"]
    assert found["webfinger"] == f"alice@{HOST}"
    assert found["icon"] == {"type": "Image", "url": f"{HOME}/media/a.png"}
    assert lost_terms(found) == set()
    assert reading.read_actor(found).preferred_username == "alice"


async def test_a_group_names_its_collections(quay: Quay):
    await quay.group("bees", posting_restricted=True, image_url=f"{HOME}/media/b.png", description="Bees.")
    found = await quay.json("/c/bees")
    assert found["type"] == "Group"
    assert found["attributedTo"] == found["moderators"] == f"{HOME}/c/bees/moderators"
    assert found["featured"] == f"{HOME}/c/bees/featured"
    assert found["postingRestrictedToMods"] is True
    assert lost_terms(found) == set()


async def test_the_answer_is_typed_to_the_letter_and_open_to_scripts(quay: Quay):
    await quay.person("alice")
    answer = await quay.get("/u/alice")
    assert answer.headers["content-type"] == "application/activity+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["link"] == f'<{HOME}/u/alice>; rel="alternate"; type="text/html"'
    assert answer.headers["vary"] == "Accept, Signature"
    assert answer.headers["cache-control"] == "public, max-age=180"


async def test_what_is_known_already_is_not_sent_again(quay: Quay):
    alice = await quay.person("alice")
    first = await quay.get("/u/alice")
    etag = first.headers["etag"]
    assert etag.startswith('"')
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = await quay.get("/u/alice", **{"if-none-match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == etag
        assert again.headers["cache-control"] == "public, max-age=180"
    await quay.change(alice, name="Alice B.")
    changed = await quay.get("/u/alice", **{"if-none-match": etag})
    assert changed.status_code == 200
    assert changed.headers["etag"] != etag


async def test_somebody_elsewhere_is_asked_for_there(quay: Quay):
    await quay.actor("Group", path="/c/seas", username="seas", home="https://b.example")
    answer = await quay.get("/c/seas@b.example")
    assert answer.status_code == 308
    assert answer.headers["location"] == "https://b.example/c/seas"


async def test_nobody_is_not_found(quay: Quay):
    await quay.person("alice")
    await quay.group("bees")
    for path in ("/u/nobody", "/u/Alice", "/u/bees", "/c/alice", "/c/x@b.example", "/c/@@", "/u/a%20b@c"):
        assert (await quay.get(path)).status_code == 404, path


async def test_who_has_left_leaves_a_tombstone(quay: Quay):
    await quay.person("alice", deleted_at=quay.clock.now())
    answer = await quay.get("/u/alice")
    assert answer.status_code == 410
    assert answer.headers["content-type"] == "application/activity+json"
    assert answer.json() == {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{HOME}/u/alice",
        "type": "Tombstone",
        "formerType": "Person",
        "deleted": "2026-11-03T09:00:00Z",
    }
    assert (await quay.get("/u/alice/outbox")).status_code == 410
