"""What Pleroma's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import asks_to_follow

LAIN = "https://pleroma.example/users/lain"
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
        - poll local.example/post/q1: In April 0 / In May 0, until 2026-11-06 09:00
        + poll local.example/post/q1: In April 0 / In May 1, until 2026-11-06 09:00, voters 1
    """, scene="poll"),
)
# fmt: on
