"""From what a member typed, or what a peer sent, to what is kept and shown."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from node.activitypub.documents import ObjectDocument
from node.store.queries.documents import mentioned
from node.store.tables.actors import Actor
from node.text.clean import clean_html, plain_name, plain_text
from node.text.hashtags import link_hashtags
from node.text.markdown import link_handles, to_html
from node.text.titles import title_from

_FALLBACK = re.compile(
    r'<(p|span)\s[^<>]{0,200}class="[^"<>]{0,200}quote-inline[^"<>]{0,200}"[^<>]{0,200}>.{0,4000}?</\1>',
    re.DOTALL,
)
UNTITLED = 5  # characters; a shorter derived title says nothing (RULE D3)


@dataclass(frozen=True, slots=True)
class Words:
    """The readable part of a post, cleaned."""

    title: str
    title_derived: bool
    content: str  # HTML
    source: str  # Markdown, empty when not given
    warning: str


async def render(session: AsyncSession, source: str, home: str = "") -> str:
    """Return Markdown as clean HTML in which the handles of known actors are links, and hashtags too.

    home: scheme and host under which hashtags have their pages; without it they stay words.
    """
    named = await mentioned(session, source)
    pages = {handle: actor.url or actor.iri for handle, actor in named.items()}
    linked = link_handles(to_html(source), pages).strip()
    return link_hashtags(linked, home) if home else linked


def words_of(document: ObjectDocument, *, group: Actor | None, is_thread: bool) -> Words:
    """Clean a document's texts; give a thread without a name one from its first line (RULE D3)."""
    source = document.source_markdown or ""
    given = _without_fallback(document.content or "") if document.quote else document.content
    content = (clean_html(given) if given else to_html(source)).strip()
    warning = _warning(document, content)
    title = " ".join(plain_name(plain_text(document.name or "")).split())[:200] if is_thread else ""
    if title or not is_thread:
        return Words(title=title, title_derived=False, content=content, source=source, warning=warning)
    names = [group.username, f"{group.username}@{group.host}"] if group is not None else []
    title, _ = title_from(content, strip_mentions=names)
    if len(title) < UNTITLED:
        when = document.published.date().isoformat() if document.published else ""
        title = f"(untitled) {when}".strip()
    if group is not None:
        content = _without_mention(content, group)
    return Words(title=title, title_derived=True, content=content, source=source, warning=warning)


def _without_fallback(content: str) -> str:
    """Take off what stands for the quoted post where quotes are not known: `RE: <address>` (Mastodon, Misskey)."""
    return _FALLBACK.sub("", content)


def _without_mention(content: str, group: Actor) -> str:
    """Take the links that only call the group off a thread's text: its reader is in the group already (RULE D3)."""
    for address in {group.iri, group.url or group.iri}:
        link = rf'<a href="{re.escape(html.escape(address))}"[^<>]*>\s*[@!][^<>]*</a>(?:[,:](?=\s))?\s*'
        content = re.sub(link, "", content)
    return re.sub(r"<p>(?:\s|<br>)*</p>", "", content).strip()


def _warning(document: ObjectDocument, content: str) -> str:
    """Return what a summary warns of: that of a Note or Question always, of anything else unless it is an excerpt.

    Excerpts stand for the text where only a link is shown (pitfall 28): they begin as the text does.
    """
    summary = plain_text(document.summary or "")[:500]
    if document.type in {"Note", "Question"} or not summary:
        return summary
    opening = summary.removesuffix("[...]").rstrip(".… ")
    return summary if document.sensitive and not plain_text(content).startswith(opening) else ""
