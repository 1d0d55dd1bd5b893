import pytest

from node.outbox.routing import Route, route


@pytest.mark.parametrize(
    ("author_is_local", "group_is_local", "expected"),
    [
        (True, True, Route.TELL | Route.ANNOUNCE),
        (True, False, Route.TELL),
        (True, None, Route.TELL),
        (False, True, Route.ANNOUNCE),
        (False, False, Route.NOTHING),
        (False, None, Route.NOTHING),
    ],
)
def test_each_of_the_four_cases_has_its_way(author_is_local, group_is_local, expected):
    assert route(author_is_local=author_is_local, group_is_local=group_is_local) == expected
