"""What is delivered to each program's server is what FEDERATION.md's matrix says, in the form that the program reads."""

from __future__ import annotations

import pytest

from tests.dialects.columns import FLEETS
from tests.dialects.deeds import DEEDS
from tests.dialects.demands import DEMANDS
from tests.dialects.departures import HOME, ROWS, innermost, letter, types
from tests.dialects.fleet import MODERATED, Fleet
from tests.dialects.matrix import column_of, table
from tests.support.stranger import PUBLIC

PAGE = {row.name: row.cells for row in table()}
WITHOUT_SIGNATURE = {"/.well-known/webfinger", "/.well-known/nodeinfo", "/nodeinfo/2.0"}
IN_OFFICE = {
    "Add", "Block", "Delete", "Lock", "Remove", "Undo Block", "Undo Delete", "Undo Lock", "Update", "Warn",
}  # fmt: skip


@pytest.mark.parametrize("programs", FLEETS, ids=lambda names: names[0])
async def test_what_leaves_us_is_what_the_page_says_and_what_each_reads(sea, programs):
    fleet = await Fleet.gathered(sea, programs)
    for deed in DEEDS:
        await deed(fleet)
    wrong = [*_letters(fleet), *_shapes(fleet), *_offices(fleet), *_boosts(fleet)]
    assert not wrong, "\n".join(wrong)
    for name, port in fleet.ports.items():
        said = PAGE["signed GET"][column_of(name)]
        assert port.signed, name
        assert set(port.unsigned) <= WITHOUT_SIGNATURE, f"“signed GET”, {name}: the page says {said}"
        outbox = f"{fleet.bees.iri}/outbox"
        assert (await fleet.ours.get(outbox, accept="application/activity+json")).status_code == 401
        assert await port.asks(fleet.ours, outbox) == 200, f"“signed GET”, {name}: the page says {said}"
        assert said == "SA"


def _letters(fleet: Fleet) -> list[str]:
    """Compare each cell with what was delivered."""
    found = []
    for name, port in fleet.ports.items():
        for row in ROWS:
            says = PAGE[row][column_of(name)].strip("AR")
            sends = letter(row, port.received)
            if says != sends:
                found.append(
                    f"“{row}”, {name}: the page says {says or 'nothing'}, sent was {sends or 'nothing'}"
                )
    return found


def _shapes(fleet: Fleet) -> list[str]:
    """Hold every delivery against what its reader demands."""
    return [
        f"{name} does not read {' '.join(types(activity))}, {activity['id']} ({demand.__doc__})"
        for name, port in fleet.ports.items()
        for demand in DEMANDS.get(name, ())
        for activity in port.received
        if not demand(activity)
    ]


def _offices(fleet: Fleet) -> list[str]:
    """What a member of ours does in office in a group elsewhere goes to its host by itself, not announced."""
    wrong = []
    for name in MODERATED & set(fleet.ports):
        port = fleet.ports[name]
        done = {
            " ".join([one["type"], *([innermost(one)["object"]["type"]] if one["type"] == "Undo" else [])])
            for one in port.received
            if one.get("audience") == port.hall and one["actor"] == f"{HOME}/u/ben"
        }
        if not done >= IN_OFFICE:
            wrong.append(f"{name}: {sorted(IN_OFFICE - done)} did not reach the group's host")
        wrong += [
            f"{name}: {one['id']} does not name the public in `to`"
            for one in port.received
            if one.get("audience") == port.hall
            and one["type"] in {"Lock", "Add", "Remove", "Delete", "Block"}
            if PUBLIC not in one["to"]
        ]
    return wrong


def _boosts(fleet: Fleet) -> list[str]:
    """What a group no longer announces to a microblog is what it announced, by the same id (D.1)."""
    wrong = []
    for name, port in fleet.ports.items():
        said: list[str] = []
        for one in port.received:
            if types(one) == ["Announce", "id"]:
                said.append(one["id"])
            elif types(one)[:2] == ["Undo", "Announce"] and one["object"]["id"] not in said:
                wrong.append(f"{name} was never told {one['object']['id']}, which is undone")
        if len(said) != len(set(said)):
            wrong.append(f"{name} was told one boost twice: it shows what it has undone no more")
    return wrong
