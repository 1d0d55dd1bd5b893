"""Who gets a picture or file, in which form, and who may keep it (V75, A90)."""

import pytest
from sqlmodel import col, select, update

from node.local import uploads
from node.store.queries.media import far_picture
from node.store.queries.uploads import address_of
from node.store.tables.actors import Actor
from node.store.tables.media import Medium
from node.store.tables.posts import Post
from node.web.session import PICTURE
from tests.support import pictures
from tests.support.browsing import Browser


async def uploaded(island, name="ada", data=None, use="attachment"):
    person = await island.person(name)
    return await uploads.take_in(
        island.node, person.actor, pictures.plain() if data is None else data, "rose.png", use
    )


def full(medium):
    return address_of(medium, "")


@pytest.fixture
async def beta(sea):
    return await sea.node("beta.example")


@pytest.fixture
async def ada(beta):
    async with Browser(beta.app, "https://beta.example") as browser:
        yield await browser.signs_up("ada")


@pytest.fixture
async def bo(beta):
    async with Browser(beta.app, "https://beta.example") as browser:
        yield await browser.signs_up("bo")


@pytest.fixture
async def stranger(beta):
    async with Browser(beta.app, "https://beta.example") as browser:
        yield browser


async def statuses(path, *browsers):
    return [(await browser.client.get(path)).status_code for browser in browsers]


async def test_what_is_part_of_nothing_is_its_owners_alone(beta, ada, bo, stranger):
    medium = await uploaded(beta)
    assert await statuses(full(medium), ada, bo, stranger) == [200, 404, 404]
    answer = await ada.client.get(full(medium))
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["cross-origin-resource-policy"] == "same-site"


async def published(beta, ada, **group):
    await ada.founds("bees", **group)
    medium = await uploaded(beta)
    path = await ada.writes("bees", "Rose", source="word0", media=medium.token, asked=medium.token)
    return medium, path


async def test_what_is_part_of_a_post_is_seen_by_whoever_sees_the_post_at_that_moment(
    beta, ada, bo, stranger
):
    medium, path = await published(beta, ada)
    for size in ("full.png", "shown.webp", "thumb.webp", "square.webp"):
        answer = await stranger.client.get(f"/media/{medium.token}/{size}")
        assert answer.status_code == 200, size
        assert answer.headers["cache-control"] == "public, max-age=86400"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Post).values(visibility="members"))
    assert await statuses(full(medium), ada, bo, stranger) == [200, 404, 404]
    assert (await ada.client.get(full(medium))).headers["cache-control"].startswith("private")
    await bo.submit("/c/bees/follow", {"follow": "yes"}, on="/c/bees")
    assert await statuses(full(medium), bo) == [200]
    await ada.submit(f"{path}/delete", {})
    assert await statuses(full(medium), ada, bo, stranger) == [404, 404, 404]


async def test_a_moderator_takes_pictures_away_with_the_post_and_brings_them_back(beta, ada, stranger):
    medium, _ = await published(beta, ada)
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Post).values(removed_at=tx.now))
    assert await statuses(full(medium), ada, stranger) == [404, 404]
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Post).values(removed_at=None))
    assert await statuses(full(medium), stranger) == [200]


async def test_pictures_of_comments_go_with_a_thread_that_was_removed(beta, ada, stranger):
    await ada.founds("bees")
    path = await ada.writes("bees", "Rose", source="word0")
    medium = await uploaded(beta)
    await ada.submit(f"{path}/reply", {"source": "see", "media": medium.token, "asked": medium.token})
    assert await statuses(full(medium), stranger) == [200]
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Post).where(col(Post.depth) == 0).values(removed_at=tx.now))
    assert await statuses(full(medium), stranger) == [404]


@pytest.mark.parametrize(
    "path",
    [
        "/media/{token}/full.jpg",
        "/media/{token}/face.webp",
        "/media/{token}/shown.png",
        "/media/{token}/..%2Ffull.png",
        "/media/nothing0/full.png",
        "/media/far/{token}/shown/x",
    ],
)
async def test_there_is_nothing_at_other_names(beta, ada, path):
    medium = await uploaded(beta)
    assert (await ada.client.get(path.format(token=medium.token))).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "start", "end"),
    [
        ("bytes=0-4", 206, 0, 5),
        ("bytes=5-", 206, 5, None),
        ("bytes=-3", 206, -3, None),
        ("bytes=0-999999999", 200, 0, None),
        ("bytes=0-1,3-4", 200, 0, None),
        ("lines=0-1", 200, 0, None),
        ("bytes=-", 200, 0, None),
        ("bytes=999999-", 416, 0, 0),
        ("bytes=4-2", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
    ],
)
async def test_a_player_asks_for_a_part(beta, ada, asked, status, start, end):
    medium = await uploaded(beta, data=pictures.MP3)
    answer = await ada.client.get(full(medium), headers={"range": asked})
    assert answer.status_code == status
    assert answer.content == pictures.MP3[start:end]
    assert answer.headers["accept-ranges"] == "bytes"
    if status == 206:
        assert answer.headers["content-range"].endswith(f"/{len(pictures.MP3)}")


async def test_a_part_of_another_version_is_no_part(beta, ada):
    medium = await uploaded(beta, data=pictures.MP3)
    whole = await ada.client.get(full(medium))
    etag = whole.headers["etag"]
    part = {"range": "bytes=0-1"}
    assert (await ada.client.get(full(medium), headers=part | {"if-range": etag})).status_code == 206
    assert (await ada.client.get(full(medium), headers=part | {"if-range": '"x"'})).status_code == 200
    assert (await ada.client.get(full(medium), headers={"if-none-match": etag})).status_code == 304
    head = await ada.client.head(full(medium))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(pictures.MP3))


async def test_whoever_may_not_see_it_is_not_told_that_nothing_changed(beta, ada, stranger):
    medium = await uploaded(beta)
    etag = (await ada.client.get(full(medium))).headers["etag"]
    assert (await stranger.client.get(full(medium), headers={"if-none-match": etag})).status_code == 404


async def test_a_face_is_everybodys_until_its_actor_ends(beta, ada, stranger):
    medium = await uploaded(beta, use="icon")
    async with beta.node.transaction() as tx:
        actor = await tx.session.scalar(select(Actor).where(col(Actor.username) == "ada"))
        kept = await tx.session.get(Medium, medium.id)
        await uploads.show_as(tx, actor, kept, full(medium))
    assert await statuses(f"/media/{medium.token}/face.webp", stranger) == [200]
    async with beta.node.transaction() as tx:
        await tx.session.execute(update(Actor).where(col(Actor.username) == "ada").values(deleted_at=tx.now))
    assert await statuses(f"/media/{medium.token}/face.webp", stranger) == [404]


async def test_an_address_that_we_did_not_give_is_none(beta, stranger, sea):
    """A90: unsigned or altered, and nothing is fetched."""
    node = beta.node
    name = far_picture("i", 1, "https://far.example/1.png").name
    seal = node.keyring.sign_token(f"{name}/face", purpose=PICTURE)
    before = len(sea.chart.parcels)
    for path in (
        f"/media/far/{name}/face/x",
        f"/media/far/{name}/shown/{seal}",
        f"/media/far/{name[:-1]}0/face/{seal}",
        f"/media/far/{name}/face/{node.keyring.sign_token(f'{name}/face', purpose='csrf')}",
        f"/media/far/{name}/face/{seal}",  # signed, but no row has such a picture
    ):
        assert (await stranger.client.get(path)).status_code == 404, path
    looped = await stranger.client.get(
        f"/media/far/{name}/face/{seal}", headers={"via": "1.1 proxy.example, 1.1 beta.example"}
    )
    assert looped.status_code == 400
    assert len(sea.chart.parcels) == before
