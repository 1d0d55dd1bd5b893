"""What Pleroma's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_follow,
    came,
    moved,
    serves,
    wants_to_follow,
)
from tests.dialects.world import sample

LAIN = "https://pleroma.example/users/lain"
NEW = "https://new.example/users/lain"
arrives = partial(Arrival, "pleroma")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: pleroma.example/users/lain accepted
        + sent pleroma.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + image pleroma.example/objects/aa11: pleroma.example/media/cat.png, type image/png, alt cat
        + post pleroma.example/objects/aa11: Note by pleroma.example/users/lain in local.example/c/bees, re local.example/post/q1, visibility unlisted, at 2026-11-03 09:00
        + said pleroma.example/objects/aa11: text “soon”, image pleroma.example/media/cat.png, image alt cat
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by pleroma.example/users/lain, about pleroma.example/objects/aa11
    """),
    arrives("update_note", "Update content", "acts", """
        + said pleroma.example/objects/aa11: text “sooner”, image pleroma.example/media/cat.png, image alt cat, updated 2026-11-03 09:00
        - said pleroma.example/objects/aa11: text “soon”, image pleroma.example/media/cat.png, image alt cat
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: pleroma.example/users/lain +1
    """),
    arrives("emoji_react", "EmojiReact", "acts", """
        + reaction local.example/post/q1: pleroma.example/users/lain ☕
        + sent reader.example: Announce{EmojiReact{id}}
    """),
    arrives("announce", "Announce{object id}", "acts", """
        - counts local.example/post/q1: up 1, comments 2
        + counts local.example/post/q1: up 1, comments 2, shares 1
        + share local.example/post/q1: pleroma.example/users/lain
    """),
    arrives("create_chat_message", "ChatMessage", "acts", """
        + actor pleroma.example/users/lan: Person lan, icon pleroma.example/media/lain.png, not listed
        + message pleroma.example/objects/90: pleroma.example/users/lan to local.example/u/ada “Hi!”, at 2026-11-03 09:00
        + told local.example/u/ada: message by pleroma.example/users/lan, text Hi!
    """),
    arrives("delete", "Delete by author", "acts", """
        + counts local.example/post/q1: up 1, comments 1, shares 1
        - counts local.example/post/q1: up 1, comments 2, shares 1
        + fate pleroma.example/objects/aa11: deleted
        - image pleroma.example/objects/aa11: pleroma.example/media/cat.png, type image/png, alt cat
        - said pleroma.example/objects/aa11: text “sooner”, image pleroma.example/media/cat.png, image alt cat, updated 2026-11-03 09:00
        + said pleroma.example/objects/aa11: updated 2026-11-03 09:00
        + sent reader.example: Announce{Delete{id}}
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: pleroma.example/users/lain accepted
    """),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow pleroma.example/users/lain: local.example/u/ada accepted
        - follow pleroma.example/users/lain: local.example/u/ada pending
    """, scene="followed", before=(asks_to_follow(LAIN),)),
    arrives("note", "", "acts", """
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
        - counts local.example/post/q1: comments 4
        + counts local.example/post/q1: comments 5
        + image pleroma.example/objects/aa11: pleroma.example/media/cat.png, type image/png, alt cat
        + post pleroma.example/objects/aa11: Note by pleroma.example/users/lain in local.example/c/bees, re local.example/post/q1, visibility unlisted, at 2026-11-03 09:00
        + said pleroma.example/objects/aa11: text “soon”, image pleroma.example/media/cat.png, image alt cat
    """, scene="read"),
    arrives("question", "Question", "acts", """
        + poll pleroma.example/objects/9f2a: Tabs 0 / Spaces 0, until 2026-11-04 09:00
        + post pleroma.example/objects/9f2a: Question by pleroma.example/users/lain in local.example/c/bees, thread, unconfirmed, at 2026-11-03 09:00
        + said pleroma.example/objects/9f2a: title “Tabs or spaces?”, text “Tabs or spaces?”
    """, scene="read"),
    arrives("vote_in_poll", "poll vote Note", "acts", """
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
        + choice local.example/post/q1: pleroma.example/users/lain In May
        - poll local.example/post/q1: In April 1 / In May 4, until 2026-11-06 09:00, voters 5
        + poll local.example/post/q1: In April 1 / In May 5, until 2026-11-06 09:00, voters 6
    """, scene="poll"),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
        + post pleroma.example/objects/c1: Note by pleroma.example/users/lain in local.example/c/bees, thread, at 2026-11-03 09:00
        + said pleroma.example/objects/c1: title “Cofe for bees?”, text “Cofe for bees?”
        + sent pleroma.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("create_question", "Question", "acts", """
        + poll pleroma.example/objects/9f2a: Tabs 0 / Spaces 0, until 2026-11-04 09:00
        + post pleroma.example/objects/9f2a: Question by pleroma.example/users/lain in local.example/c/bees, thread, at 2026-11-03 09:00
        + said pleroma.example/objects/9f2a: title “Tabs or spaces?”, text “Tabs or spaces?”
        + sent pleroma.example: Announce{id}
        + sent reader.example: Announce{Create{Question}}
    """, scene="more"),
    arrives("create_direct_note", "private Note", "acts", """
        + message pleroma.example/objects/c3: pleroma.example/users/lain to local.example/u/ada “@ada psst”, at 2026-11-03 09:00
        + told local.example/u/ada: message by pleroma.example/users/lain, text @ada psst
    """, scene="more"),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: pleroma.example/users/lain +1
    """, scene="more", before=(came("pleroma/like"),)),
    arrives("flag", "Flag", "acts", """
        + report pleroma.example/users/lain of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by pleroma.example/users/lain, about local.example/post/q1, text Rude
    """, scene="more"),
    arrives("update_person", "Update Person", "acts", """
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, about cofe, icon pleroma.example/media/lain.png, not listed
        - actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
    """, scene="more", before=(serves(LAIN, sample("pleroma/update_person")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow pleroma.example/users/lain: local.example/u/ada pending
        + follow pleroma.example/users/lain: local.example/u/ada rejected
    """, scene="more", before=(asks_to_follow(LAIN),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor pleroma.example/users/lain: Person lain, called lain :rin:, about cofe, icon pleroma.example/media/lain.png, not listed
        + actor pleroma.example/users/lain: Person lain, not listed, gone
        + fate pleroma.example/objects/9f2a: deleted
        + fate pleroma.example/objects/c1: deleted
        - follow pleroma.example/users/lain: local.example/u/ada rejected
        - message pleroma.example/objects/c3: pleroma.example/users/lain to local.example/u/ada “@ada psst”, at 2026-11-03 09:00
        + message pleroma.example/objects/c3: pleroma.example/users/lain to local.example/u/ada “”, deleted, at 2026-11-03 09:00
        - poll pleroma.example/objects/9f2a: Tabs 0 / Spaces 0, until 2026-11-04 09:00
        - said pleroma.example/objects/9f2a: title “Tabs or spaces?”, text “Tabs or spaces?”
        - said pleroma.example/objects/c1: title “Cofe for bees?”, text “Cofe for bees?”
    """, scene="more"),
    arrives("move", "Move account", "acts", """
        + actor new.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed, also pleroma.example/users/lain
        - actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed
        + actor pleroma.example/users/lain: Person lain, called lain :rin:, icon pleroma.example/media/lain.png, not listed, moved to new.example/users/lain
        + follow new.example/users/lain: local.example/u/ada pending
        - follow pleroma.example/users/lain: local.example/u/ada pending
        + sent new.example: Follow{id}
        + sent pleroma.example: Undo{Follow{id}}
        + told local.example/u/ada: moved by new.example/users/lain, text @lain@pleroma.example
    """, scene="moving", before=(wants_to_follow(LAIN), serves(NEW, moved("pleroma/person", LAIN, NEW)))),
)
# fmt: on
