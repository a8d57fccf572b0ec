"""What a dry run found: its figures, and whom it would let in or out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from members.eligibility import reason_in_words
from members.eligibility.deciding import ELIGIBLE
from members.models import DryRun, DryRunMove

MOVES_A_READ = 5_000
MOVE_COLUMNS = (
    "Number", "Given name", "Family name", "Section", "Unit", "Change", "Was", "Becomes",
)  # fmt: skip


def dry_run_with_id(run_id: int) -> DryRun | None:
    return DryRun.objects.select_related(
        "rules", "base_rules", "base_roll", "asked_by"
    ).filter(pk=run_id).first()  # fmt: skip


def dry_runs_named(name: str) -> QuerySet[DryRun]:
    """The dry runs of any version of these rules, the newest first."""
    rows = DryRun.objects.filter(rules__name=name).select_related("rules", "asked_by")
    return rows.order_by("-pk")


def last_dry_run(rules_id: int) -> DryRun | None:
    """The newest finished dry run of just this version."""
    return DryRun.objects.filter(rules=rules_id, finished_at__isnull=False).order_by("-pk").first()


@dataclass(frozen=True, slots=True)
class PlaceMoved:
    """What would change in one section or unit."""

    name: str
    stays: int
    comes: int
    goes: int
    shifts_in: int
    shifts_out: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a dry run, ready to read. reasons_*: (reason in words, people)."""

    against: str
    before: int
    after: int
    total: PlaceMoved
    sections: tuple[PlaceMoved, ...]
    units: tuple[PlaceMoved, ...]
    reasons_in: tuple[tuple[str, int], ...]
    reasons_out: tuple[tuple[str, int], ...]
    moves: int


def comparison(run: DryRun, against: str) -> Comparison | None:
    """What a dry run found beside the version before, or beside the roll; None: not compared."""
    kept = run.figures.get(against)
    if kept is None:
        return None
    total = _place({"name": "All sections", **kept})
    return Comparison(
        against=against,
        before=kept["before"],
        after=kept["after"],
        total=total,
        sections=tuple(map(_place, kept["sections"])),
        units=tuple(each for each in map(_place, kept["units"]) if _has_moved(each)),
        reasons_in=_reasons(kept["reasons_in"]),
        reasons_out=_reasons(kept["reasons_out"]),
        moves=total.comes + total.goes + total.shifts_in + total.shifts_out,
    )


def _place(kept: dict[str, object]) -> PlaceMoved:
    counts = [int(str(kept[kind])) for kind in ("stays", "in", "out", "shifts_in", "shifts_out")]
    return PlaceMoved(str(kept["name"]) or "No unit", *counts)


def _has_moved(place: PlaceMoved) -> bool:
    return bool(place.comes or place.goes or place.shifts_in or place.shifts_out)


def _reasons(kept: list[dict[str, object]]) -> tuple[tuple[str, int], ...]:
    return tuple((verdict_in_words(str(row["rule"])), int(str(row["people"]))) for row in kept)


def verdict_in_words(rule: str) -> str:
    """A verdict as a move tells it; the blank one is of somebody who was not on the list then."""
    return reason_in_words(rule) if rule else "Not on the list then"


def moves_count(run_id: int, against: str) -> int:
    return DryRunMove.objects.filter(run_id=run_id, against=against).count()


def moves_named(run_id: int, against: str) -> Iterator[tuple[str, ...]]:
    """Everybody whose vote would come or go, as cells under MOVE_COLUMNS; a read at a time.

    Numbers, names, section, unit and reasons: no address, so that nobody's is withheld.
    """
    last = 0
    while True:
        rows = DryRunMove.objects.filter(run_id=run_id, against=against, pk__gt=last)
        page = list(
            rows.order_by("pk").values_list(
                "pk", "member__number", "member__given_name", "member__family_name",
                "section__name", "unit__name", "becomes", "was", "still_votes",
            )[:MOVES_A_READ]
        )  # fmt: skip
        if not page:
            return
        for _, number, given, family, section, unit, becomes, was, still in page:
            yield (number, given, family, section, unit or "", _change(becomes, still=still),
                   verdict_in_words(was), verdict_in_words(becomes))  # fmt: skip
        last = page[-1][0]


def _change(becomes: str, *, still: bool) -> str:
    if still:
        return "Still votes, now under this record" if becomes == ELIGIBLE else (
            "Still votes, under another record"
        )  # fmt: skip
    return "Comes in" if becomes == ELIGIBLE else "Goes out"
