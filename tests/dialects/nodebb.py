"""What NodeBB's documents do here."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    announced,
    asks_to_follow,
    came,
    follows,
    met,
    repairs,
    replaced,
    says_in,
    serves,
    without_history,
)
from tests.dialects.world import sample

NODEBB = "https://nodebb.example"
GROUP, CHAT, JULIAN = f"{NODEBB}/category/5", f"{NODEBB}/category/2", f"{NODEBB}/uid/1"
JOINED = (without_history(GROUP), follows(GROUP))
POST, TALK = f"{NODEBB}/post/80", f"{NODEBB}/topic/17"
# A thread whose conversation is the topic of which the samples are.
THREAD = replaced("nodebb/article", id=POST, context=TALK, replies=f"{POST}/replies")
TALKED_IN = replaced("nodebb/create_article", id=f"{POST}#create", object=THREAD)
FIRST = replaced(
    "nodebb/context_page", id=f"{TALK}?page=1", next=f"{TALK}?page=2", prev=None, orderedItems=[POST]
)
TOOT = "https://mastodon.example/users/eugen/statuses/1200"
arrives = partial(Arrival, "nodebb")


def answer(number: int, **fields: Any) -> dict[str, Any]:
    """An answer in that topic."""
    return replaced(
        "nodebb/article", id=f"{NODEBB}/post/{number}", type="Note", inReplyTo=POST, context=TALK, **fields
    )


def named_anew() -> dict[str, Any]:
    """The other category's profile, with its new name."""
    text = json.dumps(sample("nodebb/group")).replace(GROUP, CHAT)
    return json.loads(text) | {"name": "Chat", "summary": "Anything goes", "preferredUsername": "chat"}


ANSWERS = (
    serves(POST, THREAD),
    serves(f"{NODEBB}/post/111", answer(111, name=None, summary=None, tag=[], attachment=[])),
    serves(f"{NODEBB}/post/112", answer(112, name=None, summary=None, tag=[], attachment=[])),
    serves(TOOT, replaced("mastodon/reply", id=TOOT, inReplyTo=f"{NODEBB}/post/111")),
)
KEPT = came(json.loads(json.dumps(sample("nodebb/announce_create")).replace(GROUP, CHAT)))
TOPIC = came(json.loads(json.dumps(TALKED_IN).replace(TALK, f"{NODEBB}/topic/9")), announced)

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian, about Hi
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: nodebb.example/uid/1 accepted
        + sent nodebb.example: Accept{Follow{id}}
    """),
    arrives("follow_by_category", "Follow group by Group", "acts", """
        + follow local.example/c/bees: nodebb.example/category/5 accepted
        + sent nodebb.example: Accept{Follow{id}}
    """, before=(met(GROUP),)),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post nodebb.example/post/91: Note by nodebb.example/uid/1 in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said nodebb.example/post/91: text “Yes”, markdown
        + sent nodebb.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by nodebb.example/uid/1, about nodebb.example/post/91
    """),
    arrives("update_note", "Update content", "acts", """
        + said nodebb.example/post/91: text “Yes, at night”, markdown, updated 2026-11-03 09:00
        - said nodebb.example/post/91: text “Yes”, markdown
        + sent nodebb.example: Announce{Update{Note}}
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent nodebb.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: nodebb.example/uid/1 +1
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent nodebb.example: Announce{Undo{Like{id}}}
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: nodebb.example/uid/1 +1
    """),
    arrives("flag", "Flag", "acts", """
        + report nodebb.example/uid/1 of local.example/post/q1, to local.example/c/bees, because Off topic
        + told local.example/u/founder_of_bees: report by nodebb.example/uid/1, about local.example/post/q1, text Off topic
    """),
    arrives("undo_flag", "", "acts", """
        + mark undone:Flag nodebb.example/post/https%3A%2F%2Flocal.example%2Fpost%2Fq1#activity/flag/1 by nodebb.example/uid/1
        - report nodebb.example/uid/1 of local.example/post/q1, to local.example/c/bees, because Off topic
    """),
    arrives("delete", "Delete by author", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        + fate nodebb.example/post/91: deleted
        - said nodebb.example/post/91: text “Yes, at night”, markdown, updated 2026-11-03 09:00
        + said nodebb.example/post/91: updated 2026-11-03 09:00
        + sent nodebb.example: Announce{Delete{id}}
        + sent reader.example: Announce{Delete{id}}
    """),
    arrives("create_chat", "private Note", "acts", """
        + message nodebb.example/message/31: nodebb.example/uid/1 to local.example/u/ada and local.example/u/ben “Both of you”, at 2026-11-03 09:00
        + told local.example/u/ada: message by nodebb.example/uid/1, text Both of you
        + told local.example/u/ben: message by nodebb.example/uid/1, text Both of you
    """),

    arrives("announce_create", "Announce{Create}", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian, about Hi
        + image nodebb.example/post/90: nodebb.example/assets/a.png, type image/png, size 640x480
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, at 2026-11-03 09:00
        + said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + tag nodebb.example/post/90: release
    """, scene="theirs", before=JOINED),
    arrives("announce_article", "Announce{object embedded}", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian, about Hi
        + image nodebb.example/post/90: nodebb.example/assets/a.png, type image/png, size 640x480
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, at 2026-11-03 09:00
        + said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + tag nodebb.example/post/90: release
    """, scene="embedded", before=JOINED),
    arrives("create_article", "Create Article", "acts", """
        + actor nodebb.example/category/5: Group announcements, called Announcements, about News, icon nodebb.example/assets/c.png
        + image nodebb.example/post/90: nodebb.example/assets/a.png, type image/png, size 640x480
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, unconfirmed, at 2026-11-03 09:00
        + said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + tag nodebb.example/post/90: release
    """, scene="person", before=(follows(JULIAN),)),
    arrives("move_topic", "Move post", "acts", """
        + deed move by nodebb.example/uid/1, of nodebb.example/post/80, whom nodebb.example/uid/1, in nodebb.example/category/6
        - post nodebb.example/post/80: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, at 2026-11-03 09:00
        + post nodebb.example/post/80: Article by nodebb.example/uid/1 in nodebb.example/category/6, thread, at 2026-11-03 09:00
    """, scene="theirs", before=(TOPIC, met(f"{NODEBB}/category/6"))),
    arrives("update_group", "Update Group", "acts", """
        - actor nodebb.example/category/2: Group 2, about News, icon nodebb.example/assets/c.png
        + actor nodebb.example/category/2: Group chat, called Chat, about Anything goes, icon nodebb.example/assets/c.png
    """, scene="theirs", before=(met(CHAT), serves(CHAT, named_anew()))),

    arrives("group", "", "acts", """
        + actor nodebb.example/category/5: Group announcements, called Announcements, about News, icon nodebb.example/assets/c.png
    """, scene="history"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow nodebb.example/category/5: local.example/u/ada accepted
        - follow nodebb.example/category/5: local.example/u/ada pending
    """, scene="history", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("article", "", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian, about Hi
        + image nodebb.example/post/90: nodebb.example/assets/a.png, type image/png, size 640x480
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, at 2026-11-03 09:00
        + said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + tag nodebb.example/post/90: release
    """, scene="history"),
    arrives("context", "", "acts", """
        + counts nodebb.example/post/80: comments at home 40
    """, scene="history", before=(came(TALKED_IN, announced), serves(f"{TALK}?page=1", FIRST), serves(f"{TALK}?page=2", 404)), way=repairs(POST)),
    arrives("context_page", "", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + counts nodebb.example/post/80: comments 3, comments at home 40
        - counts nodebb.example/post/80: comments at home 40
        + post mastodon.example/users/eugen/statuses/1200: Note by mastodon.example/users/eugen in nodebb.example/category/5, re nodebb.example/post/111, visibility unlisted, at 2026-11-03 09:00
        + post nodebb.example/post/111: Note by nodebb.example/uid/1 in nodebb.example/category/5, re nodebb.example/post/80, at 2026-11-03 09:00
        + post nodebb.example/post/112: Note by nodebb.example/uid/1 in nodebb.example/category/5, re nodebb.example/post/80, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1200: text “Right”, language en, page mastodon.example/@eugen/1101
        + said nodebb.example/post/111: text “Short and then long.”, markdown, page nodebb.example/post/90
        + said nodebb.example/post/112: text “Short and then long.”, markdown, page nodebb.example/post/90
    """, scene="history", before=(serves(f"{TALK}?page=2", sample("nodebb/context_page")), *ANSWERS), way=repairs(POST)),
    arrives("remove_topic", "Add/Remove featured", "acts", """
        + deed take out by nodebb.example/uid/1, of nodebb.example/post/90, whom nodebb.example/uid/1, in nodebb.example/category/2
        - post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/2, thread, at 2026-11-03 09:00
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nowhere, thread, at 2026-11-03 09:00
    """, scene="topics", before=(without_history(CHAT), follows(CHAT), KEPT)),
    arrives("add_topic", "", "refuses", "This is no list of a group known here. (https://nodebb.example/category/2#activity/add/1793600000011: https://nodebb.example/category/2)", scene="topics"),
    arrives("reject", "", "refuses", "Only the one who was asked may answer. (https://nodebb.example/category/5: https://local.example/activities/create/1)", scene="elsewhere", before=(without_history(GROUP), follows(GROUP), says_in(GROUP))),
    arrives("dislike", "Dislike", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian, about Hi
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: down 1, comments 1
        + sent reader.example: Announce{Dislike{id}}
        + vote local.example/post/q1: nodebb.example/uid/1 -1
    """, scene="more"),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + post nodebb.example/post/95: Note by nodebb.example/uid/1 in local.example/c/bees, thread, at 2026-11-03 09:00
        + said nodebb.example/post/95: title “Swap”, text “Who swaps frames?”, markdown
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: nodebb.example/uid/1 accepted
    """, scene="more", before=(came("nodebb/follow"),)),
    arrives("update_person", "Update Person", "acts", """
        + actor nodebb.example/uid/1: Person julian, called Julian the second, about Hi
        - actor nodebb.example/uid/1: Person julian, called Julian, about Hi
    """, scene="more", before=(serves(JULIAN, sample("nodebb/update_person")["object"]),)),
    arrives("announce_id", "Announce{object id}", "acts", """
        + image nodebb.example/post/90: nodebb.example/assets/a.png, type image/png, size 640x480
        + post nodebb.example/post/90: Article by nodebb.example/uid/1 in nodebb.example/category/5, thread, at 2026-11-03 09:00
        + said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + tag nodebb.example/post/90: release
    """, scene="more", before=JOINED),
    arrives("announce_like", "Announce{Like, Dislike, Undo}", "acts", """
        + actor nodebb.example/uid/2: Person 2, about Hi
        + counts nodebb.example/post/90: up 1
        + vote nodebb.example/post/90: nodebb.example/uid/2 +1
    """, scene="more"),
    arrives("announce_update", "Announce{Update, Delete}", "acts", """
        - said nodebb.example/post/90: title “Release notes”, text “Short and then long.”, markdown, image nodebb.example/assets/a.png
        + said nodebb.example/post/90: title “Release notes”, text “Short and then longer.”, markdown, image nodebb.example/assets/a.png, updated 2026-11-03 09:00
    """, scene="more"),
    arrives("reject_follow", "Reject{Follow}", "acts", """
        - follow nodebb.example/category/5: local.example/u/ada accepted
        + follow nodebb.example/category/5: local.example/u/ada rejected
    """, scene="more"),
)
# fmt: on
