"""What Friendica's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_follow,
    came,
    follows,
    serves,
    wants_to_follow,
    without_history,
)
from tests.dialects.world import sample

FRIENDICA = "https://friendica.example"
GROUP, MIKE, FIRST = f"{FRIENDICA}/profile/forum", f"{FRIENDICA}/profile/mike", f"{FRIENDICA}/objects/e1"
NEW = "https://new.example/profile/mike"
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
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + actor friendica.example/profile/mike: Person mike
        + post friendica.example/objects/n1: Note by friendica.example/profile/mike in local.example/c/bees, thread, visibility unlisted, at 2026-11-03 09:00
        + said friendica.example/objects/n1: title “Who has a spare hive?”, text “Who has a spare hive?”, language en, page friendica.example/display/n1
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post friendica.example/objects/n2: Note by friendica.example/profile/mike in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said friendica.example/objects/n2: text “I have one.”, language en, page friendica.example/display/n2
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by friendica.example/profile/mike, about friendica.example/objects/n2
    """, scene="more"),
    arrives("create_question", "Question", "acts", """
        + poll friendica.example/objects/n3: Honey 1 / Wax 0, of several, voters 1
        + post friendica.example/objects/n3: Question by friendica.example/profile/mike in local.example/c/bees, thread, at 2026-11-03 09:00
        + said friendica.example/objects/n3: title “Honey or wax?”, text “Honey or wax?”, language en, page friendica.example/display/77aa
        + sent reader.example: Announce{Create{Question}}
    """, scene="more"),
    arrives("create_event", "Event", "acts", """
        + event friendica.example/objects/n5: none 2026-12-05 15:00, until 2026-12-05 17:00, at The mill, status confirmed
        + post friendica.example/objects/n5: Event by friendica.example/profile/mike in local.example/c/bees, thread, visibility unlisted, at 2026-11-03 09:00
        + said friendica.example/objects/n5: title “Honey tasting”, text “Bring a jar.”, language en, link friendica.example/display/n5, page friendica.example/display/n5
        + sent reader.example: Announce{Create{Event}}
    """, scene="more"),
    arrives("create_direct_note", "private Note", "acts", """
        + message friendica.example/objects/n6: friendica.example/profile/mike to local.example/u/ada “psst”, at 2026-11-03 09:00
        + told local.example/u/ada: message by friendica.example/profile/mike, text psst
    """, scene="more"),
    arrives("flag", "Flag", "acts", """
        + actor friendica.example/friendica: Application friendica
        + report friendica.example/friendica of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by friendica.example/friendica, about local.example/post/q1, text Rude
    """, scene="more"),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: friendica.example/profile/mike accepted
    """, scene="more", before=(came("friendica/follow"),)),
    arrives("update_person", "Update Person", "acts", """
        - actor friendica.example/profile/mike: Person mike
        + actor friendica.example/profile/mike: Person mike, called Mike the keeper
    """, scene="more", before=(serves(MIKE, sample("friendica/update_person")["object"]),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor friendica.example/profile/mike: Person mike, called Mike the keeper
        + actor friendica.example/profile/mike: Person mike, gone
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        - event friendica.example/objects/n5: none 2026-12-05 15:00, until 2026-12-05 17:00, at The mill, status confirmed
        + fate friendica.example/objects/n1: deleted
        + fate friendica.example/objects/n2: deleted
        + fate friendica.example/objects/n3: deleted
        + fate friendica.example/objects/n5: deleted
        - message friendica.example/objects/n6: friendica.example/profile/mike to local.example/u/ada “psst”, at 2026-11-03 09:00
        + message friendica.example/objects/n6: friendica.example/profile/mike to local.example/u/ada “”, deleted, at 2026-11-03 09:00
        - poll friendica.example/objects/n3: Honey 1 / Wax 0, of several, voters 1
        + said friendica.example/objects/n1: language en, page friendica.example/display/n1
        - said friendica.example/objects/n1: title “Who has a spare hive?”, text “Who has a spare hive?”, language en, page friendica.example/display/n1
        + said friendica.example/objects/n2: language en, page friendica.example/display/n2
        - said friendica.example/objects/n2: text “I have one.”, language en, page friendica.example/display/n2
        + said friendica.example/objects/n3: language en, page friendica.example/display/77aa
        - said friendica.example/objects/n3: title “Honey or wax?”, text “Honey or wax?”, language en, page friendica.example/display/77aa
        + said friendica.example/objects/n5: language en, page friendica.example/display/n5
        - said friendica.example/objects/n5: title “Honey tasting”, text “Bring a jar.”, language en, link friendica.example/display/n5, page friendica.example/display/n5
    """, scene="more"),
    arrives("vote_in_poll", "poll vote Note", "acts", """
        + actor friendica.example/profile/mike: Person mike
        + choice local.example/post/q1: friendica.example/profile/mike In May
        - poll local.example/post/q1: In April 0 / In May 0, until 2026-11-06 09:00
        + poll local.example/post/q1: In April 0 / In May 1, until 2026-11-06 09:00, voters 1
    """, scene="poll"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow friendica.example/profile/forum: local.example/u/ada accepted
        - follow friendica.example/profile/forum: local.example/u/ada pending
    """, scene="joining", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("update_group", "Update Group", "acts", """
        + actor friendica.example/profile/forum: Group forum, called Forum of keepers, icon friendica.example/photo/f.png
        - actor friendica.example/profile/forum: Group forum, called Forum, icon friendica.example/photo/f.png
    """, scene="joining", before=(serves(GROUP, sample("friendica/update_group")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow friendica.example/profile/forum: local.example/u/ada accepted
        + follow friendica.example/profile/forum: local.example/u/ada rejected
    """, scene="joining"),
    arrives("move", "Move account", "acts", """
        - actor friendica.example/profile/mike: Person mike
        + actor friendica.example/profile/mike: Person mike, moved to new.example/profile/mike
        + actor new.example/profile/mike: Person mike, called Mike the keeper, also friendica.example/profile/mike
        - follow friendica.example/profile/mike: local.example/u/ada pending
        + follow new.example/profile/mike: local.example/u/ada pending
        + sent friendica.example: Undo{Follow{id}}
        + sent new.example: Follow{id}
        + told local.example/u/ada: moved by new.example/profile/mike, text @mike@friendica.example
    """, scene="moving", before=(wants_to_follow(MIKE), serves(NEW, sample("friendica/update_person")["object"] | {"id": NEW, "inbox": f"{NEW}/inbox", "alsoKnownAs": [MIKE], "publicKey": {"id": f"{NEW}#main-key", "owner": NEW}}))),
)
# fmt: on
