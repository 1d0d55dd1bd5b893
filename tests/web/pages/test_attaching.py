"""Pictures and files in forms of words, by a browser without scripts and by one that sends files one by one."""

import io
import re

import pytest
from PIL import Image
from sqlmodel import select

from node.store.tables.media import Medium
from node.store.tables.posts import Post
from tests.support import pictures
from tests.support.browsing import Page


def images(page):
    return [one for tag, one in page.elements if tag == "img" and one["src"].startswith("/media/")]


async def sends(browser, path, data, *files, on=""):
    """Send a form as a browser sends one with files: (field, name, bytes)."""
    form = (await browser.get(on or path)).form(path)
    parts = [(field, (name, body)) for field, name, body in files]
    return Page(await browser.client.post(path, data=form.fields | data, files=parts))


async def again(browser, page, path, data, *files):
    parts = [(field, (name, body)) for field, name, body in files]
    fields = page.form(path).fields | data
    if not parts:
        return await browser.send(path, fields)
    return Page(await browser.client.post(path, data=fields, files=parts))


async def stored(beta, table=Medium):
    async with beta.node.reading() as session:
        return list(await session.scalars(select(table).order_by(table.id)))


WRITE = "/c/bees/write"
PICTURE = ("files", "rose.png", pictures.plain(900, 600))
GO = {"title": "Swarm", "source": "word0", "do": "publish"}


@pytest.fixture
async def bees(ada):
    await ada.founds("bees")


async def test_a_picture_is_described_once_asked_and_shown_large_with_its_size(bees, ada, stranger):
    page = await sends(ada, WRITE, GO, PICTURE)
    assert page.status == 200
    assert "Not everybody sees pictures" in page.text
    [token] = page.form(WRITE).fields["media"].split()
    assert images(page)[0]["src"] == f"/media/{token}/square.webp"
    assert page.form(WRITE).fields["title"] == "Swarm"
    page = await again(ada, page, WRITE, {f"alt-{token}": "A red rose", "do": "publish"})
    assert page.status == 303
    thread = await stranger.get(page.response.headers["location"])
    [shown] = [one for one in images(thread) if "shown" in one["src"]]
    assert shown["alt"] == "A red rose"
    assert (shown["width"], shown["height"], shown["loading"]) == ("900", "600", "lazy")
    assert f"/media/{token}/full.png" in thread.links
    answer = await stranger.client.get(f"/media/{token}/full.png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (900, 600)
    lists = await stranger.get("/c/bees")
    assert [one["src"] for one in images(lists)] == [f"/media/{token}/square.webp"]


async def test_a_description_is_asked_for_once_and_no_more(bees, ada):
    page = await sends(ada, WRITE, GO, PICTURE)
    page = await again(ada, page, WRITE, {"do": "publish"})
    assert page.status == 303


async def test_files_are_kept_through_a_preview_and_what_is_wrong_elsewhere(bees, ada, beta):
    page = await sends(ada, WRITE, {"title": "", "source": "word0", "do": "publish"}, PICTURE)
    assert page.status == 422
    [token] = page.form(WRITE).fields["media"].split()
    page = await again(ada, page, WRITE, {"title": "T", "do": "preview", f"alt-{token}": "Rose"})
    assert page.status == 200
    assert page.form(WRITE).fields["media"] == token
    assert page.form(WRITE).fields[f"alt-{token}"] == "Rose"
    page = await again(ada, page, WRITE, {"do": "publish"})
    assert page.status == 303
    [medium] = await stored(beta)
    assert medium.alt == "Rose"
    assert medium.post_id is not None


async def test_adding_asks_for_nothing_else_yet_and_keeps_what_was_typed(bees, ada):
    page = await sends(ada, WRITE, {"title": "", "source": "word0", "do": "attach"}, PICTURE)
    assert page.status == 200
    assert "This is needed" not in page.text
    assert page.form(WRITE).fields["source"] == "word0"
    assert page.form(WRITE).fields["media"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (pictures.bomb(), "33 million pixels"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "Files of this kind are not taken"),
        (pictures.plain()[:70], "no picture that we can read"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
)
async def test_a_file_that_is_refused_loses_nothing_else(bees, ada, beta, body, words):
    page = await sends(ada, WRITE, GO, PICTURE, ("files", "bad.bin", body))
    assert page.status == 422
    assert words in page.text
    assert "bad.bin" in page.text
    fields = page.form(WRITE).fields
    assert (fields["title"], fields["source"], len(fields["media"].split())) == ("Swarm", "word0", 1)
    assert len(await stored(beta)) == 1
    assert await stored(beta, Post) == []


async def test_files_beyond_the_cap_of_a_form_lose_nothing_that_was_typed(bees, ada):
    heavy = [("files", f"{n}.txt", b"x" * (5 * 1024 * 1024)) for n in range(3)]
    page = await sends(ada, WRITE, GO, *heavy)
    assert page.status == 422
    assert "larger than 12 MB together" in page.text
    fields = page.form(WRITE).fields
    assert (fields["title"], len(fields["media"].split())) == ("Swarm", 2)


async def test_a_form_far_beyond_the_cap_is_cut_off(bees, ada):
    heavy = [("files", f"{n}.txt", b"x" * (10 * 1024 * 1024)) for n in range(5)]
    page = await sends(ada, WRITE, GO, *heavy)
    assert page.status == 413


async def test_a_post_has_room_for_eight(bees, ada):
    many = [("files", f"{n}.txt", b"text %d" % n) for n in range(8)]
    page = await sends(ada, WRITE, GO | {"do": "attach"}, *many)
    assert len(page.form(WRITE).fields["media"].split()) == 8
    page = await again(ada, page, WRITE, {"do": "attach"}, ("files", "9.txt", b"ninth"))
    assert page.status == 422
    assert "room for 8" in page.text


async def test_other_files_are_handed_out_and_sounds_are_played(bees, ada, stranger):
    page = await sends(
        ada, WRITE, GO, ("files", "../rules.pdf", pictures.PDF), ("files", "song.mp3", pictures.MP3)
    )
    page = await again(ada, page, WRITE, {"do": "publish"})
    thread = await stranger.get(page.response.headers["location"])
    [player] = [one for tag, one in thread.elements if tag == "audio"]
    assert player["preload"] == "none"
    [pdf] = [one for one in thread.links if one.endswith(".pdf")]
    answer = await stranger.client.get(pdf)
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''..%20rules.pdf"
    assert answer.content == pictures.PDF
    sound = await stranger.client.get(player["src"], headers={"range": "bytes=0-2"})
    assert (sound.status_code, sound.content) == (206, b"ID3")
    assert sound.headers["content-disposition"].startswith("inline")


async def test_an_answer_takes_pictures_too(bees, ada, bo, stranger):
    thread = await ada.writes("bees", "Swarm", source="word0")
    small = await bo.send(
        f"{thread}/reply",
        (await bo.get(thread)).form(f"{thread}/reply").fields | {"source": "half", "do": "attach"},
    )
    assert small.form(f"{thread}/reply").fields["source"] == "half"
    page = await again(bo, small, f"{thread}/reply", {"do": "publish", "source": "whole"}, PICTURE)
    page = await again(bo, page, f"{thread}/reply", {"do": "publish"})
    assert page.status == 303
    assert images(await stranger.get(thread))[-1]["src"].endswith("/shown.webp")


async def test_an_edit_takes_out_adds_and_describes_and_others_hear_of_it(bees, ada, beta, stranger):
    page = await sends(ada, WRITE, GO, PICTURE, ("files", "b.txt", b"second"))
    page = await again(ada, page, WRITE, {"do": "publish"})
    path = page.response.headers["location"]
    edit = f"{path}/edit"
    first, second = (await ada.get(edit)).form(edit).fields["media"].split()
    page = await sends(
        ada,
        edit,
        {f"drop-{first}": "yes", "do": "publish"},
        ("files", "new.webp", pictures.plain(30, 30, form="WEBP")),
    )
    assert "Not everybody sees pictures" in page.text
    page = await again(ada, page, edit, {"do": "publish"})
    assert page.status == 303
    fresh = (await ada.get(edit)).form(edit).fields["media"].split()
    assert fresh[0] == second
    assert first not in fresh
    assert (await stranger.client.get(f"/media/{first}/full.png")).status_code == 404
    document = (await stranger.client.get(path, headers={"accept": "application/activity+json"})).json()
    assert [one["url"].split("/")[-2] for one in document["attachment"]] == fresh
    assert document["image"]["url"].split("/")[-2] == fresh[1]


async def test_an_edit_of_the_words_alone_keeps_the_pictures(bees, ada):
    page = await sends(ada, WRITE, GO, PICTURE)
    page = await again(ada, page, WRITE, {"do": "publish"})
    path = page.response.headers["location"]
    fields = (await ada.get(f"{path}/edit")).form(f"{path}/edit").fields
    del fields["media"]  # a form of a page that knows no attachments
    assert (await ada.send(f"{path}/edit", fields | {"source": "other", "do": "publish"})).status == 303
    assert images(await ada.get(path))


async def test_nobody_attaches_what_another_brought(bees, ada, bo, beta):
    page = await sends(ada, WRITE, GO, PICTURE)
    [token] = page.form(WRITE).fields["media"].split()
    stolen = await bo.submit(WRITE, {**GO, "media": token, "asked": token})
    assert stolen.status == 303
    assert not [
        one for one in images(await bo.get(stolen.response.headers["location"])) if token in one["src"]
    ]
    assert (await bo.client.get(f"/media/{token}/full.png")).status_code == 404
    assert (await ada.client.get(f"/media/{token}/full.png")).status_code == 200
    [medium] = await stored(beta)
    assert medium.post_id is None


async def test_what_is_part_of_one_post_becomes_part_of_no_other(bees, ada):
    page = await sends(ada, WRITE, GO, PICTURE)
    [token] = page.form(WRITE).fields["media"].split()
    await again(ada, page, WRITE, {"do": "publish"})
    other = await ada.submit(WRITE, {**GO, "title": "Other", "media": token, "asked": token})
    assert not images(await ada.get(other.response.headers["location"]))[1:]


async def test_a_script_adds_one_file_and_hears_what_was_wrong(bees, ada, stranger):
    token = (await ada.get(WRITE)).form(WRITE).fields["csrf"]

    async def adds(body, name="a.png", **fields):
        data = {"csrf": token} | fields
        return await ada.client.post("/media", data=data, files=[("files", (name, body))])

    answer = await adds(pictures.plain())
    assert answer.status_code == 201
    told = answer.json()
    assert told["kind"] == "image"
    assert re.fullmatch(r"/media/[a-z0-9]+/square\.webp", told["thumb"])
    assert (await ada.client.get(told["thumb"])).status_code == 200
    assert (await stranger.client.get(told["thumb"])).status_code == 404
    answer = await adds(pictures.bomb())
    assert answer.status_code == 413
    assert "33 million pixels" in answer.json()["error"]
    assert (await adds(pictures.plain(), csrf="x")).status_code == 403
    assert (await ada.client.post("/media", data={"csrf": token})).status_code == 400


async def test_a_form_that_takes_no_files_refuses_them_unread(bees, ada):
    answer = await ada.client.post("/settings/language", files=[("files", ("a", b"x"))])
    assert answer.status_code == 415


async def test_strangers_bring_nothing(bees, stranger):
    answer = await stranger.client.post("/media", files=[("files", ("a.png", pictures.plain()))])
    assert answer.status_code in {401, 403}


async def test_who_has_no_room_left_is_told(sea, opens):
    small = await sea.node("small.example", media_per_member=3000)
    cleo = await opens(small).signs_up("cleo")
    await cleo.founds("bees")
    page = await sends(cleo, WRITE, GO, ("files", "a.txt", b"x" * 2000), ("files", "b.txt", b"y" * 2000))
    assert page.status == 422
    assert "all the room" in page.text
    assert len(page.form(WRITE).fields["media"].split()) == 1


async def test_where_members_bring_no_files_no_form_asks_for_any(sea, opens):
    bare = await sea.node("bare.example", media_per_member=0)
    cleo = await opens(bare).signs_up("cleo")
    await cleo.founds("bees")
    page = await cleo.get(WRITE)
    assert not [one for tag, one in page.elements if tag == "input" and one.get("type") == "file"]
    assert (await sends(cleo, WRITE, GO, PICTURE)).status == 422


async def test_a_full_disk_is_told_and_loses_nothing(bees, ada, beta, monkeypatch):
    import errno
    import os

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    page = await sends(ada, WRITE, GO, ("files", "b.txt", b"y" * 2000))
    assert page.status == 503
    assert "no room for files" in page.text
    assert page.form(WRITE).fields["source"] == "word0"
