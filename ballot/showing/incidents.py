"""The incidents book as its pages show it: at the desk, to those who watch, and to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from ballot.incidents import Booked, book_of, gaps_of, kept_in_all, published_book
from ballot.lifecycle import State, is_before
from ballot.models import Election, IncidentEntry, IncidentKind
from ballot.times import in_zone

_PROMISED: Final = (
    "Whoever says this on the page is promised that the returning officer writes to them. Once "
    "that is done it is written here as a further entry."
)
_WEIGHED = {True: "Material", False: "Not material"}


@dataclass(frozen=True, slots=True)
class EntryOfBook:
    """One entry, for a reader. who: empty on the public page.

    kept, weight: of an entry that gives a number, and of one that judges; else empty.
    """

    when: str
    who: str
    said: str
    done: str
    kept: str
    weight: str


@dataclass(frozen=True, slots=True)
class IncidentShown:
    """One incident, for a reader.

    member: whose word it is, for those alone who see the roll.  promised: what an elector was told
            that is done about it; at the desk alone.
    """

    number: int
    kind: str
    happened: str
    found_by: str
    kept: str
    weight: str
    member: str
    entries: tuple[EntryOfBook, ...]
    promised: str = ""


def incident_shown(
    one: Booked, *, zone: str, names_staff: bool = False, names_elector: bool = False
) -> IncidentShown:
    """An incident in words.

    names_staff: whether it says who wrote each entry. names_elector: whose word it is.
    """
    entry = one.incident.roll_entry
    return IncidentShown(
        number=one.incident.number,
        kind=one.incident.get_kind_display(),
        happened=in_zone(one.incident.happened_at, zone),
        found_by=one.incident.found_by,
        kept=_kept(one.kept_from_voting),
        weight=_weight(one.judgement.is_material if one.judgement else None),
        member=entry.number if entry is not None and names_elector else "",
        entries=tuple(_entry(each, zone, names_staff) for each in one.entries),
        promised=_PROMISED if one.incident.kind == IncidentKind.NOT_ME else "",
    )


def _kept(electors: int | None) -> str:
    return "Not known" if electors is None else f"{electors:,}"


def _weight(is_material: bool | None) -> str:
    return "Not judged yet" if is_material is None else _WEIGHED[is_material]


def _judged(is_material: bool | None) -> str:
    """The judgement where no heading beside it says that it is one."""
    words = _weight(is_material)
    return words if is_material is None else f"Judged: {words.lower()}"


def _entry(entry: IncidentEntry, zone: str, names_staff: bool) -> EntryOfBook:
    who = entry.written_by.name if entry.written_by is not None else "By itself"
    return EntryOfBook(
        in_zone(entry.written_at, zone), who if names_staff else "", entry.said, entry.done,
        *_kept_and_weight(entry),
    )


def _kept_and_weight(entry: IncidentEntry) -> tuple[str, str]:
    kept = "" if entry.kept_from_voting is None else f"{entry.kept_from_voting:,}"
    return kept, "" if entry.is_material is None else _weight(entry.is_material)


def book_shown(election: Election, *, with_gaps: bool, **naming: bool) -> dict[str, Any]:
    """The whole book as it stands, newest incident first.

    with_gaps: whether the closest gaps of the count are told, which tell of the result.
    naming:    as incident_shown takes it.
    """
    book = book_of(election)
    with_gaps = with_gaps and not is_before(election.stage, State.COUNTED)
    return {
        "incidents": [
            incident_shown(one, zone=election.zone, **naming) for one in reversed(book)
        ],
        "kept_in_all": f"{kept_in_all(book):,}",
        "unjudged": sum(one.judgement is None for one in book),
        "gaps": _gaps(election) if with_gaps else [],
    }


def _gaps(election: Election) -> list[dict[str, str]]:
    return [
        {"contest": one.contest, "words": gap_words(one.papers)} for one in gaps_of(election)
    ]


def gap_words(papers: int) -> str:
    """What the closest gap of a count says of further papers. papers: as Gap has them."""
    if papers <= 1:
        return (
            "a single further paper could have changed who was excluded or elected at some stage."
        )
    changed = "could not have changed who was excluded or elected at any stage."
    if papers == 2:
        return f"a single further paper, whatever stood on it, {changed}"
    return f"fewer than {papers:,} further papers, whatever stood on them, {changed}"


def published_shown(election: Election) -> dict[str, Any]:
    """The book as the board has it, newest incident first: what came into it since is not told.

    Which entry judges, and which gives a number, the board does not say: that is read from the
    book, in which nothing changes.
    """
    book = published_book(election)
    rows = IncidentEntry.objects.filter(incident__election=election).select_related("incident")
    written = {(one.incident.number, one.number): one for one in rows}
    return {
        "incidents": [_published(one, election.zone, written) for one in reversed(book)],
        "kept_in_all": f"{sum(one['kept_from_voting'] or 0 for one in book):,}",
        "gaps": _gaps(election) if election.stage.is_declared else [],
    }


def _published(
    one: dict[str, Any], zone: str, written: Mapping[tuple[int, int], IncidentEntry]
) -> IncidentShown:
    def at(moment: str) -> str:
        return in_zone(datetime.fromisoformat(moment), zone)

    return IncidentShown(
        number=one["number"],
        kind=IncidentKind(one["kind"]).label,
        happened=at(one["happened_at"]),
        found_by=one["found_by"],
        kept=_kept(one["kept_from_voting"]),
        weight=_judged(one["material"]),
        member="",
        entries=tuple(
            EntryOfBook(at(entry["at"]), "", entry["said"], entry["done"],
                        *_kept_and_weight(written[one["number"], place]))
            for place, entry in enumerate(one["entries"], start=1)
        ),
    )  # fmt: skip
