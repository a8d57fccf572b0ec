"""Join or part a person's records once contact details are frozen: proposed, then seconded.

Which of the records is entered on the roll, and so the address that the voting paper goes to,
follows from which are one person's.
"""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction

from members.models import Pair
from members.selectors.proposals import record_words
from members.services.persons import records_of
from members.services.settle_pair import settle_same, unsettle
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import demand_two_officers, propose_act

ACT: Final = "settle_pair_late"


@transaction.atomic
def propose_settling(
    pair_id: int, *, keep: int | None, by: int, now: datetime, reason: str = ""
) -> Approval:
    """Propose that a pair is one person and the record `keep` stands, or with None to undo that.

    reason: is kept with the pair and not in the proposal, whose words are kept for good.
    """
    approval = propose_act(ACT, subject=("pair", str(pair_id)), by=by, now=now,
                           parameters={"keep": keep})  # fmt: skip
    if keep is not None:
        Pair.objects.filter(pk=pair_id, state=Pair.State.OPEN).update(reason=reason)
    return approval


@transaction.atomic
def settle_pair_late(
    pair_id: str, *, by: int, seconded_by: int, now: datetime, keep: int | None
) -> None:
    """Join the two records, or part them again, as two people decided."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    pair = _pair(pair_id)
    if keep is None:
        unsettle(pair.pk, by=by, seconded_by=seconded_by, now=now)
    else:
        settle_same(pair.pk, keep=keep, by=by, seconded_by=seconded_by, now=now,
                    reason=pair.reason)  # fmt: skip


def describe_late_settling(pair_id: str, *, keep: int | None) -> str:
    """Which records would be one person's, by their keys; or no longer."""
    pair = _pair(pair_id)
    expected = Pair.State.SAME if keep is None else Pair.State.OPEN
    if pair.state != expected:
        raise Refusal("pair.decided", f"This pair is {pair.get_state_display()} by now.")
    both = (pair.first_id, pair.second_id)
    records = ", ".join(map(record_words, sorted(records_of(both))))
    if keep is None:
        return (f"The decision of pair {pair.pk} is undone, though contact details are frozen: "
                f"{' and '.join(map(record_words, both))} are no longer taken for one person’s, "
                f"of whom the records are now: {records}.")
    return (f"Pair {pair.pk} is decided, though contact details are frozen: the records of one "
            f"person, who gets one voting paper, are {records}, and what stands is "
            f"{record_words(keep)}.")


def _pair(pair_id: str) -> Pair:
    pair = Pair.objects.filter(pk=int(pair_id)).first()
    if pair is None:
        raise Refusal("pair.unknown", "There is no such pair.", status=HTTPStatus.NOT_FOUND)
    return pair
