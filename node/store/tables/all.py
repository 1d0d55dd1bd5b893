"""Every table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlmodel import SQLModel

from node.store.tables import (
    actors,
    arrivals,
    changes,
    directory,
    drafts,
    follows,
    gatherings,
    links,
    listings,
    log,
    media,
    members,
    messages,
    moderation,
    mutes,
    peers,
    posts,
    readings,
    search,
    tasks,
    trimmings,
)

MODULES = (
    actors,
    arrivals,
    changes,
    directory,
    drafts,
    follows,
    gatherings,
    links,
    listings,
    log,
    media,
    members,
    messages,
    moderation,
    mutes,
    peers,
    posts,
    readings,
    search,
    tasks,
    trimmings,
)
metadata = SQLModel.metadata
