"""The JSON-LD contexts that the node knows, as data written from the published vocabularies.

Only the meaning of terms matters to us, so these say each term's IRI and kind and nothing else. Where the
published ActivityStreams context catches unknown terms with `@vocab`, ours drops them: that is how
`jsonld.lost_terms` finds what nobody could read.
"""

from __future__ import annotations

from typing import Any, Final

from node.activitypub.vocabulary import ACTIVITYSTREAMS, DATA_INTEGRITY, DID, LEMMY, MULTIKEY, SECURITY

_XSD = "http://www.w3.org/2001/XMLSchema#"
_SEC = "https://w3id.org/security#"

_AS_TYPES = (
    "Accept Activity Add Announce Application Arrive Article Audio Block Collection CollectionPage Create "
    "Delete Dislike Document Event Flag Follow Group Ignore Image IntransitiveActivity Invite Join Leave Like "
    "Link Listen Mention Move Note Object Offer OrderedCollection OrderedCollectionPage Organization Page "
    "Person Place Profile Question Read Reject Relationship Remove Service TentativeAccept TentativeReject "
    "Tombstone Travel Undo Update Video View IsFollowing IsFollowedBy IsContact IsMember"
)
_AS_IDS = (
    "actor anyOf attachment attributedTo audience bcc bto cc context current describes first followers "
    "following formerType generator href icon image inReplyTo instrument items last liked likes location next object "
    "oneOf origin partOf prev preview proxyUrl relationship replies result shares sharedInbox signClientKey "
    "provideClientKey oauthAuthorizationEndpoint oauthTokenEndpoint streams subject tag target to uploadMedia "
    "url"
)
_AS_PLAIN = "content hreflang mediaType name rel summary units preferredUsername"
_AS_TYPED = {
    "accuracy": "float",
    "altitude": "float",
    "closed": "dateTime",
    "deleted": "dateTime",
    "duration": "duration",
    "endTime": "dateTime",
    "height": "nonNegativeInteger",
    "latitude": "float",
    "longitude": "float",
    "published": "dateTime",
    "radius": "float",
    "startIndex": "nonNegativeInteger",
    "startTime": "dateTime",
    "totalItems": "nonNegativeInteger",
    "updated": "dateTime",
    "width": "nonNegativeInteger",
}


def _ids(namespace: str, terms: str) -> dict[str, Any]:
    return {term: {"@id": f"{namespace}{term}", "@type": "@id"} for term in terms.split()}


def _plain(namespace: str, terms: str) -> dict[str, Any]:
    return {term: f"{namespace}{term}" for term in terms.split()}


_ACTIVITYSTREAMS: dict[str, Any] = {
    "xsd": _XSD,
    "as": f"{ACTIVITYSTREAMS}#",
    "ldp": "http://www.w3.org/ns/ldp#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "id": "@id",
    "type": "@type",
    **_plain("as:", _AS_TYPES),
    **_plain("as:", _AS_PLAIN),
    **_ids("as:", _AS_IDS),
    **{term: {"@id": f"as:{term}", "@type": f"xsd:{kind}"} for term, kind in _AS_TYPED.items()},
    **{
        f"{term}Map": {"@id": f"as:{term}", "@container": "@language"}
        for term in ("content", "name", "summary")
    },
    "orderedItems": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "outbox": {"@id": "as:outbox", "@type": "@id"},
    "inbox": {"@id": "ldp:inbox", "@type": "@id"},
    "endpoints": {"@id": "as:endpoints", "@type": "@id"},
    "Public": {"@id": "as:Public", "@type": "@id"},
    "source": "as:source",
}
_SECURITY: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "dc": "http://purl.org/dc/terms/",
    "sec": _SEC,
    "xsd": _XSD,
    **_plain("sec:", "publicKeyPem signatureValue nonce domain"),
    "CryptographicKey": "sec:Key",
    "Ed25519Signature2018": "sec:Ed25519Signature2018",
    **_ids("sec:", "owner publicKey publicKeyService privateKey"),
    "created": {"@id": "dc:created", "@type": "xsd:dateTime"},
    "creator": {"@id": "dc:creator", "@type": "@id"},
}
_LEMMY: dict[str, Any] = {
    "lemmy": "https://join-lemmy.org/ns#",
    "litepub": "http://litepub.social/ns#",
    "pt": "https://joinpeertube.org/ns#",
    "sc": "http://schema.org/",
    "ChatMessage": "litepub:ChatMessage",
    "sensitive": "as:sensitive",
    "expires": "as:endTime",
    "commentsEnabled": "pt:commentsEnabled",
    "language": "sc:inLanguage",
    "identifier": "sc:identifier",
    **_plain("lemmy:", "distinguished matrixUserId postingRestrictedToMods removeData stickied"),
    "moderators": {"@id": "lemmy:moderators", "@type": "@id"},
}
# What these two define is defined inside a key and a proof only.
_MULTIKEY: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "Multikey": {
        "@id": f"{_SEC}Multikey",
        "@context": {
            "controller": {"@id": f"{_SEC}controller", "@type": "@id"},
            "publicKeyMultibase": {"@id": f"{_SEC}publicKeyMultibase", "@type": f"{_SEC}multibase"},
        },
    },
}
_DATA_INTEGRITY: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "proof": {"@id": f"{_SEC}proof", "@type": "@id", "@container": "@graph"},
    "DataIntegrityProof": {
        "@id": f"{_SEC}DataIntegrityProof",
        "@context": {
            "cryptosuite": f"{_SEC}cryptosuite",
            "proofPurpose": {
                "@id": f"{_SEC}proofPurpose",
                "@type": "@vocab",
                "@context": {
                    "assertionMethod": {"@id": f"{_SEC}assertionMethod", "@type": "@id", "@container": "@set"}
                },
            },
            "proofValue": {"@id": f"{_SEC}proofValue", "@type": f"{_SEC}multibase"},
            "verificationMethod": {"@id": f"{_SEC}verificationMethod", "@type": "@id"},
            "created": {"@id": "http://purl.org/dc/terms/created", "@type": f"{_XSD}dateTime"},
        },
    },
}
_DID: dict[str, Any] = {
    "id": "@id",
    "type": "@type",
    "alsoKnownAs": {"@id": f"{ACTIVITYSTREAMS}#alsoKnownAs", "@type": "@id"},
    "assertionMethod": {"@id": f"{_SEC}assertionMethod", "@type": "@id", "@container": "@set"},
}

BUNDLED: Final[dict[str, dict[str, Any]]] = {
    ACTIVITYSTREAMS: {"@context": _ACTIVITYSTREAMS},
    SECURITY: {"@context": _SECURITY},
    LEMMY: {"@context": [_ACTIVITYSTREAMS, _SECURITY, _LEMMY]},
    MULTIKEY: {"@context": _MULTIKEY},
    DATA_INTEGRITY: {"@context": _DATA_INTEGRITY},
    DID: {"@context": _DID},
}
