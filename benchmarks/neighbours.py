"""Members who vote and comment, fifty times a second, until a line comes in. Run as a process."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from sqlmodel import col, select

from node.activities import create, vote
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.app import open_node
from node.runtime import Node
from node.settings import Settings
from node.store.queries.posts import get_post
from node.store.tables.actors import Actor

PAUSE = 0.02  # seconds from one to the next


async def main(home: str, folder: Path) -> None:
    node = await open_node(Settings(url=home, development=True, data=folder, keys=folder / "keys"))
    thread = await _another_thread(node)
    print("Ready: neighbours", flush=True)
    enough = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    done, began = 0, time.perf_counter()
    while not enough.done():
        await _act(node, thread, done)
        done += 1
        await asyncio.sleep(max(0.0, began + done * PAUSE - time.perf_counter()))
    print(done / (time.perf_counter() - began))
    await node.close()


async def _another_thread(node: Node) -> str:
    async with node.transaction() as tx:
        ada, bees = [
            (await tx.session.scalars(select(Actor).where(col(Actor.username) == name))).one()
            for name in ("ada", "bees")
        ]
        begun = await create.compose_thread(tx, ada, bees, ThreadDraft(title="Another", source="Words."))
        await perform(tx, begun)
    return begun.object or ""


async def _act(node: Node, thread: str, number: int) -> None:
    async with node.transaction() as tx:
        ada = (await tx.session.scalars(select(Actor).where(col(Actor.username) == "ada"))).one()
        post = await get_post(tx.session, thread)
        if number % 2:
            await perform(
                tx, await create.compose_comment(tx, ada, post, CommentDraft(source=f"Words {number}"))
            )
            return
        said = await vote.compose(tx, ada, post, 0 if number % 4 else 1)
        if said is not None:
            await perform(tx, said)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
