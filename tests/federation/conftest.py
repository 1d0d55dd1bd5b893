"""Three nodes and a group: the ground of most exchanges."""

from __future__ import annotations

import pytest

from node.activities import curate
from tests.federation.acts import act
from tests.support.archipelago import Archipelago, Group, Island
from tests.support.staging import staged
from tests.support.stranger import Stranger


@pytest.fixture
async def alpha(sea: Archipelago) -> Island:
    return await sea.node("alpha.example")


@pytest.fixture
async def beta(sea: Archipelago) -> Island:
    return await sea.node("beta.example")


@pytest.fixture
async def gamma(sea: Archipelago) -> Island:
    return await sea.node("gamma.example")


@pytest.fixture
async def bees(beta: Island) -> Group:
    """A group that lives on beta."""
    return await beta.group("bees")


@pytest.fixture
async def scene(sea, alpha, beta, gamma, bees):
    """Ada of alpha moderates a group of beta; Carl of gamma writes in it; Mia follows from Mastodon."""
    masto = Stranger(sea, "masto.example")

    async def play():
        ada = await alpha.member("ada", follows=bees)
        await gamma.member("carl", follows=bees)
        await masto.send(beta, masto.activity("Follow", masto.person("mia"), bees.iri))
        await sea.settle()
        await act(bees.founder, curate.compose_seat, bees.iri, ada.iri, appoint=True)
        await sea.settle()
        sea.chart.parcels.clear()

    await staged(sea, play)
    return await alpha.person("ada"), await gamma.person("carl"), masto


@pytest.fixture
async def thread(sea, alpha, beta, gamma, bees):
    """A thread by ada of alpha in the group on beta; cy of gamma is a member too."""

    async def play():
        ada = await alpha.member("ada", follows=bees)
        await gamma.member("cy", follows=bees)
        await sea.settle()
        await ada.posts(bees, title="Swarm season")
        await sea.settle()
        sea.chart.parcels.clear()

    await staged(sea, play)
    (iri,) = await beta.iris_of_posts()
    return iri


@pytest.fixture
async def us(sea):
    """A node to which others bring their threads."""
    return await sea.node("us.example")


@pytest.fixture
def good(sea):
    """A forum elsewhere."""
    return Stranger(sea, "good.example", software="nodebb")


@pytest.fixture
def far(sea):
    """A microblog elsewhere."""
    return Stranger(sea, "far.example")


@pytest.fixture
async def work(us):
    """Lets the workers of that node come to rest."""

    async def run():
        for _ in range(60):
            if not await us.work():
                return
        raise AssertionError("the workers do not come to rest")

    return run
