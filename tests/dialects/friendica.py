"""What Friendica's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import follows, serves, without_history
from tests.dialects.world import sample

FRIENDICA = "https://friendica.example"
GROUP, MIKE, FIRST = f"{FRIENDICA}/profile/forum", f"{FRIENDICA}/profile/mike", f"{FRIENDICA}/objects/e1"
arrives = partial(Arrival, "friendica")

# fmt: off
ARRIVALS = (
    arrives("follow", "Follow group by person", "acts", """
        + actor friendica.example/profile/mike: Person mike
        + follow local.example/c/bees: friendica.example/profile/mike accepted
        + sent friendica.example: Accept{Follow{id}}
    """),
    arrives("create_article", "Create Article", "acts", """
        + post friendica.example/objects/e1: Article by friendica.example/profile/mike in local.example/c/bees, thread, visibility unlisted, at 2026-11-03 09:00
        + said friendica.example/objects/e1: title “From the forum”, text “Text”, language de, page friendica.example/display/e1
        + sent friendica.example: Announce{Create{Article}}
        + sent reader.example: Announce{Create{Article}}
    """),
    arrives("update_article", "Update content", "acts", """
        + said friendica.example/objects/e1: title “From the forum”, text “Text, mended”, language de, page friendica.example/display/e1, updated 2026-11-03 09:00
        - said friendica.example/objects/e1: title “From the forum”, text “Text”, language de, page friendica.example/display/e1
        + sent friendica.example: Announce{Update{Article}}
        + sent reader.example: Announce{Update{Article}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + sent friendica.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: friendica.example/profile/mike +1
    """),
    arrives("dislike", "Dislike", "acts", """
        + counts local.example/post/q1: down 1, comments 1
        - counts local.example/post/q1: up 1, comments 1
        + sent friendica.example: Announce{Dislike{id}}
        + sent reader.example: Announce{Dislike{id}}
        - vote local.example/post/q1: friendica.example/profile/mike +1
        + vote local.example/post/q1: friendica.example/profile/mike -1
    """),
    arrives("undo_dislike", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: down 1, comments 1
        + sent friendica.example: Announce{Undo{Dislike{id}}}
        + sent reader.example: Announce{Undo{Dislike{id}}}
        - vote local.example/post/q1: friendica.example/profile/mike -1
    """),
    arrives("delete", "Delete by author", "acts", """
        + fate friendica.example/objects/e1: deleted
        + said friendica.example/objects/e1: language de, page friendica.example/display/e1, updated 2026-11-03 09:00
        - said friendica.example/objects/e1: title “From the forum”, text “Text, mended”, language de, page friendica.example/display/e1, updated 2026-11-03 09:00
        + sent friendica.example: Announce{Delete{Tombstone}}
        + sent reader.example: Announce{Delete{Tombstone}}
    """),
    arrives("article", "", "acts", """
        + actor friendica.example/profile/mike: Person mike
        + post friendica.example/objects/e1: Article by friendica.example/profile/mike in local.example/c/bees, thread, unconfirmed, visibility unlisted, at 2026-11-03 09:00
        + said friendica.example/objects/e1: title “From the forum”, text “Text”, language de, page friendica.example/display/e1
    """, scene="read"),
    arrives("question", "Question", "acts", """
        + actor friendica.example/profile/heluecht: Person heluecht
        + poll friendica.example/objects/77aa: Honey 1 / Wax 0, of several, voters 1
        + post friendica.example/objects/77aa: Question by friendica.example/profile/heluecht in local.example/c/bees, thread, unconfirmed, at 2026-11-03 09:00
        + said friendica.example/objects/77aa: title “Honey or wax?”, text “Honey or wax?”, language en, page friendica.example/display/77aa
    """, scene="read"),
    arrives("group", "", "acts", """
        + actor friendica.example/profile/forum: Group forum, called Forum, icon friendica.example/photo/f.png
    """, scene="theirs"),
    arrives("announce", "Announce{object id}", "acts", """
        + actor friendica.example/profile/mike: Person mike
        + post friendica.example/objects/e1: Article by friendica.example/profile/mike in friendica.example/profile/forum, thread, visibility unlisted, at 2026-11-03 09:00
        + said friendica.example/objects/e1: title “From the forum”, text “Text”, language de, page friendica.example/display/e1
    """, scene="theirs", before=(without_history(GROUP), follows(GROUP), serves(FIRST, sample("friendica/article") | {"to": [GROUP], "cc": ["as:Public"], "tag": []}))),
)
# fmt: on
