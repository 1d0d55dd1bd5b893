"""Pictures are taken of everything: asked of the list that `make shots` goes by, and of one that is really taken."""

import asyncio

import pytest

from tests.browser import shots
from tests.browser.conftest import CHROMIUM, missing

pytestmark = pytest.mark.browser


def test_every_page_has_a_picture_of_its_own(catalogue):
    wanted = shots.wanted(catalogue, "")
    assert {sight.route for sight in catalogue.sights} <= {sight.route for sight in wanted}
    assert catalogue.unseen == []
    assert len(set(shots.names(wanted))) == len(wanted)
    assert {sight.path for sight in wanted if sight.who == "french"} == set(shots.IN_FRENCH)
    assert all("/explore" in sight.path for sight in shots.wanted(catalogue, "/explore"))


def test_a_picture_is_taken_at_each_size_in_each_theme(catalogue, site, tmp_path):
    if not CHROMIUM.is_file():
        missing(f"{CHROMIUM} is not there")
    sights = [sight for sight in catalogue.sights if sight.path == "/about"][:1]
    asyncio.run(shots.take(catalogue, site.port, sights, tmp_path))
    taken = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(taken) == {
        f"stranger-about-{size}-{theme}.png" for size in ("phone", "desktop") for theme in ("light", "dark")
    }
    assert len(set(taken.values())) == 4
