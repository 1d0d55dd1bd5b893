"""Three nodes and a group: the ground of most exchanges."""

from __future__ import annotations

import pytest

from tests.support.archipelago import Archipelago, Group, Island


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
