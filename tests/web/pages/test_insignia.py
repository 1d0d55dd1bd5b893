"""Faces and banners, as their forms bring and take them away."""

import pytest

from tests.support import pictures
from tests.support.browsing import Page


async def sends(browser, path, data, *files):
    form = (await browser.get(path)).form(path)
    parts = [(field, ("x.png", body)) for field, body in files]
    return Page(await browser.client.post(path, data=form.fields | data, files=parts or None))


def images(page):
    return [one["src"] for tag, one in page.elements if tag == "img"]


async def test_a_member_shows_a_face_and_a_banner_and_takes_them_away(ada, stranger):
    page = await sends(
        ada,
        "/settings/profile",
        {"name": "Ada"},
        ("icon", pictures.plain(300, 200)),
        ("banner", pictures.plain(900, 400)),
    )
    assert page.status == 303
    shown = images(await stranger.get("/u/ada"))
    assert [src.rsplit("/", 1)[1] for src in shown] == ["shown.webp", "shown.webp"]
    for src in shown:
        assert (await stranger.client.get(src)).status_code == 200
    document = (await stranger.client.get("/u/ada", headers={"accept": "application/activity+json"})).json()
    assert document["icon"]["mediaType"] == "image/png"
    assert document["image"]["url"].startswith("https://beta.example/media/")
    page = await sends(ada, "/settings/profile", {"drop-icon": "yes", "drop-banner": "yes"})
    assert page.status == 303
    page = await stranger.get("/u/ada")
    assert images(page) == []
    assert "A Ada" in page.text, "the letter stands in the place of the face"
    assert (await stranger.client.get(shown[0])).status_code == 404


@pytest.mark.parametrize("field", ["icon", "banner"])
@pytest.mark.parametrize("body", [pictures.SVG, pictures.PDF, pictures.bomb(), b"\x00\x01"])
async def test_what_is_no_picture_is_told_beside_its_field(ada, field, body):
    page = await sends(ada, "/settings/profile", {"name": "Augusta"}, (field, body))
    assert page.status == 422
    assert page.form("/settings/profile").fields["name"] == "Augusta"
    assert ("p", {"class": "wrong", "id": f"{field}-wrong"}) in page.elements
    assert images(await ada.get("/u/ada")) == []


async def test_a_name_that_is_too_long_keeps_no_picture(ada, beta):
    page = await sends(ada, "/settings/profile", {"name": "x" * 101}, ("icon", pictures.plain()))
    assert page.status == 422
    assert [one async for one in beta.node.objects.listed()] == []


async def test_moderators_give_their_group_a_face_and_others_do_not(ada, bo, stranger):
    await ada.founds("bees")
    page = await sends(
        ada, "/c/bees/settings", {}, ("icon", pictures.plain()), ("banner", pictures.plain(90, 30))
    )
    assert page.status == 303, page.text
    assert len(images(await stranger.get("/c/bees"))) == 2
    assert images(await stranger.get("/explore"))[0].endswith("face.webp")
    token = (await bo.get("/settings")).forms[-1].fields["csrf"]
    answer = await bo.client.post(
        "/c/bees/settings",
        data={"csrf": token, "title": "x", "who": "everyone"},
        files=[("icon", ("x.png", pictures.plain()))],
    )
    assert answer.status_code == 403
    page = await sends(ada, "/c/bees/settings", {"drop-icon": "yes"})
    assert page.status == 303
    assert len(images(await stranger.get("/c/bees"))) == 1
