"""Who has authority in a group: actor by role, where the group lives, and who passed the act on (RULE C4)."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import col, select

from node.activities.standing import check_may_moderate
from node.activitypub.activity import Activity
from node.errors import Refused
from node.store.queries.actors import get_actor
from node.store.tables.actors import Actor
from node.store.tables.follows import Moderator
from node.store.tables.members import Member
from node.store.tables.moderation import Ban

# (who, where the group lives, who announced it) -> whether a Lock, and whether a Delete, is theirs to do
TABLE = {
    ("ours_moderator", "here", None): (True, True),
    ("ours_administrator", "here", None): (True, True),
    ("ours_member", "here", None): (False, False),
    ("their_moderator", "here", None): (True, True),
    ("their_member", "here", None): (False, False),
    ("their_instance", "here", None): (False, False),  # I.90: an administrator elsewhere is nobody here
    ("other_moderator", "here", None): (False, False),
    ("banned_moderator", "here", None): (False, False),
    ("once_banned_moderator", "here", None): (True, True),
    ("banned_from_node", "here", None): (False, False),
    ("gone_moderator", "here", None): (False, False),
    ("their_moderator", "here", "hive"): (False, False),  # a group speaks for itself alone
    ("ours_moderator", "hive", None): (True, True),  # asks its host
    ("ours_administrator", "hive", None): (False, True),  # hides on this node, and no more
    ("ours_member", "hive", None): (False, False),
    ("their_moderator", "hive", None): (False, False),  # only what its host passes on counts
    ("their_member", "hive", None): (False, False),
    ("their_member", "hive", "hive"): (True, True),  # its host has judged
    ("their_instance", "hive", "hive"): (True, True),
    ("hive", "hive", None): (True, True),  # the group says it as itself
    ("their_moderator", "hive", "swarm"): (False, False),
    ("swarm", "hive", None): (False, False),
}


async def test_authority_in_a_group_is_as_the_table_says(scene):
    """RULE C4, A09, A19, pitfalls 80 and 90"""
    people = await _people(scene)
    wrong = []
    async with scene.island.node.transaction() as tx:
        for (who, where, announcer), expected in TABLE.items():
            group = await get_actor(tx.session, people[where])
            for kind, may in zip(("Lock", "Delete"), expected, strict=True):
                act = scene.activity(kind, people[who], "x", announced_by=people.get(announcer))
                if await _may(tx, act, group) != may:
                    wrong.append((who, where, announcer, kind))
    assert wrong == []


async def _may(tx, act: Activity, group: Actor) -> bool:
    try:
        await check_may_moderate(tx, act, group)
    except Refused:
        return False
    return True


async def _people(scene) -> dict[str, str]:
    hive = await scene.stranger("hive", kind="Group")
    swarm = await scene.stranger("swarm", kind="Group")
    boss = await scene.island.member("boss")
    people = {
        "here": scene.group.iri,
        "hive": hive,
        "swarm": swarm,
        "ours_moderator": scene.group.founder.iri,
        "ours_administrator": boss.iri,
        "ours_member": scene.ben.iri,
        "their_member": await scene.stranger("ann"),
        "their_instance": await scene.stranger("far.example", kind="Application"),
    }
    listed = (
        "their_moderator",
        "banned_moderator",
        "once_banned_moderator",
        "banned_from_node",
        "gone_moderator",
    )
    for name in (*listed, "other_moderator"):
        people[name] = await scene.stranger(name)
    async with scene.island.node.transaction() as tx:
        row = {name: await get_actor(tx.session, iri) for name, iri in people.items()}
        boss_id = row["ours_administrator"].id
        account = await tx.session.scalar(select(Member).where(col(Member.actor_id) == boss_id))
        account.role = "administrator"
        for name in listed:
            _appoint(tx, row["here"], row[name])
        for name in ("ours_moderator", "their_moderator"):
            _appoint(tx, row["hive"], row[name])
        _appoint(tx, row["swarm"], row["other_moderator"])
        _ban(tx, row["banned_moderator"], scene.group.iri, None)
        _ban(tx, row["once_banned_moderator"], scene.group.iri, tx.now - timedelta(days=1))
        _ban(tx, row["banned_from_node"], "https://beta.example/", tx.now + timedelta(days=1))
        row["gone_moderator"].deleted_at = tx.now
    return people


def _appoint(tx, group: Actor, actor: Actor) -> None:
    tx.session.add(Moderator(group_id=group.id, actor_id=actor.id, since=tx.now))


def _ban(tx, actor: Actor, scope: str, until) -> None:
    ban = Ban(actor_id=actor.id, scope=scope, iri="https://x.example/b", at=tx.now, expires_at=until)
    tx.session.add(ban)
