import pytest

from node.text.films import film_at

NAME = "dQw4w9WgXcQ"
UUID = "9c9de5e8-0a1e-484a-b099-e80766180a6d"


@pytest.mark.parametrize(
    ("address", "player"),
    [
        (f"https://www.youtube.com/watch?v={NAME}&t=4", f"https://www.youtube-nocookie.com/embed/{NAME}"),
        (f"https://youtu.be/{NAME}?si=x", f"https://www.youtube-nocookie.com/embed/{NAME}"),
        (f"https://m.youtube.com/shorts/{NAME}", f"https://www.youtube-nocookie.com/embed/{NAME}"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1"),
        ("https://www.dailymotion.com/video/x8abcde", "https://www.dailymotion.com/embed/video/x8abcde"),
        (f"https://tube.example/videos/watch/{UUID}", f"https://tube.example/videos/embed/{UUID}"),
        (
            "https://tube.example/w/kkGMgK9ZtnKfYAgnEtQxbv",
            "https://tube.example/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv",
        ),
    ],
)
def test_a_film_is_known_by_its_address(address, player):
    film = film_at(address)
    assert film.player == player
    assert player.startswith(f"https://{film.host}/")


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=%22%3E%3Cscript%3E",
        "https://www.youtube.com/shorts/",
        f"http://youtu.be/{NAME}",
        f"https://youtu.be:8443/{NAME}",
        "https://vimeo.com/about",
        "https://tube.example/w/short",
        f"https://tube.example;evil/w/{UUID}",
        f"https://[::1]/w/{UUID}",
        f"https://localhost/w/{UUID}",
        f"https://user@tube.example/w/{UUID}/more",
        "https://[",
        "https://tube.example:x/w/1",
    ],
)
def test_other_addresses_are_no_films(address):
    assert film_at(address) is None
