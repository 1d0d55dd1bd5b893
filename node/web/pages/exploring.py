"""Exploring: the directory of groups, and what rises right now. `/groups` is where it was before, and still leads here."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from node.errors import Malformed
from node.runtime import Node
from node.store.queries.directory import Directory, Order, Where, Wish, directory
from node.store.queries.paging import read_position
from node.store.queries.topics import TOPICS
from node.store.queries.trends import Trends, trends
from node.web import forms
from node.web.languages import POST_LANGUAGES, post_languages, topic_names
from node.web.rendering import FormView, form_view, render
from node.web.session import viewer_of

THREADS, TAGS, GROUPS = 5, 10, 5  # that rise, at most


class ExploreQuery(BaseModel):
    """Which groups, in which order. What else an address carries is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sort: Order = "active"
    q: str = Field(default="", max_length=100)
    where: Where = ""
    language: str = Field(default="", max_length=20)
    topic: str = Field(default="", max_length=20)
    after: str = Field(default="", max_length=80)

    def wish(self) -> Wish:
        """Return it as the queries take it; raises Malformed for what is on no list."""
        if self.topic not in {"", *TOPICS} or self.language not in {"", *POST_LANGUAGES}:
            raise Malformed("The address of this page has a part that makes no sense here.")
        after = read_position(self.after)
        return Wish(self.sort, self.q, self.where, self.language, self.topic, after)


@dataclass(frozen=True, slots=True)
class ExplorePage:
    """The directory, the form that narrows it, and what rises; the latter at its beginning alone."""

    directory: Directory
    form: FormView
    languages: dict[str, str]
    topics: dict[str, str]
    trends: Trends

    def way(self, *, after: str = "", sort: str = "", topic: str | None = None) -> str:
        """Return the address of another part, order or topic of the same."""
        wish = self.directory.wish
        asked = {
            "q": wish.words,
            "where": wish.where,
            "language": wish.language,
            "topic": wish.topic if topic is None else topic,
            "sort": sort or wish.sort,
            "after": after,
        }
        return f"/explore?{urlencode({name: value for name, value in asked.items() if value})}"


async def show(request: Request) -> Response:
    """GET /explore: the groups of this node and those it knows elsewhere."""
    node: Node = request.app.state.node
    asked = forms.query(request, ExploreQuery)
    wish = asked.wish()
    viewer = await viewer_of(request)
    async with node.reading() as session:
        found = await directory(session, viewer.actor, wish)
        rising = Trends()
        if wish.after is None:
            rising = await trends(
                session,
                viewer.actor,
                viewer.now,
                threads=THREADS,
                tags=TAGS,
                groups=GROUPS,
                muting=viewer.muting,
            )
    page = ExplorePage(
        directory=found,
        form=form_view(None, viewer.language, asked.model_dump(exclude={"after"})),
        languages=dict(post_languages(viewer.language)),
        topics=dict(topic_names(viewer.language)),
        trends=rising,
    )
    return await render(request, "exploring/show.html", page)
