"""Every table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlmodel import SQLModel

from node.store.tables import (
    actors,
    arrivals,
    changes,
    directory,
    follows,
    gatherings,
    listings,
    log,
    media,
    members,
    messages,
    moderation,
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
    follows,
    gatherings,
    listings,
    log,
    media,
    members,
    messages,
    moderation,
    peers,
    posts,
    readings,
    search,
    tasks,
    trimmings,
)
metadata = SQLModel.metadata
