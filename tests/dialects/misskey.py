"""What Misskey's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_follow,
    moved,
    serves,
    wants_to_follow,
)
from tests.dialects.world import sample

NEKO = "https://misskey.example/users/9abc"
NEW = "https://new.example/users/neko"
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
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + actor misskey.example/users/9abc: Person neko
        + post misskey.example/notes/9m1: Note by misskey.example/users/9abc in local.example/c/bees, thread, at 2026-11-03 09:00
        + said misskey.example/notes/9m1: title “Do cats and bees get on?”, text “Do cats and bees get on?”
        + sent misskey.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("create_reply", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post misskey.example/notes/9m2: Note by misskey.example/users/9abc in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said misskey.example/notes/9m2: text “@ada@local.example They do!”
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by misskey.example/users/9abc, about misskey.example/notes/9m2
    """, scene="more"),
    arrives("update_note", "Update content", "acts", """
        - said misskey.example/notes/9m2: text “@ada@local.example They do!”
        + said misskey.example/notes/9m2: text “@ada@local.example They do, mostly!”, updated 2026-11-03 09:00
        + sent reader.example: Announce{Update{Note}}
    """, scene="more"),
    arrives("create_question", "Question", "acts", """
        + poll misskey.example/notes/9m3: Cats 1 / Bees 4, until 2026-11-04 09:00
        + post misskey.example/notes/9m3: Question by misskey.example/users/9abc in local.example/c/bees, thread, at 2026-11-03 09:00
        + said misskey.example/notes/9m3: title “Cats or bees?”, text “Cats or bees?”
        + sent misskey.example: Announce{id}
        + sent reader.example: Announce{Create{Question}}
    """, scene="more"),
    arrives("create_direct_note", "private Note", "acts", """
        + message misskey.example/notes/9m5: misskey.example/users/9abc to local.example/u/ada “@ada@local.example psst”, at 2026-11-03 09:00
        + told local.example/u/ada: message by misskey.example/users/9abc, text @ada@local.example psst
    """, scene="more"),
    arrives("flag", "Flag", "acts", """
        + actor misskey.example/users/9sys: Person 9sys
        + report misskey.example/users/9sys of local.example/u/ada, because Rude
    """, scene="more"),
    arrives("add_featured", "Add/Remove featured", "refuses", "This is no list of a group known here. (https://misskey.example/eeee: https://misskey.example/users/9abc/collections/featured)", scene="more"),
    arrives("update_person", "Update Person", "acts", """
        - actor misskey.example/users/9abc: Person neko
        + actor misskey.example/users/9abc: Person neko, called Neko, about Meow
    """, scene="more", before=(serves(NEKO, sample("misskey/update_person")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow misskey.example/users/9abc: local.example/u/ada pending
        + follow misskey.example/users/9abc: local.example/u/ada rejected
    """, scene="more", before=(asks_to_follow(NEKO),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor misskey.example/users/9abc: Person neko, called Neko, about Meow
        + actor misskey.example/users/9abc: Person neko, gone
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        + fate misskey.example/notes/9m1: deleted
        + fate misskey.example/notes/9m2: deleted
        + fate misskey.example/notes/9m3: deleted
        - follow misskey.example/users/9abc: local.example/u/ada rejected
        - message misskey.example/notes/9m5: misskey.example/users/9abc to local.example/u/ada “@ada@local.example psst”, at 2026-11-03 09:00
        + message misskey.example/notes/9m5: misskey.example/users/9abc to local.example/u/ada “”, deleted, at 2026-11-03 09:00
        - poll misskey.example/notes/9m3: Cats 1 / Bees 4, until 2026-11-04 09:00
        - said misskey.example/notes/9m1: title “Do cats and bees get on?”, text “Do cats and bees get on?”
        - said misskey.example/notes/9m2: text “@ada@local.example They do, mostly!”, updated 2026-11-03 09:00
        + said misskey.example/notes/9m2: updated 2026-11-03 09:00
        - said misskey.example/notes/9m3: title “Cats or bees?”, text “Cats or bees?”
    """, scene="more"),
    arrives("vote_in_poll", "poll vote Note", "acts", """
        + actor misskey.example/users/9abc: Person neko
        + choice local.example/post/q1: misskey.example/users/9abc In April
        - poll local.example/post/q1: In April 0 / In May 3, until 2026-11-06 09:00, voters 3
        + poll local.example/post/q1: In April 1 / In May 3, until 2026-11-06 09:00, voters 4
    """, scene="poll"),
    arrives("move", "Move account", "acts", """
        - actor misskey.example/users/9abc: Person neko
        + actor misskey.example/users/9abc: Person neko, moved to new.example/users/neko
        + actor new.example/users/neko: Person neko, also misskey.example/users/9abc
        - follow misskey.example/users/9abc: local.example/u/ada pending
        + follow new.example/users/neko: local.example/u/ada pending
        + sent misskey.example: Undo{Follow{id}}
        + sent new.example: Follow{id}
        + told local.example/u/ada: moved by new.example/users/neko, text @neko@misskey.example
    """, scene="moving", before=(wants_to_follow(NEKO), serves(NEW, moved("misskey/person", NEKO, NEW)))),
)
# fmt: on
