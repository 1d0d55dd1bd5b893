"""What Mbin's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    announced,
    asks_to_follow,
    came,
    follows,
    moderates,
    serves,
    to_bees,
    without_history,
)
from tests.dialects.world import sample

MBIN = "https://mbin.example"
GROUP, ERNEST, MOD = f"{MBIN}/m/music", f"{MBIN}/u/ernest", f"{MBIN}/u/mod"
PAGE, NOTE = f"{GROUP}/t/12", f"{GROUP}/t/12/-/comment/34"
JOINED = (without_history(GROUP), follows(GROUP))
# What the group passes on can be fetched at its home as well.
AT_HOME = (serves(NOTE, sample("mbin/announce_create_note")["object"]["object"]),)
arrives = partial(Arrival, "mbin")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: mbin.example/u/ernest accepted
        + sent mbin.example: Accept{Follow{id}}
    """),
    arrives("note", "", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post mbin.example/m/music/t/12/-/comment/34: Note by mbin.example/u/ernest in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12/-/comment/34: text “Nice”, markdown, language en
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent mbin.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: mbin.example/u/ernest +1
    """),
    arrives("flag", "Flag", "acts", """
        + report mbin.example/u/ernest of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by mbin.example/u/ernest, about local.example/post/q1, text Rude
    """),
    arrives("create_page", "Create Page", "acts", """
        + post mbin.example/m/music/t/12: Page by mbin.example/u/ernest in local.example/c/bees, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + sent mbin.example: Announce{Create{Page}}
        + sent reader.example: Announce{Create{Page}}
        + tag mbin.example/m/music/t/12: music
    """, way=to_bees),
    arrives("update_page", "Update content", "acts", """
        - said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + said mbin.example/m/music/t/12: title “Two records & a player”, link records.example/1, updated 2026-11-03 09:00
        + sent mbin.example: Announce{Update{Page}}
        + sent reader.example: Announce{Update{Page}}
    """, way=to_bees),
    arrives("lock", "Lock, Undo{Lock}", "acts", """
        + deed lock by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        + fate mbin.example/m/music/t/12: locked
        + sent mbin.example: Announce{Lock{id}}
        + sent reader.example: Announce{Lock{id}}
    """, way=to_bees, before=(moderates(MOD),)),
    arrives("undo_lock", "Lock, Undo{Lock}", "acts", """
        + deed unlock by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        - fate mbin.example/m/music/t/12: locked
        + mark undone:Lock mbin.example/f/object/21 by local.example/c/bees
        + sent mbin.example: Announce{Undo{Lock{id}}}
        + sent reader.example: Announce{Undo{Lock{id}}}
    """, way=to_bees),
    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        + fate mbin.example/m/music/t/12: pinned
        + sent mbin.example: Announce{Add{id}}
        + sent reader.example: Announce{Add{id}}
    """, way=to_bees),
    arrives("add_moderator", "Add/Remove moderators", "acts", """
        + deed appoint by mbin.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        + moderator local.example/c/bees: local.example/u/ada
        + sent mbin.example: Announce{Add{id}}
        + sent reader.example: Announce{Add{id}}
        + told local.example/u/ada: appointed by mbin.example/u/mod, about local.example/c/bees
    """, way=to_bees),
    arrives("block_person", "Block with target", "acts", """
        + ban local.example/c/bees: local.example/u/ada by mbin.example/u/mod, because Spam, until 2027-01-01 00:00
        + deed ban by mbin.example/u/mod, whom local.example/u/ada, in local.example/c/bees, because Spam
        + sent mbin.example: Announce{Block{id}}
        + sent reader.example: Announce{Block{id}}
        + told local.example/u/ada: ban by mbin.example/u/mod, about local.example/c/bees, text Spam
    """, way=to_bees),
    arrives("undo_block_person", "Block with target", "acts", """
        - ban local.example/c/bees: local.example/u/ada by mbin.example/u/mod, because Spam, until 2027-01-01 00:00
        + deed unban by mbin.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        + mark undone:Block mbin.example/f/object/31 by local.example/c/bees
        + sent mbin.example: Announce{Undo{Block{id}}}
        + sent reader.example: Announce{Undo{Block{id}}}
        + told local.example/u/ada: unban by mbin.example/u/mod, about local.example/c/bees
    """, way=to_bees),
    arrives("remove", "Delete with summary (mod)", "acts", """
        + deed remove by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        - fate mbin.example/m/music/t/12: pinned
        + fate mbin.example/m/music/t/12: removed, pinned
        + sent mbin.example: Announce{Delete{Tombstone}}
        + sent reader.example: Announce{Delete{Tombstone}}
    """, way=to_bees),
    arrives("undo_remove", "", "acts", """
        + deed restore by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        + fate mbin.example/m/music/t/12: pinned
        - fate mbin.example/m/music/t/12: removed, pinned
        + mark undone:Delete mbin.example/f/object/8 by local.example/c/bees
        + sent mbin.example: Announce{Undo{Delete{Tombstone}}}
        + sent reader.example: Announce{Undo{Delete{Tombstone}}}
    """, way=to_bees),
    arrives("delete", "Delete by author", "acts", """
        + fate mbin.example/m/music/t/12: deleted, pinned
        - fate mbin.example/m/music/t/12: pinned
        - said mbin.example/m/music/t/12: title “Two records & a player”, link records.example/1, updated 2026-11-03 09:00
        + said mbin.example/m/music/t/12: updated 2026-11-03 09:00
        + sent mbin.example: Announce{Delete{Tombstone}}
        + sent reader.example: Announce{Delete{Tombstone}}
        - tag mbin.example/m/music/t/12: music
    """, way=to_bees),
    arrives("create_chat_message", "ChatMessage", "acts", """
        + message mbin.example/message/77: mbin.example/u/ernest to local.example/u/ada “One more record”, at 2026-11-03 09:00
        + told local.example/u/ada: message by mbin.example/u/ernest, text One more record
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: mbin.example/u/ernest accepted
    """),

    arrives("create_page", "Announce{Create}", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
        + post mbin.example/m/music/t/12: Page by mbin.example/u/ernest in mbin.example/m/music, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + tag mbin.example/m/music/t/12: music
    """, scene="theirs", way=announced, before=JOINED),
    arrives("announce_create_note", "Announce{Create}", "acts", """
        + counts mbin.example/m/music/t/12: comments 1
        + post mbin.example/m/music/t/12/-/comment/34: Note by mbin.example/u/ernest in mbin.example/m/music, re mbin.example/m/music/t/12, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12/-/comment/34: text “Nice”, markdown, language en
        + told local.example/u/ada: mention by mbin.example/u/ernest, about mbin.example/m/music/t/12/-/comment/34
    """, scene="theirs", before=AT_HOME),
    arrives("announce_update_id", "Announce{Update, Delete}", "acts", """
        - said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + said mbin.example/m/music/t/12: title “Two records & a player”, link records.example/1, updated 2026-11-03 09:00
    """, scene="theirs", before=(serves(PAGE, sample("mbin/update_page")["object"]),)),
    arrives("lock", "Lock, Undo{Lock}", "acts", """
        + actor mbin.example/u/mod: Person mod, icon mbin.example/media/e.png
        + deed lock by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        + fate mbin.example/m/music/t/12: locked
    """, scene="theirs", way=announced),
    arrives("undo_lock", "Lock, Undo{Lock}", "acts", """
        + deed unlock by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        - fate mbin.example/m/music/t/12: locked
        + mark undone:Lock mbin.example/f/object/21 by mbin.example/m/music
    """, scene="theirs", way=announced),
    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        + fate mbin.example/m/music/t/12: pinned
    """, scene="theirs", way=announced),
    arrives("add_moderator", "Add/Remove moderators", "acts", """
        + deed appoint by mbin.example/u/mod, whom local.example/u/ada, in mbin.example/m/music
        + moderator mbin.example/m/music: local.example/u/ada
        + told local.example/u/ada: appointed by mbin.example/u/mod, about mbin.example/m/music
    """, scene="theirs", way=announced),
    arrives("block_person", "Block with target", "acts", """
        + ban mbin.example/m/music: local.example/u/ada by mbin.example/u/mod, because Spam, until 2027-01-01 00:00
        + deed ban by mbin.example/u/mod, whom local.example/u/ada, in mbin.example/m/music, because Spam
        + told local.example/u/ada: ban by mbin.example/u/mod, about mbin.example/m/music, text Spam
    """, scene="theirs", way=announced),
    arrives("undo_block_person", "Block with target", "acts", """
        - ban mbin.example/m/music: local.example/u/ada by mbin.example/u/mod, because Spam, until 2027-01-01 00:00
        + deed unban by mbin.example/u/mod, whom local.example/u/ada, in mbin.example/m/music
        + mark undone:Block mbin.example/f/object/31 by mbin.example/m/music
        + told local.example/u/ada: unban by mbin.example/u/mod, about mbin.example/m/music
    """, scene="theirs", way=announced),
    arrives("remove", "Delete with summary (mod)", "acts", """
        + deed remove by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        - fate mbin.example/m/music/t/12: pinned
        + fate mbin.example/m/music/t/12: removed, pinned
    """, scene="theirs", way=announced),
    arrives("undo_remove", "", "acts", """
        + deed restore by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        + fate mbin.example/m/music/t/12: pinned
        - fate mbin.example/m/music/t/12: removed, pinned
        + mark undone:Delete mbin.example/f/object/8 by mbin.example/m/music
    """, scene="theirs", way=announced),
    arrives("delete", "Announce{Update, Delete}", "acts", """
        + fate mbin.example/m/music/t/12: deleted, pinned
        - fate mbin.example/m/music/t/12: pinned
        - said mbin.example/m/music/t/12: title “Two records & a player”, link records.example/1, updated 2026-11-03 09:00
        + said mbin.example/m/music/t/12: updated 2026-11-03 09:00
        - tag mbin.example/m/music/t/12: music
    """, scene="theirs", way=announced),

    arrives("group", "", "acts", """
        + actor mbin.example/m/music: Group music, called Music
    """, scene="joining"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow mbin.example/m/music: local.example/u/ada accepted
        - follow mbin.example/m/music: local.example/u/ada pending
    """, scene="joining", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("page", "", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
        + post mbin.example/m/music/t/12: Page by mbin.example/u/ernest in mbin.example/m/music, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + tag mbin.example/m/music/t/12: music
    """, scene="joining"),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow mbin.example/m/music: local.example/u/ada accepted
        + follow mbin.example/m/music: local.example/u/ada rejected
    """, scene="joining"),
    arrives("create_note", "Create Note as reply", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post mbin.example/m/music/t/12/-/comment/34: Note by mbin.example/u/ernest in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12/-/comment/34: text “Nice”, markdown, language en
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by mbin.example/u/ernest, about mbin.example/m/music/t/12/-/comment/34
    """, scene="more"),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: mbin.example/u/ernest +1
    """, scene="more", before=(came("mbin/like"),)),
    arrives("announce", "Announce{object id}", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: comments 2, shares 1
        + share local.example/post/q1: mbin.example/u/ernest
    """, scene="more"),
    arrives("create_microblog", "Create Note as thread", "acts", """
        + post mbin.example/m/music/p/70: Note by mbin.example/u/ernest in local.example/c/bees, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/p/70: title “Now playing: rain”, text “Now playing: rain”, markdown, language en
        + sent reader.example: Announce{Create{Note}}
        + tag mbin.example/m/music/p/70: music
    """, scene="more", way=to_bees),
    arrives("remove_featured", "Add/Remove featured", "acts", """
        + deed unfeature by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in local.example/c/bees
        - fate mbin.example/m/music/t/12: pinned
        + sent reader.example: Announce{Remove{id}}
    """, scene="more", way=to_bees, before=(moderates(MOD), came(sample("mbin/create_page"), to_bees), came(sample("mbin/add_featured"), to_bees))),
    arrives("remove_moderator", "Add/Remove moderators", "acts", """
        + deed dismiss by mbin.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        - moderator local.example/c/bees: local.example/u/ada
        + sent reader.example: Announce{Remove{id}}
        + told local.example/u/ada: dismissed by mbin.example/u/mod, about local.example/c/bees
    """, scene="more", way=to_bees, before=(came(sample("mbin/add_moderator"), to_bees),)),
    arrives("update_group", "Update Group", "acts", """
        - actor local.example/c/bees: Group bees, called Bees
        + actor local.example/c/bees: Group bees, called Music, all of it
        + deed edit by mbin.example/u/mod, in local.example/c/bees
        + sent reader.example: Announce{Update{Group}}
    """, scene="more", way=to_bees),
    arrives("update_person", "Update Person", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, about Records., icon mbin.example/media/e.png
        - actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
    """, scene="more", before=(serves(ERNEST, sample("mbin/update_person")["object"]),)),
    arrives("create_page", "", "acts", """
        + actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
        + post mbin.example/m/music/t/12: Page by mbin.example/u/ernest in mbin.example/m/music, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        + tag mbin.example/m/music/t/12: music
    """, scene="elsewhere", way=announced, before=JOINED),
    arrives("announce_like", "Announce{Like, Dislike, Undo}", "acts", """
        + counts mbin.example/m/music/t/12: up 1
        + vote mbin.example/m/music/t/12: mbin.example/u/ernest +1
    """, scene="elsewhere"),
    arrives("create_microblog", "Create Note as thread", "acts", """
        + post mbin.example/m/music/p/70: Note by mbin.example/u/ernest in mbin.example/m/music, thread, at 2026-11-03 09:00
        + said mbin.example/m/music/p/70: title “Now playing: rain”, text “Now playing: rain”, markdown, language en
        + tag mbin.example/m/music/p/70: music
    """, scene="elsewhere", way=announced),
    arrives("add_featured", "", "acts", """
        + actor mbin.example/u/mod: Person mod, icon mbin.example/media/e.png
        + deed feature by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        + fate mbin.example/m/music/t/12: pinned
    """, scene="elsewhere", way=announced),
    arrives("remove_featured", "Add/Remove featured", "acts", """
        + deed unfeature by mbin.example/u/mod, of mbin.example/m/music/t/12, whom mbin.example/u/ernest, in mbin.example/m/music
        - fate mbin.example/m/music/t/12: pinned
    """, scene="elsewhere", way=announced),
    arrives("update_group", "Update Group", "acts", """
        - actor mbin.example/m/music: Group music, called Music
        + actor mbin.example/m/music: Group music, called Music, all of it
    """, scene="elsewhere", way=announced, before=(serves(GROUP, sample("mbin/update_group")["object"]),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor mbin.example/u/ernest: Person ernest, called ernest, icon mbin.example/media/e.png
        + actor mbin.example/u/ernest: Person ernest, gone
        - counts mbin.example/m/music/t/12: up 1
        + fate mbin.example/m/music/p/70: deleted
        + fate mbin.example/m/music/t/12: deleted
        + said mbin.example/m/music/p/70: language en
        - said mbin.example/m/music/p/70: title “Now playing: rain”, text “Now playing: rain”, markdown, language en
        - said mbin.example/m/music/t/12: title “A record & a player”, link records.example/1
        - tag mbin.example/m/music/p/70: music
        - tag mbin.example/m/music/t/12: music
        - vote mbin.example/m/music/t/12: mbin.example/u/ernest +1
    """, scene="elsewhere"),
)
# fmt: on
