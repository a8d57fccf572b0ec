"""The search for records of one person: how long, and how many of the known doubles it finds.

Recall: of the people known to stand in the list twice, how many have their pair in the queue.
Precision: of the pairs in the queue, how many are known doubles. Pairs of whom an import refused a
row are no pairs of the list and are left out.
"""

from __future__ import annotations

import csv
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.roll import Figure, Ground


def measure(ground: Ground) -> list[Figure]:
    from django.utils import timezone  # noqa: PLC0415 - settings are read by now.

    from benchmarks.meter import Meter  # noqa: PLC0415
    from benchmarks.roll import Figure, taken  # noqa: PLC0415
    from members import selectors, services  # noqa: PLC0415
    from members.models import Pair  # noqa: PLC0415

    with Meter() as meter:
        search = services.find_pairs(by=None, now=timezone.now(), is_whole=True)
    queue = set(Pair.objects.values_list("first_id", "second_id"))
    known = known_pairs(ground)
    hits = [pair for pair in known if pair in queue]
    recall, longer = len(hits) / len(known), len(queue) / len(known)
    figures = [
        *taken("search of the whole list", meter, below_s=90),
        Figure("members read", search.members_read),
        Figure("comparisons", search.pairs_compared),
        Figure("known doubles", len(known), "pairs", "≥ 5,000", len(known) >= ground.scaled(5_000)),
        Figure("pairs in the queue", len(queue), "pairs"),
        Figure("recall", 100 * recall, "%", "≥ 98 %", recall >= 0.98),
        Figure("precision", 100 * len(hits) / len(queue), "%"),
        Figure("queue to known doubles", longer, "times", "≤ 3", longer <= 3),
    ]
    found, of = Counter(known[pair] for pair in hits), Counter(known.values())
    figures += [Figure(f"  recall: {kind}", 100 * found[kind] / of[kind], "%") for kind in of]
    with Meter() as meter:
        again = services.find_pairs(by=None, now=timezone.now())
    if again != search or selectors.pairs.is_behind():
        raise SystemExit("nothing had changed, and yet the list was searched again")
    return [*figures, Figure("search when nothing has changed", meter.wall_s, "s")]


def known_pairs(ground: Ground) -> dict[tuple[int, int], str]:
    """The known doubles as pairs of ids in their order, with what happened to the second."""
    from members.models import Member  # noqa: PLC0415
    from members.rollfile import number_key  # noqa: PLC0415

    with ground.key.open(newline="") as file:
        rows = [(number_key(a), number_key(b), kind) for a, b, kind in csv.reader(file)]
    wanted = {key for first, second, _ in rows for key in (first, second)}
    members = Member.objects.filter(number_key__in=wanted, is_listed=True)
    ids = dict(members.values_list("number_key", "pk"))
    return {
        (min(ids[a], ids[b]), max(ids[a], ids[b])): kind
        for a, b, kind in rows if a in ids and b in ids
    }  # fmt: skip
