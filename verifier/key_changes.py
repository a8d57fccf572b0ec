"""Which keys an amendment, or an entry `keys`, brings and takes, and how many it may (bundle §4.1).

From the opening on that is sealed until the reconciliation says it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from verifier.board import Board, Entry
from verifier.canonical import write
from verifier.failure import Failed

CHECK = "amendment.keys"
TOLD = "the reconciliation, amended_keys"


@dataclass(slots=True)
class Sealed:
    """What the reconciliation says of sealed keys.

    member:    by what it names an entry: `amendment`, its number in the roll's; `entry`, its own.
    told:      what it says, by that number; nothing, where there is no reconciliation yet.
    opened_at: the number of the opening; None before.
    met:       the numbers of the sealed entries that were met.
    """

    member: str
    told: dict[int, dict[str, Any]]
    opened_at: int | None
    met: set[int] = field(default_factory=set)

    def is_late(self, entry: Entry) -> bool:
        """Say whether an entry stands after the opening, where keys are sealed."""
        return self.opened_at is not None and entry.number > self.opened_at

    def keys_of(self, entry: Entry, keys: dict[str, Any]) -> dict[str, Any] | None:
        """Return which keys an entry brings and takes; None while that is sealed.

        Raises: Failed (amendment.keys).
        """
        if self.is_late(entry) != ("sealed" in keys):
            raise Failed(CHECK, entry.where, "Keys are sealed from the opening on, and not before.")
        if not self.is_late(entry):
            return keys
        number = entry.number if self.member == "entry" else entry.content["number"]
        self.met.add(number)
        if not self.told:
            return None
        if number not in self.told:
            raise Failed(CHECK, entry.where, "The reconciliation does not say its keys.")
        bare = {name: self.told[number][name] for name in ("issued", "revoked", "salt")}
        if sha256(write(bare)).hexdigest() != keys["sealed"]:
            why = "What the reconciliation says of its keys is not what was sealed."
            raise Failed(CHECK, entry.where, why)
        return bare


def read_sealed(board: Board, member: str) -> Sealed:
    """Read what the reconciliation says of sealed keys, each entry once, in order.

    Raises: Failed (amendment.keys).
    """
    opening, reconciliation = board.last("opening"), board.last("reconciliation")
    told = reconciliation.content["amended_keys"] if reconciliation else []
    if not all(member in one for one in told):
        raise Failed(CHECK, TOLD, f"An element does not say by {member} of what it is.")
    numbers = [one[member] for one in told]
    if numbers != sorted(set(numbers)):
        raise Failed(CHECK, TOLD, "They are not each once, in order.")
    opened_at = opening.number if opening else None
    return Sealed(member, {one[member]: one for one in told}, opened_at)


def require_all_told(board: Board, sealed: Sealed) -> None:
    """Check that the reconciliation, if it is there, tells of what was sealed and of nothing else.

    Raises: Failed (amendment.keys).
    """
    if board.has("reconciliation") and sealed.met != sealed.told.keys():
        raise Failed(CHECK, TOLD, "They are not those that were sealed during the poll.")


@dataclass(slots=True)
class Backing:
    """How many keys amendments let come, by section, and die; and how many did."""

    may_come: Counter[str] = field(default_factory=Counter)
    may_die: int = 0

    def add(self, changes: Sequence[dict[str, Any]]) -> None:
        """Take note of the people whom an amendment names."""
        for change in changes:
            if change["change"] != "struck":
                self.may_come[change["section"]] += change["people"]
            if change["change"] in {"struck", "corrected"}:
                self.may_die += change["people"]

    def use(self, keys: dict[str, Any], where: str) -> None:
        """Check that no more keys come, or die, than people whom amendments named.

        Raises: Failed (amendment.issued, amendment.revoked).
        """
        for one in keys["issued"]:
            self.may_come[one["section"]] -= one["credentials"]
            if self.may_come[one["section"]] < 0:
                why = f"More keys came into force in {one['section']} than people were added."
                raise Failed("amendment.issued", where, why)
        self.may_die -= keys["revoked"]["credentials"] if keys["revoked"] else 0
        if self.may_die < 0:
            raise Failed("amendment.revoked", where, "More keys died than people were struck.")
