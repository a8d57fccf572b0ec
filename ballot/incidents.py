"""The incidents book as it stands: each incident with the last word on it. Nothing writes here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ballot.canonical import Json, read_canonical
from ballot.lifecycle import State
from ballot.mapping.entry import utc
from ballot.models import Count, Election, Incident, IncidentEntry
from office.selectors import audit_trail


@dataclass(frozen=True, slots=True)
class Booked:
    """An incident with its entries, oldest first, and what the last of them to say so say.

    kept_from_voting: electors; None where no entry gives a number.
    judgement: the entry that judges it; None where none does, or a number was given since.
    """

    incident: Incident
    entries: tuple[IncidentEntry, ...]
    kept_from_voting: int | None
    judgement: IncidentEntry | None


def book_of(election: Election) -> list[Booked]:
    """Every incident of an election, in the order of their numbers."""
    rows = Incident.objects.filter(election=election).select_related("roll_entry")
    return [_booked(one) for one in rows.prefetch_related("entries__written_by")]


def booked(election: Election, number: int) -> Booked | None:
    """One incident, or None where there is none of this number."""
    rows = Incident.objects.filter(election=election, number=number).select_related("roll_entry")
    found = rows.prefetch_related("entries__written_by").first()
    return _booked(found) if found else None


def _booked(incident: Incident) -> Booked:
    entries = tuple(incident.entries.all())
    kept = judgement = None
    for entry in entries:
        if entry.kept_from_voting is not None:
            kept, judgement = entry.kept_from_voting, None
        if entry.is_material is not None:
            judgement = entry
    return Booked(incident, entries, kept, judgement)


def unjudged(election: Election) -> list[int]:
    """The numbers of the incidents from before the count whose weight nobody has judged yet.

    Those that came into the book since are published as not judged: otherwise a word of anybody
    would put off the declaration, as often as it is said.
    """
    counts = audit_trail(act="count", subject=("election", str(election.pk)))
    return [
        one.incident.number
        for one in book_of(election)
        if one.judgement is None and not (counts and one.entries[0].written_at > counts[0].at)
    ]


def is_published(election: Election) -> bool:
    """Whether the book is anybody's to read: at the end, with the declaration or when void."""
    return election.stage.is_declared or election.stage == State.VOID


def published_book(election: Election) -> list[dict[str, Any]]:
    """The incidents as the board has them (docs/spec/bundle.md §4); none where it has none."""
    entry = election.entries.filter(kind="incidents").first()
    if entry is None:
        return []
    told: Any = read_canonical(bytes(entry.body))
    return list(told["content"]["incidents"])


def kept_in_all(book: Sequence[Booked]) -> int:
    """How many electors the incidents kept from voting, those without a number left out."""
    return sum(one.kept_from_voting or 0 for one in book)


def incidents_content(book: Sequence[Booked]) -> dict[str, Json]:
    """The book as the board publishes it: no elector and nobody of staff is in it."""
    return {"incidents": [_published(one) for one in book]}


def _published(one: Booked) -> dict[str, Json]:
    return {
        "entries": [
            {"at": utc(entry.written_at), "done": entry.done, "said": entry.said}
            for entry in one.entries
        ],
        "found_by": one.incident.found_by,
        "happened_at": utc(one.incident.happened_at),
        "kept_from_voting": one.kept_from_voting,
        "kind": one.incident.kind,
        "material": one.judgement.is_material if one.judgement else None,
        "number": one.incident.number,
    }


@dataclass(frozen=True, slots=True)
class Gap:
    """How many further papers could have changed who is excluded or elected: this many or more."""

    contest: str
    papers: int


def gaps_of(election: Election) -> list[Gap]:
    """The closest gap of each contest for one place whose sections weigh the same."""
    rows = Count.objects.filter(
        contest__election=election, contest__places=1, contest__weights__isnull=True
    ).select_related("contest")
    worked_out = [
        (one.contest.title, closest_gap(one.sheet)) for one in rows.order_by("contest__position")
    ]
    return [Gap(title, papers) for title, papers in worked_out if papers is not None]


def closest_gap(sheet: dict[str, Any]) -> int | None:
    """The fewest further papers that could change a stage of this count; None: not worked out.

    A paper adds one vote at most to one candidate at each stage. So fewer papers than the distance
    of the excluded to the next, and of the elected to half of all votes, change no stage. Worked
    out for single places alone, and never by whoever asks of a count with weights, in which one
    paper may add more than one vote (counting §3 and §4).
    """
    is_single = sheet["method"] in {"av", "plurality"} and len(sheet["elected"]) == 1
    if not is_single or "weighted" in sheet["stages"][-1]:
        return None
    gaps = [_exclusion_gap(stage) for stage in sheet["stages"] if stage["excluded"]]
    return max(0, min([*gaps, _last_gap(sheet["stages"][-1], sheet)]))


def _exclusion_gap(stage: dict[str, Any]) -> int:
    votes, out = stage["votes"], set(stage["excluded"])
    others = [number for name, number in votes.items() if name not in out]
    return int(min(others, default=0) - sum(votes[name] for name in out))


def _last_gap(stage: dict[str, Any], sheet: dict[str, Any]) -> int:
    votes = stage["votes"]
    first = votes[sheet["elected"][0]]
    if sheet["method"] == "plurality":
        others = [number for name, number in votes.items() if name not in sheet["elected"]]
        return int(first - max(others, default=0))
    return int(2 * first - sum(votes.values()))

