"""The statements of a cast, run by pgbench on the same database, measured."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection

from ballot.management.scratch import url_of
from ballot.sealing.ballot import SealedBallot, tracker_hash
from ballot.services.cast_ballot import CAST, FIND
from ballot.services.polls import Poll


def cast_by_pgbench(database: str, poll: Poll, ballots: list[bytes], clients: int) -> float:
    """Casts a second of the same statements, the ballots read from a table by number."""
    _load(poll, ballots)
    script = Path(connection.settings_dict["HOST"] or "/tmp").with_name("bench-cast.sql")  # noqa: S108
    script.write_text(_script(poll))
    each = len(ballots) // clients
    try:
        answer = subprocess.run(  # noqa: S603 - our own binary and arguments.
            [
                _find_pgbench(), "--no-vacuum", "--protocol=prepared", f"--client={clients}",
                f"--jobs={min(clients, os.cpu_count() or 1)}", f"--transactions={each}",
                f"--file={script}", url_of(database),
            ],
            capture_output=True, text=True, check=False,
        )
    finally:
        script.unlink()
    tps = re.search(r"tps = ([\d.]+)", answer.stdout)
    if tps is None or "number of failed transactions: 0" not in answer.stdout:
        raise CommandError(f"pgbench did not end well: {answer.stderr[-500:]}{answer.stdout}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bench_ballot b JOIN ballot_sealedballot s"
                       " ON s.tracker = b.tracker")
        cast = cursor.fetchone()[0]
        cursor.execute("DROP TABLE bench_ballot; DROP SEQUENCE bench_next")
    if cast != each * clients:
        raise CommandError(f"pgbench cast {cast} ballots instead of {each * clients}.")
    return round(float(tps.group(1)), 1)


def _load(poll: Poll, ballots: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_ballot (id int PRIMARY KEY, key bytea, signature bytea,"
            " tracker bytea, c1 bytea, c2 bytea, proof bytea)"
        )
        cursor.execute("CREATE SEQUENCE bench_next")
        for number, wire in enumerate(ballots, start=1):
            ballot = SealedBallot.parse(wire, contests=1)
            vote = wire[32:163]
            cursor.execute(
                "INSERT INTO bench_ballot VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [number, wire[:32], ballot.signature,
                 tracker_hash(ballot.credential, ballot.votes, setting=poll.setting),
                 vote[:33], vote[33:66], vote[66:]],
            )
        cursor.execute("ANALYZE bench_ballot")


def _script(poll: Poll) -> str:
    """The service's two statements, with the ballot's values taken from the table."""
    (contest,) = poll.contest_ids
    own = "(SELECT {} FROM bench_ballot WHERE id = :number)"
    find = FIND % {"slug": f"'{poll.slug}'", "key": own.format("key")}
    values = {
        "election": str(poll.election_id),
        "credential": ":credential",
        "section": ":section",
        "signature": own.format("signature"),
        "tracker": own.format("tracker"),
        "contests": f"ARRAY[{contest}]",
        "c1": f"ARRAY[{own.format('c1')}]",
        "c2": f"ARRAY[{own.format('c2')}]",
        "proofs": f"ARRAY[{own.format('proof')}]",
    }
    cast = CAST % values
    columns = "SELECT e.id, e.fingerprint, c.id, s.code, s.id"
    named = find.replace(columns, "SELECT c.id AS credential, s.id AS section")
    return (
        "SELECT nextval('bench_next') AS number \\gset\n"
        f"{_one_line(named)} \\gset\n"
        f"{_one_line(cast)};\n"
    )


def _one_line(statement: str) -> str:
    return " ".join(statement.split())


def _find_pgbench() -> str:
    from config.embedded.postgres import find_binaries  # noqa: PLC0415 - only where it is needed.

    own = find_binaries() / "pgbench"
    found = str(own) if own.exists() else shutil.which("pgbench")
    if found is None:
        raise CommandError("pgbench was not found; it comes with PostgreSQL.")
    return found
