"""What every test may ask for, and what holds for all of them.

With CI=true nothing is left out: a test that would be skipped fails, and generated examples are the same
in every run. Tests for PostgreSQL alone have a run of their own (`.ci/run`).
"""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import structlog

from node.store import database
from tests.support import databases, expanding
from tests.support.archipelago import Archipelago
from tests.support.quay import Quay

IN_CI = os.environ.get("CI") == "true"

hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.load_profile("ci" if IN_CI else "here")

# Nobody cuts the power of a test: its databases need not reach the disk (test_database.py asks for FULL).
database.SYNCHRONOUS = "OFF"
os.fsync = lambda handle: None  # nor their keys: one wait for the disk a node
databases.share_statements()

# Tracebacks in a failing test's output are plain: to colour them, with all variables, took a tenth of some modules' time.
_PLAIN = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
structlog.configure(processors=[*structlog.get_config()["processors"][:-1], _PLAIN])

# What the developer has set for a node of their own is not for the nodes of the tests.
for _name in list(os.environ):
    if _name.startswith("ARCHIPEL_") and not _name.startswith("ARCHIPEL_TEST_"):
        del os.environ[_name]


def pytest_collection_finish() -> None:
    """Spare the collector what stays: looking through all modules and tests again took a fifth of a run.

    Tests leave cycles by the ten thousand, small ones; they are looked for a few times a second rather than at every step.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Turn a skipped test into a failed one where nothing may be skipped."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        *_, reason = report.longrepr
        report.outcome = "failed"
        report.longrepr = f"With CI=true nothing may be skipped. {reason}"
    return report


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def _everything_expands(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No writer can be forgotten: whatever a test makes a node send or serve is expanded."""
    lost = expanding.watch(monkeypatch)
    yield
    assert lost == [], "terms that no context explains: see EXTENSION_TERMS in vocabulary.py"


@pytest.fixture
async def sea(tmp_path: Path) -> AsyncIterator[Archipelago]:
    """Several nodes in one process, closed at the end."""
    archipelago = Archipelago(tmp_path)
    yield archipelago
    await archipelago.close()


@pytest.fixture
async def quay(tmp_path: Path) -> AsyncIterator[Quay]:
    """One node with its web layer, closed at the end."""
    opened = await Quay.open(tmp_path)
    yield opened
    await opened.close()
