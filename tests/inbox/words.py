"""What strangers say in the tests of the inbox, and what became of it here."""

from __future__ import annotations

from tests.support.stranger import PUBLIC


def page(host, author, group, text="Hello", **more):
    more = {"name": text, "type": "Page", "audience": group, "to": [group, PUBLIC], "cc": []} | more
    return host.note(author, text, **more)


def announce(host, group, thing):
    return host.activity("Announce", group, thing, to=[PUBLIC], cc=[f"{group}/followers"])


async def reason_of(us, number=-1):
    arrival = (await us.arrivals())[number]
    return arrival.state, arrival.reason


async def title_of(us, iri):
    post = await us.post(iri)
    return post and post.title
