"""What Discourse's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    announced,
    asks_to_follow,
    came,
    follows,
    repairs,
    replaced,
    serves,
    to_bees,
    without_history,
)
from tests.dialects.world import sample

DISCOURSE = "https://discourse.example"
GROUP, AA, TOPIC = f"{DISCOURSE}/ap/actor/gg", f"{DISCOURSE}/ap/actor/aa", f"{DISCOURSE}/ap/collection/7a1"
FIRST, SECOND = f"{DISCOURSE}/ap/object/o1", f"{DISCOURSE}/ap/object/o2"
ANSWER = sample("discourse/create_note")["object"] | {"inReplyTo": FIRST, "context": TOPIC}
arrives = partial(Arrival, "discourse")

# fmt: off
ARRIVALS = (
    arrives("group", "", "acts", """
        + actor discourse.example/ap/actor/gg: Group general, called General
    """),
    arrives("follow", "Follow group by Group", "acts", """
        + follow local.example/c/bees: discourse.example/ap/actor/gg accepted
        + sent discourse.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        + actor discourse.example/ap/actor/aa: Person aa
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post discourse.example/ap/object/o2: Note by discourse.example/ap/actor/aa in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said discourse.example/ap/object/o2: text “Hello there”, page discourse.example/t/welcome/1/2
        + sent discourse.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by discourse.example/ap/actor/aa, about discourse.example/ap/object/o2
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent discourse.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: discourse.example/ap/actor/aa +1
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent discourse.example: Announce{Undo{Like{id}}}
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: discourse.example/ap/actor/aa +1
    """),
    arrives("create_article", "Create Article", "acts", """
        + post discourse.example/ap/object/o1: Article by discourse.example/ap/actor/aa in local.example/c/bees, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
        + sent discourse.example: Announce{Create{Article}}
        + sent reader.example: Announce{Create{Article}}
    """, way=to_bees),
    arrives("update_article", "Update content", "acts", """
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there, all”, page discourse.example/t/welcome/1, updated 2026-11-03 09:00
        - said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
        + sent discourse.example: Announce{Update{Article}}
        + sent reader.example: Announce{Update{Article}}
    """, way=to_bees),
    arrives("delete", "Delete by author", "acts", """
        + fate discourse.example/ap/object/o1: deleted
        + said discourse.example/ap/object/o1: page discourse.example/t/welcome/1, updated 2026-11-03 09:00
        - said discourse.example/ap/object/o1: title “Welcome”, text “Hello there, all”, page discourse.example/t/welcome/1, updated 2026-11-03 09:00
        + sent discourse.example: Announce{Delete{Tombstone}}
        + sent reader.example: Announce{Delete{Tombstone}}
    """, way=to_bees),

    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow discourse.example/ap/actor/gg: local.example/u/ada accepted
        - follow discourse.example/ap/actor/gg: local.example/u/ada pending
    """, scene="theirs", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("announce_create", "Announce{Create}", "acts", """
        + actor discourse.example/ap/actor/aa: Person aa
        + post discourse.example/ap/object/o1: Article by discourse.example/ap/actor/aa in discourse.example/ap/actor/gg, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
    """, scene="theirs"),
    arrives("update_article", "Announce{Update, Delete}", "acts", """
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there, all”, page discourse.example/t/welcome/1, updated 2026-11-03 09:00
        - said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
    """, scene="theirs", way=announced),
    arrives("delete", "Announce{Update, Delete}", "acts", """
        + fate discourse.example/ap/object/o1: deleted
        + said discourse.example/ap/object/o1: page discourse.example/t/welcome/1, updated 2026-11-03 09:00
        - said discourse.example/ap/object/o1: title “Welcome”, text “Hello there, all”, page discourse.example/t/welcome/1, updated 2026-11-03 09:00
    """, scene="theirs", way=announced),
    arrives("article", "", "acts", """
        + actor discourse.example/ap/actor/aa: Person aa
        + actor discourse.example/ap/actor/gg: Group general, called General
        + post discourse.example/ap/object/o1: Article by discourse.example/ap/actor/aa in discourse.example/ap/actor/gg, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
    """, scene="read", before=(serves(FIRST, replaced("discourse/article", context=TOPIC)),)),
    arrives("context", "", "acts", """
        + counts discourse.example/ap/object/o1: comments 1, comments at home 1
        + post discourse.example/ap/object/o2: Note by discourse.example/ap/actor/aa in discourse.example/ap/actor/gg, re discourse.example/ap/object/o1, at 2026-11-03 09:00
        + said discourse.example/ap/object/o2: text “Hello there”, page discourse.example/t/welcome/1/2
    """, scene="read", before=(serves(SECOND, ANSWER),), way=repairs(FIRST)),
    arrives("follow_by_person", "Follow group by person", "acts", """
        + actor discourse.example/ap/actor/aa: Person aa
        + follow local.example/c/bees: discourse.example/ap/actor/aa accepted
        + sent discourse.example: Accept{Follow{id}}
    """, scene="more"),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + post discourse.example/ap/object/o5: Note by discourse.example/ap/actor/aa in local.example/c/bees, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o5: title “Short”, text “A short topic”, page discourse.example/t/short/5
        + sent discourse.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
    """, scene="more", way=to_bees),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: discourse.example/ap/actor/gg accepted
    """, scene="more", before=(came("discourse/follow"),)),
    arrives("update_person", "Update Person", "acts", """
        - actor discourse.example/ap/actor/aa: Person aa
        + actor discourse.example/ap/actor/aa: Person angus, called Angus the second
    """, scene="more", before=(serves(AA, sample("discourse/update_person")["object"]),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor discourse.example/ap/actor/aa: Person angus, called Angus the second
        + actor discourse.example/ap/actor/aa: Person angus, gone
        + fate discourse.example/ap/object/o5: deleted
        - follow local.example/c/bees: discourse.example/ap/actor/aa accepted
        + said discourse.example/ap/object/o5: page discourse.example/t/short/5
        - said discourse.example/ap/object/o5: title “Short”, text “A short topic”, page discourse.example/t/short/5
    """, scene="more"),
    arrives("announce_note", "Announce{object embedded}", "acts", """
        + actor discourse.example/ap/actor/aa: Person aa
        + post discourse.example/ap/object/o5: Note by discourse.example/ap/actor/aa in discourse.example/ap/actor/gg, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o5: title “Short”, text “A short topic”, page discourse.example/t/short/5
    """, scene="joining", before=(without_history(GROUP), follows(GROUP))),
    arrives("announce_id", "Announce{object id}", "acts", """
        + post discourse.example/ap/object/o1: Article by discourse.example/ap/actor/aa in discourse.example/ap/actor/gg, thread, at 2026-11-03 09:00
        + said discourse.example/ap/object/o1: title “Welcome”, text “Hello there”, page discourse.example/t/welcome/1
    """, scene="joining"),
    arrives("announce_like", "Announce{Like, Dislike, Undo}", "acts", """
        + counts discourse.example/ap/object/o1: up 1
        + vote discourse.example/ap/object/o1: discourse.example/ap/actor/aa +1
    """, scene="joining"),
    arrives("update_group", "Update Group", "acts", """
        - actor discourse.example/ap/actor/gg: Group general, called General
        + actor discourse.example/ap/actor/gg: Group general, called General talk
    """, scene="joining", before=(serves(GROUP, sample("discourse/update_group")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow discourse.example/ap/actor/gg: local.example/u/ada accepted
        + follow discourse.example/ap/actor/gg: local.example/u/ada rejected
    """, scene="joining"),
)
# fmt: on
