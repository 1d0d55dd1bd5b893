"""The command, run in this process against a node of its own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from node.app import open_node
from node.cli.archipel import archipel
from node.cli.opening import Opening
from node.runtime import Node
from tests.support.archipelago import a_key_pair
from tests.support.databases import drop_database, fresh_database

HOME = "http://alpha.test"


class Shell:
    """Runs commands; every one opens the node anew."""

    def __init__(self) -> None:
        self.open: Callable[..., Any] = partial(open_node, new_key_pair=a_key_pair)

    def run(self, line: str, *more: str, stdin: str | None = None, code: int = 0) -> Result:
        """Run a command; *more* are arguments with spaces in them."""
        opening = Opening(open=self.open, is_root=False)
        result = CliRunner().invoke(archipel, [*line.split(), *more], input=stdin, obj=opening)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, (line, result.output)
        return result

    def says(self, line: str, *more: str, **options: Any) -> str:
        return self.run(line, *more, **options).stdout.strip()

    def refuses(self, line: str, *more: str, **options: Any) -> str:
        """What stands on standard error of a command that fails; nothing stands on standard output."""
        result = self.run(line, *more, code=1, **options)
        assert result.stdout == ""
        return result.stderr.strip()

    def json(self, line: str) -> Any:
        return json.loads(self.run(f"{line} --json").stdout)

    def inside(self, act: Callable[[Node], Any]) -> Any:
        """Await *act* with the open node."""
        from node.settings import read_settings

        async def within() -> Any:
            node = await self.open(read_settings())
            try:
                return await act(node)
            finally:
                await node.close()

        return asyncio.run(within())

    def sql(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Ask or change the database beside the node."""
        from sqlalchemy import text

        async def ask(node: Node) -> list[tuple[Any, ...]]:
            async with node.transaction() as tx:
                done = await tx.session.execute(text(statement), values)
                return [tuple(row) for row in done] if done.returns_rows else []  # type: ignore[attr-defined]

        return self.inside(ask)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """A shell in a folder with a fresh node."""
    url = asyncio.run(fresh_database(tmp_path, "alpha"))
    monkeypatch.chdir(tmp_path)
    for name, value in {"URL": HOME, "DEVELOPMENT": "1", "DATABASE": url}.items():
        monkeypatch.setenv(f"ARCHIPEL_{name}", value)
    yield Shell()
    asyncio.run(drop_database(url))


@pytest.fixture
def bees(shell: Shell) -> Shell:
    """The same with a member ada, a member ben and ada's group bees."""
    shell.run("member create ada --no-password")
    shell.run("member create ben --no-password")
    shell.run("group found bees --owner ada --title Bees")
    return shell
