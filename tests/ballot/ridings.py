"""A contest of Canada's kind: ridings of very different sizes, each worth the same points.

Of five ridings one decides for whom it gave most votes to; three others hold few votes or none,
and are opened together. Who leads in votes loses by points.
"""

from __future__ import annotations

from typing import Any

from ballot.services.close_poll import close_poll_early
from members.models import Section
from members.services import add_section
from tests.ballot.factories import POINTS, REASON, Run, bring, cast, election, entries, now
from tests.members.factories import imported, person

# By riding, what is cast there; on the paper Ash is 0, Birch 1 and Cedar 2.
CAST: dict[str, list[tuple[int, ...]]] = {
    "calgary": [(0,)] * 16 + [(1,)] * 2 + [(2,)],
    "durham": [(0,)] + [(1,)] * 3 + [(2, 1)] * 2,
    "halifax": [(1,)] * 3 + [(2, 1)] * 2,
    "kenora": [(0,)] * 2 + [(1,)] + [(2, 1)] * 2,
    "labrador": [(0,), (1,)],
    "nunavut": [(2, 1)],
    "yukon": [],
}
SMALLEST_BOX = 3
POOLED = "Labrador, Nunavut, Yukon"


def ridings(*, at: str, points: int = 100, **contest: Any) -> Run:
    """An election of these ridings at a point of its life, all of CAST cast before the close.

    One elector of every riding abstains.
    """
    for code in CAST:
        if not Section.objects.filter(code=code).exists():
            add_section(code, name=code.title(), by=None, now=now())
    places = [code for code, told in CAST.items() for _ in range(len(told) + 1)]
    imported(*(
        person(number=f"{2000 + n}", given_name="Noor", family_name=f"Roy{n:02d}",
               email=f"rider{n}@example.org", section=code, unit="")
        for n, code in enumerate(places)
    ))  # fmt: skip
    run = election(
        sections=tuple(CAST), rankings=(), smallest_box=SMALLEST_BOX, points=points, **contest
    )
    if POINTS.index(at) <= POINTS.index("polling"):
        return bring(run, to=at)
    bring(run, to="polling")
    cast_in_ridings(run)
    close_poll_early(run.election_id, reason=REASON, **run.by_two)
    return bring(run, to=at)


def cast_in_ridings(run: Run) -> None:
    """What CAST says, by the first electors of each riding."""
    left = {code: list(told) for code, told in CAST.items()}
    for entry in entries(run):
        if left[entry.section.code]:
            cast(run, entry, left[entry.section.code].pop(0))
