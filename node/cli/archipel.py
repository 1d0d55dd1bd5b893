"""The command itself: options that stand before any noun, and what becomes of an error.

Exit codes: 0 done, 1 refused or failed (one sentence on standard error), 2 wrong usage.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from node.cli import charter, membership, moving
from node.cli.doctor import doctor
from node.cli.event import events
from node.cli.group import groups
from node.cli.inbox import arrivals
from node.cli.init import init
from node.cli.keys import actor_keys
from node.cli.maintenance import maintenance
from node.cli.member import members
from node.cli.message import private_messages
from node.cli.moderate import moderate
from node.cli.opening import Opening
from node.cli.peace import reports as peace
from node.cli.peer import peers
from node.cli.post import posts
from node.cli.serve import serve, worker
from node.cli.store import store
from node.errors import NodeError


class Command(click.Group):
    """A group of commands that answers an error of ours with its sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: RET503 -- exit does not return
        """Run the command; say what went wrong on standard error, its detail with --verbose."""
        try:
            return super().invoke(ctx)
        except NodeError as error:
            click.echo(error.message, err=True)
            if error.detail and ctx.params.get("verbose"):
                click.echo(error.detail, err=True)
        except ValidationError as error:
            for one in error.errors():
                name = "-".join(str(part) for part in one["loc"])
                click.echo(f"{name}: {one['msg'].removeprefix('Value error, ')}", err=True)
        ctx.exit(1)


@click.group(cls=Command)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="ARCHIPEL_CONFIG",
    help="Settings file; archipel.toml of this folder when there is one.",
)
@click.option("--verbose", is_flag=True, help="Show the details of an error.")
@click.version_option(package_name="archipel", prog_name="archipel")
@click.pass_context
def archipel(ctx: click.Context, config: Path | None, verbose: bool) -> None:
    """Run and look after a node of a federated community.

    Settings come from ARCHIPEL_* variables and a TOML file; docs/operating.md lists them all.
    """
    del verbose  # read by Command.invoke
    opening = ctx.ensure_object(Opening)
    opening.config = config


assert peace, "its commands register themselves with their nouns"
assert charter, "its commands register themselves with their noun"
assert membership, "its commands register themselves with their noun"
assert moving, "its commands register themselves with their nouns"
for command in (
    serve,
    worker,
    init,
    doctor,
    members,
    groups,
    posts,
    events,
    private_messages,
    moderate,
    peers,
    arrivals,
    actor_keys,
    maintenance,
    store,
):
    archipel.add_command(command)
