"""`archipel member`: accounts. Passwords are typed or come on standard input, never as an argument (A111)."""

from __future__ import annotations

import sys

import click
from sqlmodel import col, select

from node.cli.opening import find_local_member, with_node
from node.cli.printing import as_json, show
from node.errors import Malformed
from node.local import actors, sessions
from node.local import members as accounts
from node.runtime import Node
from node.store.tables.actors import Actor
from node.store.tables.members import Member

from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
)
roles = click.Choice(["member", "administrator"])


@click.group("member")
def members() -> None:
    """Accounts of this node."""


@members.command("create")
@click.argument("name")
@from_stdin
@click.option("--no-password", is_flag=True, help="An account that nobody can sign in to yet.")
@click.option("--role", type=roles, default="member", show_default=True)
@click.option("--language", type=click.Choice(["en", "fr"]), help="Default: the node's.")
@with_node
async def create(
    node: Node, *, name: str, password_stdin: bool, no_password: bool, role: str, language: str | None
) -> None:
    """Make an account called NAME."""
    actors.check_name(name)  # before a password is asked for
    hashed = "" if no_password else await accounts.hash_password(_ask_password(stdin=password_stdin))
    keys = await actors.new_keys(node)
    async with node.transaction() as tx:
        member = await accounts.sign_up(
            tx,
            node.settings.home,
            name,
            keys,
            password_hash=hashed,
            language=language or node.settings.language,
            role=role,
        )
        actor = await tx.session.get_one(Actor, member.actor_id)
    click.echo(f"Made the account {actor.handle}, {role}.")


@members.command("list")
@as_json
@with_node
async def list_members(node: Node, *, as_json: bool) -> None:
    """Show every account."""
    async with node.reading() as session:
        found = await session.execute(
            select(Member, Actor)
            .join(Actor, col(Actor.id) == col(Member.actor_id))
            .order_by(col(Actor.username))
        )
        rows = [
            {
                "name": actor.username,
                "role": member.role,
                "language": member.language,
                "created_at": member.created_at,
                "last_seen": member.last_seen,
                "disabled_at": member.disabled_at,
            }
            for member, actor in found
        ]
    show(rows, as_json=as_json, nothing="No accounts yet. `archipel member create NAME` makes one.")


@members.command("password")
@click.argument("name")
@from_stdin
@with_node
async def password(node: Node, *, name: str, password_stdin: bool) -> None:
    """Give the account NAME another password. Everybody who is signed in to it is signed out."""
    host = node.settings.host
    async with node.reading() as session:
        await find_local_member(session, name, host)
    hashed = await accounts.hash_password(_ask_password(stdin=password_stdin))
    async with node.transaction() as tx:
        await accounts.set_password(tx, await find_local_member(tx.session, name, host), hashed)
    click.echo(f"{name} has a new password; all its sessions have ended.")


@members.command("disable")
@click.argument("name")
@click.option("--enable", is_flag=True, help="Let the account act again.")
@with_node
async def disable(node: Node, *, name: str, enable: bool) -> None:
    """Let the account NAME neither sign in nor act. What it wrote stays."""
    async with node.transaction() as tx:
        member = await find_local_member(tx.session, name, node.settings.host)
        member.disabled_at = None if enable else tx.now
        await sessions.end_all(tx, member.id or 0)
    click.echo(f"{name} may act again." if enable else f"{name} is disabled; all its sessions have ended.")


@members.command("role")
@click.argument("name")
@click.argument("role", type=roles)
@with_node
async def change_role(node: Node, *, name: str, role: str) -> None:
    """Make the account NAME a member or an administrator."""
    async with node.transaction() as tx:
        member = await find_local_member(tx.session, name, node.settings.host)
        member.role = role
        await sessions.end_all(tx, member.id or 0)
    click.echo(f"{name} is {role} now; all its sessions have ended.")


def _ask_password(*, stdin: bool) -> str:
    """Read a password; raises Malformed for one that pages would refuse too."""
    if stdin:
        text = sys.stdin.readline().rstrip("\r\n")
    else:
        text = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if not accounts.MIN_PASSWORD <= len(text) <= accounts.MAX_PASSWORD:
        raise Malformed(
            f"A password has {accounts.MIN_PASSWORD} to {accounts.MAX_PASSWORD} characters. Choose another."
        )
    return text
