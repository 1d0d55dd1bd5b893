"""What the samples of polls and events under tests/wire say, in the terms of test_wire.py."""

from __future__ import annotations

EUGEN, RIMU, LAIN = (
    "https://mastodon.example/users/eugen",
    "https://piefed.example/u/rimu",
    "https://pleroma.example/users/lain",
)
TOM, DANCERS = "https://mobilizon.example/@tom", "https://mobilizon.example/@dancers"
REELS, FORGE = "https://mobilizon.example/events/b81c", "https://gancio.example/federation/m/12"
GANCIO = "https://gancio.example/federation/u/events"
POLL, PARTY = "https://local.example/post/q1", "https://local.example/post/e1"
ADA, BEES = "https://local.example/u/ada", "https://local.example/c/bees"


def activity(kind: str, actor: str, obj: str, **more: object) -> dict[str, object]:
    return {"kind": "activity", "type": kind, "actor": actor, "object_iri": obj, **more}


def post(kind: str, author: str, iri: str, **more: object) -> dict[str, object]:
    return {"kind": "object", "type": kind, "author": author, "iri": iri, **more}


GATHERINGS: dict[str, dict[str, object]] = {
    "mastodon/question": post("Question", EUGEN, f"{EUGEN}/statuses/1300", visibility="public", mentions=1),
    "mastodon/create_question": activity("Create", EUGEN, f"{EUGEN}/statuses/1300", inner="Question"),
    "mastodon/update_question": activity("Update", EUGEN, f"{EUGEN}/statuses/1300", inner="Question"),
    "mastodon/vote_in_poll": activity("Create", EUGEN, f"{EUGEN}#votes/41", inner="Note"),
    "piefed/question": post(
        "Question",
        RIMU,
        "https://piefed.example/post/90",
        name="Best month to sow?",
        content="<p>Beans, that is.</p>",
    ),
    "piefed/poll_vote": activity("PollVote", RIMU, POLL, audience=BEES),
    "piefed/announce_poll_vote": activity(
        "Announce",
        "https://piefed.example/c/gardening",
        "https://piefed.example/activities/pollvote/ab12",
        inner="PollVote",
    ),
    "piefed/event": post("Event", RIMU, "https://piefed.example/post/91", name="Seed swap"),
    "pleroma/question": post("Question", LAIN, "https://pleroma.example/objects/9f2a"),
    "pleroma/vote_in_poll": activity("Create", LAIN, "https://pleroma.example/objects/5e1d", inner="Note"),
    "friendica/question": post(
        "Question",
        "https://friendica.example/profile/heluecht",
        "https://friendica.example/objects/77aa",
        name=None,
    ),
    "mobilizon/event": post(
        "Event",
        TOM,
        REELS,
        group=DANCERS,
        name="Reels for beginners",
        language="en",
        link_url="https://dance.example/",
        images=1,
        hashtags=["Dance"],
    ),
    "mobilizon/create_event": activity("Create", TOM, REELS, inner="Event"),
    "mobilizon/update_event": activity("Update", TOM, REELS, inner="Event"),
    "mobilizon/group": {"kind": "actor", "type": "Group", "iri": DANCERS, "username": "dancers"},
    "mobilizon/person": {"kind": "actor", "type": "Person", "iri": TOM, "username": "tom"},
    "mobilizon/join": activity("Join", TOM, PARTY),
    "mobilizon/join_group": activity("Join", TOM, BEES),
    "mobilizon/leave": activity("Leave", TOM, PARTY),
    "mobilizon/invite": activity("Invite", TOM, REELS, target=ADA),
    "mobilizon/accept_join": activity("Accept", TOM, "https://local.example/activities/join/1", inner="Join"),
    "mobilizon/reject_join": activity("Reject", TOM, "https://local.example/activities/join/1", inner="Join"),
    "gancio/event": post("Event", GANCIO, FORGE, name="Open forge", hashtags=["test"]),
    "gancio/create_event": activity("Create", GANCIO, FORGE, inner="Event"),
    "gancio/ignore_join": activity("Ignore", GANCIO, "https://local.example/activities/join/1", inner="Join"),
}
