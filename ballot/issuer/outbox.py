"""What became of each code's letter: it waits, is being sent, was sent, refused, or printed.

A letter is marked as going, on the disk, before it is handed to the mail server, and as sent after:
what is found going when the program starts is in doubt, and goes out again only when a person says
so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from ballot.issuance.lists import Contact
from ballot.issuer.store import Made, Store

_IS_NEWEST: Final = (
    "c.attempt = (SELECT max(n.attempt) FROM code n WHERE n.pseudonym = c.pseudonym)"
)


class Letter(StrEnum):
    """What became of a code's letter. One that is `going` when the program starts is in doubt."""

    WAITING = "waiting"
    GOING = "going"
    SENT = "sent"
    REFUSED = "refused"
    PRINTING = "printing"
    PRINTED = "printed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class ToWrite:
    """A letter that waits: its id, its code, and to whom."""

    letter_id: int
    attempt: int
    kind: Made
    code: str = field(repr=False)
    contact: Contact = field(repr=False)


class Outbox:
    """The letters of a store."""

    def __init__(self, store: Store) -> None:
        self._store, self._db = store, store.db

    def waiting(self, *, most: int, after: int = 0) -> list[ToWrite]:
        """The next letters that wait, of electors who are listed."""
        return self._to_write("c.letter = 'waiting' AND c.id > ? AND e.is_listed", after, most)

    def refused(self, *, most: int, after: int = 0) -> list[ToWrite]:
        """The next letters that the mail server refused, each with its elector's newest code."""
        which = f"c.letter = 'refused' AND c.id > ? AND e.is_listed AND {_IS_NEWEST}"
        return self._to_write(which, after, most)

    def try_refused_again(self) -> int:
        """Let what the mail server refused wait anew; return how many letters those are."""
        rows = self._db.execute(
            f"UPDATE code AS c SET letter = 'waiting', why = '' WHERE letter = 'refused'"  # noqa: S608
            f" AND {_IS_NEWEST}"
        )
        return int(rows.rowcount)

    def tranche(self, number: int, *, most: int) -> list[ToWrite]:
        """The letters of a printed file."""
        return self._to_write("c.tranche = ? AND c.letter IN ('printing', 'printed')", number, most)

    def in_doubt(self) -> list[tuple[bytes, int]]:
        """Letters that were handed to the mail server, of which nobody can know if it took them:
        pseudonym, and which of the elector's codes."""
        rows = self._db.execute(
            "SELECT pseudonym, attempt FROM code WHERE letter = 'going' ORDER BY id"
        )
        return rows.fetchall()

    def mark(self, letter_ids: Sequence[int], letter: Letter, *, why: str = "") -> None:
        """Write down what becomes of letters."""
        self._db.executemany(
            "UPDATE code SET letter = ?, why = ? WHERE id = ?",
            [(letter, why, one) for one in letter_ids],
        )

    def put_in_tranche(self, letter_ids: Sequence[int]) -> int:
        """Begin a printed file of these letters; return its number."""
        last = self._db.execute("SELECT coalesce(max(tranche), 0) FROM code").fetchone()[0]
        self._db.executemany(
            "UPDATE code SET letter = 'printing', tranche = ? WHERE id = ?",
            [(last + 1, one) for one in letter_ids],
        )
        return int(last) + 1

    def unfinished_tranches(self) -> list[int]:
        """Printed files that may not be there whole: the program stopped while it wrote them."""
        rows = self._db.execute("SELECT DISTINCT tranche FROM code WHERE letter = 'printing'")
        return sorted(row[0] for row in rows)

    def settle_doubtful(self, *, went: bool) -> int:
        """A person says of those in doubt whether they went; return how many there were.

        Sent again they keep their Message-IDs.
        """
        letter = Letter.SENT if went else Letter.WAITING
        rows = self._db.execute("UPDATE code SET letter = ? WHERE letter = 'going'", [letter])
        return int(rows.rowcount)

    def cancel(self, pseudonym: bytes, *, kinds: Sequence[Made] = tuple(Made)) -> None:
        """Send an elector none of their letters of these kinds that still wait."""
        self._db.executemany(
            "UPDATE code SET letter = 'cancelled' WHERE pseudonym = ? AND kind = ?"
            " AND letter = 'waiting'",
            [(pseudonym, kind) for kind in kinds],
        )

    def counts(self) -> dict[str, int]:
        """How many letters there are of each state."""
        rows = self._db.execute(
            "SELECT c.letter, count(*) FROM code c JOIN elector e ON e.pseudonym = c.pseudonym"
            " WHERE e.is_listed OR c.letter <> 'waiting' GROUP BY c.letter"
        )
        return dict(rows.fetchall())

    def _to_write(self, which: str, value: int, most: int) -> list[ToWrite]:
        rows = self._db.execute(
            "SELECT c.id, c.pseudonym, c.attempt, c.kind, c.code, e.contact FROM code c"  # noqa: S608
            f" JOIN elector e ON e.pseudonym = c.pseudonym WHERE {which}"
            " AND c.code IS NOT NULL AND e.contact IS NOT NULL ORDER BY c.id LIMIT ?",
            [value, most],
        )
        return [
            ToWrite(
                letter_id, attempt, Made(kind),
                self._store.open_code(pseudonym, attempt, code),
                self._store.open_contact(pseudonym, contact),
            )
            for letter_id, pseudonym, attempt, kind, code, contact in rows
        ]  # fmt: skip
