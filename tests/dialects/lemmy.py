"""What Lemmy's documents do here."""

from __future__ import annotations

from functools import partial

from tests.dialects.arrival import Arrival
from tests.dialects.steps import (
    announced,
    asks_to_follow,
    came,
    fetches_feed,
    fetches_history,
    follows,
    has_a_den,
    met,
    moderates,
    repairs,
    replaced,
    serves,
    to_bees,
    without_history,
)
from tests.dialects.world import sample

LEMMY = "https://lemmy.example"
GROUP, DEN, FEED = f"{LEMMY}/c/gardening", f"{LEMMY}/c/den", f"{LEMMY}/m/nature"
RIPLEY, MOD = f"{LEMMY}/u/ripley", f"{LEMMY}/u/mod"
PAGE, NOTE = f"{LEMMY}/post/41", f"{LEMMY}/comment/77"
BELOW = replaced("lemmy/note", inReplyTo=PAGE, audience=GROUP, to=[GROUP, "as:Public"])
SAID_BELOW = replaced("lemmy/create_note", audience=GROUP, object=BELOW)
arrives = partial(Arrival, "lemmy")

# fmt: off
ARRIVALS = (
    arrives("person", "", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
    """),
    arrives("instance", "", "acts", """
        + actor lemmy.example/: Application lemmy.example, called Nostromo, about A ship.
    """),
    arrives("follow", "Follow group by person", "acts", """
        + follow local.example/c/bees: lemmy.example/u/ripley accepted
        + sent lemmy.example: Accept{Follow{id}}
    """),
    arrives("create_note", "Create Note as reply", "acts", """
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post lemmy.example/comment/77: Note by lemmy.example/u/ripley in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said lemmy.example/comment/77: text “Try ferns.”, markdown, language en
        + sent lemmy.example: Announce{Create{Note}}
        + sent reader.example: Announce{Create{Note}}
        + told local.example/u/ada: reply by lemmy.example/u/ripley, about lemmy.example/comment/77
    """),
    arrives("note", "", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        - counts local.example/post/q1: comments 1
        + counts local.example/post/q1: comments 2
        + post lemmy.example/comment/77: Note by lemmy.example/u/ripley in local.example/c/bees, re local.example/post/q1, at 2026-11-03 09:00
        + said lemmy.example/comment/77: text “Try ferns.”, markdown, language en
    """, scene="read"),
    arrives("like", "Like", "acts", """
        - counts local.example/post/q1: comments 2
        + counts local.example/post/q1: up 1, comments 2
        + sent lemmy.example: Announce{Like{id}}
        + sent reader.example: Announce{Like{id}}
        + vote local.example/post/q1: lemmy.example/u/ripley +1
    """),
    arrives("dislike", "Dislike", "acts", """
        + counts local.example/post/q1: down 1, comments 2
        - counts local.example/post/q1: up 1, comments 2
        + sent lemmy.example: Announce{Dislike{id}}
        + sent reader.example: Announce{Dislike{id}}
        - vote local.example/post/q1: lemmy.example/u/ripley +1
        + vote local.example/post/q1: lemmy.example/u/ripley -1
    """),
    arrives("undo_like", "Undo{Like, Dislike}", "acts", """
        + counts local.example/post/q1: comments 2
        - counts local.example/post/q1: down 1, comments 2
        + sent lemmy.example: Announce{Undo{Like{id}}}
        + sent reader.example: Announce{Undo{Like{id}}}
        - vote local.example/post/q1: lemmy.example/u/ripley -1
    """),
    arrives("flag", "Flag", "acts", """
        + report lemmy.example/u/ripley of local.example/post/q1, to local.example/c/bees, because Rude
        + told local.example/u/founder_of_bees: report by lemmy.example/u/ripley, about local.example/post/q1, text Rude
    """),
    arrives("create_page", "Create Page", "acts", """
        + post lemmy.example/post/41: Page by lemmy.example/u/ripley in local.example/c/bees, thread, at 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
        + sent lemmy.example: Announce{Create{Page}}
        + sent reader.example: Announce{Create{Page}}
    """, way=to_bees),
    arrives("update_page", "Update content", "acts", """
        + said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
        - said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
        + sent lemmy.example: Announce{Update{Page}}
        + sent reader.example: Announce{Update{Page}}
    """, way=to_bees),
    arrives("lock_page", "Lock, Undo{Lock}", "acts", """
        + deed lock by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees, because Settled
        + fate lemmy.example/post/41: locked
        + sent lemmy.example: Announce{Lock{id}}
        + sent reader.example: Announce{Lock{id}}
    """, way=to_bees, before=(moderates(MOD),)),
    arrives("undo_lock_page", "Lock, Undo{Lock}", "acts", """
        + deed unlock by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees
        - fate lemmy.example/post/41: locked
        + mark undone:Lock lemmy.example/activities/lock/9 by local.example/c/bees
        + sent lemmy.example: Announce{Undo{Lock{id}}}
        + sent reader.example: Announce{Undo{Lock{id}}}
    """, way=to_bees),
    arrives("lock_note", "Lock, Undo{Lock}", "acts", """
        + deed lock by lemmy.example/u/mod, of lemmy.example/comment/77, whom lemmy.example/u/ripley, in local.example/c/bees
        + fate lemmy.example/comment/77: locked
        + sent lemmy.example: Announce{Lock{id}}
        + sent reader.example: Announce{Lock{id}}
    """, way=to_bees),
    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees
        + fate lemmy.example/post/41: pinned
        + sent lemmy.example: Announce{Add{id}}
        + sent reader.example: Announce{Add{id}}
    """, way=to_bees),
    arrives("remove_featured", "Add/Remove featured", "acts", """
        + deed unfeature by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees
        - fate lemmy.example/post/41: pinned
        + sent lemmy.example: Announce{Remove{id}}
        + sent reader.example: Announce{Remove{id}}
    """, way=to_bees),
    arrives("remove_page", "Delete with summary (mod)", "acts", """
        + deed remove by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees, because Rule 3: spam
        + fate lemmy.example/post/41: removed, because Rule 3: spam
        + sent lemmy.example: Announce{Delete{id}}
        + sent reader.example: Announce{Delete{id}}
    """, way=to_bees),
    arrives("undo_remove_page", "Undo{Delete}", "acts", """
        + deed restore by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in local.example/c/bees
        - fate lemmy.example/post/41: removed, because Rule 3: spam
        + mark undone:Delete lemmy.example/activities/delete/2 by local.example/c/bees
        + sent lemmy.example: Announce{Undo{Delete{id}}}
        + sent reader.example: Announce{Undo{Delete{id}}}
    """, way=to_bees),
    arrives("delete_page", "Delete by author", "acts", """
        + fate lemmy.example/post/41: deleted
        + said lemmy.example/post/41: language en, updated 2026-11-03 09:00
        - said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
        + sent lemmy.example: Announce{Delete{id}}
        + sent reader.example: Announce{Delete{id}}
    """, way=to_bees),
    arrives("undo_delete_page", "Undo{Delete}", "acts", """
        - fate lemmy.example/post/41: deleted
        + mark undone:Delete lemmy.example/activities/delete/d1 by lemmy.example/u/ripley
        - said lemmy.example/post/41: language en, updated 2026-11-03 09:00
        + said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
        + sent lemmy.example: Announce{Undo{Delete{id}}}
        + sent reader.example: Announce{Undo{Delete{id}}}
    """, way=to_bees, before=(serves(PAGE, sample("lemmy/update_page")["object"]),)),
    arrives("remove_note", "Delete with summary (mod)", "acts", """
        + counts local.example/post/q1: comments 1
        - counts local.example/post/q1: comments 2
        + deed remove by lemmy.example/u/mod, of lemmy.example/comment/77, whom lemmy.example/u/ripley, in local.example/c/bees, because Rude
        - fate lemmy.example/comment/77: locked
        + fate lemmy.example/comment/77: removed, because Rude, locked
        + sent lemmy.example: Announce{Delete{id}}
        + sent reader.example: Announce{Delete{id}}
    """, way=to_bees),
    arrives("add_moderator", "Add/Remove moderators", "acts", """
        + deed appoint by lemmy.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        + moderator local.example/c/bees: local.example/u/ada
        + sent lemmy.example: Announce{Add{id}}
        + sent reader.example: Announce{Add{id}}
        + told local.example/u/ada: appointed by lemmy.example/u/mod, about local.example/c/bees
    """, way=to_bees),
    arrives("remove_moderator", "Add/Remove moderators", "acts", """
        + deed dismiss by lemmy.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        - moderator local.example/c/bees: local.example/u/ada
        + sent lemmy.example: Announce{Remove{id}}
        + sent reader.example: Announce{Remove{id}}
        + told local.example/u/ada: dismissed by lemmy.example/u/mod, about local.example/c/bees
    """, way=to_bees),
    arrives("block_person", "Block with target", "acts", """
        + ban local.example/c/bees: local.example/u/ada by lemmy.example/u/mod, because Spam, until 2027-01-01 00:00, with posts
        - counts local.example/post/q1: comments 1
        + deed ban by lemmy.example/u/mod, whom local.example/u/ada, in local.example/c/bees, because Spam
        + fate local.example/comment/q2: removed, because Spam
        + fate local.example/post/q1: removed, because Spam
        + sent lemmy.example: Announce{Block{id}}
        + sent reader.example: Announce{Block{id}}
        + told local.example/u/ada: ban by lemmy.example/u/mod, about local.example/c/bees, text Spam
    """, way=to_bees),
    arrives("undo_block_person", "Block with target", "acts", """
        - ban local.example/c/bees: local.example/u/ada by lemmy.example/u/mod, because Spam, until 2027-01-01 00:00, with posts
        + counts local.example/post/q1: comments 1
        + deed unban by lemmy.example/u/mod, whom local.example/u/ada, in local.example/c/bees
        - fate local.example/comment/q2: removed, because Spam
        - fate local.example/post/q1: removed, because Spam
        + mark undone:Block lemmy.example/activities/block/7 by local.example/c/bees
        + sent lemmy.example: Announce{Undo{Block{id}}}
        + sent reader.example: Announce{Undo{Block{id}}}
        + told local.example/u/ada: unban by lemmy.example/u/mod, about local.example/c/bees
    """, way=to_bees),
    arrives("resolve", "Resolve, Warn", "acts", """
        - report lemmy.example/u/ripley of lemmy.example/post/41, to local.example/c/bees
        + report lemmy.example/u/ripley of lemmy.example/post/41, to local.example/c/bees, resolved by lemmy.example/u/mod
        + sent lemmy.example: Announce{Resolve{Flag{id}}}
    """, way=to_bees, before=(came(sample("lemmy/resolve")["object"], to_bees),)),
    arrives("warn", "Resolve, Warn", "acts", """
        + caution local.example/post/q1: lemmy.example/u/mod to local.example/u/ada Be kind, please
        + told local.example/u/ada: caution by lemmy.example/u/mod, about local.example/post/q1, text Be kind, please
    """, way=to_bees),
    arrives("update_group", "Update Group", "acts", """
        - actor local.example/c/bees: Group bees, called Bees
        + actor local.example/c/bees: Group bees, called Gardening again
        + deed edit by lemmy.example/u/mod, in local.example/c/bees
        + sent lemmy.example: Announce{Update{Group}}
        + sent reader.example: Announce{Update{Group}}
    """, way=to_bees),
    arrives("delete_group", "", "refuses", "Only a group's first moderator or an administrator of its node closes it. (https://lemmy.example/activities/delete/g1)", way=to_bees),
    arrives("block_from_site", "Block with target", "acts", """
        + actor lemmy.example/u/troll: Person troll
        + ban lemmy.example/: lemmy.example/u/troll by lemmy.example/u/mod, because Spam, until 2027-01-01 00:00, with posts
    """),
    arrives("undo_follow", "Undo{Follow}", "acts", """
        - follow local.example/c/bees: lemmy.example/u/ripley accepted
    """),
    arrives("delete_person", "Delete Person", "acts", """
        - actor lemmy.example/u/ripley: Person ripley, called Ellen
        + actor lemmy.example/u/ripley: Person ripley, gone
        + fate lemmy.example/comment/77: deleted, removed, because Rude, locked
        - fate lemmy.example/comment/77: removed, because Rude, locked
        + fate lemmy.example/post/41: deleted
        + said lemmy.example/comment/77: language en
        - said lemmy.example/comment/77: text “Try ferns.”, markdown, language en
        + said lemmy.example/post/41: language en, updated 2026-11-03 09:00
        - said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
    """),

    arrives("create_private_message", "private Note", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        + message lemmy.example/private_message/12: lemmy.example/u/ripley to local.example/u/ada “Are the bees asleep?”, at 2026-11-03 09:00
        + told local.example/u/ada: message by lemmy.example/u/ripley, text Are the bees asleep?
    """, scene="messages"),
    arrives("delete_private_message", "", "acts", """
        - message lemmy.example/private_message/12: lemmy.example/u/ripley to local.example/u/ada “Are the bees asleep?”, at 2026-11-03 09:00
        + message lemmy.example/private_message/12: lemmy.example/u/ripley to local.example/u/ada “Are the bees asleep?”, deleted, at 2026-11-03 09:00
    """, scene="messages"),
    arrives("undo_delete_private_message", "", "acts", """
        + message lemmy.example/private_message/12: lemmy.example/u/ripley to local.example/u/ada “Are the bees asleep?”, at 2026-11-03 09:00
        - message lemmy.example/private_message/12: lemmy.example/u/ripley to local.example/u/ada “Are the bees asleep?”, deleted, at 2026-11-03 09:00
    """, scene="messages"),
    arrives("create_chat_message", "ChatMessage", "acts", """
        + message lemmy.example/private_message/13: lemmy.example/u/ripley to local.example/u/ada “An older ship”, at 2026-11-03 09:00
        + told local.example/u/ada: message by lemmy.example/u/ripley, text An older ship
        - told local.example/u/ada: message by lemmy.example/u/ripley, text Are the bees asleep?
    """, scene="messages"),

    arrives("announce_create_page", "Announce{Create}", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        + post lemmy.example/post/41: Page by lemmy.example/u/ripley in lemmy.example/c/gardening, thread, at 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
    """, scene="theirs", before=(without_history(GROUP), follows(GROUP))),
    arrives("announce_like", "Announce{Like, Dislike, Undo}", "acts", """
        + counts lemmy.example/post/41: up 1
        + vote lemmy.example/post/41: lemmy.example/u/ripley +1
    """, scene="theirs"),
    arrives("update_page", "Announce{Update, Delete}", "acts", """
        + said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
        - said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
    """, scene="theirs", way=announced),
    arrives("lock_page", "Lock, Undo{Lock}", "acts", """
        + actor lemmy.example/u/mod: Person mod
        + deed lock by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening, because Settled
        + fate lemmy.example/post/41: locked
    """, scene="theirs", way=announced),
    arrives("undo_lock_page", "Lock, Undo{Lock}", "acts", """
        + deed unlock by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening
        - fate lemmy.example/post/41: locked
        + mark undone:Lock lemmy.example/activities/lock/9 by lemmy.example/c/gardening
    """, scene="theirs", way=announced),
    arrives("lock_note", "Lock, Undo{Lock}", "acts", """
        + deed lock by lemmy.example/u/mod, of lemmy.example/comment/77, whom lemmy.example/u/ripley, in lemmy.example/c/gardening
        + fate lemmy.example/comment/77: locked
    """, scene="theirs", way=announced, before=(came(SAID_BELOW, announced),)),
    arrives("add_featured", "Add/Remove featured", "acts", """
        + deed feature by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening
        + fate lemmy.example/post/41: pinned
    """, scene="theirs", way=announced),
    arrives("remove_featured", "Add/Remove featured", "acts", """
        + deed unfeature by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening
        - fate lemmy.example/post/41: pinned
    """, scene="theirs", way=announced),
    arrives("add_moderator", "Add/Remove moderators", "acts", """
        + deed appoint by lemmy.example/u/mod, whom local.example/u/ada, in lemmy.example/c/gardening
        + moderator lemmy.example/c/gardening: local.example/u/ada
        + told local.example/u/ada: appointed by lemmy.example/u/mod, about lemmy.example/c/gardening
    """, scene="theirs", way=announced),
    arrives("announce_flag", "Flag", "acts", """
        + report lemmy.example/u/ripley of lemmy.example/post/41, to lemmy.example/c/gardening, because Rude, passed on
        + told local.example/u/ada: report by lemmy.example/u/ripley, about lemmy.example/post/41, text Rude
    """, scene="theirs"),
    arrives("resolve", "Resolve, Warn", "acts", """
        - report lemmy.example/u/ripley of lemmy.example/post/41, to lemmy.example/c/gardening, because Rude, passed on
        + report lemmy.example/u/ripley of lemmy.example/post/41, to lemmy.example/c/gardening, because Rude, passed on, resolved by lemmy.example/u/mod
    """, scene="theirs", way=announced),
    arrives("remove_moderator", "Add/Remove moderators", "acts", """
        + deed dismiss by lemmy.example/u/mod, whom local.example/u/ada, in lemmy.example/c/gardening
        - moderator lemmy.example/c/gardening: local.example/u/ada
        + told local.example/u/ada: dismissed by lemmy.example/u/mod, about lemmy.example/c/gardening
    """, scene="theirs", way=announced),
    arrives("announce_block_person", "Block with target", "acts", """
        + ban lemmy.example/c/gardening: local.example/u/ada by lemmy.example/u/mod, because Spam
        + deed ban by lemmy.example/u/mod, whom local.example/u/ada, in lemmy.example/c/gardening, because Spam
        + told local.example/u/ada: ban by lemmy.example/u/mod, about lemmy.example/c/gardening, text Spam
    """, scene="theirs"),
    arrives("undo_block_person", "Block with target", "acts", """
        - ban lemmy.example/c/gardening: local.example/u/ada by lemmy.example/u/mod, because Spam
        + deed unban by lemmy.example/u/mod, whom local.example/u/ada, in lemmy.example/c/gardening
        + mark undone:Block lemmy.example/activities/block/7 by lemmy.example/c/gardening
        + told local.example/u/ada: unban by lemmy.example/u/mod, about lemmy.example/c/gardening
    """, scene="theirs", way=announced),
    arrives("block_person", "Block with target", "acts", """
        + ban lemmy.example/c/gardening: local.example/u/ada by lemmy.example/u/mod, because Spam, until 2027-01-01 00:00, with posts
        + deed ban by lemmy.example/u/mod, whom local.example/u/ada, in lemmy.example/c/gardening, because Spam
        + told local.example/u/ada: ban by lemmy.example/u/mod, about lemmy.example/c/gardening, text Spam
    """, scene="theirs", way=announced),
    arrives("remove_note", "Delete with summary (mod)", "acts", """
        + counts lemmy.example/post/41: up 1
        - counts lemmy.example/post/41: up 1, comments 1
        + deed remove by lemmy.example/u/mod, of lemmy.example/comment/77, whom lemmy.example/u/ripley, in lemmy.example/c/gardening, because Rude
        - fate lemmy.example/comment/77: locked
        + fate lemmy.example/comment/77: removed, because Rude, locked
    """, scene="theirs", way=announced),
    arrives("remove_page", "Delete with summary (mod)", "acts", """
        + deed remove by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening, because Rule 3: spam
        + fate lemmy.example/post/41: removed, because Rule 3: spam
    """, scene="theirs", way=announced),
    arrives("undo_remove_page", "Undo{Delete}", "acts", """
        + deed restore by lemmy.example/u/mod, of lemmy.example/post/41, whom lemmy.example/u/ripley, in lemmy.example/c/gardening
        - fate lemmy.example/post/41: removed, because Rule 3: spam
        + mark undone:Delete lemmy.example/activities/delete/2 by lemmy.example/c/gardening
    """, scene="theirs", way=announced),
    arrives("delete_page", "Announce{Update, Delete}", "acts", """
        + fate lemmy.example/post/41: deleted
        + said lemmy.example/post/41: language en, updated 2026-11-03 09:00
        - said lemmy.example/post/41: title “Roses for shade”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
    """, scene="theirs", way=announced),
    arrives("undo_delete_page", "Undo{Delete}", "acts", """
        - fate lemmy.example/post/41: deleted
        + mark undone:Delete lemmy.example/activities/delete/d1 by lemmy.example/u/ripley
        - said lemmy.example/post/41: language en, updated 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp, updated 2026-11-03 09:00
    """, scene="theirs", way=announced),
    arrives("update_group", "Update Group", "acts", """
        + actor lemmy.example/c/gardening: Group gardening, called Gardening again
        - actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg
    """, scene="theirs", way=announced, before=(serves(GROUP, sample("lemmy/update_group")["object"]),)),
    arrives("delete_group", "", "acts", """
        - actor lemmy.example/c/gardening: Group gardening, called Gardening again
        + actor lemmy.example/c/gardening: Group gardening, called Gardening again, gone
        + deed close by lemmy.example/u/mod, in lemmy.example/c/gardening
        + told local.example/u/ada: closed by lemmy.example/u/mod, about lemmy.example/c/gardening
    """, scene="theirs", way=announced),

    arrives("announce_page", "Announce{object embedded}", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        + post lemmy.example/post/41: Page by lemmy.example/u/ripley in lemmy.example/c/gardening, thread, at 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
    """, scene="page", before=(without_history(GROUP), follows(GROUP))),
    arrives("reject", "Reject{Follow}", "acts", """
        - follow lemmy.example/c/gardening: local.example/u/ada accepted
        + follow lemmy.example/c/gardening: local.example/u/ada rejected
    """, scene="page"),
    arrives("lock_page", "", "refuses", "Only the group's moderators may do this. (https://lemmy.example/u/mod: https://lemmy.example/c/gardening)", scene="page", before=(met(MOD),)),

    arrives("group", "", "acts", """
        + actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg
    """, scene="history"),
    arrives("accept", "Accept (embedded Follow)", "acts", """
        + follow lemmy.example/c/gardening: local.example/u/ada accepted
        - follow lemmy.example/c/gardening: local.example/u/ada pending
    """, scene="history", before=(without_history(GROUP), asks_to_follow(GROUP))),
    arrives("moderators", "", "acts", """
        + actor lemmy.example/u/mod: Person mod
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        + moderator lemmy.example/c/gardening: lemmy.example/u/mod
        + moderator lemmy.example/c/gardening: lemmy.example/u/ripley
    """, scene="history", before=(serves(f"{GROUP}/moderators", sample("lemmy/moderators")),), way=fetches_history(GROUP)),
    arrives("followers", "", "acts", """
        - actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg
        + actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg, members 3
    """, scene="history", before=(serves(f"{GROUP}/followers", sample("lemmy/followers")),), way=fetches_history(GROUP)),
    arrives("outbox", "", "acts", """
        + post lemmy.example/post/41: Page by lemmy.example/u/ripley in lemmy.example/c/gardening, thread, at 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
    """, scene="history", before=(serves(f"{GROUP}/outbox", sample("lemmy/outbox")), serves(f"{PAGE}/context", 404)), way=fetches_history(GROUP)),
    arrives("context", "", "acts", """
        + counts lemmy.example/post/41: comments 1, comments at home 2
        + post lemmy.example/comment/77: Note by lemmy.example/u/ripley in lemmy.example/c/gardening, re lemmy.example/post/41, at 2026-11-03 09:00
        + said lemmy.example/comment/77: text “Try ferns.”, markdown, language en
    """, scene="history", before=(serves(f"{PAGE}/context", sample("lemmy/context")), serves(NOTE, BELOW)), way=repairs(PAGE)),
    arrives("tombstone", "", "acts", """
        - counts lemmy.example/post/41: comments 1, comments at home 2
        + fate lemmy.example/comment/77: deleted
        + said lemmy.example/comment/77: language en
        - said lemmy.example/comment/77: text “Try ferns.”, markdown, language en
    """, scene="history", before=(serves(f"{PAGE}/context", replaced("lemmy/context", totalItems=1, orderedItems=[PAGE])), serves(NOTE, sample("lemmy/tombstone"))), way=repairs(PAGE)),
    arrives("page", "", "acts", """
        + actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg
        + post lemmy.example/post/41: Page by lemmy.example/u/ripley in lemmy.example/c/gardening, thread, at 2026-11-03 09:00
        + said lemmy.example/post/41: title “Which roses for shade?”, text “Asking for a north wall.”, markdown, language en, link garden.example/roses, image lemmy.example/pictrs/image/rose.webp
    """, scene="read"),

    arrives("follow_private_group", "", "acts", """
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
        + follow local.example/c/den: lemmy.example/u/ripley pending
        + told local.example/u/founder_of_den: request by lemmy.example/u/ripley, about local.example/c/den
    """, scene="private", before=(has_a_den,)),
    arrives("private_group", "", "acts", """
        + actor lemmy.example/c/den: Group den, called The den, private, asks first
    """, scene="private"),
    arrives("announce_create_private_page", "Announce{Create}", "acts", """
        + post lemmy.example/post/55: Page by lemmy.example/u/ripley in lemmy.example/c/den, thread, visibility members, at 2026-11-03 09:00
        + said lemmy.example/post/55: title “Behind closed doors”, text “Only us”, markdown, language en
        + tag lemmy.example/post/55: den
    """, scene="private", before=(follows(DEN),)),
    arrives("delete_in_private_group", "Announce{Update, Delete}", "acts", """
        + fate lemmy.example/post/55: deleted
        + said lemmy.example/post/55: language en
        - said lemmy.example/post/55: title “Behind closed doors”, text “Only us”, markdown, language en
        - tag lemmy.example/post/55: den
    """, scene="private"),

    arrives("feed", "Feed actor", "acts", """
        + actor lemmy.example/m/nature: Feed nature, called Nature, in short Plants and beasts
    """, scene="feed"),
    arrives("feed_following", "Feed actor", "acts", """
        + actor lemmy.example/c/gardening: Group gardening, called Gardening, in short Plants, in one line., about All about plants., icon lemmy.example/pictrs/image/leaf.webp, image lemmy.example/pictrs/image/bed.jpg
        + feed lemmy.example/m/nature: lemmy.example/c/gardening
        + feed lemmy.example/m/nature: local.example/c/bees
        + follow lemmy.example/c/gardening: local.example/u/feed_relay pending
        + follow lemmy.example/m/nature: local.example/u/ada accepted
        + member local.example/u/feed_relay
        + sent lemmy.example: Follow{id}
        + sent lemmy.example: Follow{id}
    """, scene="feed", before=(without_history(GROUP),), way=fetches_feed(FEED)),
    arrives("update_feed", "Feed actor", "acts", """
        + actor lemmy.example/m/nature: Feed nature, called Nature, all of it, in short Plants and beasts
        - actor lemmy.example/m/nature: Feed nature, called Nature, in short Plants and beasts
        + actor lemmy.example/u/ripley: Person ripley, called Ellen
    """, scene="feed", before=(serves(FEED, sample("lemmy/update_feed")["object"]),)),
)
# fmt: on
