"""What many tests begin with is played once a process; from then on a test begins with a copy of how it ended.

    @pytest.fixture
    async def people(sea, alpha, beta, bees):
        async def play():
            await alpha.member("ada", follows=bees)
            await sea.settle()

        await staged(sea, play)
        return await alpha.person("ada")

To let three nodes come to know each other takes a second, to open them on copies of their databases a tenth. Tests share
nothing: each copy is its own. A copy serves only who comes with the same nodes in the same state; others play themselves.
"""

from __future__ import annotations

import atexit
import copy
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Hashable, Sized
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm.attributes import set_committed_value

from node.keyring import NAME
from node.store.tables.actors import Actor
from tests.support.databases import POSTGRES

if TYPE_CHECKING:
    from tests.support.archipelago import Archipelago, Island

OWN = ("sea", "clock", "chart")  # of a test: never copied
_kept: dict[Hashable, Picture] = {}


@dataclass(frozen=True)
class Picture:
    """All that a play leaves: of each node its database, its key and the names it has given; servers; what was sent."""

    now: datetime
    folder: Path
    ids: dict[str, Any]  # by host
    servers: dict[str, dict[str, Any]]  # that are no nodes of ours, by host
    parcels: list[Any]
    fetched: list[Any]


async def staged(sea: Archipelago, play: Callable[[], Awaitable[None]], *, which: str = "") -> None:
    """Play, or bring the sea to where it was when the same was played before. which: of several that *play* can be.

    What *play* makes is looked up afterwards, by name: what it holds on to would belong to another test.
    """
    if POSTGRES:
        await play()
        return
    key = (play.__module__, play.__qualname__, which, _state_of(sea))
    if key in _kept:
        await _set_up(sea, _kept[key])
    else:
        await play()
        _kept[key] = _picture_of(sea)


def _state_of(sea: Archipelago) -> Hashable:
    """What a play may depend on: the nodes with their settings, what has happened on them, and who else is there."""
    nodes = ((host, *_counts_of(one)) for host, one in sea.nodes.items())
    servers = ((host, _size_of(one)) for host, one in sea.chart.apps.items() if host not in sea.nodes)
    sent = len(sea.chart.parcels), len(sea.chart.fetched)
    return sea.clock.now(), tuple(sorted(nodes)), tuple(sorted(servers)), sent


def _counts_of(island: Island) -> tuple[str, str, int]:
    """Its settings, the names it has given, and how many rows it has."""
    settings = island.node.settings.model_dump(exclude={"database", "keys", "data"})
    with closing(sqlite3.connect(_file_of(island))) as file:
        tables = [name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = sum(file.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables)
    return repr(settings), repr(vars(island.node.ids)), rows


def _size_of(server: Any) -> str:
    return repr([len(one) if isinstance(one, Sized) else one for one in _fields_of(server).values()])


def _fields_of(server: Any) -> dict[str, Any]:
    return {name: copy.copy(value) for name, value in vars(server).items() if name not in OWN}


def _picture_of(sea: Archipelago) -> Picture:
    folder = Path(mkdtemp(prefix="archipel-stage-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for host, island in sea.nodes.items():
        with (
            closing(sqlite3.connect(_file_of(island))) as kept,
            closing(sqlite3.connect(folder / host)) as to,
        ):
            kept.backup(to)
        shutil.copy(island.node.settings.keys / NAME, folder / f"{host}.key")
    return Picture(
        sea.clock.now(),
        folder,
        {host: copy.deepcopy(island.node.ids) for host, island in sea.nodes.items()},
        {host: _fields_of(one) for host, one in sea.chart.apps.items() if host not in sea.nodes},
        list(sea.chart.parcels),
        list(sea.chart.fetched),
    )


async def _set_up(sea: Archipelago, picture: Picture) -> None:
    sea.clock._now = picture.now
    for host, island in sea.nodes.items():
        await island.node.close()
        shutil.copy(picture.folder / host, _file_of(island))
        shutil.copy(picture.folder / f"{host}.key", island.node.settings.keys / NAME)
        await island.open(island.node.settings, copy.deepcopy(picture.ids[host]))
        await _read_again(island)
    for host, fields in picture.servers.items():
        vars(sea.chart.apps[host]).update({name: copy.copy(value) for name, value in fields.items()})
    sea.chart.parcels[:], sea.chart.fetched[:] = picture.parcels, picture.fetched


async def _read_again(island: Island) -> None:
    """Let those whom the test knows already have the keys that they have in the copy."""
    async with island.node.reading() as session:
        for person in island.people:
            row = await session.get_one(Actor, person.actor.id)
            for column in Actor.__table__.columns:
                set_committed_value(person.actor, column.key, getattr(row, column.key))


def _file_of(island: Island) -> Path:
    return Path(island.node.database.url.removeprefix("sqlite+aiosqlite:///"))
