"""What Pixelfed's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival

arrives = partial(Arrival, "pixelfed")

# fmt: off
ARRIVALS = (
    arrives("like", "Like", "acts", """
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
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: pixelfed.example/users/pix accepted
        + sent pixelfed.example: Accept{Follow{id}}
    """),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + image pixelfed.example/p/pix/2: pixelfed.example/s/1.jpg, type image/jpeg, alt Comb, size 1080x1080, blurhash UB
        + image pixelfed.example/p/pix/2: pixelfed.example/s/2.jpg, type image/jpeg, size 1080x1080, blurhash UB
        + post pixelfed.example/p/pix/2: Note by pixelfed.example/users/pix in local.example/c/bees, thread, at 2026-11-03 09:00
        + said pixelfed.example/p/pix/2: title “Comb in the sun”, text “Comb in the sun”, image pixelfed.example/s/1.jpg, image alt Comb
        + sent pixelfed.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
    """),
    arrives("create_reply", "Create Note as reply", "acts", """
        - counts local.example/post/q1: up 1, comments 1
        + counts local.example/post/q1: up 1, comments 2
        + post pixelfed.example/p/pix/3: Note by pixelfed.example/users/pix in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said pixelfed.example/p/pix/3: text “Look at mine”
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by pixelfed.example/users/pix, about pixelfed.example/p/pix/3
    """),
    arrives("update_note", "Update content", "acts", """
        + said pixelfed.example/p/pix/2: title “Comb in the rain”, text “Comb in the rain”, image pixelfed.example/s/1.jpg, image alt Comb, updated 2026-11-03 09:00
        - said pixelfed.example/p/pix/2: title “Comb in the sun”, text “Comb in the sun”, image pixelfed.example/s/1.jpg, image alt Comb
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: pixelfed.example/users/pix +1
    """),
    arrives("announce", "", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: comments 2, shares 1
        + share local.example/post/q1: pixelfed.example/users/pix
    """),
    arrives("flag", "Flag", "acts", """
        + actor pixelfed.example/i/actor: Application actor
        + report pixelfed.example/i/actor of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by pixelfed.example/i/actor, about local.example/post/q1, text Rude
    """),
    arrives("delete", "Delete by author", "acts", """
        + fate pixelfed.example/p/pix/2: deleted
        - image pixelfed.example/p/pix/2: pixelfed.example/s/1.jpg, type image/jpeg, alt Comb, size 1080x1080, blurhash UB
        - image pixelfed.example/p/pix/2: pixelfed.example/s/2.jpg, type image/jpeg, size 1080x1080, blurhash UB
        - said pixelfed.example/p/pix/2: title “Comb in the rain”, text “Comb in the rain”, image pixelfed.example/s/1.jpg, image alt Comb, updated 2026-11-03 09:00
        + said pixelfed.example/p/pix/2: updated 2026-11-03 09:00
        + sent reader.example: Announce{Delete{Tombstone}}
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: pixelfed.example/users/pix accepted
    """),
)
# fmt: on
