"""Messages on pages: found, written, answered, changed, taken back, and nobody else's business."""

from __future__ import annotations


async def test_the_empty_list_leads_on_and_a_message_is_read(ada, bo, opens):
    page = await ada.get("/messages")
    assert "No messages yet" in page.text
    assert "/messages/new" in page.links
    assert (await ada.get("/messages/new?to=@bo@beta.example")).form("/messages/new").fields[
        "to"
    ] == "@bo@beta.example"
    page = await ada.submit("/messages/new", {"to": "bo", "source": "Meet *me*"})
    talk = page.response.headers["location"].partition("#")[0]
    assert "1 new" in (await bo.get("/")).text
    assert "ada wrote to you" in (await bo.get("/notifications")).text
    assert talk in (await bo.get("/notifications")).links
    listed = await bo.get("/messages")
    assert "1 new" in listed.text
    assert "Meet me" in listed.text
    read = await bo.get(talk)
    assert "<em>me</em>" in read.response.text
    assert "1 new" not in (await bo.get("/")).text
    answered = await bo.submit(talk, {"source": "Where?"})
    assert answered.status == 303
    assert "Where?" in (await ada.get(talk)).text
    eve = await opens().signs_up("eve")
    assert (await eve.get(talk)).status == 404
    assert "Where?" not in (await eve.get("/messages")).text


async def test_what_is_wrong_is_said_and_nothing_is_lost(ada, bo):
    for to, words, said in (
        ("nobody", "Hello", "Nobody of this name was found"),
        ("not a handle !!", "Hello", "Nobody of this name|Write handles"),
        ("bo", "", "This is needed|Write something"),
        ("ada", "To myself", "Name somebody"),
        ("a b c d e f", "Hello", "at most 5"),
    ):
        page = await ada.submit("/messages/new", {"to": to, "source": words})
        assert page.status == 422, to
        assert any(one in page.text for one in said.split("|")), (to, page.text)
        assert page.form("/messages/new").fields["to"] == to
        assert page.form("/messages/new").fields["source"].strip() == words


async def test_who_may_write_is_the_readers_choice(ada, bo):
    page = await bo.submit("/settings/messages", {"messages_from": "nobody"}, on="/settings")
    assert "is set" in (await bo.follow(page)).text
    page = await ada.submit("/messages/new", {"to": "bo", "source": "Hello"})
    assert page.status == 422
    assert "takes no messages from you" in page.text
    assert page.form("/messages/new").fields["source"].strip() == "Hello"


async def test_ones_own_words_are_changed_and_taken_back(ada, bo):
    page = await ada.submit("/messages/new", {"to": "bo", "source": "Frist"})
    talk = page.response.headers["location"].partition("#")[0]
    edit = next(link for link in (await ada.get(talk)).links if link.endswith("/edit"))
    assert edit not in (await bo.get(talk)).links
    assert (await bo.get(edit)).status == 404
    assert (await ada.submit(edit, {"source": "First"})).status == 303
    assert "First" in (await bo.get(talk)).text
    assert (await ada.submit(edit.replace("/edit", "/delete"), on=talk)).status == 303
    gone = await bo.get(talk)
    assert "This message was deleted" in gone.text
    assert "First" not in gone.text
