"""Each document of each program takes effect, or is refused, as the table says: no more and no less."""

from __future__ import annotations

import pytest

from tests.dialects import ledger
from tests.dialects.arrival import Arrival
from tests.dialects.arrivals import ARRIVALS
from tests.dialects.world import World, all_samples

SHARED = ("read", "poll", "moving")  # these come to one node, whosever they are


def scenes() -> dict[str, list[Arrival]]:
    """Return the arrivals that come to one node, in their order."""
    found: dict[str, list[Arrival]] = {}
    for one in ARRIVALS:
        name = one.scene if one.scene in SHARED else f"{one.software}-{one.scene}"
        found.setdefault(name, []).append(one)
    return found


SCENES = scenes()


def expected(effect: str) -> list[str]:
    return sorted((line.strip() for line in effect.splitlines() if line.strip()), key=lambda one: one[2:])


def public_posts(found: list[str]) -> list[str]:
    """Return the ids of new posts that everybody may read."""
    new = [one.removeprefix("+ post ") for one in found if one.startswith("+ post ")]
    closed = ("adrift", "visibility direct", "visibility followers", "visibility members")
    return [f"https://{one.partition(': ')[0]}" for one in new if not any(word in one for word in closed)]


@pytest.mark.parametrize("scene", SCENES)
async def test_a_sample_does_what_its_sender_means(sea, scene):
    world = World(sea, await sea.node("local.example", requests_per_minute=1_000_000))
    await world.open(SCENES[scene][0].scene)
    before: list[str] = []
    wrong = []
    for arrival in SCENES[scene]:
        world.software = arrival.software
        for step in arrival.before:
            await step(world)
        if arrival.before or not before:
            await sea.settle()
            before = await ledger.read(world.island)
        reason = await world.comes(arrival)
        after = await ledger.read(world.island)
        found, before = ledger.changes(before, after), after
        if arrival.outcome == "refuses" and (found or reason != arrival.effect):
            wrong.append(
                f"{arrival.name} is not refused with “{arrival.effect}” but “{reason}”:\n" + "\n".join(found)
            )
        if arrival.outcome == "acts" and (reason or found != expected(arrival.effect)):
            wrong.append(f"{arrival.name} does not act as said. {reason}\n" + "\n".join(found))
        hidden = [iri for iri in public_posts(found) if not await world.shows(iri)]
        wrong += [f"{arrival.name}: the page of {iri} does not show it." for iri in hidden]
    assert not wrong, "\n\n".join(wrong)


def test_every_sample_is_in_the_table():
    assert set(all_samples()) == {one.name for one in ARRIVALS}
