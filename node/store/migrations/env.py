"""Run by Alembic. The node passes its connection in; the command line brings a URL or the settings."""

import asyncio
from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, String
from sqlmodel import AutoString

from node.settings import read_settings
from node.store.columns import UtcDateTime
from node.store.database import Database
from node.store.tables.all import metadata
from node.store.tables.search import is_compared


def render_item(kind: str, item: Any, _autogen: Any) -> str | Literal[False]:
    """Write our column types in SQLAlchemy's own words: an old migration must not depend on new code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, (AutoString, String)) and type(item).__name__ != "Text":
        return f"sa.String(length={item.length})" if item.length else "sa.String()"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        include_object=is_compared,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_from_command_line() -> None:
    """Reach the database of ``-x url=...``, or else that of the settings."""
    url = context.get_x_argument(as_dictionary=True).get("url") or read_settings().database_url
    database = Database(url)
    try:
        async with database.engine.connect() as connection:
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await database.dispose()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_from_command_line())
else:
    run(given)
