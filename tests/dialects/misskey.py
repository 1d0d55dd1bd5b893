"""What Misskey's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import asks_to_follow

NEKO = "https://misskey.example/users/9abc"
arrives = partial(Arrival, "misskey")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor misskey.example/users/9abc: Person neko
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: misskey.example/users/9abc accepted
        + sent misskey.example: Accept{Follow{id}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + reaction local.example/post/q1: misskey.example/users/9abc 👍
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: misskey.example/users/9abc +1
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        - reaction local.example/post/q1: misskey.example/users/9abc 👍
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: misskey.example/users/9abc +1
    """),
    arrives("like_custom", "EmojiReact", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + reaction local.example/post/q1: misskey.example/users/9abc :blobcat:, icon misskey.example/files/blobcat.png
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: misskey.example/users/9abc +1
    """),
    arrives("announce", "Announce{object id}", "acts", """
        - counts local.example/post/q1: up 1, comments 1
        + counts local.example/post/q1: up 1, comments 1, shares 1
        + share local.example/post/q1: misskey.example/users/9abc
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: misskey.example/users/9abc accepted
    """),
    arrives("note", "", "acts", """
        + post misskey.example/notes/9def: Note by misskey.example/users/9abc in nowhere, thread, at 2026-11-03 09:00
        + said misskey.example/notes/9def: title “(untitled) 2026-11-03”, text “nya”, quotes local.example/post/q1
        + tag misskey.example/notes/9def: cats
    """),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow misskey.example/users/9abc: local.example/u/ada accepted
        - follow misskey.example/users/9abc: local.example/u/ada pending
    """, scene="followed", before=(asks_to_follow(NEKO),)),
    arrives("create_note", "", "acts", """
        + post misskey.example/notes/9def: Note by misskey.example/users/9abc in nowhere, thread, at 2026-11-03 09:00
        + said misskey.example/notes/9def: title “(untitled) 2026-11-03”, text “nya”, quotes local.example/post/q1
        + tag misskey.example/notes/9def: cats
    """, scene="followed"),
    arrives("delete", "Delete by author", "acts", """
        + fate misskey.example/notes/9def: deleted
        - said misskey.example/notes/9def: title “(untitled) 2026-11-03”, text “nya”, quotes local.example/post/q1
        - tag misskey.example/notes/9def: cats
    """, scene="followed"),
)
# fmt: on
