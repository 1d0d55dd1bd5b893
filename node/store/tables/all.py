"""Every table, so that the metadata is whole wherever it is asked for."""

from __future__ import annotations

from sqlmodel import SQLModel

from node.store.tables import actors, arrivals, follows, log, members, peers, posts, tasks

MODULES = (actors, arrivals, follows, log, members, peers, posts, tasks)
metadata = SQLModel.metadata
