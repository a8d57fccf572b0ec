"""How long a search of the whole membership list takes, and how long it takes to make it ready.

    python -m benchmarks.roll_search [--rows 654006] [--seed 1] [--searches 400]

Starts a PostgreSQL of its own with fsync on, puts a synthetic list into it, brings the search up to
date, and asks what a helpdesk asks: numbers, names either way round, parts of names, names and
addresses with a letter wrong, missing, too many or swapped, postcodes with the usual slips. Each
kind is timed apart, and counted as right where the person meant is among those shown. The list is
synthetic: its numbers leave no gap, so that most slips are somebody else's number, and its 75 given
and 100 family names make ninety people of each full name, of whom fifty are shown.

The first figure is the time of a query that asks nothing, and the machine's load: a search is a
dozen queries, and on a machine that is busy with something else it is the waiting that is measured.

`measure` does the same on the database that Django is connected to, which must hold a list.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

GOAL_P95_MS = 100.0


def measure(*, searches: int = 400, seed: int = 1) -> dict[str, Any]:
    """Bring the search up to date, and time as many searches of each kind as are asked for."""
    from members import services  # noqa: PLC0415 - the environment is set by now.
    from members.models import Member  # noqa: PLC0415

    began = time.perf_counter()
    read = services.refresh_search()
    refreshed_s = time.perf_counter() - began
    print(f"  made {read:,} members ready for the search in {refreshed_s:.1f} s", flush=True)
    _analyse()
    rng = Random(seed)  # noqa: S311 - a sample needs no secrecy.
    keys = list(Member.objects.order_by().values_list("pk", flat=True))
    members = list(Member.objects.filter(pk__in=rng.sample(keys, min(searches, len(keys)))))
    figures: dict[str, Any] = {
        "members": len(keys), "refreshed": read, "refreshed_s": round(refreshed_s, 2),
        "sizes_mb": _sizes(), "goal_p95_ms": GOAL_P95_MS, "load": os.getloadavg()[0],
        "empty_query": _figures([_empty_query_ms() for _ in range(200)]), "kinds": {},
    }  # fmt: skip
    every: list[float] = []
    for kind, ask in _kinds(rng).items():
        times, right = _ask(members, ask)
        every += times
        print(f"  {kind}: {_figures(times)}", flush=True)
        figures["kinds"][kind] = {**_figures(times), "found_share": round(right, 3)}
    return {**figures, **_figures(every)}


def print_table(figures: dict[str, Any]) -> None:
    print(f"\n{figures['members']:,} members, {os.cpu_count()} cores; made ready in"
          f" {figures['refreshed_s']} s; MB: {figures['sizes_mb']}\n")  # fmt: skip
    print(f"{'':34}{'p50 ms':>9}{'p95 ms':>9}{'max ms':>9}{'found':>9}")
    print(f"load {figures['load']:.1f}")
    rows = {"a query that asks nothing": figures["empty_query"], **figures["kinds"]}
    for kind, row in {**rows, "all": figures}.items():
        found = f"{row['found_share']:.1%}" if "found_share" in row else ""
        print(f"{kind:34}{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}{row['max_ms']:9.1f}{found:>9}")
    print(f"{'goal':34}{'':9}{'< ' + format(GOAL_P95_MS, '.0f'):>9}\n")


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


def _figures(times: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(times, n=100)
    return {"p50_ms": round(cuts[49], 1), "p95_ms": round(cuts[94], 1),
            "max_ms": round(max(times), 1)}  # fmt: skip


def _empty_query_ms() -> float:
    from django.db import connection  # noqa: PLC0415

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchall()
    return (time.perf_counter() - began) * 1000


def _analyse() -> None:
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


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=654_006)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--searches", type=int, default=400)
    given = parser.parse_args()
    from config.embedded.postgres import Postgres  # noqa: PLC0415
    from config.embedded.valkey import Valkey  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="hustings-bench-"))
    postgres, valkey = Postgres(folder / "postgres"), Valkey(folder / "valkey")
    try:
        valkey.start()
        postgres.start()
        postgres.make_database()
        os.environ |= {
            "DATABASE_URL": postgres.url(), "REDIS_URL": valkey.url(),
            "HUSTINGS_DEVELOPMENT": "1", "HUSTINGS_VAR": str(folder / "var"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }  # fmt: skip
        figures = _import_and_measure(given, folder)
    finally:
        postgres.stop()
        valkey.stop()
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"benchmark": "roll_search", **figures}))
    return 0


def _import_and_measure(given: argparse.Namespace, folder: Path) -> dict[str, Any]:
    listing = folder / "list.csv"
    made = [sys.executable, "-m", "members.synthetic", "--rows", str(given.rows)]
    subprocess.run(  # noqa: S603 - a command of our own.
        [*made, "--seed", str(given.seed), "--out", str(listing)], check=True, cwd=ROOT
    )
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"], check=True, cwd=ROOT
    )
    import django  # noqa: PLC0415 - the environment is set by now.

    django.setup()
    applied_s = _import(listing)
    print(f"  applied the list in {applied_s} s", flush=True)
    figures = {**measure(searches=given.searches, seed=given.seed), "applied_s": applied_s}
    print_table(figures)
    return figures


def _import(listing: Path) -> float:
    from django.utils import timezone  # noqa: PLC0415

    from members import services  # noqa: PLC0415

    with listing.open("rb") as file:
        pieces = iter(lambda: file.read(1 << 16), b"")
        batch = services.upload_import(
            pieces, file_name="list.csv", scope="whole", by=None, now=timezone.now()
        )
    services.preview_import(batch, now=timezone.now())
    services.request_apply(batch, by=None, now=timezone.now())
    began = time.perf_counter()
    services.apply_import(batch, now=timezone.now())
    return round(time.perf_counter() - began, 2)


if __name__ == "__main__":
    sys.exit(main())
