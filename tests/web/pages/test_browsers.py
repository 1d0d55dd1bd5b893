import pytest

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def elsewhere(ada, opens):
    browser = opens(**{"user-agent": LINUX})
    await browser.signs_in("ada")
    return browser


async def test_a_member_knows_their_browsers_apart(ada, elsewhere):
    page = await ada.get("/settings/sessions")
    assert "Firefox, Linux" in page.text
    assert page.text.count("this one") == 1


async def test_another_browser_is_signed_out(ada, elsewhere):
    await ada.submit("/settings/sessions/end", on="/settings/sessions")
    assert (await elsewhere.get("/settings")).status == 303
    assert (await ada.get("/settings")).status == 200


async def test_all_others_are_signed_out_and_this_one_is_not(ada, elsewhere):
    fields = (await ada.get("/settings/sessions")).form("/settings/sessions/end").fields
    await ada.send("/settings/sessions/end", fields | {"number": "0"})
    assert (await elsewhere.get("/settings")).status == 303
    assert (await ada.get("/settings")).status == 200


async def test_nobody_signs_out_anybody_else(ada, bo, elsewhere):
    await opens_twice(bo)
    fields = (await elsewhere.get("/settings/sessions")).form("/settings/sessions/end").fields
    for number in ("1", "2", "3", "4"):
        await elsewhere.send("/settings/sessions/end", fields | {"number": number})
    assert (await bo.get("/settings")).status == 200


async def opens_twice(browser):
    assert (await browser.get("/settings")).status == 200
