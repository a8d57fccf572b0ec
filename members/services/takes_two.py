"""Why an import takes two people to apply, and the refusal of a lone hand.

A list is the party's own record, and one person applies it as a rule. Not where it does quietly
what a decision of two officers would do: suspend or exclude anybody, or take from more than a few
what their vote may rest on. And not once contact details are frozen, where it takes that from
anybody, or changes or brings contact details: somebody dropped under one number and listed under
another has a new address, and no record of a change would show it.
"""

from __future__ import annotations

from typing import Final

from members import selectors
from members.models import ImportBatch
from members.models.people import Standing
from members.services import comparing
from office.refusal import Refusal

LOSING_ALONE: Final = 20
"""From so many people one person may take good standing, their place on the list or their dates
with one import: the arrears and lapses of an ordinary night, and no branch."""
BARRED: Final = (Standing.SUSPENDED, Standing.EXCLUDED)


def demand_second(batch: ImportBatch, *, seconded_by: int | None) -> None:
    """Refuse to have an import applied by one person that takes two.

    The import's tables still hold its rows. Call it with the membership list locked, or again.
    """
    if seconded_by is None and (reasons := reasons_for_two(batch)):
        raise Refusal("import.takes-two", f"{' '.join(reasons)} That takes two people: propose "
                      "it on its page, and an officer decides.")


def reasons_for_two(batch: ImportBatch) -> list[str]:
    """Why two people apply this import, each reason a sentence; none where one person may."""
    is_frozen = selectors.contacts.is_frozen()
    return [*_of_votes(batch, is_frozen=is_frozen), *(_of_contacts(batch) if is_frozen else [])]


def _of_votes(batch: ImportBatch, *, is_frozen: bool) -> list[str]:
    reasons = []
    barred = sum(row["people"] for row in batch.votes_taken if row["what"] in BARRED)
    if barred:
        reasons.append(f"This import suspends or excludes {_people(barred)}.")
    losing = batch.people_losing
    if losing > LOSING_ALONE or (losing and is_frozen):
        reasons.append(f"This import takes from {_people(losing)} what their vote may rest on.")
    return reasons


def _of_contacts(batch: ImportBatch) -> list[str]:
    changed, added = comparing.count_contacts_brought(batch.pk)
    told = {
        f"changes those of {_people(changed)}": changed,
        f"adds or brings back {_people(added)} with theirs": added,
    }
    does = " and ".join(words for words, people in told.items() if people)
    return [f"Contact details are frozen, and this import {does}."] if does else []


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"
