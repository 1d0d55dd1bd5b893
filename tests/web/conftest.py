from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.quay import Quay


@pytest.fixture
async def quay(tmp_path: Path) -> AsyncIterator[Quay]:
    opened = await Quay.open(tmp_path)
    yield opened
    await opened.close()
