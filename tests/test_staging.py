"""A test that begins with a copy of what another played cannot tell, and neither hears of the other."""

from __future__ import annotations

import pytest

from tests.support import staging
from tests.support.archipelago import Archipelago
from tests.support.databases import POSTGRES
from tests.support.staging import staged
from tests.support.state import public_state
from tests.support.stranger import Stranger


class Act:
    """One play on a sea of its own: ada of alpha in a group of beta, and a server that knows her."""

    played = 0

    @classmethod
    async def on(cls, folder, *, hosts=("alpha.example", "beta.example"), before=0):
        folder.mkdir()
        act = cls()
        act.sea = Archipelago(folder)
        act.alpha, act.beta = [await act.sea.node(f"{host}") for host in hosts]
        act.bees = await act.beta.group("bees")
        for number in range(before):
            await act.beta.member(f"somebody{number}")
        act.masto = Stranger(act.sea, "masto.example")
        await staged(act.sea, act.play)
        act.ada = await act.alpha.person("ada")
        return act

    async def play(self):
        Act.played += 1
        ada = await self.alpha.member("ada", follows=self.bees)
        mia = self.masto.person("mia")
        await self.masto.send(self.beta, self.masto.activity("Follow", mia, self.bees.iri))
        await self.sea.settle()
        await ada.posts(self.bees, title="Swarm season")
        self.sea.clock.advance(hours=1)
        await self.sea.settle()

    async def shows(self):
        return [await public_state(one.node.database) for one in (self.alpha, self.beta)]


@pytest.fixture
async def acts(tmp_path, monkeypatch):
    """The play, a copy of it, and one on which somebody else was there before."""
    if POSTGRES:
        pytest.skip("every test plays for itself on PostgreSQL")
    monkeypatch.setattr(staging, "_kept", {})
    monkeypatch.setattr(Act, "played", 0)
    acts = [await Act.on(tmp_path / name, before=name == "other") for name in ("first", "copy", "other")]
    yield acts
    for act in acts:
        await act.sea.close()


async def test_a_copy_goes_on_as_the_play_would(acts):
    first, copy, _ = acts
    assert Act.played == 2, "first and other"
    ends = []
    for act in (first, copy):
        known, kept = act.bees.founder.actor, (await act.beta.person("founder_of_bees")).actor
        assert (known.sealed_key, known.proof_key) == (kept.sealed_key, kept.proof_key)
        answer = await act.bees.founder.answers((await act.beta.iris_of_posts())[0], "Early")
        await act.ada.votes((await act.alpha.iris_of_posts())[0], 1)
        await act.sea.settle()
        assert (
            await act.masto.send(act.beta, act.masto.activity("Like", act.masto.home + "/users/mia", answer))
            == 202
        )
        await act.sea.settle()
        told = [(one.sender, one.host, one.shape, one.activity["id"]) for one in act.sea.chart.parcels]
        ends.append(
            (
                await act.shows(),
                sorted(told),
                act.masto.got("Announce"),
                act.masto.serial,
                act.sea.clock.now(),
            )
        )
    assert [one["id"] for one in ends[0][2]] == [one["id"] for one in ends[1][2]]
    assert ends[0][:2] == ends[1][:2]
    assert ends[0][3:] == ends[1][3:]
    assert len(ends[0][0][1]["posts"]) == 2


async def test_what_happens_on_one_is_heard_on_no_other(acts):
    first, copy, other = acts
    await copy.ada.posts(copy.bees, title="Again")
    await copy.sea.settle()
    again = await Act.on(copy.sea.folder.parent / "again")
    found = [len(await act.beta.iris_of_posts()) for act in (first, copy, other, again)]
    await again.sea.close()
    assert (found, Act.played) == ([1, 2, 1, 1], 2)
