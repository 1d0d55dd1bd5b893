"""Posting a thread to another group as well: the page is the same, the talk is another (FEDERATION C.13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select
from starlette.requests import Request
from starlette.responses import Response

from node.runtime import Node
from node.store.queries.people import ActorLine, line_of
from node.store.queries.posts import visible_to
from node.store.queries.threads import ThreadLine, get_visible, lines_of_threads
from node.store.tables.actors import Actor
from node.store.tables.follows import Follow
from node.store.tables.posts import Post
from node.text.clean import plain_text, shortened
from node.web.rendering import render
from node.web.session import member_of

QUOTED = 2000  # characters of the first thread's words


@dataclass(frozen=True, slots=True)
class CrossPostPage:
    """To which group a thread may go as well."""

    line: ThreadLine
    groups: tuple[ActorLine, ...]


async def choose(request: Request) -> Response:
    """GET /post/{token}/cross-post: choose a followed group; its form comes filled in."""
    node: Node = request.app.state.node
    account = await member_of(request)
    async with node.reading() as session:
        thread = await get_visible(session, str(request.path_params["token"]), account.actor, comment=False)
        followed = await session.scalars(
            select(Actor)
            .join(Follow, col(Follow.followee_id) == col(Actor.id))
            .where(
                col(Follow.follower_id) == account.actor.id,
                col(Follow.state) == "accepted",
                col(Actor.kind) == "Group",
                col(Actor.deleted_at).is_(None),
                col(Actor.id) != thread.group_id,
            )
            .order_by(col(Actor.username), col(Actor.host))
        )
        groups = tuple(line_of(group) for group in followed)
        line = (await lines_of_threads(session, [thread], account.actor))[0]
    return await render(request, "posting/cross.html", CrossPostPage(line, groups))


async def filled_in(session: AsyncSession, token: str, viewer: Actor) -> dict[str, str]:
    """Return the form of a thread that says again what the thread of that name says; empty for none."""
    thread = await session.scalar(
        select(Post).where(col(Post.token) == token, col(Post.parent_id).is_(None), visible_to(viewer))
    )
    if thread is None:
        return {}
    words = thread.source or plain_text(thread.content)
    quote = "\n".join(f"> {line}".rstrip() for line in shortened(words, QUOTED).splitlines())
    return {
        "title": thread.title,
        "link_url": thread.link_url or "",
        "source": f"cross-posted from: <{thread.url or thread.iri}>\n\n{quote}".strip(),
        "warning": thread.warning,
        "sensitive": "yes" if thread.sensitive else "",
        "language": thread.language or "",
    }
