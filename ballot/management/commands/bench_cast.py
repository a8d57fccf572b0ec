"""Measure the casting path: real HTTP casts against PostgreSQL with fsync, beside pgbench.

Ballots are sealed beforehand. Half of them are cast over HTTP through gunicorn, as `make run`
starts it, by clients that keep their connections; the other half's statements are run by pgbench
on the same database, in the same run: the bare cost of what the database is asked.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ballot.counting.profile import parse_profile
from ballot.counting.rules import Method
from ballot.management.cast_by_pgbench import cast_by_pgbench
from ballot.management.cast_over_http import cast_over_http
from ballot.management.progress import TerminalListener
from ballot.management.scratch import scratch_database
from ballot.rehearsal.election import prepare_ballots
from ballot.rehearsal.plan import Plan
from ballot.services.polls import poll_at

CANDIDATES = ("Ash", "Birch", "Cedar", "Elm", "Oak")
SECTIONS = ("Members", "Affiliated", "Registered")


class Command(BaseCommand):
    """`python manage.py bench_cast [--casts 6000] [--clients 8,32]`"""

    help = "Measure casts over HTTP beside pgbench running the same statements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--casts", type=int, default=6000, help="over HTTP, for each setting")
        parser.add_argument("--clients", default="8,32")
        parser.add_argument("--workers", type=int, default=2 * (os.cpu_count() or 1))

    def handle(self, **options: Any) -> None:
        clients = [int(number) for number in options["clients"].split(",")]
        casts = options["casts"]
        listener = TerminalListener(sys.stdout)
        with scratch_database() as name:
            _require_fsync()
            plan = _plan(2 * casts * len(clients), os.cpu_count() or 1)
            prepared = prepare_ballots(plan, listener=listener)
            listener.finish()
            ballots = [row.tobytes() for piece in prepared.wires for row in piece]
            poll = poll_at(prepared.election.slug)
            rows = []
            for number, many in enumerate(clients):
                mine = ballots[2 * casts * number : 2 * casts * (number + 1)]
                over_http = cast_over_http(name, poll.slug, mine[:casts], many, options["workers"])
                bare = cast_by_pgbench(name, poll, mine[casts:], many)
                rows.append({"clients": many, **over_http, "pgbench_a_second": bare})
        self._say(rows, casts)

    def _say(self, rows: list[dict[str, Any]], casts: int) -> None:
        self.stdout.write(f"\n{casts:,} casts over HTTP and as many by pgbench, for each setting")
        self.stdout.write(f"{'clients':>8} {'casts/s':>9} {'p50 ms':>8} {'p99 ms':>8} "
                          f"{'pgbench/s':>10} {'ratio':>7}")
        for row in rows:
            row["ratio"] = round(row["casts_a_second"] / row["pgbench_a_second"], 3)
            self.stdout.write(
                f"{row['clients']:>8} {row['casts_a_second']:>9.0f} {row['p50_ms']:>8.1f} "
                f"{row['p99_ms']:>8.1f} {row['pgbench_a_second']:>10.0f} {row['ratio']:>7.2f}"
            )
        self.stdout.write("goals: 400 casts/s, p99 under 150 ms, ratio at least 0.10")
        self.stdout.write(json.dumps({"casts": casts, "settings": rows}))


def _plan(ballots: int, processes: int) -> Plan:
    each, rest = divmod(ballots, len(SECTIONS))
    papers: dict[str, dict[tuple[int, ...], int]] = {
        section: {(0, 1, 2): each + (rest if number == 0 else 0)}
        for number, section in enumerate(SECTIONS)
    }
    profile = parse_profile(CANDIDATES, papers, title="Leader")
    return Plan(profile=profile, method=Method.ALTERNATIVE_VOTE, electors=ballots,
                processes=processes)


def _require_fsync() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        if cursor.fetchone() != ("on", "on"):
            raise CommandError("This database does not sync its commits: measure a real one.")
