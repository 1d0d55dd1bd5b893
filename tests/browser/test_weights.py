"""Pages stay light: they are read on old phones and at the far end of slow lines."""

import dataclasses

import pytest

from tests.browser import weights

pytestmark = pytest.mark.browser


def test_no_first_view_is_heavy(catalogue):
    every = [weights.weigh(sight, catalogue.folder) for sight in catalogue.sights]
    assert weights.style_and_script(every) < weights.MOST_OF_STYLE_AND_SCRIPT
    heavy = {one.sight.sample: one.total for one in every if one.total > weights.MOST_OF_A_VIEW}
    assert heavy == {}
    assert max(one.requests for one in every) <= 12


def test_what_comes_from_elsewhere_is_noticed(catalogue):
    sight = catalogue.sights[0]
    worse = dataclasses.replace(sight, html=sight.html + '<img src="https://elsewhere.example/x.png" alt="">')
    with pytest.raises(ValueError, match=r"elsewhere\.example"):
        weights.weigh(worse, catalogue.folder)
