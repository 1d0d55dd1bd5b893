"""`archipel message`: private messages of members here."""

from __future__ import annotations

import sys

import click

from node.activities import letters
from node.activities.drafts import CommentDraft
from node.activities.perform import perform
from node.activitypub.webfinger import Handle, parse_handle
from node.cli.opening import acting_as, with_node
from node.cli.printing import as_json, show
from node.inbox import actors as remote
from node.runtime import Node
from node.store.queries.actors import get_actor
from node.store.queries.conversations import conversation_page, conversations
from node.text.clean import plain_text


@click.group("message")
def private_messages() -> None:
    """Private messages."""


@private_messages.command("send")
@click.argument("to", nargs=-1, required=True)
@click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who writes.")
@click.option("--text", default="-", help="Markdown; from standard input when left out.")
@with_node
async def send(node: Node, *, to: tuple[str, ...], member: str, text: str) -> None:
    """Write to people by their handles, such as @ada@alpha.example."""
    draft = CommentDraft(source=sys.stdin.read() if text == "-" else text)
    iris = [(await remote.find_handle(node, _handle(name, node), group=False)).iri for name in to]
    async with node.transaction() as tx:
        author = await acting_as(tx, member, node.settings.host)
        people = [await get_actor(tx.session, iri) for iri in iris]
        await perform(tx, await letters.compose(tx, author, people, draft))
    click.echo(f"{member} has written to {', '.join(one.handle for one in people)}.")


@private_messages.command("list")
@click.option("--as", "member", required=True, metavar="MEMBER", help="Local member whose messages they are.")
@click.option("--with", "key", default="", help="Show this conversation instead of all.")
@as_json
@with_node
async def list_messages(node: Node, *, member: str, key: str, as_json: bool) -> None:
    """Show a member's conversations, or the messages of one."""
    async with node.transaction() as tx:
        reader = await acting_as(tx, member, node.settings.host)
        if key:
            talk = await conversation_page(tx.session, key, reader)
            rows = [
                {"from": one.author.handle, "at": one.at, "text": plain_text(one.content)}
                for one in talk.messages
            ]
        else:
            rows = [
                {
                    "conversation": line.key,
                    "with": " ".join(one.handle for one in line.people),
                    "unread": line.unread,
                    "at": line.at,
                    "last": line.excerpt,
                }
                for line in await conversations(tx.session, reader)
            ]
    show(rows, as_json=as_json, nothing=f"{member} has no messages.")


def _handle(name: str, node: Node) -> Handle:
    bare = name.lstrip("@")
    return parse_handle(bare if "@" in bare else f"{bare}@{node.settings.host}")
