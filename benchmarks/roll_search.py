"""How long a search of the whole membership list takes, and how long it takes to make it ready.

Brings the search up to date, and asks what a helpdesk asks: numbers, names either way round, parts
of names, names and addresses with a letter wrong, missing, too many or swapped, postcodes with the
usual slips. Each kind is timed apart, and counted as right where the person meant is among those
shown. The list is synthetic: its numbers leave no gap, so that most slips are somebody else's
number, and its 75 given and 100 family names make ninety people of each full name, of whom fifty
are shown.

Beside each stands the time of a query that asks nothing: on a machine that is busy with something
else it is the waiting that is measured.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from benchmarks.roll import Figure, Ground

GOAL_P95_MS: Final = 100.0
SEARCHES: Final = 100
"""Of each kind."""


def measure(ground: Ground) -> list[Figure]:
    """Bring the search up to date, and time so many searches of each kind."""
    from benchmarks.meter import Meter  # noqa: PLC0415 - the environment is set by now.
    from benchmarks.roll import Figure, taken  # noqa: PLC0415
    from members import services  # noqa: PLC0415

    with Meter() as meter:
        read = services.refresh_search()
    _analyse()
    figures = [
        Figure("members made ready for the search", read),
        *taken("making them ready", meter),
        *(Figure(f"  size of {name}", size, "MB") for name, size in _sizes().items()),
        *_quantiles("a query that asks nothing", [_empty_query_ms() for _ in range(200)]),
    ]
    rng = Random(ground.seed)  # noqa: S311 - a sample needs no secrecy.
    members = _some_members(rng)
    every: list[float] = []
    with Meter() as meter:
        for kind, ask in _kinds(rng).items():
            times, right = _ask(members, ask)
            every += times
            figures += _quantiles(kind, times)
            figures.append(Figure(f"  {kind}: found", 100 * right, "%"))
    each_ms = 1000 / len(every)
    return [
        *figures,
        *_quantiles("all searches", every, below_ms=GOAL_P95_MS),
        Figure("  a search: processor, worker", meter.worker_s * each_ms, "ms"),
        Figure("  a search: processor, database", meter.database_s * each_ms, "ms"),
    ]


def _some_members(rng: Random) -> list[Any]:
    from members.models import Member  # noqa: PLC0415

    keys = list(Member.objects.order_by().values_list("pk", flat=True))
    return list(Member.objects.filter(pk__in=rng.sample(keys, min(SEARCHES, len(keys)))))


def _kinds(rng: Random) -> dict[str, Callable[[Any], str]]:
    def slip(word: str) -> str:
        return _slip(word, rng)

    return {
        "number": lambda m: m.number,
        "number, one slip": lambda m: slip(m.number),
        "family name": lambda m: m.family_name,
        "family, given": lambda m: f"{m.family_name}, {m.given_name}",
        "given and family name": lambda m: f"{m.given_name} {m.family_name}",
        "both names, a slip in each": lambda m: f"{slip(m.given_name)} {slip(m.family_name)}",
        "both names, the postcode": lambda m: f"{m.given_name} {m.family_name} {m.postcode}",
        "a slip in each, the postcode": lambda m: (
            f"{slip(m.given_name)} {slip(m.family_name)} {m.postcode}"
        ),
        "part of the family name": lambda m: m.family_name[1:6],
        "postcode": lambda m: m.postcode,
        "postcode, usual slips": lambda m: m.postcode.lower().replace("0", "o").replace(" ", ""),
        "e-mail": lambda m: m.email or m.number,
        "e-mail, one slip": lambda m: (
            f"{slip(m.email.partition('@')[0])}@example.org" if m.email else m.number
        ),
        "nobody": lambda _: "Xqzvw Kjqzx",
    }


def _slip(word: str, rng: Random) -> str:
    if len(word) < 4:
        return word
    at, lot = rng.randrange(1, len(word) - 1), rng.randrange(4)
    letter = rng.choice("0123456789" if word.isdigit() else "aeionrst")
    return (
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )[lot]


def _ask(members: list[Any], ask: Callable[[Any], str]) -> tuple[list[float], float]:
    from members import selectors  # noqa: PLC0415

    times, right = [], 0
    for member in members:
        words = ask(member)
        began = time.perf_counter()
        result = selectors.searching.search(words)
        times.append((time.perf_counter() - began) * 1000)
        right += member.pk in {found.member.pk for found in result.found}
    return times, right / len(members)


def _quantiles(
    name: str, times: list[float], *, below_ms: float | None = None
) -> list[Figure]:
    from benchmarks.roll import Figure  # noqa: PLC0415

    cuts = statistics.quantiles(times, n=100)
    return [
        Figure(f"{name}: p95", cuts[94], "ms", f"< {below_ms:g} ms" if below_ms else "",
               below_ms is None or cuts[94] < below_ms),
        Figure(f"  {name}: p50", cuts[49], "ms"),
    ]  # fmt: skip


def _empty_query_ms() -> float:
    from django.db import connection  # noqa: PLC0415

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def _analyse() -> None:
    """What the database does by itself within a minute or two of such a change."""
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE members_searchrow, members_searchword")


def _sizes() -> dict[str, int]:
    from django.db import connection  # noqa: PLC0415

    names = ("members_searchrow", "search_by_words", "search_by_postcode", "search_by_mailbox",
             "search_by_end_of_mailbox", "members_searchword")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, pg_relation_size(name::regclass) / 1000000 FROM unnest(%s) AS name",
            [list(names)],
        )
        return {name: int(size) for name, size in cursor.fetchall()}
