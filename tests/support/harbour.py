"""A node on a real socket of loopback, in development mode, for peers in processes of their own.

Its workers run when the test says so (`work`), so that nothing has to be waited for.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn

from node import app as composition
from node.settings import Settings
from tests.support.archipelago import Archipelago, Island, a_key_pair
from tests.support.databases import drop_database, fresh_database


@contextlib.asynccontextmanager
async def harboured(folder: Path, name: str = "harbour") -> AsyncIterator[Island]:
    """Serve a node at http://localhost:PORT until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"
    database = await fresh_database(folder, name)
    settings = Settings(url=url, development=True, database=database, keys=folder / name / "keys", name=name)
    node = await composition.open_node(settings, new_key_pair=a_key_pair)
    app = composition.build_app(node, background=False)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", server_header=False))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        island = Island(Archipelago(folder), settings.host)
        island.node, island.app = node, app
        yield island
    finally:
        server.should_exit = True
        await serving
        await node.close()
        await drop_database(database)


async def at_rest(island: Island) -> None:
    """Run the node's workers until nothing is left to do at this moment."""
    island.idle_since.clear()
    while await island.work():
        pass
