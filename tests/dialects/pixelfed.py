"""What Pixelfed's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival

arrives = partial(Arrival, "pixelfed")

# fmt: off
ARRIVALS = (
    arrives("like", "", "acts", """
        + actor pixelfed.example/users/pix: Person pix
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: pixelfed.example/users/pix +1
    """),
    arrives("note", "", "acts", """
        + image pixelfed.example/p/pix/1: pixelfed.example/s/1.jpg, type image/jpeg, alt Comb, size 1080x1080, blurhash UB
        + image pixelfed.example/p/pix/1: pixelfed.example/s/2.jpg, type image/jpeg, size 1080x1080, blurhash UB
        + post pixelfed.example/p/pix/1: Note by pixelfed.example/users/pix in nowhere, thread, at 2026-11-03 09:00
        + said pixelfed.example/p/pix/1: title “Comb #bees”, text “Comb #bees”, image pixelfed.example/s/1.jpg, image alt Comb
        + tag pixelfed.example/p/pix/1: bees
    """),
)
# fmt: on
