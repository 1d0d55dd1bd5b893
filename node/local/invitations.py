"""Invitations: links by which people sign up, also where registrations are closed.

The secret is shown once and kept as a fingerprint, as with passes (THREATS V89). A use is counted in the transaction
that makes the account, so that a link is good for as many as it says and no more.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from node.errors import Conflict, Gone
from node.ids import fingerprint
from node.store.database import Transaction
from node.store.tables.members import Invitation, Invited, Member

MOST_USES = 100  # of one link
MOST_DAYS = 30
MOST_OPEN = 20  # links of one member


async def issue(
    tx: Transaction, member_id: int, *, uses: int, days: int, note: str = "", group_id: int | None = None
) -> str:
    """Return the secret of a fresh link, the part after ``/invitation/``. It cannot be read again.

    group_id: the group that whoever comes by it follows. Raises Conflict when the member has too many open links.
    """
    count = select(func.count()).where(
        col(Invitation.member_id) == member_id, col(Invitation.expires_at) > tx.now
    )
    if (await tx.session.scalar(count) or 0) >= MOST_OPEN:
        raise Conflict("You have many open invitations. Withdraw one that nobody needs, then make a new one.")
    secret = tx.ids.secret()
    tx.session.add(
        Invitation(
            fingerprint=fingerprint(secret),
            member_id=member_id,
            note=note,
            uses=uses,
            group_id=group_id,
            created_at=tx.now,
            expires_at=tx.now + timedelta(days=days),
        )
    )
    await tx.session.flush()
    return secret


async def use(tx: Transaction, secret: str) -> Invitation:
    """Count one use of a link; raise Gone unless it is good. Of two who want the last, one gets it."""
    number = await tx.session.scalar(
        update(Invitation)
        .where(
            col(Invitation.fingerprint) == fingerprint(secret),
            col(Invitation.expires_at) > tx.now,
            col(Invitation.used) < col(Invitation.uses),
            col(Invitation.member_id).in_(select(Member.id).where(col(Member.disabled_at).is_(None))),
        )
        .values(used=col(Invitation.used) + 1)
        .returning(col(Invitation.id)),
        execution_options={"synchronize_session": False},
    )
    if number is None:
        raise used_up()
    return await tx.session.get_one(Invitation, number, populate_existing=True)


async def note_invited(tx: Transaction, member: Member, invitation: Invitation) -> None:
    """Write down who brought a new member here."""
    tx.session.add(Invited(member_id=member.id or 0, inviter_id=invitation.member_id, at=tx.now))
    await tx.session.flush()


async def withdraw(tx: Transaction, member_id: int, number: int) -> None:
    """Let nobody come by a link of the member's any more."""
    await tx.session.execute(
        delete(Invitation).where(col(Invitation.id) == number, col(Invitation.member_id) == member_id)
    )


def used_up() -> Gone:
    """Return what to say of a link that is no longer good, or never was."""
    return Gone(
        "This invitation has been used up, withdrawn or has expired. Ask whoever sent it for a new one."
    )
