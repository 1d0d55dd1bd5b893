"""What Akkoma's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival

arrives = partial(Arrival, "akkoma")

# fmt: off
ARRIVALS = (
    arrives("emoji_react", "", "acts", """
        + actor akkoma.example/users/lain: Person lain
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + reaction local.example/post/q1: akkoma.example/users/lain :rose:, icon akkoma.example/emoji/rose.png
        + sent reader.example: Announce{EmojiReact{id}}
        + vote local.example/post/q1: akkoma.example/users/lain +1
    """),
    arrives("undo_emoji_react", "", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        - reaction local.example/post/q1: akkoma.example/users/lain :rose:, icon akkoma.example/emoji/rose.png
        + sent reader.example: Announce{Undo{EmojiReact{id}}}
        - vote local.example/post/q1: akkoma.example/users/lain +1
    """),
    arrives("note", "", "acts", """
        + post akkoma.example/objects/1: Note by akkoma.example/users/lain in nowhere, thread, at 2026-11-03 09:00
        + said akkoma.example/objects/1: title “(untitled)”, text “x”, language en, quotes local.example/post/q1
        + tag akkoma.example/objects/1: bees
        + video akkoma.example/objects/1: akkoma.example/m/1.mp4, type video/mp4, alt Humming
    """),
)
# fmt: on
