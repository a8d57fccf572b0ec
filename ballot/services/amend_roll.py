"""Amending the frozen roll: by one person, or by a court's order of many; and what follows.

Under the election's lock, in one transaction: the roll's amendment, the codes issued or revoked,
the letters, and one entry on the board. A cast in flight is finished before this goes on, and
then stands in the register; or it finds its code revoked. Never both.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from ballot.canonical import Json
from ballot.issuance.lists import Kind
from ballot.lifecycle import State
from ballot.mapping.roll import amendment_content
from ballot.models import Election
from ballot.selectors import codes_made, roll_of
from ballot.services.amended_codes import codes_of_amendment
from ballot.services.board import append_entry
from ballot.services.issuer_requests import ask_for_code
from ballot.services.moves import lock_election, require_state
from ballot.services.reasons import require_reason
from ballot.services.reissue_code import reissue_code
from ballot.services.sealed_keys import seal
from ballot.services.set_aside_ballots import let_restored_stand
from members.selectors import (
    addresses_before,
    amendment_count,
    bulk_amendment,
    chain_of,
    electors_amended,
    entry_of,
    member_amended,
    members_of_bulk,
    roll_commitment,
)
from members.services import amend_roll as amend
from members.services.history import lock_register
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.approvals import demand_two_officers
from office.services.audit import record
from office.services.jobs import open_job
from office.services.letters import queue_letter

AMENDABLE = (State.FROZEN, State.POLLING, State.SUSPENDED, State.CLOSED)
PURPOSE_CORRECTED = "address-corrected"
BULK_JOB = "amend_roll_in_bulk"

_NOT_VOTED = """
SELECT EXISTS (
    SELECT FROM unnest(%(members)s::bigint[]) AS asked (member)
      LEFT JOIN members_rollentry r ON r.roll_id = %(roll)s AND r.member_id = asked.member
      LEFT JOIN ballot_registermark m
             ON m.election_id = %(election)s AND m.roll_entry_id = r.id
     WHERE m.id IS NULL)
"""


@transaction.atomic
def amend_roll(
    election_id: int,
    *,
    member: int,
    kind: str,
    reason: str,
    grounds: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
    digest: str | None = None,
) -> None:
    """Add, strike off or correct one person. Who is corrected gets a new code by reissue.

    digest: of the person's record as both officers read it (MemberAmended); left out where no
    proposal came before, as in a rehearsal.
    """
    second = demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    if digest is not None:
        _require_as_read(election, member, kind=kind, digest=digest)
    _amend(
        election, [member], kind=kind, reason=reason, grounds=require_reason(grounds), by=by,
        seconded_by=second, now=now,
    )
    if kind == "correct":
        _tell_old_address(election, member)
        _write_to_new_address(election, member, by=by, seconded_by=second, now=now)


def _write_to_new_address(
    election: Election, member: int, *, by: int, seconded_by: int, now: datetime
) -> None:
    """Who was corrected gets a new code there, while the poll is open and they have not voted.

    Before the opening the first letter waits, and goes to the address as it then is; but not one
    that an outside issuer has, who is asked for a new code in its place.
    """
    entry = entry_of(roll_of(election).pk, member_id=member)
    if entry is None:
        raise LookupError("who was just amended is not on the roll")
    is_open = election.stage in {State.POLLING, State.SUSPENDED}
    if is_open and _has_not_voted(election, [member]):
        reissue_code(
            election.pk, recipient=entry.public_id, by=by, seconded_by=seconded_by, now=now
        )
    elif election.stage == State.FROZEN and election.issuer is not None and codes_made(election):
        ask_for_code(election, entry.pk, kind=Kind.REISSUE, now=now)


def _require_as_read(election: Election, member: int, *, kind: str, digest: str) -> None:
    """Refuse unless the record is still as it was read. Until the end nothing changes it.

    The election is locked before the list, as at a freeze: no act locks both the other way round.
    """
    lock_register()
    if member_amended(roll_of(election).pk, member, kind=kind).digest != digest:
        raise Refusal(
            "amendment.changed-meanwhile",
            "The record has changed since this was proposed. Refuse it, and propose it anew.",
        )


def _tell_old_address(election: Election, member: int) -> None:
    """Write to the address that was on the roll: a code that is diverted is diverted unseen."""
    roll = roll_of(election)
    entry = entry_of(roll.pk, member_id=member)
    if entry is None:
        raise LookupError("who was just amended is not on the roll")
    number = amendment_count(roll.pk)
    old = addresses_before([(entry.public_id, number)])[entry.public_id, number]
    if old and old != entry.email:
        queue_letter(
            PURPOSE_CORRECTED, reference=roll.public_id, recipient=str(entry.public_id),
            attempt=number,
        )


@transaction.atomic
def request_bulk(
    election_id: int,
    *,
    bulk: int,
    digest: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
) -> None:
    """Two officers order a bulk amendment; a worker carries it out, and the page shows how far."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    require_state(election, *AMENDABLE)
    job = open_job(
        BULK_JOB,
        subject=("election", str(election.pk)),
        by=by,
        now=now,
        parameters={"bulk": bulk, "digest": digest, "by": by, "seconded_by": seconded_by},
    )
    # One job an election is open at a time, and what was returned may be another set's.
    if job.parameters["bulk"] != bulk:
        raise Refusal(
            "amendment.under-way",
            f"Another list, {job.parameters['bulk']}, is being carried out. Approve this one when "
            "that is done: the proposal goes on waiting.",
        )


@transaction.atomic
def amend_roll_in_bulk(
    election_id: int,
    *,
    bulk: int,
    digest: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Carry out a bulk amendment: exactly the set that was approved, or nothing.

    digest: of the set, as both officers read it. A set of which one member can no longer be
    amended so is refused as a whole, and a new one has to be approved.
    """
    second = demand_two_officers(by=by, seconded_by=seconded_by)
    election = lock_election(election_id)
    chosen = bulk_amendment(bulk)
    if (
        chosen is None
        or chosen.roll_id != election.roll_id
        or bytes(chosen.digest).hex() != digest
    ):
        raise Refusal(
            "amendment.other-set", "This is not the set that was approved. Propose it anew."
        )
    if hasattr(chosen, "amendment"):
        # A worker died between the commit and the job's last word: what was ordered is done.
        return
    members = members_of_bulk(bulk)
    report(stage="Amending the roll", done=0, total=len(members), unit="people")
    _amend(
        election, members, kind=chosen.kind, reason=chosen.reason, grounds=chosen.grounds, by=by,
        seconded_by=second, now=now, bulk_id=bulk, processes=processes,
    )
    report(done=len(members), total=len(members))


def _amend(
    election: Election,
    members: Sequence[int],
    *,
    kind: str,
    reason: str,
    grounds: str,
    by: int,
    seconded_by: int,
    now: datetime,
    bulk_id: int | None = None,
    processes: int = 1,
) -> None:
    require_state(election, *AMENDABLE)
    _require_in_time(election, kind, members)
    roll_id = roll_of(election).pk
    amendment_id = amend(
        roll_id, kind=kind, reason=reason, grounds=grounds, members=members, by=by,
        seconded_by=seconded_by, now=now, bulk_id=bulk_id,
    )
    keys = codes_of_amendment(
        election, amendment_id, kind=kind, processes=processes, now=now
    )
    if keys is not None and election.stage != State.FROZEN:
        keys = seal(keys)
    entry = append_entry(
        election, kind="amendment", content=_content(roll_id, keys), now=now
    )
    if kind == "add":
        let_restored_stand(election, now=now)
    record(
        "amend_roll", subject=("election", str(election.pk)), by=by, seconded_by=seconded_by,
        now=now, parameters={"entry": entry.number, "kind": kind, "reason": reason},
    )


def _content(roll_id: int, keys: dict[str, Json] | None) -> dict[str, Json]:
    """What the board says of the amendment that was just made."""
    link = chain_of(roll_id, after=amendment_count(roll_id) - 1)[-1]
    electors = {one.code: one.electors for one in electors_amended(roll_id)}
    content = amendment_content(link, roll=roll_commitment(roll_id), electors=electors)
    return content | {"keys": keys}


def _require_in_time(election: Election, kind: str, members: Sequence[int]) -> None:
    """After the close nobody is added who has cast nothing, and no address is of use any more."""
    if election.stage != State.CLOSED or kind == "remove":
        return
    if kind == "correct" or _has_not_voted(election, members):
        raise Refusal(
            "amendment.poll-closed",
            "The poll is closed. Somebody who has voted can be struck off or restored until the "
            "register is verified; nobody else can be added, and no address corrected.",
        )


def _has_not_voted(election: Election, members: Sequence[int]) -> bool:
    """Whether one of these members, at least, has no mark in the register."""
    with connection.cursor() as cursor:
        cursor.execute(
            _NOT_VOTED,
            {"members": list(members), "roll": election.roll_id, "election": election.pk},
        )
        return bool(cursor.fetchone()[0])
