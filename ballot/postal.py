"""What is read of an election's post: its envelopes by section, and how far its papers are.

A paper is a section and a number, of as many as envelopes were received. Nothing writes here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar

from django.db.models import Count

from ballot.canonical import read_canonical
from ballot.lifecycle import State
from ballot.models import Election, EnvelopeReceipt, PostalReading, PostalRuling, Teller

BEFORE_CLOSE: Final = (
    State.NOMINATING, State.NOMINATED, State.FROZEN, State.POLLING, State.SUSPENDED
)
"""While tellers make their keys, and are named."""
Outcome = EnvelopeReceipt.Outcome
Kind = PostalReading.Kind
Row = TypeVar("Row", PostalReading, PostalRuling)


@dataclass(frozen=True, slots=True)
class PostOfSection:
    """The envelopes of a section by what came of them; `issued` is all of them."""

    section_id: int
    code: str
    name: str
    issued: int
    received: int
    refused: int
    late: int


def post_by_section(election: Election) -> list[PostOfSection]:
    """The envelopes of each section that has any, in the order of the codes."""
    found: dict[tuple[str, str, int], Counter[str]] = {}
    rows = election.envelopes.order_by().values_list(
        "roll_entry__section__code", "roll_entry__section__name", "roll_entry__section_id",
        "receipt__outcome",
    )
    for code, name, section, outcome, envelopes in rows.annotate(envelopes=Count("pk")):
        found.setdefault((code, name, section), Counter())[outcome or ""] += envelopes
    return [
        PostOfSection(section, code, name, came.total(), came[Outcome.RECEIVED],
                      came[Outcome.REFUSED], came[Outcome.LATE])
        for (code, name, section), came in sorted(found.items())
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """A postal paper, from the readings of its last turn.

    turn:     the one in which it is to be read, from 1.
    readings: of that turn, at most two.  rulings: all that there were.
    """

    section: PostOfSection
    number: int
    turn: int
    readings: tuple[PostalReading, ...]
    rulings: tuple[PostalRuling, ...]

    @property
    def is_read(self) -> bool:
        """Whether both tellers have read it in this turn."""
        return len(self.readings) == 2

    @property
    def agrees(self) -> bool:
        """Whether two tellers sealed the same bytes, or found no paper."""
        if not self.is_read:
            return False
        one, two = self.readings
        return one.kind == two.kind != Kind.DOUBTFUL and (
            bytes(one.wire or b"") == bytes(two.wire or b"")
        )

    @property
    def is_empty(self) -> bool:
        return self.agrees and self.readings[0].kind == Kind.EMPTY

    @property
    def needs_ruling(self) -> bool:
        """Whether two tellers differ, or one doubts it: the other need not read it then."""
        return (self.is_read and not self.agrees) or any(
            one.kind == Kind.DOUBTFUL for one in self.readings
        )

    @property
    def waits_for_other(self) -> bool:
        """Whether one of two tellers has read it, and the other has not come yet."""
        return len(self.readings) == 1 and not self.needs_ruling


def papers_of(election: Election) -> list[Paper]:
    """Every postal paper that there is or may be, by section and number."""
    readings = _by_paper(
        PostalReading.objects.filter(election=election).select_related("teller", "other")
    )
    rulings = _by_paper(PostalRuling.objects.filter(election=election))
    return [
        _paper(section, number, readings.get((section.section_id, number), []),
               rulings.get((section.section_id, number), []))
        for section in post_by_section(election)
        for number in range(1, section.received + 1)
    ]  # fmt: skip


def paper_of(election: Election, section: str, number: int) -> Paper | None:
    """One postal paper, by its section's code and its number; None where there is none."""
    for one in post_by_section(election):
        if one.code == section and 1 <= number <= one.received:
            at = {"election": election, "section": one.section_id, "number": number}
            readings = PostalReading.objects.filter(**at).select_related("teller", "other")
            return _paper(one, number, readings, PostalRuling.objects.filter(**at))
    return None


def _by_paper(rows: Iterable[Row]) -> dict[tuple[int, int], list[Row]]:
    found: dict[tuple[int, int], list[Row]] = {}
    for row in rows:
        found.setdefault((row.section_id, row.number), []).append(row)
    return found


def _paper(
    section: PostOfSection, number: int, readings: Iterable[PostalReading],
    rulings: Iterable[PostalRuling],
) -> Paper:  # fmt: skip
    ruled = tuple(rulings)
    turn = len(ruled) + 1
    now = tuple(one for one in readings if one.turn == turn)
    return Paper(section, number, turn, now, ruled)


def teller_of(election: Election, person_id: int) -> Teller | None:
    """Which of the election's tellers a member of staff is, if any."""
    return election.tellers.filter(person=person_id).first()


def has_post(election: Election) -> bool:
    """Whether any envelope was issued."""
    return election.envelopes.exists()


@dataclass(frozen=True, slots=True)
class Issue:
    """Envelopes that were issued together. first: the id of the first.  at: when the board says."""

    at: datetime
    first: int
    count: int


def issues_of(election: Election) -> list[Issue]:
    """Every issue of envelopes, in order.

    Each is an entry that says how many there were; all are made under the election's lock, so that
    envelopes follow each other in the order of the entries.
    """
    rows = election.entries.filter(ballot__isnull=True, kind="envelopes").order_by("number")
    told: list[Any] = [read_canonical(bytes(row.body)) for row in rows]
    envelopes = iter(election.envelopes.order_by("pk").values_list("pk", flat=True))
    issues = []
    for one in told:
        count = sum(section["envelopes"] for section in one["content"]["sections"])
        together = list(islice(envelopes, count))
        issues.append(Issue(datetime.fromisoformat(one["at"]), together[0], len(together)))
    return issues


def tellers_keys(election: Election) -> dict[int, bytes]:
    """The keys of the tellers whom the board's last entry names, 32 bytes each, by number.

    What a teller signed is held against these alone: a row can be changed in the database.
    """
    entries = election.entries.filter(ballot__isnull=True, kind="tellers")
    entry = entries.order_by("-number").first()
    if entry is None:
        return {}
    told: Any = read_canonical(bytes(entry.body))
    return {one["number"]: bytes.fromhex(one["key"]) for one in told["content"]["tellers"]}


def named_tellers(election: Election) -> frozenset[int]:
    """The numbers of the tellers whom the board's last entry names."""
    return frozenset(tellers_keys(election))


def is_accounted(election: Election) -> bool:
    """Whether the papers, and the account of the envelopes, are on the board."""
    return election.entries.filter(ballot__isnull=True, kind="post").exists()
