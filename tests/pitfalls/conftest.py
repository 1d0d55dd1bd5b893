"""The pitfalls of federating, one by one: I.1 to I.108, each number in the docstring of what proves it."""

from __future__ import annotations

import pytest

from tests.activities.conftest import scene
from tests.support.archipelago import Archipelago, Group, Island
from tests.support.stranger import Stranger

__all__ = ["scene"]


@pytest.fixture
async def beta(sea: Archipelago) -> Island:
    return await sea.node("beta.example")


@pytest.fixture
async def bees(beta: Island) -> Group:
    return await beta.group("bees")


@pytest.fixture
async def masto(sea: Archipelago) -> Stranger:
    return Stranger(sea, "masto.example")
