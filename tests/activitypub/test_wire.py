"""Every document under tests/wire reads as what its sender meant.

The samples are in the shapes of each software (FEDERATION.md A, C, D, I); the table says the essentials.
"""

import json
from datetime import datetime
from pathlib import Path

import pytest

from node.activitypub import addressing, reading, strictjson
from node.errors import Malformed
from tests.support.wire_acts import ACTS
from tests.support.wire_gatherings import GATHERINGS

WIRE = Path(__file__).parent.parent / "wire"

# fmt: off
EXPECTED: dict[str, dict[str, object]] = {
    "lemmy/group": {"kind": "actor", "type": "Group", "iri": "https://lemmy.example/c/gardening", "username": "gardening", "moderators": "https://lemmy.example/c/gardening/moderators", "featured": "https://lemmy.example/c/gardening/featured", "summary_source": "All about plants.", "icon_url": "https://lemmy.example/pictrs/image/leaf.webp", "description": "Plants, in one line."},
    "lemmy/create_private_message": {"kind": "activity", "type": "Create", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/private_message/12", "inner": "Note"},
    "lemmy/create_chat_message": {"kind": "activity", "type": "Create", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/private_message/13", "inner": "ChatMessage"},
    "lemmy/delete_private_message": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/private_message/12"},
    "lemmy/undo_delete_private_message": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/activities/delete/61f3", "inner": "Delete"},
    "lemmy/private_group": {"kind": "actor", "type": "Group", "iri": "https://lemmy.example/c/den", "username": "den", "manually_approves_followers": True, "is_private_group": True, "followers": "https://lemmy.example/c/den/followers"},
    "lemmy/follow_private_group": {"kind": "activity", "type": "Follow", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://local.example/c/den"},
    "lemmy/announce_create_private_page": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/den", "object_iri": "https://lemmy.example/activities/create/70a2", "inner": "Create"},
    "lemmy/delete_in_private_group": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/den", "object_iri": "https://lemmy.example/activities/delete/70a5", "inner": "Delete"},
    "piefed/create_chat_message": {"kind": "activity", "type": "Create", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/private_message/7", "inner": "ChatMessage"},
    "mbin/create_chat_message": {"kind": "activity", "type": "Create", "actor": "https://mbin.example/u/ernest", "object_iri": "https://mbin.example/message/77", "inner": "ChatMessage"},
    "pleroma/create_chat_message": {"kind": "activity", "type": "Create", "actor": "https://pleroma.example/users/lan", "object_iri": "https://pleroma.example/objects/90", "inner": "ChatMessage"},
    "nodebb/create_chat": {"kind": "activity", "type": "Create", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/message/31", "inner": "Note"},
    "mastodon/create_direct_note": {"kind": "activity", "type": "Create", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/statuses/501", "inner": "Note"},
    "lemmy/person": {"kind": "actor", "type": "Person", "iri": "https://lemmy.example/u/ripley", "username": "ripley", "shared_inbox": "https://lemmy.example/inbox", "name": "Ellen"},
    "lemmy/instance": {"kind": "actor", "type": "Application", "iri": "https://lemmy.example/", "username": "lemmy.example", "summary": "<p>A ship.</p>"},
    "lemmy/follow": {"kind": "activity", "type": "Follow", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://local.example/c/bees"},
    "lemmy/accept": {"kind": "activity", "type": "Accept", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "lemmy/reject": {"kind": "activity", "type": "Reject", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "lemmy/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/activities/follow/2", "inner": "Follow"},
    "lemmy/create_page": {"kind": "activity", "type": "Create", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/post/41", "inner": "Page", "audience": "https://lemmy.example/c/gardening"},
    "lemmy/page": {"kind": "object", "type": "Page", "iri": "https://lemmy.example/post/41", "author": "https://lemmy.example/u/ripley", "name": "Which roses for shade?", "link_url": "https://garden.example/roses", "visibility": "public", "language": "en", "images": 1, "source_markdown": "Asking for a **north** wall.", "mentions": 1},
    "lemmy/note": {"kind": "object", "type": "Note", "iri": "https://lemmy.example/comment/77", "author": "https://lemmy.example/u/ripley", "in_reply_to": "https://local.example/post/q1", "visibility": "public", "language": "en", "mentions": 1},
    "lemmy/create_note": {"kind": "activity", "type": "Create", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/comment/77", "inner": "Note", "audience": "https://local.example/c/bees"},
    "lemmy/update_page": {"kind": "activity", "type": "Update", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/post/41", "inner": "Page"},
    "lemmy/delete_page": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/post/41", "summary": None},
    "lemmy/remove_page": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/post/41", "summary": "Rule 3: spam"},
    "lemmy/undo_remove_page": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/activities/delete/2", "inner": "Delete"},
    "lemmy/delete_person": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/u/ripley"},
    "lemmy/like": {"kind": "activity", "type": "Like", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://local.example/post/q1", "audience": "https://local.example/c/bees"},
    "lemmy/dislike": {"kind": "activity", "type": "Dislike", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://local.example/post/q1", "audience": "https://local.example/c/bees"},
    "lemmy/undo_like": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/activities/like/1", "inner": "Like"},
    "lemmy/announce_create_page": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://lemmy.example/activities/create/1", "inner": "Create"},
    "lemmy/announce_like": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://lemmy.example/activities/like/9", "inner": "Like"},
    "lemmy/announce_page": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://lemmy.example/post/41", "inner": "Page"},
    "lemmy/update_group": {"kind": "activity", "type": "Update", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/c/gardening", "inner": "Group"},
    "lemmy/lock_page": {"kind": "activity", "type": "Lock", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/post/41", "summary": "Settled"},
    "lemmy/add_featured": {"kind": "activity", "type": "Add", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/post/41", "target": "https://lemmy.example/c/gardening/featured"},
    "lemmy/remove_featured": {"kind": "activity", "type": "Remove", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/post/41", "target": "https://lemmy.example/c/gardening/featured"},
    "lemmy/block_person": {"kind": "activity", "type": "Block", "actor": "https://lemmy.example/u/mod", "object_iri": "https://local.example/u/ada", "target": "https://lemmy.example/c/gardening", "summary": "Spam"},
    "lemmy/flag": {"kind": "activity", "type": "Flag", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://local.example/post/q1", "summary": "Rude"},
    "lemmy/moderators": {"kind": "collection", "type": "OrderedCollection", "iri": "https://lemmy.example/c/gardening/moderators", "items": 2, "total_items": None},
    "lemmy/followers": {"kind": "collection", "type": "Collection", "iri": "https://lemmy.example/c/gardening/followers", "items": 0, "total_items": 3},
    "lemmy/outbox": {"kind": "collection", "type": "OrderedCollection", "iri": "https://lemmy.example/c/gardening/outbox", "items": 1, "total_items": 1},
    "nodebb/context": {"kind": "collection", "type": "OrderedCollection", "iri": "https://nodebb.example/topic/17", "total_items": 41, "items": 0, "first": "https://nodebb.example/topic/17?page=1", "last": "https://nodebb.example/topic/17?page=3"},
    "nodebb/context_page": {"kind": "collection", "type": "OrderedCollectionPage", "items": 3, "next": "https://nodebb.example/topic/17?page=3", "prev": "https://nodebb.example/topic/17?page=1"},
    "lemmy/context": {"kind": "collection", "type": "OrderedCollection", "iri": "https://lemmy.example/post/41/context", "items": 3, "total_items": 3},
    "piefed/context": {"kind": "collection", "type": "OrderedCollection", "items": 2, "total_items": 2},
    "piefed/replies": {"kind": "collection", "type": "Collection", "items": 2, "total_items": 2},
    "mastodon/replies": {"kind": "collection", "type": "Collection", "items": 0, "total_items": None, "next": None},
    "mastodon/replies_page": {"kind": "collection", "type": "CollectionPage", "items": 2, "next": None},
    "mastodon/likes": {"kind": "collection", "type": "Collection", "items": 0, "total_items": 12},
    "gotosocial/replies": {"kind": "collection", "type": "OrderedCollection", "first": "https://gts.example/users/tobi/statuses/01HX/replies?limit=20&only_other_accounts=false", "total_items": 1},
    "gotosocial/replies_page": {"kind": "collection", "type": "OrderedCollectionPage", "items": 1, "next": "https://gts.example/users/tobi/statuses/01HX/replies?limit=20&max_id=01HY&only_other_accounts=false"},
    "discourse/context": {"kind": "collection", "type": "OrderedCollection", "items": 2, "total_items": 2},
    "wordpress/context": {"kind": "collection", "type": "OrderedCollection", "items": 2, "total_items": 2},
    "lemmy/tombstone": {"kind": "tombstone", "iri": "https://lemmy.example/comment/77"},
    "piefed/group": {"kind": "actor", "type": "Group", "iri": "https://piefed.example/c/birds", "username": "birds", "moderators": "https://piefed.example/c/birds/moderators", "posting_restricted_to_mods": True, "image_url": None},
    "piefed/person": {"kind": "actor", "type": "Person", "iri": "https://piefed.example/u/rimu", "username": "rimu", "indexable": True, "summary": None},
    "piefed/follow": {"kind": "activity", "type": "Follow", "actor": "https://piefed.example/u/rimu", "object_iri": "https://local.example/c/bees"},
    "piefed/accept": {"kind": "activity", "type": "Accept", "actor": "https://piefed.example/c/birds", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "piefed/reject": {"kind": "activity", "type": "Reject", "actor": "https://piefed.example/c/birds", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "piefed/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/activities/follow/ab12", "inner": "Follow"},
    "piefed/page": {"kind": "object", "type": "Page", "iri": "https://piefed.example/post/9001", "author": "https://piefed.example/u/rimu", "name": "Fantails", "images": 1, "link_url": None, "language": "mi", "hashtags": ["birds", "Seen"], "visibility": "public"},
    "piefed/announce_create_page": {"kind": "activity", "type": "Announce", "actor": "https://piefed.example/c/birds", "object_iri": "https://piefed.example/activities/create/ab15", "inner": "Create"},
    "piefed/create_note": {"kind": "activity", "type": "Create", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/comment/9002", "inner": "Note", "audience": "https://local.example/c/bees"},
    "piefed/note": {"kind": "object", "type": "Note", "iri": "https://piefed.example/comment/9002", "author": "https://piefed.example/u/rimu", "in_reply_to": "https://local.example/post/q1", "visibility": "public", "mentions": 1},
    "piefed/update_note": {"kind": "activity", "type": "Update", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/comment/9002", "inner": "Note"},
    "piefed/delete": {"kind": "activity", "type": "Delete", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/post/9001"},
    "piefed/dislike": {"kind": "activity", "type": "Dislike", "actor": "https://piefed.example/u/rimu", "object_iri": "https://local.example/post/q1"},
    "piefed/announce_votes": {"kind": "activity", "type": "Announce", "actor": "https://piefed.example/c/birds", "object_iri": "https://piefed.example/activities/like/ab22", "inner": None},
    "piefed/announce_id": {"kind": "activity", "type": "Announce", "actor": "https://piefed.example/c/birds", "object_iri": "https://piefed.example/post/9001"},
    "mbin/group": {"kind": "actor", "type": "Group", "iri": "https://mbin.example/m/music", "username": "music", "moderators": "https://mbin.example/m/music/moderators", "featured": "https://mbin.example/m/music/pinned", "shared_inbox": "https://mbin.example/f/inbox"},
    "mbin/person": {"kind": "actor", "type": "Person", "iri": "https://mbin.example/u/ernest", "username": "ernest", "followers": "https://mbin.example/u/ernest/followers"},
    "mbin/follow": {"kind": "activity", "type": "Follow", "actor": "https://mbin.example/u/ernest", "object_iri": "https://local.example/c/bees"},
    "mbin/accept": {"kind": "activity", "type": "Accept", "actor": "https://mbin.example/m/music", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "mbin/reject": {"kind": "activity", "type": "Reject", "actor": "https://mbin.example/m/music", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "mbin/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://mbin.example/u/ernest", "object_iri": "https://mbin.example/f/object/1", "inner": "Follow"},
    "mbin/create_page": {"kind": "activity", "type": "Create", "actor": "https://mbin.example/u/ernest", "object_iri": "https://mbin.example/m/music/t/12", "inner": "Page"},
    "mbin/page": {"kind": "object", "type": "Page", "iri": "https://mbin.example/m/music/t/12", "author": "https://mbin.example/u/ernest", "name": "A record & a player", "content": None, "link_url": "https://records.example/1", "hashtags": ["music"], "visibility": "public"},
    "mbin/note": {"kind": "object", "type": "Note", "iri": "https://mbin.example/m/music/t/12/-/comment/34", "author": "https://mbin.example/u/ernest", "in_reply_to": "https://local.example/post/q1", "language": "en", "source_markdown": "Nice"},
    "mbin/update_page": {"kind": "activity", "type": "Update", "actor": "https://mbin.example/u/ernest", "object_iri": "https://mbin.example/m/music/t/12", "inner": "Page"},
    "mbin/delete": {"kind": "activity", "type": "Delete", "actor": "https://mbin.example/u/ernest", "object_iri": "https://mbin.example/m/music/t/12", "inner": "Tombstone"},
    "mbin/remove": {"kind": "activity", "type": "Delete", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/m/music/t/12", "summary": " "},
    "mbin/like": {"kind": "activity", "type": "Like", "actor": "https://mbin.example/u/ernest", "object_iri": "https://local.example/post/q1"},
    "mbin/announce_create_note": {"kind": "activity", "type": "Announce", "actor": "https://mbin.example/m/music", "object_iri": "https://mbin.example/f/object/11", "inner": "Create"},
    "mbin/announce_update_id": {"kind": "activity", "type": "Announce", "actor": "https://mbin.example/m/music", "object_iri": "https://mbin.example/f/object/6"},
    "mbin/lock": {"kind": "activity", "type": "Lock", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/m/music/t/12"},
    "mbin/undo_lock": {"kind": "activity", "type": "Undo", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/f/object/21", "inner": "Lock"},
    "mbin/add_featured": {"kind": "activity", "type": "Add", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/m/music/t/12", "target": "https://mbin.example/m/music/pinned"},
    "mbin/add_moderator": {"kind": "activity", "type": "Add", "actor": "https://mbin.example/u/mod", "object_iri": "https://local.example/u/ada", "target": "https://mbin.example/m/music/moderators"},
    "mbin/undo_remove": {"kind": "activity", "type": "Undo", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/f/object/8", "inner": "Delete"},
    "nodebb/group": {"kind": "actor", "type": "Group", "iri": "https://nodebb.example/category/5", "username": "announcements", "moderators": None},
    "nodebb/person": {"kind": "actor", "type": "Person", "iri": "https://nodebb.example/uid/1", "username": "julian", "url": "https://nodebb.example/user/julian"},
    "nodebb/follow": {"kind": "activity", "type": "Follow", "actor": "https://nodebb.example/uid/1", "object_iri": "https://local.example/c/bees"},
    "nodebb/accept": {"kind": "activity", "type": "Accept", "actor": "https://nodebb.example/category/5", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "nodebb/reject": {"kind": "activity", "type": "Reject", "actor": "https://nodebb.example/category/5", "object_iri": "https://local.example/activities/create/1", "inner": "Create"},
    "nodebb/create_article": {"kind": "activity", "type": "Create", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/post/90", "inner": "Article"},
    "nodebb/article": {"kind": "object", "type": "Article", "iri": "https://nodebb.example/post/90", "author": "https://nodebb.example/uid/1", "name": "Release notes", "images": 1, "audience": "https://nodebb.example/category/5", "visibility": "public", "hashtags": ["release"]},
    "nodebb/create_note": {"kind": "activity", "type": "Create", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/post/91", "inner": "Note"},
    "nodebb/update_note": {"kind": "activity", "type": "Update", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/post/91", "inner": "Note"},
    "nodebb/delete": {"kind": "activity", "type": "Delete", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/post/91"},
    "nodebb/like": {"kind": "activity", "type": "Like", "actor": "https://nodebb.example/uid/1", "object_iri": "https://local.example/post/q1"},
    "nodebb/undo_like": {"kind": "activity", "type": "Undo", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/uid/1#activity/like/x", "inner": "Like"},
    "nodebb/announce_article": {"kind": "activity", "type": "Announce", "actor": "https://nodebb.example/category/5", "object_iri": "https://nodebb.example/post/90", "inner": "Article"},
    "nodebb/announce_create": {"kind": "activity", "type": "Announce", "actor": "https://nodebb.example/category/5", "object_iri": "https://nodebb.example/post/90#activity/create/1793600000000", "inner": "Create"},
    "mastodon/person": {"kind": "actor", "type": "Person", "iri": "https://mastodon.example/users/eugen", "username": "eugen", "also_known_as": ["https://old.example/users/eugen"], "indexable": False, "discoverable": True, "url": "https://mastodon.example/@eugen", "followers": "https://mastodon.example/users/eugen/followers"},
    "mastodon/follow": {"kind": "activity", "type": "Follow", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/c/bees"},
    "mastodon/accept": {"kind": "activity", "type": "Accept", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "mastodon/reject": {"kind": "activity", "type": "Reject", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "mastodon/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/abcd-1", "inner": "Follow"},
    "mastodon/create_note": {"kind": "activity", "type": "Create", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/statuses/1100", "inner": "Note"},
    "mastodon/note": {"kind": "object", "type": "Note", "iri": "https://mastodon.example/users/eugen/statuses/1100", "author": "https://mastodon.example/users/eugen", "name": None, "images": 1, "mentions": 1, "hashtags": ["bees"], "language": "en", "visibility": "public", "replies": "https://mastodon.example/users/eugen/statuses/1100/replies", "url": "https://mastodon.example/@eugen/1100"},
    "mastodon/reply": {"kind": "object", "type": "Note", "iri": "https://mastodon.example/users/eugen/statuses/1101", "author": "https://mastodon.example/users/eugen", "in_reply_to": "https://local.example/comment/q2", "visibility": "unlisted", "mentions": 1},
    "mastodon/update_note": {"kind": "activity", "type": "Update", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/statuses/1100", "inner": "Note"},
    "mastodon/delete": {"kind": "activity", "type": "Delete", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/statuses/1100", "inner": "Tombstone"},
    "mastodon/delete_person": {"kind": "activity", "type": "Delete", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen"},
    "mastodon/like": {"kind": "activity", "type": "Like", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/post/q1"},
    "mastodon/undo_like": {"kind": "activity", "type": "Undo", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen#likes/1", "inner": "Like"},
    "mastodon/announce": {"kind": "activity", "type": "Announce", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/post/q1"},
    "mastodon/undo_announce": {"kind": "activity", "type": "Undo", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/statuses/1102/activity", "inner": "Announce"},
    "mastodon/update_person": {"kind": "activity", "type": "Update", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen", "inner": "Person"},
    "mastodon/flag": {"kind": "activity", "type": "Flag", "actor": "https://mastodon.example/actor", "object_iri": "https://local.example/u/ada", "content": "Please look"},
    "mastodon/move": {"kind": "activity", "type": "Move", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen", "target": "https://new.example/users/eugen"},
    "mastodon/featured": {"kind": "collection", "type": "OrderedCollection", "iri": "https://mastodon.example/users/eugen/collections/featured", "items": 2, "total_items": 2},
    "gotosocial/person": {"kind": "actor", "type": "Person", "iri": "https://gts.example/users/tobi", "username": "tobi", "discoverable": False, "manually_approves_followers": True, "shared_inbox": "https://gts.example/sharedInbox"},
    "gotosocial/key_stub": {"kind": "key", "iri": "https://gts.example/users/tobi/main-key", "owner": "https://gts.example/users/tobi"},
    "gotosocial/follow": {"kind": "activity", "type": "Follow", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/c/bees"},
    "gotosocial/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://gts.example/users/tobi", "object_iri": "https://gts.example/users/tobi/follow/01HY", "inner": "Follow"},
    "gotosocial/accept": {"kind": "activity", "type": "Accept", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/activities/follow/1"},
    "gotosocial/create_note": {"kind": "activity", "type": "Create", "actor": "https://gts.example/users/tobi", "object_iri": "https://gts.example/users/tobi/statuses/01HX", "inner": "Note"},
    "gotosocial/note": {"kind": "object", "type": "Note", "iri": "https://gts.example/users/tobi/statuses/01HX", "author": "https://gts.example/users/tobi", "in_reply_to": "https://local.example/post/q1", "visibility": "public", "mentions": 1, "published": "2026-11-03T08:00:00+00:00", "replies": "https://gts.example/users/tobi/statuses/01HX/replies"},
    "gotosocial/update_note": {"kind": "activity", "type": "Update", "actor": "https://gts.example/users/tobi", "object_iri": "https://gts.example/users/tobi/statuses/01HX", "inner": "Note"},
    "gotosocial/delete": {"kind": "activity", "type": "Delete", "actor": "https://gts.example/users/tobi", "object_iri": "https://gts.example/users/tobi/statuses/01HX"},
    "gotosocial/like": {"kind": "activity", "type": "Like", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/post/q1"},
    "gotosocial/announce": {"kind": "activity", "type": "Announce", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/post/q1"},
    "pleroma/person": {"kind": "actor", "type": "Person", "iri": "https://pleroma.example/users/lain", "username": "lain", "shared_inbox": "https://pleroma.example/inbox"},
    "pleroma/follow": {"kind": "activity", "type": "Follow", "actor": "https://pleroma.example/users/lain", "object_iri": "https://local.example/c/bees"},
    "pleroma/accept": {"kind": "activity", "type": "Accept", "actor": "https://pleroma.example/users/lain", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "pleroma/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://pleroma.example/users/lain", "object_iri": "https://pleroma.example/activities/1", "inner": "Follow"},
    "pleroma/create_note": {"kind": "activity", "type": "Create", "actor": "https://pleroma.example/users/lain", "object_iri": "https://pleroma.example/objects/aa11", "inner": "Note"},
    "pleroma/note": {"kind": "object", "type": "Note", "iri": "https://pleroma.example/objects/aa11", "author": "https://pleroma.example/users/lain", "in_reply_to": "https://local.example/post/q1", "visibility": "unlisted", "images": 1, "mentions": 1, "source_markdown": None, "context": "https://pleroma.example/contexts/1", "sensitive": False},
    "pleroma/update_note": {"kind": "activity", "type": "Update", "actor": "https://pleroma.example/users/lain", "object_iri": "https://pleroma.example/objects/aa11", "inner": "Note"},
    "pleroma/delete": {"kind": "activity", "type": "Delete", "actor": "https://pleroma.example/users/lain", "object_iri": "https://pleroma.example/objects/aa11"},
    "pleroma/like": {"kind": "activity", "type": "Like", "actor": "https://pleroma.example/users/lain", "object_iri": "https://local.example/post/q1"},
    "pleroma/emoji_react": {"kind": "activity", "type": "EmojiReact", "actor": "https://pleroma.example/users/lain", "object_iri": "https://local.example/post/q1", "content": "☕"},
    "pleroma/announce": {"kind": "activity", "type": "Announce", "actor": "https://pleroma.example/users/lain", "object_iri": "https://local.example/post/q1"},
    "misskey/person": {"kind": "actor", "type": "Person", "iri": "https://misskey.example/users/9abc", "username": "neko", "name": None, "icon_url": None, "shared_inbox": "https://misskey.example/inbox"},
    "misskey/follow": {"kind": "activity", "type": "Follow", "actor": "https://misskey.example/users/9abc", "object_iri": "https://local.example/c/bees"},
    "misskey/accept": {"kind": "activity", "type": "Accept", "actor": "https://misskey.example/users/9abc", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "misskey/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://misskey.example/users/9abc", "object_iri": "https://misskey.example/follows/1/2", "inner": "Follow"},
    "misskey/create_note": {"kind": "activity", "type": "Create", "actor": "https://misskey.example/users/9abc", "object_iri": "https://misskey.example/notes/9def", "inner": "Note"},
    "misskey/note": {"kind": "object", "type": "Note", "iri": "https://misskey.example/notes/9def", "author": "https://misskey.example/users/9abc", "quote": "https://local.example/post/q1", "source_markdown": None, "hashtags": ["cats"]},
    "misskey/delete": {"kind": "activity", "type": "Delete", "actor": "https://misskey.example/users/9abc", "object_iri": "https://misskey.example/notes/9def", "inner": "Tombstone"},
    "misskey/like": {"kind": "activity", "type": "Like", "actor": "https://misskey.example/users/9abc", "object_iri": "https://local.example/post/q1", "content": "👍"},
    "misskey/undo_like": {"kind": "activity", "type": "Undo", "actor": "https://misskey.example/users/9abc", "object_iri": "https://misskey.example/likes/1", "inner": "Like"},
    "misskey/announce": {"kind": "activity", "type": "Announce", "actor": "https://misskey.example/users/9abc", "object_iri": "https://local.example/post/q1"},
    "peertube/group": {"kind": "actor", "type": "Group", "iri": "https://peertube.example/video-channels/maya_films", "username": "maya_films", "owners": ["https://peertube.example/accounts/maya"], "moderators": None, "icon_url": "https://peertube.example/a120.jpg", "posting_restricted_to_mods": True, "url": "https://peertube.example/c/maya_films"},
    "peertube/video": {"kind": "object", "type": "Video", "iri": "https://peertube.example/videos/watch/11-22", "author": "https://peertube.example/accounts/maya", "group": "https://peertube.example/video-channels/maya_films", "name": "Wind & water", "content": None, "source_markdown": "**Wind** over water", "url": "https://peertube.example/w/1122", "link_url": "https://peertube.example/w/1122", "images": 1, "language": "fr", "hashtags": ["wind"], "sensitive": False},
    "peertube/create_video": {"kind": "activity", "type": "Create", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://peertube.example/videos/watch/11-22", "inner": "Video"},
    "peertube/announce_video": {"kind": "activity", "type": "Announce", "actor": "https://peertube.example/video-channels/maya_films", "object_iri": "https://peertube.example/videos/watch/11-22"},
    "peertube/note": {"kind": "object", "type": "Note", "iri": "https://peertube.example/videos/watch/11-22/comments/5", "author": "https://peertube.example/accounts/maya", "content": None, "source_markdown": "Merci *beaucoup*", "in_reply_to": "https://local.example/comment/q2"},
    "peertube/create_note": {"kind": "activity", "type": "Create", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://peertube.example/videos/watch/11-22/comments/5", "inner": "Note"},
    "peertube/update_video": {"kind": "activity", "type": "Update", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://peertube.example/videos/watch/11-22", "inner": "Video"},
    "peertube/delete": {"kind": "activity", "type": "Delete", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://peertube.example/videos/watch/11-22"},
    "peertube/like": {"kind": "activity", "type": "Like", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/post/q1"},
    "peertube/dislike": {"kind": "activity", "type": "Dislike", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/post/q1"},
    "peertube/view": {"kind": "activity", "type": "View", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://peertube.example/videos/watch/11-22"},
    "peertube/follow": {"kind": "activity", "type": "Follow", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/c/bees"},
    "friendica/group": {"kind": "actor", "type": "Group", "iri": "https://friendica.example/profile/forum", "username": "forum", "moderators": None, "owners": [], "followers": "https://friendica.example/followers/forum"},
    "friendica/create_article": {"kind": "activity", "type": "Create", "actor": "https://friendica.example/profile/mike", "object_iri": "https://friendica.example/objects/e1", "inner": "Article"},
    "friendica/article": {"kind": "object", "type": "Article", "iri": "https://friendica.example/objects/e1", "author": "https://friendica.example/profile/mike", "name": "From the forum", "visibility": "unlisted", "language": "de", "source_markdown": None, "mentions": 1, "summary": None},
    "friendica/update_article": {"kind": "activity", "type": "Update", "actor": "https://friendica.example/profile/mike", "object_iri": "https://friendica.example/objects/e1", "inner": "Article"},
    "friendica/delete": {"kind": "activity", "type": "Delete", "actor": "https://friendica.example/profile/mike", "object_iri": "https://friendica.example/objects/e1", "inner": "Tombstone"},
    "friendica/like": {"kind": "activity", "type": "Like", "actor": "https://friendica.example/profile/mike", "object_iri": "https://local.example/post/q1"},
    "friendica/dislike": {"kind": "activity", "type": "Dislike", "actor": "https://friendica.example/profile/mike", "object_iri": "https://local.example/post/q1"},
    "friendica/undo_dislike": {"kind": "activity", "type": "Undo", "actor": "https://friendica.example/profile/mike", "object_iri": "https://friendica.example/objects/e4", "inner": "Dislike"},
    "friendica/announce": {"kind": "activity", "type": "Announce", "actor": "https://friendica.example/profile/forum", "object_iri": "https://friendica.example/objects/e1"},
    "friendica/follow": {"kind": "activity", "type": "Follow", "actor": "https://friendica.example/profile/mike", "object_iri": "https://local.example/c/bees"},
    "discourse/group": {"kind": "actor", "type": "Group", "iri": "https://discourse.example/ap/actor/gg", "username": "general", "shared_inbox": None},
    "discourse/create_article": {"kind": "activity", "type": "Create", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://discourse.example/ap/object/o1", "inner": "Article"},
    "discourse/article": {"kind": "object", "type": "Article", "iri": "https://discourse.example/ap/object/o1", "author": "https://discourse.example/ap/actor/aa", "audience": "https://discourse.example/ap/actor/gg", "context": "https://discourse.example/ap/collection/c1"},
    "discourse/create_note": {"kind": "activity", "type": "Create", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://discourse.example/ap/object/o2", "inner": "Note"},
    "discourse/follow": {"kind": "activity", "type": "Follow", "actor": "https://discourse.example/ap/actor/gg", "object_iri": "https://local.example/c/bees", "inner": "Group"},
    "discourse/accept": {"kind": "activity", "type": "Accept", "actor": "https://discourse.example/ap/actor/gg", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "discourse/like": {"kind": "activity", "type": "Like", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://local.example/post/q1"},
    "discourse/update_article": {"kind": "activity", "type": "Update", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://discourse.example/ap/object/o1", "inner": "Article"},
    "discourse/delete": {"kind": "activity", "type": "Delete", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://discourse.example/ap/object/o1", "inner": "Tombstone"},
    "discourse/announce_create": {"kind": "activity", "type": "Announce", "actor": "https://discourse.example/ap/actor/gg", "object_iri": "https://discourse.example/ap/activity/1", "inner": "Create"},
    "discourse/undo_like": {"kind": "activity", "type": "Undo", "actor": "https://discourse.example/ap/actor/aa", "object_iri": "https://discourse.example/ap/activity/5", "inner": "Like"},
    "wordpress/group": {"kind": "actor", "type": "Group", "iri": "https://blog.example/?author=0", "username": "blog.example", "owners": ["https://blog.example/?author=1"], "moderators": None, "webfinger": "blog.example@blog.example", "icon_url": "https://blog.example/icon.png"},
    "wordpress/article": {"kind": "object", "type": "Article", "iri": "https://blog.example/2026/11/hives/", "author": "https://blog.example/?author=1", "name": "Hives", "images": 1, "hashtags": ["bees"], "published": "2026-11-03T09:00:00+00:00", "language": "en-us", "url": "https://blog.example/2026/11/hives/"},
    "wordpress/create_article": {"kind": "activity", "type": "Create", "actor": "https://blog.example/?author=1", "object_iri": "https://blog.example/2026/11/hives/", "inner": "Article"},
    "wordpress/announce_article": {"kind": "activity", "type": "Announce", "actor": "https://blog.example/?author=0", "object_iri": "https://blog.example/2026/11/hives/"},
    "wordpress/note": {"kind": "object", "type": "Note", "iri": "https://blog.example/?c=5", "author": "https://blog.example/?author=1", "in_reply_to": "https://local.example/comment/q2", "content": "<p>und</p>", "published": "2026-11-03T09:00:00+00:00"},
    "wordpress/accept": {"kind": "activity", "type": "Accept", "actor": "https://blog.example/?author=0", "object_iri": "https://local.example/activities/follow/1", "inner": "Follow"},
    "wordpress/follow": {"kind": "activity", "type": "Follow", "actor": "https://blog.example/?author=1", "object_iri": "https://local.example/c/bees"},
    "wordpress/undo_follow": {"kind": "activity", "type": "Undo", "actor": "https://blog.example/?author=1", "object_iri": "https://blog.example/?author=1#follow-2"},
    "wordpress/update_group": {"kind": "activity", "type": "Update", "actor": "https://blog.example/?author=0", "object_iri": "https://blog.example/?author=0", "inner": "Group"},
    "wordpress/delete": {"kind": "activity", "type": "Delete", "actor": "https://blog.example/?author=1", "object_iri": "https://blog.example/2026/11/hives/"},
    "wordpress/like": {"kind": "activity", "type": "Like", "actor": "https://blog.example/?author=1", "object_iri": "https://local.example/post/q1"},
    "piefed/move": {"kind": "activity", "type": "Move", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/post/9001", "origin": "https://piefed.example/c/birds", "target": "https://piefed.example/c/photos"},
    "nodebb/move_topic": {"kind": "activity", "type": "Move", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/topic/9", "origin": "https://nodebb.example/category/5", "target": "https://nodebb.example/category/6"},
    "nodebb/follow_by_category": {"kind": "activity", "type": "Follow", "actor": "https://nodebb.example/category/5", "object_iri": "https://local.example/c/bees"},
    "nodebb/add_topic": {"kind": "activity", "type": "Add", "actor": "https://nodebb.example/category/2", "object_iri": "https://nodebb.example/topic/40", "target": "https://nodebb.example/category/2"},
    "nodebb/remove_topic": {"kind": "activity", "type": "Remove", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/topic/40", "target": "https://nodebb.example/category/2"},
    "nodebb/update_group": {"kind": "activity", "type": "Update", "actor": "https://nodebb.example/category/2", "object_iri": "https://nodebb.example/category/2", "inner": "Group"},
    "gotosocial/move": {"kind": "activity", "type": "Move", "actor": "https://gts.example/users/zork", "object_iri": "https://gts.example/users/zork", "target": "https://new.example/users/zork"},
    "lemmy/feed": {"kind": "actor", "type": "Feed", "iri": "https://lemmy.example/m/nature", "username": "nature", "following": "https://lemmy.example/m/nature/following", "key": "https://lemmy.example/m/nature#main-key"},
    "lemmy/feed_following": {"kind": "collection", "type": "Collection", "iri": "https://lemmy.example/m/nature/following", "items": 2, "total_items": 2},
    "lemmy/update_feed": {"kind": "activity", "type": "Update", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/m/nature", "inner": "Feed"},
    "lemmy/lock_note": {"kind": "activity", "type": "Lock", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/comment/77"},
    "lemmy/undo_lock_page": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/activities/lock/9", "inner": "Lock", "summary": "Open again"},
    "lemmy/add_moderator": {"kind": "activity", "type": "Add", "actor": "https://lemmy.example/u/mod", "object_iri": "https://local.example/u/ada", "target": "https://lemmy.example/c/gardening/moderators"},
    "lemmy/remove_moderator": {"kind": "activity", "type": "Remove", "actor": "https://lemmy.example/u/mod", "object_iri": "https://local.example/u/ada", "target": "https://lemmy.example/c/gardening/moderators"},
    "lemmy/remove_note": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/comment/77", "summary": "Rude"},
    "lemmy/undo_delete_page": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/ripley", "object_iri": "https://lemmy.example/activities/delete/d1", "inner": "Delete"},
    "lemmy/delete_group": {"kind": "activity", "type": "Delete", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/c/gardening"},
    "piefed/feed": {"kind": "actor", "type": "Feed", "iri": "https://piefed.example/f/outdoors", "username": "outdoors", "following": "https://piefed.example/f/outdoors/following", "key": "https://piefed.example/f/outdoors#main-key"},
    "piefed/announce_add_to_feed": {"kind": "activity", "type": "Announce", "actor": "https://piefed.example/f/outdoors", "object_iri": "https://piefed.example/activities/add/ab42", "inner": "Add"},
    "piefed/announce_lock": {"kind": "activity", "type": "Announce", "actor": "https://piefed.example/c/birds", "object_iri": "https://piefed.example/activities/lock/ab31", "inner": "Lock"},
    "piefed/undo_lock": {"kind": "activity", "type": "Undo", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/activities/lock/ab31", "inner": "Lock"},
    "piefed/add_featured": {"kind": "activity", "type": "Add", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/post/9001", "target": "https://piefed.example/c/birds/featured"},
    "piefed/remove_moderator": {"kind": "activity", "type": "Remove", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/u/old", "target": "https://piefed.example/c/birds/moderators"},
    "piefed/remove_page": {"kind": "activity", "type": "Delete", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/post/9001", "summary": "Off topic"},
    "piefed/undo_remove_page": {"kind": "activity", "type": "Undo", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/activities/delete/ab35", "inner": "Delete"},
    "piefed/update_group": {"kind": "activity", "type": "Update", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/c/birds", "inner": "Group"},
    "wordpress/create_by_blog": {"kind": "activity", "type": "Create", "actor": "https://blog.example/?author=0", "object_iri": "https://blog.example/?p=77", "inner": "Article"},
    "lemmy/undo_block_person": {"kind": "activity", "type": "Undo", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/activities/block/7", "inner": "Block"},
    "lemmy/block_from_site": {"kind": "activity", "type": "Block", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/u/troll", "target": "https://lemmy.example/", "summary": "Spam"},
    "lemmy/announce_block_person": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://lemmy.example/activities/block/7", "inner": "Block"},
    "lemmy/announce_flag": {"kind": "activity", "type": "Announce", "actor": "https://lemmy.example/c/gardening", "object_iri": "https://lemmy.example/activities/flag/3", "inner": "Flag"},
    "lemmy/resolve": {"kind": "activity", "type": "Resolve", "actor": "https://lemmy.example/u/mod", "object_iri": "https://lemmy.example/activities/flag/44", "inner": "Flag"},
    "lemmy/warn": {"kind": "activity", "type": "Warn", "actor": "https://lemmy.example/u/mod", "object_iri": "https://local.example/post/q1", "summary": "Be kind, please"},
    "piefed/block_person": {"kind": "activity", "type": "Block", "actor": "https://piefed.example/u/rimu", "object_iri": "https://local.example/u/ada", "target": "https://piefed.example/c/birds", "summary": "Spam"},
    "piefed/undo_block_person": {"kind": "activity", "type": "Undo", "actor": "https://piefed.example/u/rimu", "object_iri": "https://piefed.example/activities/block/ab32", "inner": "Block"},
    "piefed/flag": {"kind": "activity", "type": "Flag", "actor": "https://piefed.example/u/rimu", "object_iri": "https://local.example/post/q1", "summary": "Spam - and rude"},
    "mbin/block_person": {"kind": "activity", "type": "Block", "actor": "https://mbin.example/u/mod", "object_iri": "https://local.example/u/ada", "target": "https://mbin.example/m/music", "summary": "Spam"},
    "mbin/undo_block_person": {"kind": "activity", "type": "Undo", "actor": "https://mbin.example/u/mod", "object_iri": "https://mbin.example/f/object/31", "inner": "Block"},
    "mbin/flag": {"kind": "activity", "type": "Flag", "actor": "https://mbin.example/u/ernest", "object_iri": "https://local.example/post/q1", "summary": "Rude", "content": "Rude"},
    "mastodon/block": {"kind": "activity", "type": "Block", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/u/ada"},
    "mastodon/undo_block": {"kind": "activity", "type": "Undo", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen#blocks/9", "inner": "Block"},
    "peertube/flag": {"kind": "activity", "type": "Flag", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/comment/q2", "content": ""},
    "peertube/flag_without_reason": {"kind": "activity", "type": "Flag", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/u/ada"},
    "nodebb/flag": {"kind": "activity", "type": "Flag", "actor": "https://nodebb.example/uid/1", "object_iri": "https://local.example/post/q1", "content": "Off topic"},
    "nodebb/undo_flag": {"kind": "activity", "type": "Undo", "actor": "https://nodebb.example/uid/1", "object_iri": "https://nodebb.example/post/https%3A%2F%2Flocal.example%2Fpost%2Fq1#activity/flag/1", "inner": "Flag"},
    "mastodon/note_quote": {"kind": "object", "type": "Note", "iri": "https://mastodon.example/users/eugen/statuses/77", "author": "https://mastodon.example/users/eugen", "quote": "https://local.example/post/q1", "media": 1, "emojis": 1, "images": 1, "language": "en", "quote_stamp": None},
    "mastodon/quote_request": {"kind": "activity", "type": "QuoteRequest", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/post/q1"},
    "mastodon/accept_quote": {"kind": "activity", "type": "Accept", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://local.example/activities/quoterequest/1", "inner": "QuoteRequest"},
    "mastodon/quote_authorization": {"kind": "object", "type": "QuoteAuthorization", "iri": "https://mastodon.example/users/eugen/quote_authorizations/5", "author": "https://mastodon.example/users/eugen"},
    "mastodon/delete_stamp": {"kind": "activity", "type": "Delete", "actor": "https://mastodon.example/users/eugen", "object_iri": "https://mastodon.example/users/eugen/quote_authorizations/5", "inner": "QuoteAuthorization"},
    "gotosocial/like_request": {"kind": "activity", "type": "LikeRequest", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/post/q1"},
    "gotosocial/reply_request": {"kind": "activity", "type": "ReplyRequest", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/post/q1"},
    "gotosocial/announce_request": {"kind": "activity", "type": "AnnounceRequest", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/post/q1"},
    "gotosocial/accept_reply": {"kind": "activity", "type": "Accept", "actor": "https://gts.example/users/tobi", "object_iri": "https://local.example/comment/q2", "inner": "Note"},
    "gotosocial/note_policy": {"kind": "object", "type": "Note", "iri": "https://gts.example/users/tobi/statuses/05", "author": "https://gts.example/users/tobi", "emojis": 1, "approved_by": "https://gts.example/approvals/1"},
    "gotosocial/reply_approval": {"kind": "object", "type": "ReplyApproval", "iri": "https://gts.example/users/tobi/reply_approvals/04", "author": "https://gts.example/users/tobi"},
    "akkoma/emoji_react": {"kind": "activity", "type": "EmojiReact", "actor": "https://akkoma.example/users/lain", "object_iri": "https://local.example/post/q1", "content": ":rose:"},
    "akkoma/undo_emoji_react": {"kind": "activity", "type": "Undo", "actor": "https://akkoma.example/users/lain", "object_iri": "https://akkoma.example/activities/7", "inner": "EmojiReact"},
    "akkoma/note": {"kind": "object", "type": "Note", "iri": "https://akkoma.example/objects/1", "author": "https://akkoma.example/users/lain", "quote": "https://local.example/post/q1", "media": 1, "hashtags": ["bees"], "sensitive": False},
    "pixelfed/note": {"kind": "object", "type": "Note", "iri": "https://pixelfed.example/p/pix/1", "author": "https://pixelfed.example/users/pix", "media": 2, "images": 2, "hashtags": ["bees"]},
    "pixelfed/like": {"kind": "activity", "type": "Like", "actor": "https://pixelfed.example/users/pix", "object_iri": "https://local.example/post/q1", "content": None},
    "misskey/like_custom": {"kind": "activity", "type": "Like", "actor": "https://misskey.example/users/9abc", "object_iri": "https://local.example/post/q1", "content": ":blobcat:"},
    "piefed/like_emoji": {"kind": "activity", "type": "Like", "actor": "https://piefed.example/u/rimu", "object_iri": "https://local.example/post/q1", "content": "🌹"},
    "peertube/approve_reply": {"kind": "activity", "type": "ApproveReply", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/comment/q2"},
    "peertube/reject_reply": {"kind": "activity", "type": "RejectReply", "actor": "https://peertube.example/accounts/maya", "object_iri": "https://local.example/comment/q2"},
}
# fmt: on
EXPECTED |= GATHERINGS | ACTS

# Mastodon tells so which of somebody's own posts they have pinned.
NAMELESS = ("mastodon/add_featured", "mastodon/remove_featured")
# What the table calls otherwise than the document does.
ELSEWHERE = {"username": "preferred_username", "author": "attributed_to", "group": "group_attribution"}
COUNTED = {"images", "mentions", "items", "media", "emojis"}
READERS = {
    "activity": reading.read_activity,
    "actor": reading.read_actor,
    "object": reading.read_object,
    "collection": reading.read_collection,
    "tombstone": reading.read_tombstone,
    "key": reading.read_key,
}


def said(document, name):
    if name == "inner":
        return document.inner["type"] if document.inner else None
    if name == "visibility":
        return addressing.visibility(document.to, document.cc, None)
    if name == "key":
        return document.public_keys[0].iri if document.public_keys else None
    value = getattr(document, ELSEWHERE.get(name, name))
    if name in COUNTED:
        return len(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


@pytest.mark.parametrize("name", EXPECTED)
def test_a_peers_document_is_understood(name):
    raw = strictjson.load((WIRE / f"{name}.json").read_bytes())
    expected = dict(EXPECTED[name])
    kind = expected.pop("kind")
    assert reading.kind_of(raw) == kind
    document = READERS[kind](raw)
    assert {field: said(document, field) for field in expected} == expected


@pytest.mark.parametrize("name", [name for name, one in EXPECTED.items() if one["kind"] == "activity"])
def test_what_an_activity_carries_is_understood_too(name):
    activity = reading.read_activity(strictjson.load((WIRE / f"{name}.json").read_bytes()))
    answers_a_post = name == "gotosocial/accept_reply"
    if (
        activity.inner is None or activity.type in {"Follow", "Like"} or answers_a_post
    ):  # there it is a mere reference
        return
    kind = reading.kind_of(activity.inner)
    inner = READERS[kind](activity.inner)
    assert inner.iri == activity.object_iri
    if kind == "object" and activity.type in {"Create", "Update"}:
        assert inner.attributed_to == activity.actor


@pytest.mark.parametrize("name", NAMELESS)
def test_an_activity_without_an_id_is_none(name):
    with pytest.raises(Malformed, match="`id` must be one https address"):
        reading.read_activity(strictjson.load((WIRE / f"{name}.json").read_bytes()))


def test_every_sample_is_in_the_table():
    found = {str(path.relative_to(WIRE).with_suffix("")) for path in WIRE.glob("*/*.json")}
    assert found == {*EXPECTED, *NAMELESS}


def test_every_software_is_sampled():
    assert {path.name for path in WIRE.iterdir() if path.is_dir()} == {
        "akkoma", "discourse", "friendica", "gancio", "gotosocial", "lemmy", "mastodon", "mbin", "misskey", "mobilizon",
        "nodebb", "peertube", "piefed", "pixelfed", "pleroma", "wordpress",
    }  # fmt: skip


def test_the_samples_name_no_real_host():
    for path in WIRE.glob("*/*.json"):
        for text in strings(json.loads(path.read_text())):
            if text.startswith("https://"):
                host = text.split("/")[2]
                assert host.endswith(".example") or host in PUBLISHED, f"{path}: {text}"


PUBLISHED = {"joinmobilizon.org", "www.w3.org", "w3id.org", "join-lemmy.org", "gotosocial.org", "joinpeertube.org",
             "misskey-hub.net", "diasporafoundation.org"}  # fmt: skip


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from strings(one)
