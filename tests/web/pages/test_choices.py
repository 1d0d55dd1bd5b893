async def test_what_is_not_wanted_is_neither_counted_nor_listed(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    await bo.replies(thread, "word1")
    assert "word1" in (await ada.get("/notifications")).text
    page = await ada.submit("/settings/notifications", {"answers": ""})
    assert "Saved." in (await ada.follow(page)).text
    assert "word1" not in (await ada.get("/notifications")).text
    assert "word1" in (await ada.get("/notifications?show=answers")).text
    assert "1 new" not in (await ada.get("/")).text
    fields = (await ada.get("/settings/notifications")).form("/settings/notifications").fields
    assert "answers" not in fields
    assert fields["mentions"] == "yes"


async def test_one_notification_is_read_and_the_others_stay_new(ada, bo):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    await bo.replies(thread, "word1")
    await bo.replies(await ada.writes("bees", "Another"), "word2")
    page = await ada.submit("/notifications/read", {"until": ""}, on="/notifications")
    assert page.status == 400, "either one or all"
    page = await ada.get("/notifications")
    one = next(
        form for form in page.forms if form.action == "/notifications/read" and "number" in form.fields
    )
    page = await ada.follow(await ada.send("/notifications/read", one.fields))
    assert len([form for form in page.forms if "number" in form.fields]) == 1


async def test_nobody_reads_for_another(ada, bo, opens):
    await ada.founds("bees")
    thread = await ada.writes("bees", "Swarm season")
    await bo.replies(thread, "word1")
    token = (await bo.get("/settings/profile")).form("/settings/profile").fields["csrf"]
    await bo.send("/notifications/read", {"csrf": token, "number": "1"})
    assert [form for form in (await ada.get("/notifications")).forms if "number" in form.fields]


async def test_who_searches_may_find_is_told_to_other_nodes(ada, beta):
    await ada.submit("/settings/privacy", {"discoverable": "", "indexable": "yes", "lists": "yes"})
    document = await beta.document("https://beta.example/u/ada")
    assert document["discoverable"] is False
    assert document["indexable"] is True
    fields = (await ada.get("/settings/privacy")).form("/settings/privacy").fields
    assert "discoverable" not in fields


async def test_a_choice_that_is_none(ada):
    assert (await ada.submit("/settings/privacy", {"lists": "maybe"})).status == 422
    assert (await ada.submit("/settings/notifications", {"answers": "maybe"})).status == 422
