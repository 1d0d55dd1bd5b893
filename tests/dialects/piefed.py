"""What PieFed's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    announced,
    asks_to_follow,
    came,
    carried_to_bees,
    changed,
    follows,
    met,
    moderates,
    repairs,
    says_in,
    serves,
    to_bees,
    without_history,
)
from tests.dialects.world import sample

PIEFED = "https://piefed.example"
GROUP, FEED, RIMU, OLD = f"{PIEFED}/c/birds", f"{PIEFED}/f/outdoors", f"{PIEFED}/u/rimu", f"{PIEFED}/u/old"
PAGE = f"{PIEFED}/post/9001"
JOINED = (without_history(GROUP), follows(GROUP))
arrives = partial(Arrival, "piefed")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: piefed.example/u/rimu accepted
        + sent piefed.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post piefed.example/comment/9002: Note by piefed.example/u/rimu in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said piefed.example/comment/9002: text “Lovely.”, markdown, language en
        + sent piefed.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by piefed.example/u/rimu, about piefed.example/comment/9002
    """),
    arrives("update_note", "Update content", "acts", """
        + said piefed.example/comment/9002: text “Lovely, all of them.”, markdown, language en, updated 2026-11-03 09:00
        - said piefed.example/comment/9002: text “Lovely.”, markdown, language en
        + sent piefed.example: Announce{Update{Note}}
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("like_emoji", "EmojiReact", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + reaction local.example/post/q1: piefed.example/u/rimu 🌹
        + sent piefed.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: piefed.example/u/rimu +1
    """),
    arrives("dislike", "Dislike", "acts", """
        + counts local.example/post/q1: down 1, comments 2
        - counts local.example/post/q1: up 1, comments 2
        - reaction local.example/post/q1: piefed.example/u/rimu 🌹
        + sent piefed.example: Announce{Dislike{id}}
        + sent reader.example: Announce{Dislike{id}}
        - vote local.example/post/q1: piefed.example/u/rimu +1
        + vote local.example/post/q1: piefed.example/u/rimu -1
    """),
    arrives("flag", "Flag", "acts", """
        + report piefed.example/u/rimu of local.example/post/q1, to local.example/c/bees, because Spam - and rude
        + told local.example/u/founder_of_bees: report by piefed.example/u/rimu, about local.example/post/q1, text Spam - and rude
    """),
    arrives("delete", "Delete by author", "acts", """
        + fate piefed.example/post/9001: deleted
        - image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + said piefed.example/post/9001: language mi
        - said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + sent piefed.example: Announce{Delete{id}}
        + sent reader.example: Announce{Delete{id}}
        - tag piefed.example/post/9001: birds
        - tag piefed.example/post/9001: seen
    """, before=(came(sample("piefed/announce_create_page")["object"], to_bees),)),
    arrives("create_chat_message", "ChatMessage", "acts", """
        + message piefed.example/private_message/7: piefed.example/u/rimu to local.example/u/ada “Kia ora”, at 2026-11-03 09:00
        + told local.example/u/ada: message by piefed.example/u/rimu, text Kia ora
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: piefed.example/u/rimu accepted
    """),
    arrives("note", "", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        - counts local.example/post/q1: comments 3
        + counts local.example/post/q1: comments 4
        + post piefed.example/comment/9002: Note by piefed.example/u/rimu in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said piefed.example/comment/9002: text “Lovely.”, markdown, language en
    """, scene="read"),

    arrives("poll_vote", "poll vote Note", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + choice local.example/post/q1: piefed.example/u/rimu In May
        - poll local.example/post/q1: In April 1 / In May 3, until 2026-11-06 09:00, voters 4
        + poll local.example/post/q1: In April 1 / In May 4, until 2026-11-06 09:00, voters 5
    """, scene="poll"),
    arrives("announce_poll_vote", "", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + choice local.example/post/q1: piefed.example/u/rimu In May
        - poll local.example/post/q1: In April 0 / In May 0, until 2026-11-06 09:00
        + poll local.example/post/q1: In April 0 / In May 1, until 2026-11-06 09:00, voters 1
    """, scene="elsewhere", before=(follows(f"{PIEFED}/c/gardening"), says_in(f"{PIEFED}/c/gardening", poll=True))),

    arrives("announce_create_page", "Announce{Create}", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/birds, thread, at 2026-11-03 09:00
        + said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + tag piefed.example/post/9001: birds
        + tag piefed.example/post/9001: seen
    """, scene="theirs", before=JOINED),
    arrives("announce_votes", "Announce{Like, Dislike, Undo}", "acts", """
        + actor piefed.example/u/other: Person other
        + counts piefed.example/post/9001: up 1, down 1
        + vote piefed.example/post/9001: piefed.example/u/other -1
        + vote piefed.example/post/9001: piefed.example/u/rimu +1
    """, scene="theirs"),
    arrives("announce_lock", "Lock, Undo{Lock}", "acts", """
        + deed lock by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/birds
        + fate piefed.example/post/9001: locked
    """, scene="theirs"),
    arrives("undo_lock", "Lock, Undo{Lock}", "acts", """
        + deed unlock by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/birds
        - fate piefed.example/post/9001: locked
        + mark undone:Lock piefed.example/activities/lock/ab31 by piefed.example/c/birds
    """, scene="theirs", way=announced),
    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/birds
        + fate piefed.example/post/9001: pinned
    """, scene="theirs", way=announced),
    arrives("remove_moderator", "Add/Remove moderators", "acts", """
        + deed dismiss by piefed.example/u/rimu, whom piefed.example/u/old, in piefed.example/c/birds
        - moderator piefed.example/c/birds: piefed.example/u/old
    """, scene="theirs", way=announced, before=(moderates(OLD, GROUP),)),
    arrives("block_person", "Block with target", "acts", """
        + ban piefed.example/c/birds: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2027-01-01 00:00, with posts
        + deed ban by piefed.example/u/rimu, whom local.example/u/ada, in piefed.example/c/birds, because Spam
        + told local.example/u/ada: ban by piefed.example/u/rimu, about piefed.example/c/birds, text Spam
    """, scene="theirs", way=announced),
    arrives("undo_block_person", "Block with target", "acts", """
        + ban piefed.example/c/birds: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2026-11-03 09:00, with posts
        - ban piefed.example/c/birds: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2027-01-01 00:00, with posts
        + deed unban by piefed.example/u/rimu, whom local.example/u/ada, in piefed.example/c/birds
        + mark undone:Block piefed.example/activities/block/ab32 by piefed.example/c/birds
        + told local.example/u/ada: unban by piefed.example/u/rimu, about piefed.example/c/birds
    """, scene="theirs", way=announced),
    arrives("remove_page", "Delete with summary (mod)", "acts", """
        + deed remove by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/birds, because Off topic
        - fate piefed.example/post/9001: pinned
        + fate piefed.example/post/9001: removed, because Off topic, pinned
    """, scene="theirs", way=announced),
    arrives("undo_remove_page", "Undo{Delete}", "acts", """
        + deed restore by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/birds
        + fate piefed.example/post/9001: pinned
        - fate piefed.example/post/9001: removed, because Off topic, pinned
        + mark undone:Delete piefed.example/activities/delete/ab35 by piefed.example/c/birds
    """, scene="theirs", way=announced),
    arrives("move", "Move post", "acts", """
        + deed move by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in piefed.example/c/photos
        - fate piefed.example/post/9001: pinned
        - post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/birds, thread, at 2026-11-03 09:00
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/photos, thread, at 2026-11-03 09:00
    """, scene="theirs", way=announced, before=(met(f"{PIEFED}/c/photos"),)),
    arrives("update_group", "Update Group", "acts", """
        + actor piefed.example/c/birds: Group birds, called Birds of Aotearoa, about Look up., moderators begin
        - actor piefed.example/c/birds: Group birds, called Birds, about Birds, icon piefed.example/static/media/bird.png, moderators begin
    """, scene="theirs", way=announced, before=(serves(GROUP, sample("piefed/update_group")["object"]),)),

    arrives("announce_id", "Announce{object id}", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/birds, thread, at 2026-11-03 09:00
        + said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + tag piefed.example/post/9001: birds
        + tag piefed.example/post/9001: seen
    """, scene="id", before=JOINED),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow piefed.example/c/birds: local.example/u/ada accepted
        + follow piefed.example/c/birds: local.example/u/ada rejected
    """, scene="id"),

    arrives("group", "", "acts", """
        + actor piefed.example/c/birds: Group birds, called Birds, about Birds, icon piefed.example/static/media/bird.png, moderators begin
    """, scene="history"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow piefed.example/c/birds: local.example/u/ada accepted
        - follow piefed.example/c/birds: local.example/u/ada pending
    """, scene="history", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("page", "", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/birds, thread, at 2026-11-03 09:00
        + said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + tag piefed.example/post/9001: birds
        + tag piefed.example/post/9001: seen
    """, scene="history", before=(serves(f"{PAGE}/context", 404), serves(f"{PAGE}/replies", 404))),
    arrives("replies", "", "acts", """
        + actor piefed.example/u/ripley: Person ripley
        + counts piefed.example/post/9001: comments 2
        + post piefed.example/comment/9002: Note by piefed.example/u/ripley in piefed.example/c/birds, re piefed.example/post/9001, at 2026-11-03 09:00
        + post piefed.example/comment/9003: Note by piefed.example/u/rimu in piefed.example/c/birds, re piefed.example/comment/9002, at 2026-11-03 09:00
        + said piefed.example/comment/9002: text “Seen one today”, markdown, language en
        + said piefed.example/comment/9003: text “Where?”, markdown, language en
    """, scene="history", before=(serves(f"{PAGE}/replies", sample("piefed/replies")),), way=repairs(PAGE)),
    arrives("context", "", "acts", """
        - counts piefed.example/post/9001: comments 2
        + counts piefed.example/post/9001: comments 2, comments at home 1
    """, scene="history", before=(serves(f"{PAGE}/context", sample("piefed/context")),), way=repairs(PAGE)),
    arrives("question", "Question", "acts", """
        + actor piefed.example/c/gardening: Group gardening, about Birds, icon piefed.example/static/media/bird.png
        + poll piefed.example/post/90: April 1 / May 2, of several, until 2026-11-10 09:00, voters 2
        + post piefed.example/post/90: Question by piefed.example/u/rimu in piefed.example/c/gardening, thread, at 2026-11-03 09:00
        + said piefed.example/post/90: title “Best month to sow?”, text “Beans, that is.”, markdown, language en
    """, scene="history"),
    arrives("event", "Event", "acts", """
        + event piefed.example/post/91: free 2026-12-05 05:00, until 2026-12-05 07:00, zone Pacific/Auckland, online meet.example/seeds, room for 40, come 4, status confirmed
        + post piefed.example/post/91: Event by piefed.example/u/rimu in piefed.example/c/gardening, thread, at 2026-11-03 09:00
        + said piefed.example/post/91: title “Seed swap”, text “Bring envelopes.”, markdown
    """, scene="history"),

    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees
        + fate piefed.example/post/9001: pinned
        + sent reader.example: Announce{Add{id}}
    """, scene="moderated", way=to_bees, before=(moderates(RIMU), moderates(OLD), came(sample("piefed/announce_create_page")["object"], to_bees))),
    arrives("announce_lock", "Lock, Undo{Lock}", "acts", """
        + deed lock by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees
        + fate piefed.example/post/9001: locked, pinned
        - fate piefed.example/post/9001: pinned
        + sent reader.example: Announce{Lock{id}}
    """, scene="moderated", way=carried_to_bees),
    arrives("undo_lock", "Lock, Undo{Lock}", "acts", """
        + deed unlock by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees
        - fate piefed.example/post/9001: locked, pinned
        + fate piefed.example/post/9001: pinned
        + mark undone:Lock piefed.example/activities/lock/ab31 by local.example/c/bees
        + sent reader.example: Announce{Undo{Lock{id}}}
    """, scene="moderated", way=to_bees),
    arrives("remove_moderator", "Add/Remove moderators", "acts", """
        + deed dismiss by piefed.example/u/rimu, whom piefed.example/u/old, in local.example/c/bees
        - moderator local.example/c/bees: piefed.example/u/old
        + sent reader.example: Announce{Remove{id}}
    """, scene="moderated", way=to_bees),
    arrives("remove_page", "Delete with summary (mod)", "acts", """
        + deed remove by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees, because Off topic
        - fate piefed.example/post/9001: pinned
        + fate piefed.example/post/9001: removed, because Off topic, pinned
        + sent reader.example: Announce{Delete{id}}
    """, scene="moderated", way=to_bees),
    arrives("undo_remove_page", "Undo{Delete}", "acts", """
        + deed restore by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees
        + fate piefed.example/post/9001: pinned
        - fate piefed.example/post/9001: removed, because Off topic, pinned
        + mark undone:Delete piefed.example/activities/delete/ab35 by local.example/c/bees
        + sent reader.example: Announce{Undo{Delete{id}}}
    """, scene="moderated", way=to_bees),
    arrives("block_person", "Block with target", "acts", """
        + ban local.example/c/bees: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2027-01-01 00:00, with posts
        - counts local.example/post/q1: comments 1
        + deed ban by piefed.example/u/rimu, whom local.example/u/ada, in local.example/c/bees, because Spam
        + fate local.example/comment/q2: removed, because Spam
        + fate local.example/post/q1: removed, because Spam
        + sent reader.example: Announce{Block{id}}
        + told local.example/u/ada: ban by piefed.example/u/rimu, about local.example/c/bees, text Spam
    """, scene="moderated", way=to_bees),
    arrives("undo_block_person", "Block with target", "acts", """
        + ban local.example/c/bees: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2026-11-03 09:00, with posts
        - ban local.example/c/bees: local.example/u/ada by piefed.example/u/rimu, because Spam, until 2027-01-01 00:00, with posts
        + deed unban by piefed.example/u/rimu, whom local.example/u/ada, in local.example/c/bees
        + mark undone:Block piefed.example/activities/block/ab32 by local.example/c/bees
        + sent reader.example: Announce{Undo{Block{id}}}
        + told local.example/u/ada: unban by piefed.example/u/rimu, about local.example/c/bees
    """, scene="moderated", way=to_bees),
    arrives("update_group", "Update Group", "acts", """
        - actor local.example/c/bees: Group bees, called Bees
        + actor local.example/c/bees: Group bees, called Birds of Aotearoa, about Look up., moderators begin
        + deed edit by piefed.example/u/rimu, in local.example/c/bees
        + sent reader.example: Announce{Update{Group}}
    """, scene="moderated", way=to_bees),
    arrives("move", "", "refuses", "Only who moderates !photos@piefed.example too moves threads there. (https://piefed.example/u/rimu: https://piefed.example/activities/move/ab40)", scene="moderated", way=to_bees, before=(met(f"{PIEFED}/c/photos"),)),

    arrives("feed", "Feed actor", "acts", """
        + actor piefed.example/f/outdoors: Feed outdoors, called Outdoors
    """, scene="feed"),
    arrives("announce_add_to_feed", "Feed actor", "acts", """
        + actor piefed.example/c/birds: Group birds, called Birds, about Birds, icon piefed.example/static/media/bird.png, moderators begin
        + feed piefed.example/f/outdoors: local.example/c/bees
        + feed piefed.example/f/outdoors: piefed.example/c/birds
        + follow piefed.example/c/birds: local.example/u/feed_relay pending
        + member local.example/u/feed_relay
        + sent piefed.example: Follow{id}
    """, scene="feed", before=(serves(f"{FEED}/following", {"id": f"{FEED}/following", "type": "Collection", "items": []}), follows(FEED), serves(f"{FEED}/following", {"id": f"{FEED}/following", "type": "Collection", "items": ["https://local.example/c/bees", GROUP]}))),
    arrives("create_page", "Create Page", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in local.example/c/bees, thread, at 2026-11-03 09:00
        + said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + sent reader.example: Announce{Create{Page}}
        + tag piefed.example/post/9001: birds
        + tag piefed.example/post/9001: seen
    """, scene="more", way=to_bees),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: piefed.example/u/rimu +1
    """, scene="more"),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: piefed.example/u/rimu +1
    """, scene="more"),
    arrives("create_private_message", "private Note", "acts", """
        + message piefed.example/private_message/8: piefed.example/u/rimu to local.example/u/ada “Kia ora, again”, at 2026-11-03 09:00
        + told local.example/u/ada: message by piefed.example/u/rimu, text Kia ora, again
    """, scene="more"),
    arrives("add_moderator", "Add/Remove moderators", "acts", """
        + deed appoint by piefed.example/u/rimu, whom local.example/u/ada, in local.example/c/bees
        + moderator local.example/c/bees: local.example/u/ada
        + sent reader.example: Announce{Add{id}}
        + told local.example/u/ada: appointed by piefed.example/u/rimu, about local.example/c/bees
    """, scene="more", way=to_bees, before=(moderates(RIMU),)),
    arrives("remove_featured", "Add/Remove featured", "acts", """
        + deed unfeature by piefed.example/u/rimu, of piefed.example/post/9001, whom piefed.example/u/rimu, in local.example/c/bees
        - fate piefed.example/post/9001: pinned
        + sent reader.example: Announce{Remove{id}}
    """, scene="more", way=to_bees, before=(came(sample("piefed/add_featured"), to_bees),)),
    arrives("delete_person", "Delete Person", "acts", """
        - actor piefed.example/u/rimu: Person rimu, called Rimu
        + actor piefed.example/u/rimu: Person rimu, gone
        + fate piefed.example/post/9001: deleted
        - image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        - message piefed.example/private_message/8: piefed.example/u/rimu to local.example/u/ada “Kia ora, again”, at 2026-11-03 09:00
        + message piefed.example/private_message/8: piefed.example/u/rimu to local.example/u/ada “”, deleted, at 2026-11-03 09:00
        - moderator local.example/c/bees: piefed.example/u/rimu
        + said piefed.example/post/9001: language mi
        - said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        - tag piefed.example/post/9001: birds
        - tag piefed.example/post/9001: seen
    """, scene="more"),
    arrives("announce_create_page", "", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + post piefed.example/post/9001: Page by piefed.example/u/rimu in piefed.example/c/birds, thread, at 2026-11-03 09:00
        + said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + tag piefed.example/post/9001: birds
        + tag piefed.example/post/9001: seen
    """, scene="passed_on", before=JOINED),
    arrives("announce_update", "Announce{Update, Delete}", "acts", """
        - said piefed.example/post/9001: title “Fantails”, text “Seen one.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch
        + said piefed.example/post/9001: title “Fantails”, text “Seen two.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch, updated 2026-11-03 09:00
    """, scene="passed_on"),
    arrives("announce_delete", "Announce{Update, Delete}", "acts", """
        + fate piefed.example/post/9001: deleted
        - image piefed.example/post/9001: piefed.example/static/media/fantail.webp, alt A fantail on a branch
        + said piefed.example/post/9001: language mi, updated 2026-11-03 09:00
        - said piefed.example/post/9001: title “Fantails”, text “Seen two.”, markdown, language mi, image piefed.example/static/media/fantail.webp, image alt A fantail on a branch, updated 2026-11-03 09:00
        - tag piefed.example/post/9001: birds
        - tag piefed.example/post/9001: seen
    """, scene="passed_on"),
    arrives("create_question", "Question", "acts", """
        + actor piefed.example/u/rimu: Person rimu, called Rimu
        + poll piefed.example/post/90: April 1 / May 2, of several, until 2026-11-10 09:00, voters 2
        + post piefed.example/post/90: Question by piefed.example/u/rimu in local.example/c/bees, thread, at 2026-11-03 09:00
        + said piefed.example/post/90: title “Best month to sow?”, text “Beans, that is.”, markdown, language en
        + sent reader.example: Announce{Create{Page}}
    """, scene="gardening", way=changed((f"{PIEFED}/c/gardening", "https://local.example/c/bees"))),
    arrives("create_event", "Event", "acts", """
        + event piefed.example/post/91: free 2026-12-05 05:00, until 2026-12-05 07:00, zone Pacific/Auckland, online meet.example/seeds, room for 40, come 4, status confirmed
        + post piefed.example/post/91: Event by piefed.example/u/rimu in local.example/c/bees, thread, at 2026-11-03 09:00
        + said piefed.example/post/91: title “Seed swap”, text “Bring envelopes.”, markdown
        + sent reader.example: Announce{Create{Event}}
    """, scene="gardening", way=changed((f"{PIEFED}/c/gardening", "https://local.example/c/bees"))),
)
# fmt: on
