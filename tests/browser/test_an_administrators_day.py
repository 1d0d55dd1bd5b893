"""Lanes that are seen and steered: with no script, on a phone and on a desk, in dark and light."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from node import app as composition
from tests.browser.conftest import Nowhere
from tests.browser.test_a_members_day import PASSWORD, fits
from tests.support import rows

pytestmark = pytest.mark.browser
LONG = f"{'a-name-of-many-parts.' * 4}{'withoutanybreak' * 4}.example"
ANSWER = f"HTTP 502 from https://{LONG}/inbox: <html>{'averylongwordwithoutanybreak' * 9}"


async def learns(settings):
    node = await composition.open_node(settings, transport=Nowhere())
    async with node.transaction() as tx:
        since = tx.now - timedelta(days=2)
        await rows.a_peer(
            tx, LONG, state="sleeping", failures=12, failing_since=since, last_error=ANSWER[:500]
        )
        await rows.a_peer(tx, "fine.example", last_success=tx.now)
    await node.close()


@pytest.mark.parametrize(("size", "scheme"), [("narrow", "dark"), ("desktop", "light")])
def test_an_administrators_day(opens, harbour, size, scheme):
    with ThreadPoolExecutor(1) as beside:  # Playwright has a loop of its own in this thread
        beside.submit(asyncio.run, learns(harbour.settings)).result()
    ada = opens(size, color_scheme=scheme)
    ada.goto(harbour.welcome)
    ada.get_by_label("Name", exact=True).fill("ada")
    ada.get_by_label("Password", exact=True).fill(PASSWORD)
    ada.get_by_role("button", name="Make the account").click()
    ada.get_by_role("contentinfo").get_by_role("link", name="Servers").click()
    fits(ada)
    ada.get_by_role("link", name="In trouble").click()
    expect(ada.get_by_role("link", name="fine.example")).to_have_count(0)
    ada.get_by_role("link", name=LONG).press("Enter")
    ada.get_by_text("Word for word").click()
    expect(ada.get_by_text(ANSWER[:500])).to_be_visible()
    fits(ada)
    ada.get_by_role("button", name="Pause").press("Enter")
    expect(ada.get_by_role("status")).to_contain_text("Paused")
    ada.get_by_role("button", name="Resume").press("Enter")
    expect(ada.get_by_role("status")).to_contain_text("It runs again")
    ada.goto(f"/servers/{LONG}/forget")
    fits(ada)
    ada.get_by_role("button", name="Drop all of it").press("Enter")
    expect(ada.get_by_role("status")).to_contain_text("nothing was dropped")
