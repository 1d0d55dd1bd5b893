"""Column types and conventions that every table shares."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

IRI_LENGTH = 2048  # characters; longer ids are refused at the door


class Row(SQLModel):
    """What every table is a class of."""

    # No row is validated by pydantic, as SQLModel has it: what that would take is built when it is asked for, which is never.
    # It was a third of the time of a start.
    model_config = {"defer_build": True}

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a column through SQLAlchemy alone: what pydantic would note beside it, nobody reads."""
        if name in type(self).__pydantic_fields__:
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant in UTC. SQLite forgets the zone; this puts it back, and refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; raise ValueError for a naive instant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: pass tx.now or a value read from the wire")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware instant."""
        del dialect  # both databases answer in UTC; SQLite without saying so
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def instant(*, index: bool = False) -> Any:
    """Declare a required instant."""
    return Field(sa_type=UtcDateTime, index=index, nullable=False)


def maybe_instant(*, index: bool = False) -> Any:
    """Declare an instant that may be absent."""
    return Field(default=None, sa_type=UtcDateTime, index=index, nullable=True)


def iri_column(*, unique: bool = False, index: bool = False) -> Any:
    """Declare a required ActivityPub id."""
    return Field(sa_type=String(IRI_LENGTH), unique=unique, index=index, nullable=False)


def maybe_iri(*, index: bool = False) -> Any:
    """Declare an ActivityPub id or URL that may be absent."""
    return Field(default=None, sa_type=String(IRI_LENGTH), index=index, nullable=True)


def reference(target: str, *, index: bool = True, ondelete: str = "CASCADE") -> Any:
    """Declare a required reference to a row of *target*, such as ``actors.id``."""
    return Field(foreign_key=target, index=index, ondelete=ondelete, nullable=False)  # type: ignore[call-overload]


def maybe_reference(target: str, *, index: bool = True, ondelete: str = "SET NULL") -> Any:
    """Declare a reference that may be absent."""
    return Field(default=None, foreign_key=target, index=index, ondelete=ondelete, nullable=True)  # type: ignore[call-overload]
