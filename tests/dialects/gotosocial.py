"""What GoToSocial's documents do here."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    answers,
    asks_to_follow,
    came,
    checks_stamps,
    repairs,
    replaced,
    serves,
    signs_by_stub,
    wants_to_follow,
)
from tests.dialects.world import sample

GTS = "https://gts.example/users"
TOBI, ZORK, NEW = f"{GTS}/tobi", f"{GTS}/zork", "https://new.example/users/zork"
TOLD, LATER, ASKS = f"{TOBI}/statuses/01HX", f"{TOBI}/statuses/01HY", f"{TOBI}/statuses/05"
PAGE = f"{TOLD}/replies?limit=20&only_other_accounts=false"
STAMP = f"{TOBI}/reply_approvals/04"
arrives = partial(Arrival, "gotosocial")


def moved() -> dict[str, Any]:
    """The new account of Zork, which says that it was the old one."""
    text = (
        json.dumps(sample("gotosocial/person"))
        .replace(TOBI, NEW)
        .replace("https://gts.example", "https://new.example")
    )
    return json.loads(text) | {"alsoKnownAs": [ZORK], "preferredUsername": "zork"}


# fmt: off
ARRIVALS = (
    arrives("key_stub", "", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: gts.example/users/tobi +1
    """, scene="stub", way=signs_by_stub),
    arrives("person", "", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: gts.example/users/tobi accepted
        + sent gts.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post gts.example/users/tobi/statuses/01HX: Note by gts.example/users/tobi in local.example/c/bees, re local.example/post/q1, at 2026-11-03 08:00
        + said gts.example/users/tobi/statuses/01HX: text “moss”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by gts.example/users/tobi, about gts.example/users/tobi/statuses/01HX
    """),
    arrives("update_note", "Update content", "acts", """
        + said gts.example/users/tobi/statuses/01HX: text “moss and fern”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX, updated 2026-11-03 09:00
        - said gts.example/users/tobi/statuses/01HX: text “moss”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: gts.example/users/tobi +1
    """),
    arrives("announce", "Announce{object id}", "acts", """
        - counts local.example/post/q1: up 1, comments 2
        + counts local.example/post/q1: up 1, comments 2, shares 1
        + share local.example/post/q1: gts.example/users/tobi
    """),
    arrives("like_request", "", "acts", """
        + leave like local.example/post/q1: gts.example/users/tobi for gts.example/users/tobi/liked/01 granted, stamp local.example/stamps/…
        + sent gts.example: Accept{LikeRequest{id}}
    """),
    arrives("reply_request", "", "acts", """
        + leave reply local.example/post/q1: gts.example/users/tobi for gts.example/users/tobi/statuses/02 granted, stamp local.example/stamps/…
        + sent gts.example: Accept{ReplyRequest{id}}
    """),
    arrives("announce_request", "", "acts", """
        + leave announce local.example/post/q1: gts.example/users/tobi for gts.example/users/tobi/statuses/03 granted, stamp local.example/stamps/…
        + sent gts.example: Accept{AnnounceRequest{id}}
    """),
    arrives("delete", "Delete by author", "acts", """
        + counts local.example/post/q1: up 1, comments 1, shares 1
        - counts local.example/post/q1: up 1, comments 2, shares 1
        + fate gts.example/users/tobi/statuses/01HX: deleted
        + said gts.example/users/tobi/statuses/01HX: language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX, updated 2026-11-03 09:00
        - said gts.example/users/tobi/statuses/01HX: text “moss and fern”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX, updated 2026-11-03 09:00
        + sent reader.example: Announce{Delete{id}}
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: gts.example/users/tobi accepted
    """),
    arrives("accept", "", "acts", """
        + follow gts.example/users/tobi: local.example/u/ada accepted
        - follow gts.example/users/tobi: local.example/u/ada pending
    """, scene="followed", before=(asks_to_follow(TOBI),)),
    arrives("move", "Move account", "acts", """
        - actor gts.example/users/zork: Person zork, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + actor gts.example/users/zork: Person zork, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed, moved to new.example/users/zork
        + actor new.example/users/zork: Person zork, called tobi, about I like moss, icon new.example/fileserver/a.png, asks first, not listed, also gts.example/users/zork
        - follow gts.example/users/zork: local.example/u/ada pending
        + follow new.example/users/zork: local.example/u/ada pending
        + sent gts.example: Undo{Follow{id}}
        + sent new.example: Follow{id}
        + told local.example/u/ada: moved by new.example/users/zork, text @zork@gts.example
    """, scene="moving", before=(wants_to_follow(ZORK), serves(NEW, moved()))),
    arrives("note", "", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + post gts.example/users/tobi/statuses/01HX: Note by gts.example/users/tobi in nowhere, thread, at 2026-11-03 08:00
        + said gts.example/users/tobi/statuses/01HX: title “(untitled) 2026-11-03”, text “moss”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX
    """, scene="thread", before=(serves(TOLD, replaced("gotosocial/note", inReplyTo=None, replies=f"{TOLD}/replies")), serves(PAGE, 404))),
    arrives("replies", "", "acts", """
        + counts gts.example/users/tobi/statuses/01HX: comments at home 1
    """, scene="thread", way=repairs(TOLD)),
    arrives("replies_page", "", "acts", """
        + counts gts.example/users/tobi/statuses/01HX: comments 1
        - counts gts.example/users/tobi/statuses/01HX: comments at home 1
        + post gts.example/users/tobi/statuses/01HY: Note by gts.example/users/tobi in nowhere, re gts.example/users/tobi/statuses/01HX, at 2026-11-03 08:00
        + said gts.example/users/tobi/statuses/01HY: text “moss”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX
    """, scene="thread", before=(serves(PAGE, sample("gotosocial/replies_page")), serves(LATER, replaced("gotosocial/note", id=LATER, inReplyTo=TOLD))), way=repairs(TOLD)),
    arrives("note_policy", "", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + emoji gts.example: rose gts.example/e.png
        + post gts.example/users/tobi/statuses/05: Note by gts.example/users/tobi in nowhere, thread, at 2026-11-03 09:00
        + said gts.example/users/tobi/statuses/05: title “(untitled)”, text “Yes”, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]], "announce": [["https://gts.example/users/tobi", "https://gts.example/users/tobi/followers"], []]}
    """, scene="quoting"),
    arrives("accept_reply", "", "acts", """
        + counts gts.example/users/tobi/statuses/05: comments 1
        + leave reply gts.example/users/tobi/statuses/05: local.example/u/ada for local.example/comment/q2 granted, stamp gts.example/users/tobi/reply_approvals/04
        - leave reply gts.example/users/tobi/statuses/05: local.example/u/ada for local.example/comment/q2 pending
        + post local.example/comment/q2: Note by local.example/u/ada in nowhere, re gts.example/users/tobi/statuses/05, at 2026-11-03 09:00
        - post local.example/comment/q2: Note by local.example/u/ada in nowhere, re gts.example/users/tobi/statuses/05, visibility direct, at 2026-11-03 09:00
        - said local.example/comment/q2: text “At night, surely.”, markdown
        + said local.example/comment/q2: text “At night, surely.”, markdown, approved by gts.example/users/tobi/reply_approvals/04
        + sent gts.example: Create{Note}
    """, scene="quoting", before=(answers(ASKS),)),
    arrives("reply_approval", "", "acts", "", scene="quoting", way=checks_stamps("https://local.example/comment/q2")),
    arrives("reply_approval", "", "acts", """
        + said local.example/comment/q2: text “At night, surely.”, markdown
        - said local.example/comment/q2: text “At night, surely.”, markdown, approved by gts.example/users/tobi/reply_approvals/04
    """, scene="quoting", before=(serves(STAMP, replaced("gotosocial/reply_approval", object=ASKS)),), way=checks_stamps("https://local.example/comment/q2")),
    arrives("create_note_thread", "Create Note as thread", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + post gts.example/users/tobi/statuses/01K1: Note by gts.example/users/tobi in local.example/c/bees, thread, at 2026-11-03 09:00
        + said gts.example/users/tobi/statuses/01K1: title “Moss on a hive: good or bad?”, text “Moss on a hive: good or bad?”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K1
        + sent gts.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
    """, scene="more"),
    arrives("create_question", "Question", "acts", """
        + poll gts.example/users/tobi/statuses/01K2: Moss 2 / Lichen 0, until 2026-11-05 09:00, voters 2
        + post gts.example/users/tobi/statuses/01K2: Question by gts.example/users/tobi in local.example/c/bees, thread, at 2026-11-03 09:00
        + said gts.example/users/tobi/statuses/01K2: title “Moss or lichen?”, text “Moss or lichen?”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K2
        + sent gts.example: Announce{id}
        + sent reader.example: Announce{Create{Question}}
    """, scene="more"),
    arrives("create_direct_note", "private Note", "acts", """
        + message gts.example/users/tobi/statuses/01K7: gts.example/users/tobi to local.example/u/ada “@ada psst”, at 2026-11-03 09:00
        + told local.example/u/ada: message by gts.example/users/tobi, text @ada psst
    """, scene="more"),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: up 1, comments 1
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: gts.example/users/tobi +1
    """, scene="more", before=(came("gotosocial/like"),)),
    arrives("flag", "Flag", "acts", """
        + actor gts.example/users/gts.example: Person gts.example, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + report gts.example/users/gts.example of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by gts.example/users/gts.example, about local.example/post/q1, text Rude
    """, scene="more"),
    arrives("add_featured", "Add/Remove featured", "refuses", "This is no list of a group known here. (https://gts.example/users/tobi#pins/01K8: https://gts.example/users/tobi/collections/featured)", scene="more"),
    arrives("accept_follow", "Accept (embedded Follow)", "acts", """
        + follow gts.example/users/tobi: local.example/u/ada accepted
        - follow gts.example/users/tobi: local.example/u/ada pending
    """, scene="more", before=(asks_to_follow(TOBI),)),
    arrives("update_person", "Update Person", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, and fern, icon gts.example/fileserver/a.png, asks first, not listed
        - actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
    """, scene="more", before=(serves(TOBI, sample("gotosocial/update_person")["object"]),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow gts.example/users/tobi: local.example/u/ada accepted
        + follow gts.example/users/tobi: local.example/u/ada rejected
    """, scene="more"),
    arrives("delete_person", "Delete Person", "acts", """
        + actor gts.example/users/tobi: Person tobi, asks first, not listed, gone
        - actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, and fern, icon gts.example/fileserver/a.png, asks first, not listed
        + fate gts.example/users/tobi/statuses/01K1: deleted
        + fate gts.example/users/tobi/statuses/01K2: deleted
        - follow gts.example/users/tobi: local.example/u/ada rejected
        - message gts.example/users/tobi/statuses/01K7: gts.example/users/tobi to local.example/u/ada “@ada psst”, at 2026-11-03 09:00
        + message gts.example/users/tobi/statuses/01K7: gts.example/users/tobi to local.example/u/ada “”, deleted, at 2026-11-03 09:00
        - poll gts.example/users/tobi/statuses/01K2: Moss 2 / Lichen 0, until 2026-11-05 09:00, voters 2
        + said gts.example/users/tobi/statuses/01K1: language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K1
        - said gts.example/users/tobi/statuses/01K1: title “Moss on a hive: good or bad?”, text “Moss on a hive: good or bad?”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K1
        + said gts.example/users/tobi/statuses/01K2: language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K2
        - said gts.example/users/tobi/statuses/01K2: title “Moss or lichen?”, text “Moss or lichen?”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://www.w3.org/ns/activitystreams#Public"], []], "announce": [["https://www.w3.org/ns/activitystreams#Public"], []]}, page gts.example/@tobi/statuses/01K2
    """, scene="more"),
    arrives("vote_in_poll", "poll vote Note", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        + choice local.example/post/q1: gts.example/users/tobi In May
        - poll local.example/post/q1: In April 0 / In May 1, until 2026-11-06 09:00, voters 1
        + poll local.example/post/q1: In April 0 / In May 2, until 2026-11-06 09:00, voters 2
    """, scene="poll"),
)
# fmt: on
