"""Actors: people, groups and services, of this node and of others."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Index, LargeBinary, String, Text, UniqueConstraint, event, text
from sqlmodel import Field

from node.store.columns import Row, instant, iri_column, maybe_instant, maybe_iri, maybe_reference

PERSON_KINDS = ("Person", "Service", "Application", "Organization")
GROUP_KINDS = ("Group", "Feed")
# Groups of ours and who follows others for them. In these very words: else SQLite does not see that the index fits.
OWN_GROUPS = "peer_id IS NULL AND (kind IN ('Group', 'Feed') OR represents_id IS NOT NULL)"


def _in_small_letters(context: Any) -> str:
    return str(context.get_current_parameters()["username"]).lower()


class Actor(Row, table=True):
    """Somebody who acts. A local one has a sealed private key and no peer."""

    __tablename__ = "actors"
    __table_args__ = (
        # One name space for persons and groups of a home (RULE A3).
        UniqueConstraint("host", "path"),
        Index(
            "uq_actors_local_name",
            "host",
            "username",
            unique=True,
            sqlite_where=text("sealed_key IS NOT NULL"),
            postgresql_where=text("sealed_key IS NOT NULL"),
        ),
        Index("ix_actors_host_username", "host", "username"),
        Index("ix_actors_host_lookup_name", "host", "lookup_name"),
        Index("ix_actors_lookup_name", "lookup_name"),  # somebody of that name, wherever they live
        # Groups among all actors, with what a search by their names reads.
        Index("ix_actors_kind", "kind", "username", "name", "discoverable", "deleted_at", "path"),
        # All of ours have none: an index of those would draw SQLite's planner to every member.
        Index(
            "ix_actors_peer_id",
            "peer_id",
            sqlite_where=text("peer_id IS NOT NULL"),
            postgresql_where=text("peer_id IS NOT NULL"),
        ),
        Index("ix_actors_own_groups", "id", sqlite_where=text(OWN_GROUPS), postgresql_where=text(OWN_GROUPS)),
    )

    id: int | None = Field(default=None, primary_key=True)
    iri: str = iri_column(unique=True)
    kind: str = Field(max_length=32)  # Person, Group, Service, Application, Organization, Feed
    home: str = Field(max_length=300)  # scheme and host, the origin of the iri
    host: str = Field(max_length=260)  # authority of home: what stands after @ in the handle
    path: str = Field(max_length=1800)  # path of the iri: routes look up (host, path)
    username: str = Field(max_length=200)  # preferredUsername
    # The same in small letters, for names are looked up whatever their case; follows `username` by itself.
    lookup_name: str | None = Field(
        default=None, sa_column=Column(String(200), nullable=False, default=_in_small_letters)
    )
    # Remote only: WebFinger of the handle leads back to this id. Shown without it, the id stands instead.
    handle_verified: bool = False
    peer_id: int | None = maybe_reference("peers.id", index=False)  # None for our own

    name: str = Field(default="", max_length=200)  # plain text
    summary: str = Field(default="", sa_type=Text)  # cleaned HTML
    summary_source: str = Field(default="", sa_type=Text)  # Markdown; local only
    description: str = Field(default="", max_length=500)  # one plain line
    fields: str = Field(default="", sa_type=Text)  # of a profile: JSON as `queries.fields` writes it
    url: str | None = maybe_iri()  # page for people
    icon_url: str | None = maybe_iri()
    image_url: str | None = maybe_iri()

    inbox: str | None = maybe_iri()
    shared_inbox: str | None = maybe_iri()
    outbox: str | None = maybe_iri()
    followers: str | None = maybe_iri(index=True)
    following: str | None = maybe_iri()
    featured: str | None = maybe_iri()
    moderators: str | None = maybe_iri()  # of a group: the collection in attributedTo
    moderators_at: datetime | None = maybe_instant()  # remote: when that collection was last read

    manually_approves: bool = False
    posting_restricted: bool = False  # only moderators start threads
    sensitive: bool = False
    discoverable: bool = True
    indexable: bool = True

    bridges: bool = (
        False  # a group of ours: boosts its siblings' threads to its followers elsewhere (RULE G3)
    )
    private: bool = False  # of a group: its members alone read it (FEDERATION C.16)
    also_known_as: str = Field(default="", sa_type=Text)  # other ids of the same somebody, a line each
    moved_to: str | None = maybe_iri()
    moved_at: datetime | None = maybe_instant()  # no other move counts for a while (FEDERATION G.1)
    represents_id: int | None = maybe_reference(
        "actors.id", ondelete="CASCADE"
    )  # a Service: the group it follows for
    home_followers: int | None = None  # remote: as its home counts them
    history_page: str | None = maybe_iri()  # remote group: page of its outbox from which older threads come

    sealed_key: bytes | None = Field(default=None, sa_type=LargeBinary)  # RSA private key, PEM, sealed
    public_key: str = Field(default="", sa_type=Text)  # PEM, SPKI
    keys_rotated_at: datetime | None = (
        maybe_instant()
    )  # local: peers may hold the old keys for a day (RULE B3)
    sealed_proof_key: bytes | None = Field(default=None, sa_type=LargeBinary)  # Ed25519, for FEP-8b32 proofs
    proof_key: str = Field(default="", max_length=100)  # its public half, multibase

    published: datetime = instant()
    updated: datetime | None = maybe_instant()
    fetched_at: datetime | None = maybe_instant()  # remote: when the document was last read at its origin
    deleted_at: datetime | None = maybe_instant()
    document: str = Field(default="", sa_type=Text)  # remote: JSON as received

    @property
    def is_local(self) -> bool:
        """Whether the node holds this actor's key."""
        return self.peer_id is None

    @property
    def is_group(self) -> bool:
        """Whether threads can live in it."""
        return self.kind in GROUP_KINDS

    @property
    def handle(self) -> str:
        """The name in full, with the mark of its kind: ``!bees@beta.example``, ``@ada@alpha.example``."""
        return f"{'!' if self.is_group else '@'}{self.username}@{self.host}"

    @property
    def key_id(self) -> str:
        """Id of the actor's signing key."""
        return f"{self.iri}#main-key"

    @property
    def proof_key_id(self) -> str:
        """Id of the key of the actor's proofs (FEP-521a)."""
        return f"{self.iri}#ed25519-key"

    @property
    def delivery_inbox(self) -> str | None:
        """Where deliveries go: the shared inbox where there is one (RULE F1)."""
        return self.shared_inbox or self.inbox


@event.listens_for(Actor.username, "set")
def _follow_username(actor: Actor, username: str, *_: object) -> None:
    actor.lookup_name = username.lower()


class PublicKey(Row, table=True):
    """A remote actor's key, as its own document lists it. Never filled from an inbox body (A16).

    Listed for both purposes under one id, it has a row for each.
    """

    __tablename__ = "public_keys"
    __table_args__ = (UniqueConstraint("key_id", "purpose"),)

    id: int | None = Field(default=None, primary_key=True)
    key_id: str = iri_column()
    owner: str = iri_column(index=True)  # iri of the actor whose document lists the key
    purpose: str = Field(
        default="signature", max_length=10
    )  # signature of requests, or proof (assertionMethod)
    pem: str = Field(sa_type=Text)
    fetched_at: datetime = instant()
