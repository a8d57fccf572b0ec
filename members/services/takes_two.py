"""Why an import takes two people to apply, and the refusal of a lone hand.

A list is the party's own record, and one person applies it as a rule. Not once contact details
are frozen, where it changes or brings any: somebody dropped under one number and listed under
another has a new address, and no record of a change would show it.
"""

from __future__ import annotations

from members import selectors
from members.models import ImportBatch
from members.services import comparing
from office.refusal import Refusal


def demand_second(batch: ImportBatch, *, seconded_by: int | None) -> None:
    """Refuse to have an import applied by one person that takes two.

    The import's tables still hold its rows. Call it with the membership list locked, or again.
    """
    if seconded_by is None and (reasons := reasons_for_two(batch)):
        raise Refusal("import.takes-two", f"{' '.join(reasons)} That takes two people: propose "
                      "it on its page, and an officer decides.")


def reasons_for_two(batch: ImportBatch) -> list[str]:
    """Why two people apply this import, each reason a sentence; none where one person may."""
    if not selectors.contacts.is_frozen():
        return []
    changed, added = comparing.count_contacts_brought(batch.pk)
    told = {
        f"changes those of {_people(changed)}": changed,
        f"adds or brings back {_people(added)} with theirs": added,
    }
    does = " and ".join(words for words, people in told.items() if people)
    return [f"Contact details are frozen, and this import {does}."] if does else []


def _people(count: int) -> str:
    return "one person" if count == 1 else f"{count:,} people"
