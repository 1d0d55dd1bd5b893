"""What Akkoma's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival

arrives = partial(Arrival, "akkoma")

# fmt: off
ARRIVALS = (
    arrives("emoji_react", "EmojiReact", "acts", """
        + actor akkoma.example/users/lain: Person lain
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + reaction local.example/post/q1: akkoma.example/users/lain :rose:, icon akkoma.example/emoji/rose.png
        + sent reader.example: Announce{EmojiReact{id}}
        + vote local.example/post/q1: akkoma.example/users/lain +1
    """),
    arrives("undo_emoji_react", "Undo{Like, Dislike}", "acts", """
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
    arrives("follow", "Follow group by person", "acts", """
        + actor akkoma.example/users/lain: Person lain
        + follow local.example/c/bees: akkoma.example/users/lain accepted
        + sent akkoma.example: Accept{Follow{id}}
    """, scene="more"),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + post akkoma.example/objects/a2: Note by akkoma.example/users/lain in local.example/c/bees, thread, at 2026-11-03 09:00
        + said akkoma.example/objects/a2: title “Roses for bees?”, text “Roses for bees?”, markdown, language en
        + sent akkoma.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post akkoma.example/objects/a3: Note by akkoma.example/users/lain in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said akkoma.example/objects/a3: text “All of them.”, markdown
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by akkoma.example/users/lain, about akkoma.example/objects/a3
    """, scene="more"),
    arrives("update_note", "Update content", "acts", """
        + said akkoma.example/objects/a3: text “All but one.”, markdown, updated 2026-11-03 09:00
        - said akkoma.example/objects/a3: text “All of them.”, markdown
        + sent reader.example: Announce{Update{Note}}
    """, scene="more"),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: akkoma.example/users/lain +1
    """, scene="more"),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: akkoma.example/users/lain +1
    """, scene="more"),
    arrives("announce", "", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: comments 2, shares 1
        + share local.example/post/q1: akkoma.example/users/lain
    """, scene="more"),
    arrives("flag", "Flag", "acts", """
        + actor akkoma.example/internal/fetch: Application fetch
        + report akkoma.example/internal/fetch of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by akkoma.example/internal/fetch, about local.example/post/q1, text Rude
    """, scene="more"),
    arrives("delete", "Delete by author", "acts", """
        + counts local.example/post/q1: comments 1, shares 1
        - counts local.example/post/q1: comments 2, shares 1
        + fate akkoma.example/objects/a3: deleted
        - said akkoma.example/objects/a3: text “All but one.”, markdown, updated 2026-11-03 09:00
        + said akkoma.example/objects/a3: updated 2026-11-03 09:00
        + sent reader.example: Announce{Delete{id}}
    """, scene="more"),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: akkoma.example/users/lain accepted
    """, scene="more"),
)
# fmt: on
