"""Pictures between nodes: told in documents as peers read them, shown by each node from itself (C.2, A90, V75)."""

from __future__ import annotations

import re

from sqlalchemy import update as sql_update

from node.activities import create, delete, update
from node.activities.drafts import ThreadDraft
from node.activities.perform import perform
from node.local import uploads
from node.store.queries.actors import get_actor
from node.store.queries.media import find_medium
from node.store.queries.uploads import address_of, as_media
from node.store.tables.follows import Follow
from tests.support import pictures
from tests.support.browsing import Browser, Page

FAR = re.compile(r"/media/far/[^\"]+/shown/[^\"]+")


async def posts_a_picture(person, group, data=None, alt="A rose"):
    node = person.island.node
    medium = await uploads.take_in(node, person.actor, data or pictures.plain(900, 600), "rose.png")
    async with node.transaction() as tx:
        author = await get_actor(tx.session, person.iri)
        target = await get_actor(tx.session, group.iri)
        media = (as_media(medium, author.home, alt),)
        activity = await create.compose_thread(tx, author, target, ThreadDraft(title="Rose"), media)
        await perform(tx, activity)
    return activity.object, medium


async def shown_at(island, iri, browser=None):
    """The page of a thread on another node, and the pictures that it shows by way of itself."""
    path = f"/post/{(await island.post(iri)).token}"
    page = await browser.get(path) if browser else Page(await island.get(path))
    return page, [one["src"] for tag, one in page.elements if tag == "img" and "/shown" in one["src"]]


async def test_a_picture_is_told_as_peers_read_it(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    sea.chart.parcels.clear()
    _, medium = await posts_a_picture(ada, bees)
    await sea.settle()
    page = sea.deliveries(alpha, to=beta)[0].activity["object"]
    url = f"https://alpha.example/media/{medium.token}/full.png"
    assert page["attachment"] == [
        {
            "type": "Image",
            "mediaType": "image/png",
            "url": url,
            "name": "A rose",
            "width": 900,
            "height": 600,
        }
    ]
    assert page["image"] == {"type": "Image", "url": url}


async def test_other_files_are_documents(sea, alpha, beta, bees):
    """Lemmy drops a page with any attachment but Link, Image and Document (I.18)."""
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    iri, _ = await posts_a_picture(ada, bees, pictures.PDF, "Rules")
    [attached] = (await alpha.document(iri))["attachment"]
    assert (attached["type"], attached["mediaType"], attached["name"]) == (
        "Document",
        "application/pdf",
        "Rules",
    )
    assert "image" not in await alpha.document(iri)


async def test_readers_elsewhere_see_it_from_their_own_node(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    iri, medium = await posts_a_picture(ada, bees)
    await sea.settle()
    page, [src] = await shown_at(beta, iri)
    [img] = [one for tag, one in page.elements if tag == "img" and one["src"] == src]
    assert (img["alt"], img["width"], img["height"]) == ("A rose", "900", "600")
    assert FAR.fullmatch(src)
    answer = await beta.get(src)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["cache-control"] == "public, max-age=86400"
    assert "sandbox" in answer.headers["content-security-policy"]
    sea.away(alpha)
    assert (await beta.get(src)).status_code == 200, "kept for a while"
    assert (await beta.get(src.replace("/shown/", "/thumb/"))).status_code == 404, "another seal"
    assert f"https://alpha.example/media/{medium.token}/full.png" in page.links


async def test_where_it_cannot_be_had_the_link_stands_as_before(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    iri, _ = await posts_a_picture(ada, bees)
    await sea.settle()
    _, [src] = await shown_at(beta, iri)
    sea.away(alpha)
    assert (await beta.get(src)).status_code == 404
    page, shown = await shown_at(beta, iri)
    assert shown == []
    assert "Picture A rose alpha.example, 900 × 600, png" in page.text


async def test_an_edit_tells_of_the_new_picture(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    iri, old = await posts_a_picture(ada, bees)
    await sea.settle()
    new = await uploads.take_in(alpha.node, ada.actor, pictures.plain(30, 30), "b.png")
    async with alpha.node.transaction() as tx:
        author = await get_actor(tx.session, ada.iri)
        post = await alpha.post(iri)
        draft = ThreadDraft(title="Rose")
        media = (as_media(new, author.home, "Another"),)
        await perform(tx, await update.compose(tx, author, post, draft, media))
    await sea.settle()
    page, [src] = await shown_at(beta, iri)
    assert (await beta.get(src)).status_code == 200
    assert f"https://alpha.example/media/{new.token}/full.png" in page.links
    assert (await alpha.get(f"/media/{old.token}/full.png")).status_code == 404


async def test_a_deleted_post_takes_its_picture_along(sea, alpha, beta, bees):
    ada = await alpha.member("ada", follows=bees)
    await sea.settle()
    iri, medium = await posts_a_picture(ada, bees)
    await sea.settle()
    _, [src] = await shown_at(beta, iri)
    assert (await beta.get(src)).status_code == 200
    async with alpha.node.transaction() as tx:
        post = await alpha.post(iri)
        await perform(tx, await delete.compose(tx, ada.actor, post))
    await sea.settle()
    assert (await alpha.get(f"/media/{medium.token}/full.png")).status_code == 404
    assert (await beta.get(src)).status_code == 404


async def test_the_pictures_of_a_private_group_are_for_its_members_wherever_they_live(
    sea, alpha, beta, gamma
):
    """V75, V69: by signature to servers with members, and to nobody else."""
    shy = await beta.group("shy", private=True)
    async with Browser(beta.app, "https://beta.example") as browser:
        await browser.signs_up("ben")
        for name, island in (("ada", alpha), ("ben", beta)):
            person = await (island.person(name) if name == "ben" else island.member(name))
            await person.follows(shy)
        await sea.settle()

        for island in (alpha, beta):
            async with island.node.transaction() as tx:
                await tx.session.execute(sql_update(Follow).values(state="accepted"))
        ada = await alpha.person("ada")
        iri, medium = await posts_a_picture(ada, shy)
        await sea.settle()
        full = f"/media/{medium.token}/full.png"
        assert (await alpha.get(full)).status_code == 404
        _, [src] = await shown_at(beta, iri, browser)
        answer = await browser.client.get(src)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-cache"
        assert (await beta.get(src)).status_code == 404, "a stranger with the very same address"


async def test_a_face_travels_with_the_profile(sea, alpha, beta, bees):
    ada = await alpha.member("ada")
    medium = await uploads.take_in(alpha.node, ada.actor, pictures.plain(500, 500), "me.png", "icon")
    async with alpha.node.transaction() as tx:
        actor = await get_actor(tx.session, ada.iri)
        kept = await find_medium(tx.session, medium.token)
        await uploads.show_as(tx, actor, kept, address_of(kept, actor.home))
        await perform(tx, update.compose_actor(tx, actor))
    told = (await alpha.document(ada.iri))["icon"]
    assert told == {
        "type": "Image",
        "mediaType": "image/png",
        "url": f"https://alpha.example/media/{medium.token}/full.png",
    }
    await ada.follows(bees)
    await sea.settle()
    await ada.posts(bees, title="Hello")
    await sea.settle()
    page = Page(await beta.get("/u/ada@alpha.example"))
    [src] = [one["src"] for tag, one in page.elements if tag == "img"]
    assert FAR.fullmatch(src)
    assert (await beta.get(src)).status_code == 200
