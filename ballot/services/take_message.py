"""Taking a trustee's message of the key ceremony: checked as far as everybody can, then published.

What does not hold is refused and stands nowhere, so that its sender may send it aright; what holds
cannot be said again otherwise. A complaint that is not upheld is published and ends the ceremony:
it may have opened a good share. With the last confirmation the key goes on the board, in the same
transaction. Source: docs/spec/sealing.md, 9; docs/spec/bundle.md, 4.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from ballot.canonical import Json
from ballot.ceremonies import PARSERS, Message, Said, Step, newest_ceremony, said_in
from ballot.lifecycle import State
from ballot.models import CeremonyMessage, Election, KeyCeremony
from ballot.sealing.ceremony import check_confirmation, check_reveals_so_far, conclude
from ballot.sealing.dealing import is_whole, judge
from ballot.sealing.errors import SealingError
from ballot.sealing.messages import Confirmation, Dealing, Reveal
from ballot.services.board import append_entry
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def take_message(
    election_id: int, *, number: int, step: str, message: Json, now: datetime
) -> None:
    """Take what a trustee says at a step of the ceremony. The same again changes nothing.

    number: whose seat it came from. message: as it stands on the board (bundle §4.5).
    """
    election = lock_election(election_id)
    ceremony = newest_ceremony(election)
    if ceremony is None:
        raise Refusal("ceremony.none", "No key ceremony has begun.")
    now_said = said_in(ceremony)
    at, read = _read(step, message, number)
    if _is_repeat(now_said, at, read):
        return
    require_state(election, State.FROZEN)
    _require_turn(ceremony, now_said, at, number)
    _require_holds(now_said, read)
    entry = append_entry(
        election, kind="ceremony-message", content={"message": read.to_json(), "step": at.value},
        now=now,
    )  # fmt: skip
    CeremonyMessage.objects.create(ceremony=ceremony, step=at, trustee=number, entry=entry)
    _go_on(election, ceremony, said_in(ceremony), at, now=now)
    record("hold_share", subject=("ceremony", str(ceremony.pk)), by=None, now=now,
           parameters={"step": at.value, "trustee": number})


def _read(step: str, message: Json, number: int) -> tuple[Step, Message]:
    if step not in Step.values:
        raise Refusal("ceremony.step", "A ceremony has no such step.", status=422)
    at = Step(step)
    try:
        read = PARSERS[at](message)
    except SealingError as refused:
        raise _not_taken(refused) from refused
    if read.number != number:
        raise Refusal("ceremony.other-trustee", "This is another trustee's message.", status=422)
    return at, read


def _is_repeat(now_said: Said, at: Step, read: Message) -> bool:
    before = now_said.messages[at].get(read.number)
    if before is not None and before != read:
        raise Refusal(
            "ceremony.said-otherwise",
            "You have said something else at this step, and it stands on the board. If it was not "
            "you, tell the other trustees and the returning officer at once.",
        )
    return before is not None


def _require_turn(ceremony: KeyCeremony, now_said: Said, at: Step, number: int) -> None:
    if ceremony.failed:
        raise Refusal("ceremony.failed", f"{ceremony.failed} The ceremony is over: it has to be "
                      "begun anew.")
    due = now_said.step_due
    if at != due:
        raise Refusal(
            "ceremony.not-its-turn",
            "Every trustee does a step before anybody does the next; a step that is done is "
            "closed. Read what is due now, and on the board who has done what.",
        )
    if number not in now_said.wanted_at(at):
        raise Refusal("ceremony.out", "Your dealing was false, and you hold no share of this key.")


def _require_holds(now_said: Said, read: Message) -> None:
    """Refuse a message that everybody would find false, given what was said before."""
    try:
        if isinstance(read, Reveal):
            reveals = [*now_said.reveals, read]
            check_reveals_so_far(now_said.frame, now_said.commitments, reveals)
        elif isinstance(read, Dealing):
            _require_whole(now_said, read)
        elif isinstance(read, Confirmation):
            check_confirmation(now_said.outcome, read)
    except SealingError as refused:
        raise _not_taken(refused) from refused


def _require_whole(now_said: Said, dealing: Dealing) -> None:
    reveals = {one.number: one for one in now_said.reveals}
    if not is_whole(now_said.frame, reveals, dealing):
        raise Refusal(
            "ceremony.not-whole",
            "A dealing has one share for each other trustee, and proves of each that nobody else "
            "sealed it. This one does not. It was not taken.",
            status=422,
        )


def _not_taken(refused: SealingError) -> Refusal:
    return Refusal(
        "ceremony.does-not-check",
        f"The message does not pass its check ({refused.condition}). It was not taken.",
        status=422,
    )


# --- what follows from a message ---------------------------------------------------------------


def _go_on(
    election: Election, ceremony: KeyCeremony, now_said: Said, at: Step, *, now: datetime
) -> None:
    if at == Step.RECEIVED:
        _end_if_it_failed(ceremony, now_said)
    elif at == Step.CONFIRMATION and now_said.step_due is None:
        _publish_key(election, now_said, now=now)


def _end_if_it_failed(ceremony: KeyCeremony, now_said: Said) -> None:
    reveals = {one.number: one for one in now_said.reveals}
    try:
        judge(now_said.frame, reveals, now_said.dealings, now_said.complaints)
        if len(now_said.messages[Step.RECEIVED]) == len(now_said.frame.numbers):
            now_said.outcome  # noqa: B018 - computed here for what it refuses
    except SealingError as ended:
        words = _why(now_said.frame.trustees, ended)
        KeyCeremony.objects.filter(pk=ceremony.pk).update(failed=words)


def _why(names: Sequence[str], ended: SealingError) -> str:
    """Say why a ceremony came to nothing, and whom that names (sealing §9.5, §9.6)."""
    said = ended.evidence
    if ended.condition == "ceremony.complaint":
        return (
            f"{names[said['trustee'] - 1]} complained of the share that "
            f"{names[said['dealer'] - 1]} dealt, and the complaint does not hold. It may have "
            "shown a good share to everybody."
        )
    if ended.condition == "ceremony.quorum":
        out = ", ".join(names[number - 1] for number in said["out"])
        return f"Too few trustees are left to open a box: the shares that {out} dealt are false."
    return f"What the trustees drew makes no key ({ended.condition})."


def _publish_key(election: Election, now_said: Said, *, now: datetime) -> None:
    key = conclude(
        now_said.frame,
        commitments=now_said.commitments,
        reveals=now_said.reveals,
        dealings=now_said.dealings,
        complaints=now_said.complaints,
        confirmations=now_said.confirmations,
    )
    Election.objects.filter(pk=election.pk).update(key=key.to_json())
    append_entry(election, kind="key", content=key.to_json(), now=now)
    record("set_key", subject=("election", str(election.pk)), by=None, now=now)
