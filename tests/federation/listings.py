"""Threads as servers elsewhere show them, and how often those were asked."""

from __future__ import annotations

from tests.support.stranger import PUBLIC


def page(host, author, group, title, **more):
    return host.note(
        author, title, type="Page", name=title, audience=group, to=[group, PUBLIC], cc=[], **more
    )


def asked(sea, iri):
    return sum(url == iri for _, url in sea.chart.fetched)
