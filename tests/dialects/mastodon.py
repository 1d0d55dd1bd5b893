"""What Mastodon's documents do here."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    asks_to_follow,
    came,
    checks_stamps,
    later,
    quotes,
    repairs,
    replaced,
    serves,
)
from tests.dialects.world import sample

EUGEN = "https://mastodon.example/users/eugen"
NEW = "https://new.example/users/eugen"
PAGE = f"{EUGEN}/statuses/1100/replies?only_other_accounts=true&page=true"
TOBI = "https://gts.example/users/tobi/statuses/01HX"
arrives = partial(Arrival, "mastodon")


def moved() -> dict[str, Any]:
    """The new account of Eugen, which says that it was the old one."""
    text = json.dumps(sample("mastodon/person")).replace("https://mastodon.example", "https://new.example")
    return json.loads(text) | {"alsoKnownAs": [EUGEN]}


def answered(iri: str) -> dict[str, Any]:
    """An answer to Eugen's thread, rather than to a comment of ours."""
    return replaced("mastodon/reply", id=iri, inReplyTo=f"{EUGEN}/statuses/1100")


# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: mastodon.example/users/eugen accepted
        + sent mastodon.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as thread", "acts", """
        + image mastodon.example/users/eugen/statuses/1100: mastodon.example/media/bee.jpg, type image/jpeg, alt A bee, size 800x600, blurhash UBL_:rOpGG-;ObxuRSxu
        + post mastodon.example/users/eugen/statuses/1100: Note by mastodon.example/users/eugen in local.example/c/bees, thread, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1100: title “When do they swarm?”, text “When do they swarm?”, language en, image mastodon.example/media/bee.jpg, image alt A bee, page mastodon.example/@eugen/1100
        + sent mastodon.example: Announce{id}
        + sent reader.example: Announce{Create{Note}}
        + tag mastodon.example/users/eugen/statuses/1100: bees
    """),
    arrives("update_note", "Update content", "acts", """
        + said mastodon.example/users/eugen/statuses/1100: title “When do they swarm, and why?”, text “When do they swarm, and why?”, language en, image mastodon.example/media/bee.jpg, image alt A bee, page mastodon.example/@eugen/1100, updated 2026-11-03 09:00
        - said mastodon.example/users/eugen/statuses/1100: title “When do they swarm?”, text “When do they swarm?”, language en, image mastodon.example/media/bee.jpg, image alt A bee, page mastodon.example/@eugen/1100
        + sent reader.example: Announce{Update{Note}}
    """),
    arrives("reply", "", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post mastodon.example/users/eugen/statuses/1101: Note by mastodon.example/users/eugen in local.example/c/bees, re local.example/comment/q2, visibility unlisted, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1101: text “Right”, language en, page mastodon.example/@eugen/1101
    """),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: mastodon.example/users/eugen +1
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: mastodon.example/users/eugen +1
    """),
    arrives("announce", "Announce{object id}", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: comments 2, shares 1
        + share local.example/post/q1: mastodon.example/users/eugen
    """),
    arrives("undo_announce", "", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: comments 2, shares 1
        - share local.example/post/q1: mastodon.example/users/eugen
    """),
    arrives("create_question", "Question", "acts", """
        + poll mastodon.example/users/eugen/statuses/1300: In April 3 / In May 5, until 2026-11-06 09:00, voters 8
        + post mastodon.example/users/eugen/statuses/1300: Question by mastodon.example/users/eugen in local.example/c/bees, thread, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1300: title “When do yours swarm?”, text “When do yours swarm?”, language en, page mastodon.example/@eugen/1300
        + sent mastodon.example: Announce{id}
        + sent reader.example: Announce{Create{Question}}
    """),
    arrives("update_question", "", "acts", """
        - poll mastodon.example/users/eugen/statuses/1300: In April 3 / In May 5, until 2026-11-06 09:00, closed, voters 8
        + poll mastodon.example/users/eugen/statuses/1300: In April 4 / In May 9, until 2026-11-06 09:00, closed, voters 13
        + sent reader.example: Announce{Update{Question}}
    """, before=(later(days=3, minutes=2),)),
    arrives("create_direct_note", "private Note", "acts", """
        + message mastodon.example/users/eugen/statuses/501: mastodon.example/users/eugen to local.example/u/ada “@ada psst”, at 2026-11-03 09:17
        + told local.example/u/ada: message by mastodon.example/users/eugen, text @ada psst
    """),
    arrives("flag", "Flag", "acts", """
        + actor mastodon.example/actor: Application actor
        + report mastodon.example/actor of local.example/post/q1, to local.example/c/bees, because Please look
        + told local.example/u/founder_of_bees: report by mastodon.example/actor, about local.example/post/q1, text Please look
    """),
    arrives("quote_request", "QuoteRequest", "acts", """
        + leave quote local.example/post/q1: mastodon.example/users/eugen for mastodon.example/users/eugen/statuses/77 granted, stamp local.example/stamps/…
        + sent mastodon.example: Accept{QuoteRequest{id}}
    """),
    arrives("note_quote", "", "acts", """
        + emoji mastodon.example: bee mastodon.example/emoji/bee.png
        + image mastodon.example/users/eugen/statuses/77: mastodon.example/media/1.webp, type image/webp, alt Bees on a comb, size 1200x800, blurhash UB6, focus 0.0 -0.5
        + post mastodon.example/users/eugen/statuses/77: Note by mastodon.example/users/eugen in nowhere, thread, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/77: title “Look!”, text “Look!”, language en, image mastodon.example/media/1.webp, image alt Bees on a comb, quotes local.example/post/q1, policy {"quote": [["https://www.w3.org/ns/activitystreams#Public"], []]}
    """),
    arrives("update_person", "Update Person", "acts", """
        - actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + actor mastodon.example/users/eugen: Person eugen, called Eugen R., about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
    """, before=(serves(EUGEN, replaced("mastodon/person", name="Eugen R.")),)),
    arrives("delete", "Delete by author", "acts", """
        + fate mastodon.example/users/eugen/statuses/1100: deleted
        - image mastodon.example/users/eugen/statuses/1100: mastodon.example/media/bee.jpg, type image/jpeg, alt A bee, size 800x600, blurhash UBL_:rOpGG-;ObxuRSxu
        + said mastodon.example/users/eugen/statuses/1100: language en, page mastodon.example/@eugen/1100, updated 2026-11-03 09:00
        - said mastodon.example/users/eugen/statuses/1100: title “When do they swarm, and why?”, text “When do they swarm, and why?”, language en, image mastodon.example/media/bee.jpg, image alt A bee, page mastodon.example/@eugen/1100, updated 2026-11-03 09:00
        + sent reader.example: Announce{Delete{Tombstone}}
        - tag mastodon.example/users/eugen/statuses/1100: bees
    """),
    arrives("block", "", "acts", """
        + block mastodon.example/users/eugen: local.example/u/ada
    """),
    arrives("undo_block", "", "acts", """
        - block mastodon.example/users/eugen: local.example/u/ada
        + mark undone:Block mastodon.example/users/eugen#blocks/9 by mastodon.example/users/eugen
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: mastodon.example/users/eugen accepted
    """),
    arrives("delete_person", "Delete Person", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, also old.example/users/eugen, gone
        - actor mastodon.example/users/eugen: Person eugen, called Eugen R., about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        + fate mastodon.example/users/eugen/statuses/1101: deleted
        + fate mastodon.example/users/eugen/statuses/1300: deleted
        + fate mastodon.example/users/eugen/statuses/77: deleted
        - image mastodon.example/users/eugen/statuses/77: mastodon.example/media/1.webp, type image/webp, alt Bees on a comb, size 1200x800, blurhash UB6, focus 0.0 -0.5
        - message mastodon.example/users/eugen/statuses/501: mastodon.example/users/eugen to local.example/u/ada “@ada psst”, at 2026-11-03 09:17
        + message mastodon.example/users/eugen/statuses/501: mastodon.example/users/eugen to local.example/u/ada “”, deleted, at 2026-11-03 09:17
        - poll mastodon.example/users/eugen/statuses/1300: In April 4 / In May 9, until 2026-11-06 09:00, closed, voters 13
        + said mastodon.example/users/eugen/statuses/1101: language en, page mastodon.example/@eugen/1101
        - said mastodon.example/users/eugen/statuses/1101: text “Right”, language en, page mastodon.example/@eugen/1101
        + said mastodon.example/users/eugen/statuses/1300: language en, page mastodon.example/@eugen/1300
        - said mastodon.example/users/eugen/statuses/1300: title “When do yours swarm?”, text “When do yours swarm?”, language en, page mastodon.example/@eugen/1300
        + said mastodon.example/users/eugen/statuses/77: language en, policy {"quote": [["https://www.w3.org/ns/activitystreams#Public"], []]}
        - said mastodon.example/users/eugen/statuses/77: title “Look!”, text “Look!”, language en, image mastodon.example/media/1.webp, image alt Bees on a comb, quotes local.example/post/q1, policy {"quote": [["https://www.w3.org/ns/activitystreams#Public"], []]}
    """),
    arrives("vote_in_poll", "poll vote Note", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + choice local.example/post/q1: mastodon.example/users/eugen In May
        - poll local.example/post/q1: In April 0 / In May 2, until 2026-11-06 09:00, voters 2
        + poll local.example/post/q1: In April 0 / In May 3, until 2026-11-06 09:00, voters 3
    """, scene="poll"),
    arrives("question", "", "acts", """
        + poll mastodon.example/users/eugen/statuses/1300: In April 3 / In May 5, until 2026-11-06 09:00, voters 8
        + post mastodon.example/users/eugen/statuses/1300: Question by mastodon.example/users/eugen in local.example/c/bees, thread, unconfirmed, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1300: title “When do yours swarm?”, text “When do yours swarm?”, language en, page mastodon.example/@eugen/1300
    """, scene="poll"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow mastodon.example/users/eugen: local.example/u/ada accepted
        - follow mastodon.example/users/eugen: local.example/u/ada pending
    """, scene="followed", before=(asks_to_follow(EUGEN),)),
    arrives("move", "Move account", "acts", """
        - actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen, moved to new.example/users/eugen
        + actor new.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon new.example/avatars/1.png, also mastodon.example/users/eugen
        - follow mastodon.example/users/eugen: local.example/u/ada accepted
        + follow new.example/users/eugen: local.example/u/ada pending
        + sent mastodon.example: Undo{Follow{id}}
        + sent new.example: Follow{id}
        + told local.example/u/ada: moved by new.example/users/eugen, text @eugen@mastodon.example
    """, scene="followed", before=(serves(NEW, moved()),)),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow mastodon.example/users/eugen: local.example/u/ada pending
        + follow mastodon.example/users/eugen: local.example/u/ada rejected
    """, scene="rejected", before=(asks_to_follow(EUGEN),)),
    arrives("accept_quote", "", "acts", """
        + leave quote mastodon.example/users/eugen/statuses/1: local.example/u/ada for local.example/post/q1 granted, stamp mastodon.example/users/eugen/quote_authorizations/5
        - leave quote mastodon.example/users/eugen/statuses/1: local.example/u/ada for local.example/post/q1 pending
        - said local.example/post/q1: title “Look”, link mastodon.example/users/eugen/statuses/1, quotes mastodon.example/users/eugen/statuses/1
        + said local.example/post/q1: title “Look”, link mastodon.example/users/eugen/statuses/1, quotes mastodon.example/users/eugen/statuses/1, stamp mastodon.example/users/eugen/quote_authorizations/5
        + sent reader.example: Announce{Update{Page}}
    """, scene="quoting", before=(serves(f"{EUGEN}/statuses/1", replaced("mastodon/note", id=f"{EUGEN}/statuses/1", url=f"{EUGEN}/statuses/1", cc=[f"{EUGEN}/followers"])), quotes(f"{EUGEN}/statuses/1"))),
    arrives("quote_authorization", "", "acts", "", scene="quoting", way=checks_stamps("https://local.example/post/q1")),
    arrives("delete_stamp", "", "acts", """
        - leave quote mastodon.example/users/eugen/statuses/1: local.example/u/ada for local.example/post/q1 granted, stamp mastodon.example/users/eugen/quote_authorizations/5
        + leave quote mastodon.example/users/eugen/statuses/1: local.example/u/ada for local.example/post/q1 revoked, stamp mastodon.example/users/eugen/quote_authorizations/5
        + said local.example/post/q1: title “Look”, link mastodon.example/users/eugen/statuses/1
        - said local.example/post/q1: title “Look”, link mastodon.example/users/eugen/statuses/1, quotes mastodon.example/users/eugen/statuses/1, stamp mastodon.example/users/eugen/quote_authorizations/5
    """, scene="quoting"),
    arrives("replies", "", "acts", """
        + counts mastodon.example/users/eugen/statuses/1100: comments 1
        + post mastodon.example/users/eugen/statuses/1101: Note by mastodon.example/users/eugen in local.example/c/bees, re mastodon.example/users/eugen/statuses/1100, visibility unlisted, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1101: text “Right”, language en, page mastodon.example/@eugen/1101
    """, scene="thread", before=(came("mastodon/create_note"), serves(f"{EUGEN}/statuses/1101", answered(f"{EUGEN}/statuses/1101")), serves(PAGE, 404)), way=repairs(f"{EUGEN}/statuses/1100")),
    arrives("replies_page", "", "acts", """
        + actor gts.example/users/tobi: Person tobi, called tobi, about I like moss, icon gts.example/fileserver/a.png, asks first, not listed
        - counts mastodon.example/users/eugen/statuses/1100: comments 1
        + counts mastodon.example/users/eugen/statuses/1100: comments 2
        + post gts.example/users/tobi/statuses/01HX: Note by gts.example/users/tobi in local.example/c/bees, re mastodon.example/users/eugen/statuses/1101, at 2026-11-03 08:00
        + said gts.example/users/tobi/statuses/01HX: text “moss”, language en, policy {"like": [["https://www.w3.org/ns/activitystreams#Public"], []], "reply": [["https://gts.example/users/tobi/followers", "https://gts.example/users/tobi"], ["https://www.w3.org/ns/activitystreams#Public"]]}, page gts.example/@tobi/statuses/01HX
    """, scene="thread", before=(serves(PAGE, sample("mastodon/replies_page")), serves(TOBI, replaced("gotosocial/note", inReplyTo=f"{EUGEN}/statuses/1101"))), way=repairs(f"{EUGEN}/statuses/1100")),
    arrives("note", "", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        + image mastodon.example/users/eugen/statuses/1100: mastodon.example/media/bee.jpg, type image/jpeg, alt A bee, size 800x600, blurhash UBL_:rOpGG-;ObxuRSxu
        + post mastodon.example/users/eugen/statuses/1100: Note by mastodon.example/users/eugen in local.example/c/bees, thread, unconfirmed, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1100: title “When do they swarm?”, text “When do they swarm?”, language en, image mastodon.example/media/bee.jpg, image alt A bee, page mastodon.example/@eugen/1100
        + tag mastodon.example/users/eugen/statuses/1100: bees
    """, scene="read", before=(serves(f"{EUGEN}/statuses/1100", replaced("mastodon/note", likes=f"{EUGEN}/statuses/1100/likes", replies=None)),)),
    arrives("likes", "", "acts", """
        + counts mastodon.example/users/eugen/statuses/1100: up at home 12
    """, scene="read", way=repairs(f"{EUGEN}/statuses/1100")),
    arrives("featured", "", "refuses", "There is nothing to be shown."),
    arrives("create_reply", "Create Note as reply", "acts", """
        + actor mastodon.example/users/eugen: Person eugen, called Eugen :bee:, about Hello, icon mastodon.example/avatars/1.png, also old.example/users/eugen
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post mastodon.example/users/eugen/statuses/1101: Note by mastodon.example/users/eugen in local.example/c/bees, re local.example/comment/q2, visibility unlisted, at 2026-11-03 09:00
        + said mastodon.example/users/eugen/statuses/1101: text “Right”, language en, page mastodon.example/@eugen/1101
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by mastodon.example/users/eugen, about mastodon.example/users/eugen/statuses/1101
    """, scene="reply"),
    arrives("add_featured", "Add/Remove featured", "refuses", '400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"`id` must be one https address."}', scene="reply"),
    arrives("remove_featured", "Add/Remove featured", "refuses", '400 {"type":"about:blank","title":"Bad Request","status":400,"detail":"`id` must be one https address."}', scene="reply"),
    arrives("vote_in_poll", "", "refuses", "There is nothing in this answer. (https://mastodon.example/users/eugen#votes/41)", scene="reply"),
)
# fmt: on
