"""The words of the protocol: types, addresses, contexts, media types, limits."""

from __future__ import annotations

from typing import Any, Final

ACTIVITYSTREAMS: Final = "https://www.w3.org/ns/activitystreams"
SECURITY: Final = "https://w3id.org/security/v1"
LEMMY: Final = "https://join-lemmy.org/context.json"
MULTIKEY: Final = "https://w3id.org/security/multikey/v1"
DATA_INTEGRITY: Final = "https://w3id.org/security/data-integrity/v1"
DID: Final = "https://www.w3.org/ns/did/v1"

PUBLIC: Final = f"{ACTIVITYSTREAMS}#Public"
PUBLIC_SPELLINGS: Final = frozenset({PUBLIC, "as:Public", "Public"})

ACTIVITY_TYPES: Final = frozenset(
    {
        "Accept", "Add", "Announce", "AnnounceRequest", "ApproveReply", "Arrive", "Block", "ChooseAnswer", "Create", "Delete",
        "Dislike", "EmojiReact", "Flag", "Follow", "Ignore", "Invite", "Join", "Leave", "Like", "LikeRequest",
        "Listen", "Lock", "Move", "Offer", "PollVote", "QuoteRequest", "Read", "Reject", "RejectReply", "Remove",
        "ReplyRequest", "Resolve",
        "TentativeAccept", "TentativeReject", "Travel", "Undo", "Update", "View", "Warn", "WatchAction",
    }
)  # fmt: skip
ACTOR_TYPES: Final = frozenset({"Application", "Feed", "Group", "Organization", "Person", "Service"})
GROUP_TYPES: Final = frozenset({"Group", "Feed"})
OBJECT_TYPES: Final = frozenset(
    {
        "AnnounceApproval", "Article", "Audio", "ChatMessage", "Document", "Event", "Image", "Link",
        "LikeApproval", "Note", "Page", "Place", "Profile", "Question", "QuoteAuthorization", "Relationship",
        "ReplyApproval", "Video",
    }
)  # fmt: skip
THREAD_TYPES: Final = frozenset({"Article", "Event", "Link", "Note", "Page", "Question", "Video"})
COLLECTION_TYPES: Final = frozenset(
    {"Collection", "CollectionPage", "OrderedCollection", "OrderedCollectionPage"}
)
KEY_TYPES: Final = frozenset({"CryptographicKey", "Key", "Multikey"})
TOMBSTONE: Final = "Tombstone"

ACTIVITY_JSON: Final = "application/activity+json"
LD_JSON: Final = f'application/ld+json; profile="{ACTIVITYSTREAMS}"'
JRD_JSON: Final = "application/jrd+json"
XRD_XML: Final = "application/xrd+xml"
HTML: Final = "text/html"
MARKDOWN: Final = "text/markdown"
PLAIN: Final = "text/plain"

# THREATS.md 0.2; lengths in characters.
MAX_IRI: Final = 2048
MAX_CONTENT: Final = 100_000
MAX_NAME: Final = 200
MAX_SUMMARY: Final = 5_000
MAX_TAGS: Final = 64
MAX_ATTACHMENTS: Final = 16
MAX_ADDRESSEES: Final = 1_000
MAX_PEM: Final = 8 * 1024

_GTS_IDS: Final = {
    term: {"@id": f"gts:{term}", "@type": "@id"}
    for term in (
        "approvedBy", "automaticApproval", "canAnnounce", "canLike", "canQuote", "canReply", "interactingObject",
        "interactionPolicy", "interactionTarget", "manualApproval",
    )
}  # fmt: skip
_GTS_TYPES: Final = {
    f"{deed}{kind}": f"gts:{deed}{kind}"
    for deed in ("Announce", "Like", "Reply")
    for kind in ("Approval", "Request")
}

# Terms that the three published contexts lack. Everything we send must expand (test_jsonld).
EXTENSION_TERMS: Final[dict[str, Any]] = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "lemmy": "https://join-lemmy.org/ns#",
    "gts": "https://gotosocial.org/ns#",
    "misskey": "https://misskey-hub.net/ns#",
    "fep044f": "https://w3id.org/fep/044f#",
    "Multikey": "sec:Multikey",
    "assertionMethod": {"@id": "sec:assertionMethod", "@type": "@id"},
    "controller": {"@id": "sec:controller", "@type": "@id"},
    "publicKeyMultibase": {"@id": "sec:publicKeyMultibase", "@type": "sec:multibase"},
    "Hashtag": "as:Hashtag",
    "Emoji": "toot:Emoji",
    "EmojiReact": "http://litepub.social/ns#EmojiReact",
    "sensitive": "as:sensitive",
    "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
    "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
    "movedTo": {"@id": "as:movedTo", "@type": "@id"},
    "featured": {"@id": "toot:featured", "@type": "@id"},
    "discoverable": "toot:discoverable",
    "indexable": "toot:indexable",
    "blurhash": "toot:blurhash",
    "votersCount": "toot:votersCount",
    "PropertyValue": "schema:PropertyValue",
    "value": "schema:value",
    "description": "schema:description",
    "webfinger": "https://purl.archive.org/socialweb/webfinger#webfinger",
    "CommunityPostTag": "lemmy:CommunityPostTag",
    "withReplies": "lemmy:withReplies",
    **{term: f"lemmy:{term}" for term in ("Lock", "Resolve", "Warn", "restoreData")},
    **_GTS_IDS,
    **_GTS_TYPES,
    "focalPoint": {"@id": "toot:focalPoint", "@container": "@list"},
    "quote": {"@id": "fep044f:quote", "@type": "@id"},
    "quoteAuthorization": {"@id": "fep044f:quoteAuthorization", "@type": "@id"},
    "QuoteAuthorization": "fep044f:QuoteAuthorization",
    "QuoteRequest": "fep044f:QuoteRequest",
    "quoteUri": "http://fedibird.com/ns#quoteUri",
    "_misskey_quote": "misskey:_misskey_quote",
    "_misskey_reaction": "misskey:_misskey_reaction",
}
CONTEXT: Final[list[Any]] = [ACTIVITYSTREAMS, SECURITY, LEMMY, EXTENSION_TERMS]
"""For actors, posts, and whatever carries one."""
# What events say, in the words of Mobilizon and FEP-8a8e.
EVENT_TERMS: Final[dict[str, Any]] = {
    "mz": "https://joinmobilizon.org/ns#",
    "ical": "http://www.w3.org/2002/12/cal/ical#",
    "gatherings": "https://w3id.org/fep/8a8e#",
    "PostalAddress": "schema:PostalAddress",
    "VirtualLocation": "schema:VirtualLocation",
    "address": "schema:address",
    "streetAddress": "schema:streetAddress",
    "category": "schema:category",
    "maximumAttendeeCapacity": "schema:maximumAttendeeCapacity",
    "remainingAttendeeCapacity": "schema:remainingAttendeeCapacity",
    "timezone": "mz:timezone",
    "isOnline": "mz:isOnline",
    "joinMode": "mz:joinMode",
    "externalParticipationUrl": "mz:externalParticipationUrl",
    "anonymousParticipationEnabled": "mz:anonymousParticipationEnabled",
    "participantCount": "mz:participantCount",
    "participationMessage": "mz:participationMessage",
    "repliesModerationOption": "mz:repliesModerationOption",
    "attendees": {"@id": "gatherings:attendees", "@type": "@id"},
    "displayEndTime": "gatherings:displayEndTime",
}
EVENT_CONTEXT: Final[list[Any]] = [*CONTEXT, EVENT_TERMS]
"""For events, and whatever carries one."""
PLAIN_CONTEXT: Final = ACTIVITYSTREAMS
"""For follows, votes, announcements by id, tombstones, lists of ids: a tenth of the bytes."""
