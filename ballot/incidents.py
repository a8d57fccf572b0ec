"""The incidents book as it stands: each incident with the last word on it. Nothing writes here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ballot.canonical import Json
from ballot.mapping import utc
from ballot.models import Count, Election, Incident, IncidentEntry


@dataclass(frozen=True, slots=True)
class Booked:
    """An incident with its entries, oldest first, and what the last of them to say so say.

    kept_from_voting: electors; None where no entry gives a number.
    judgement: the entry that judges it, or None.
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
    kept = [one.kept_from_voting for one in entries if one.kept_from_voting is not None]
    judged = [one for one in entries if one.is_material is not None]
    return Booked(
        incident, entries, kept[-1] if kept else None, judged[-1] if judged else None
    )


def unjudged(election: Election) -> list[int]:
    """The numbers of the incidents whose weight nobody has judged yet."""
    rows = Incident.objects.filter(election=election)
    judged = IncidentEntry.objects.filter(
        incident__election=election, is_material__isnull=False
    ).values("incident")
    return list(rows.exclude(pk__in=judged).values_list("number", flat=True))


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
    if sheet["method"] not in {"av", "plurality"} or len(sheet["elected"]) != 1:
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

