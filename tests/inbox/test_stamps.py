"""Stamps are looked up where they are said to be given (FEP-044f)."""

from __future__ import annotations

import pytest

from tests.support.stranger import PUBLIC, Stranger


@pytest.fixture
async def us(sea):
    return await sea.node("us.example")


@pytest.mark.parametrize(
    ("change", "holds"),
    [
        ({}, True),
        ({"type": "LikeApproval"}, False),
        ({"attributedTo": "https://far.example/users/eve"}, False),
        ({"interactingObject": "https://masto.example/users/mia/statuses/9"}, False),
        (None, False),
    ],
)
async def test_a_stamp_holds_when_it_says_this_of_these_by_its_author(sea, us, change, holds):
    bees = await us.group("bees")
    far, masto = Stranger(sea, "far.example"), Stranger(sea, "masto.example")
    zoe, mia = far.person("zoe"), masto.person("mia", key="bees")
    mention = {"type": "Mention", "href": bees.iri, "name": "@bees"}
    addressed = {"to": [PUBLIC, bees.iri], "tag": [mention]}
    quoted = far.note(
        zoe, "Do bees sleep?", interactionPolicy={"canQuote": {"manualApproval": PUBLIC}}, **addressed
    )
    stamp = f"{zoe}/stamps/1"
    quote = masto.note(mia, "Look at this!", quote=quoted["id"], quoteAuthorization=stamp, **addressed)
    if change is not None:
        far.documents[stamp] = {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": stamp,
            "type": "QuoteAuthorization",
            "attributedTo": zoe,
            "interactingObject": quote["id"],
            "interactionTarget": quoted["id"],
        } | change
    await far.send(us, far.create(quoted))
    await sea.settle()
    await masto.send(us, masto.create(quote))
    await sea.settle()
    post = await us.post(quote["id"])
    assert post.quote_iri == quoted["id"]
    assert (post.quote_stamp == stamp) is holds
