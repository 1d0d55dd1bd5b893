"""`archipel post`: threads, comments and votes, in the name of a member, through the same door as pages."""

from __future__ import annotations

from typing import Any, TextIO

import click
from sqlmodel import col, select

from node.activities import create, delete, update, vote
from node.activities.drafts import CommentDraft, ThreadDraft
from node.activities.perform import perform
from node.cli.gathering import choose, draft_of, gathering_options
from node.cli.opening import acting_as, find_group, find_post, with_node
from node.cli.printing import as_json, show, show_one
from node.errors import Conflict
from node.runtime import Node
from node.store.queries.paging import ORDERS
from node.store.queries.posts import confirmed_at, visible_to
from node.store.tables.actors import Actor
from node.store.tables.posts import Post

by = click.option("--as", "member", required=True, metavar="MEMBER", help="Local member who acts.")
words = click.option("--text", default="", help="The words, in Markdown.")
words_from = click.option(
    "--text-file", type=click.File(), help="Read the words from a file; - is standard input."
)
VALUES = {"up": 1, "down": -1, "none": 0}


@click.group("post")
def posts() -> None:
    """Threads, comments and votes."""


@posts.command("create")
@click.argument("group")
@by
@click.option("--title", required=True)
@words
@words_from
@click.option("--link", help="Web address that the thread is about.")
@click.option("--language", help="Language of the words, such as fr.")
@click.option("--warning", default="", help="Shown before the words, which open at a click.")
@gathering_options
@with_node
async def create_thread(
    node: Node,
    /,
    *,
    group: str,
    member: str,
    title: str,
    text: str,
    text_file: TextIO | None,
    link: str | None,
    language: str | None,
    warning: str,
    **gathering: Any,
) -> None:
    """Begin a thread in GROUP; with --poll a poll, with --event an event."""
    thread = {
        "title": title,
        "source": _words(text, text_file),
        "link_url": link,
        "language": language,
        "warning": warning,
    }
    draft = draft_of(thread, gathering)
    async with node.transaction() as tx:
        author = await acting_as(tx, member, node.settings.host)
        target = await find_group(tx.session, group, node.settings.host)
        activity = await create.compose_thread(tx, author, target, draft)
        await perform(tx, activity)
    click.echo(activity.object)


@posts.command("comment")
@click.argument("post")
@by
@words
@words_from
@with_node
async def comment(node: Node, *, post: str, member: str, text: str, text_file: TextIO | None) -> None:
    """Answer POST: the token, page or id of a thread or comment."""
    draft = CommentDraft(source=_words(text, text_file))
    async with node.transaction() as tx:
        author = await acting_as(tx, member, node.settings.host)
        parent = await find_post(tx.session, post)
        activity = await create.compose_comment(tx, author, parent, draft)
        await perform(tx, activity)
    click.echo(activity.object)


@posts.command("list")
@click.argument("group")
@click.option("--sort", type=click.Choice(sorted(ORDERS)), default="new", show_default=True)
@click.option("--limit", type=click.IntRange(1, 500), default=25, show_default=True)
@as_json
@with_node
async def list_posts(node: Node, *, group: str, sort: str, limit: int, as_json: bool) -> None:
    """Show the threads of GROUP that anybody may read."""
    async with node.reading() as session:
        target = await find_group(session, group, node.settings.host)
        query = select(Post).where(
            col(Post.group_id) == target.id,
            col(Post.in_reply_to).is_(None),
            visible_to(None),
            confirmed_at(node.clock.now()),
        )
        found = await session.scalars(query.order_by(col(ORDERS[sort].column).desc()).limit(limit))
        rows = [_row(post, await session.get(Actor, post.author_id)) for post in found]
    show(rows, as_json=as_json, nothing="No threads yet.")


@posts.command("show")
@click.argument("post")
@as_json
@with_node
async def show_post(node: Node, *, post: str, as_json: bool) -> None:
    """Show POST: what is known of it, and its words."""
    async with node.reading() as session:
        found = await find_post(session, post)
        author = await session.get(Actor, found.author_id)
        parent = await session.get(Post, found.parent_id) if found.parent_id else None
    more = {
        "answers": parent.iri if parent else found.in_reply_to,
        "link": found.link_url,
        "updated": found.updated,
        "deleted_at": found.deleted_at,
        "removed_at": found.removed_at,
        "words": found.source or found.content,
    }
    show_one(_row(found, author) | more, as_json=as_json)


@posts.command("vote")
@click.argument("post")
@click.argument("value", type=click.Choice(list(VALUES)))
@by
@with_node
async def cast(node: Node, *, post: str, value: str, member: str) -> None:
    """Vote POST up or down, or take the vote back with none."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        activity = await vote.compose(tx, actor, target, VALUES[value])
        if activity is not None:
            await perform(tx, activity)
        score = target.score
    click.echo(f"The score is {score}.")


posts.add_command(choose)


@posts.command("edit")
@click.argument("post")
@by
@click.option("--title", help="Of a thread; unchanged when left out.")
@click.option("--text", help="The words, in Markdown; unchanged when left out.")
@words_from
@with_node
async def edit(
    node: Node, *, post: str, member: str, title: str | None, text: str | None, text_file: TextIO | None
) -> None:
    """Change the title or words of POST."""
    async with node.transaction() as tx:
        author = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        if title is not None and not target.title:
            raise Conflict("A comment has no title. Leave --title out.")
        given = _words(text, text_file) if text is not None or text_file is not None else target.source
        draft: ThreadDraft | CommentDraft = (
            CommentDraft(source=given)
            if not target.title
            else ThreadDraft(
                title=title or target.title,
                source=given,
                link_url=target.link_url,
                language=target.language,
                sensitive=target.sensitive,
                warning=target.warning,
            )
        )
        await perform(tx, await update.compose(tx, author, target, draft))
    click.echo(f"Changed {target.iri}")


@posts.command("delete")
@click.argument("post")
@by
@click.option("--reason", help="Of a moderator who removes what another wrote.")
@with_node
async def delete_post(node: Node, *, post: str, member: str, reason: str | None) -> None:
    """Delete POST, as its author or as a moderator of its group."""
    async with node.transaction() as tx:
        actor = await acting_as(tx, member, node.settings.host)
        target = await find_post(tx.session, post)
        await perform(tx, await delete.compose(tx, actor, target, reason=reason))
    click.echo(f"Deleted {target.iri}")


def _words(text: str | None, file: TextIO | None) -> str:
    if file is None:
        return text or ""
    if text:
        raise click.UsageError("Give --text or --text-file, not both.")
    return file.read()


def _row(post: Post, author: Actor | None) -> dict[str, Any]:
    return {
        "token": post.token,
        "title": post.title,
        "author": author.handle if author else "",
        "published": post.published,
        "score": post.score,
        "comments": post.comment_count,
        "iri": post.iri,
    }
