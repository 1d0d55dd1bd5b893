"""The named points at which tests let a node fail: none may get lost when the code around it is rewritten."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest
from sqlmodel import select

from node.app import open_node
from node.errors import Unavailable
from node.faults import POINTS, Faults, Injected, Stall, raising
from node.settings import Settings
from node.store.tables.posts import Post
from tests.support.archipelago import a_key_pair
from tests.support.fakenet import FakeNet


async def test_an_ordinary_exchange_passes_every_point(sea):
    alpha, beta = await sea.node("alpha.example"), await sea.node("beta.example")
    bees = await beta.group("bees")
    ada, ben = await alpha.member("ada", follows=bees), await beta.member("ben", follows=bees)
    await sea.settle()
    alpha.node.faults, beta.node.faults = Faults(), Faults()
    thread = await ada.posts(bees, title="Swarm season")
    await sea.settle()
    await ben.answers(thread, "Early this year")
    await sea.settle()
    for island in (alpha, beta):
        assert [point for point in POINTS if not island.node.faults.reached[point]] == [], island.host


async def test_a_node_is_opened_with_the_faults_it_is_given(tmp_path):
    faults = Faults()
    settings = Settings(url="https://a.example", data=tmp_path, keys=tmp_path / "keys")
    node = await open_node(settings, transport=FakeNet(), new_key_pair=a_key_pair, faults=faults)
    await node.reach("I1")
    await node.close()
    assert faults.reached == {"I1": 1}


async def test_what_is_armed_happens_once_and_in_its_turn():
    faults = Faults()
    faults.arm("I4", raising(), after=1)
    faults.arm("I4", raising(lambda: Unavailable("The disk is full.")))
    await faults.at("I4")
    with pytest.raises(Injected):
        await faults.at("I4")
    with pytest.raises(Unavailable):
        await faults.at("I4")
    await faults.at("I4")
    await faults.at("I5")


async def test_a_stall_lasts_until_it_is_released():
    faults, stall = Faults(), Stall()
    faults.arm("O5", stall)
    work = asyncio.create_task(faults.at("O5"))
    await stall.reached.wait()
    assert not work.done()
    stall.released.set()
    await work


async def test_an_error_in_a_unit_of_work_undoes_it(sea):
    alpha = await sea.node("alpha.example")
    bees = await alpha.group("bees")
    ada = await alpha.member("ada", follows=bees)
    alpha.node.faults = Faults()
    alpha.node.faults.arm("O1", raising())
    with pytest.raises(Injected):
        await ada.posts(bees, title="Swarm season")
    await ada.posts(bees, title="Second try")
    async with alpha.node.reading() as session:
        assert list(await session.scalars(select(Post.title))) == ["Second try"]


@pytest.mark.process
async def test_a_kill_leaves_no_time_for_anything():
    code = (
        "import asyncio; from node.faults import kill\ntry: asyncio.run(kill())\nfinally: print('still here')"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert (process.returncode, out) == (-signal.SIGKILL, b"")
