"""Measure the casting path: real HTTP casts against PostgreSQL with fsync, beside pgbench.

Ballots are sealed beforehand. Half of them are cast over HTTP through gunicorn, as `make run`
starts it, by clients that keep their connections; the other half's statements are run by pgbench
on the same database, in the same run: the bare cost of what the database is asked.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from ballot.counting.profile import parse_profile
from ballot.counting.rules import Method
from ballot.management.progress import TerminalListener
from ballot.management.scratch import scratch_database
from ballot.rehearsal.election import prepare_ballots
from ballot.rehearsal.plan import Plan
from ballot.sealing.ballot import SealedBallot, tracker_hash
from ballot.services.cast_ballot import CAST, FIND
from ballot.services.polls import Poll, poll_at

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
                over_http = _over_http(name, poll.slug, mine[:casts], many, options["workers"])
                bare = _pgbench(name, poll, mine[casts:], many)
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


# --- over HTTP --------------------------------------------------------------------------------


def _over_http(
    database: str, slug: str, ballots: list[bytes], clients: int, workers: int
) -> dict[str, float]:
    port = _free_port()
    server = _serve(database, port, workers)
    try:
        token = _token(port, slug)
        requests = deque(_request(slug, token, wire) for wire in ballots)
        return _drive(port, requests, clients)
    finally:
        # Nothing is under way any more, and a measurement has nothing to hand over.
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(database: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    """The production server on the scratch database, as the supervisor starts it."""
    server = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments.
        [
            sys.executable, "-m", "gunicorn", "config.wsgi:application", "--no-control-socket",
            "--workers", str(workers), "--bind", f"127.0.0.1:{port}", "--log-level", "error",
        ],
        env=os.environ | {"DATABASE_URL": _url(database), "PORT": str(port)},
        start_new_session=True,
    )
    give_up_at = time.monotonic() + 60
    while time.monotonic() < give_up_at and server.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as probe:
                probe.sendall(b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n")
                if b" 200 " in probe.recv(200):
                    return server
        except OSError:
            pass
        time.sleep(0.1)
    os.killpg(server.pid, signal.SIGKILL)
    raise CommandError("The web server did not answer within a minute.")


def _url(database: str) -> str:
    own = connection.settings_dict
    login = quote(str(own["USER"]), safe="")
    if own["PASSWORD"]:
        login += ":" + quote(str(own["PASSWORD"]), safe="")
    host = str(own["HOST"])
    if host.startswith("/"):
        return f"postgresql://{login}@/{database}?host={quote(host, safe='')}"
    return f"postgresql://{login}@{host}:{own['PORT'] or 5432}/{database}"


def _token(port: int, slug: str) -> tuple[bytes, bytes]:
    """The CSRF cookie and token of the voting page."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as page:
        page.sendall(f"GET /vote/{slug}/ HTTP/1.1\r\nHost: localhost\r\n"
                     "Connection: close\r\n\r\n".encode())
        answer = b""
        while piece := page.recv(65536):
            answer += piece
    cookie = re.search(rb"(?i)set-cookie: ([^=]*csrf[^=]*=[^;]+)", answer)
    token = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', answer)
    if cookie is None or token is None:
        raise CommandError("The voting page gave no CSRF token.")
    return cookie.group(1), token.group(1)


def _request(slug: str, token: tuple[bytes, bytes], wire: bytes) -> bytes:
    head = (
        f"POST /vote/{slug}/cast HTTP/1.1\r\nHost: localhost\r\n"
        f"Content-Type: application/octet-stream\r\nContent-Length: {len(wire)}\r\n"
    ).encode()
    return head + b"Cookie: " + token[0] + b"\r\nX-CSRFToken: " + token[1] + b"\r\n\r\n" + wire


@dataclass(slots=True)
class _Client:
    """One client: its connection, the answer so far, and when it asked."""

    link: socket.socket
    heard: bytes = b""
    asked_at: float = 0.0


def _drive(port: int, requests: deque[bytes], clients: int) -> dict[str, float]:
    """Keep that many casts under way until all are done; every answer must be a receipt."""
    watch = selectors.DefaultSelector()
    spent: list[float] = []
    total = len(requests)

    def ask(client: _Client) -> None:
        client.heard = b""
        client.asked_at = time.perf_counter()
        client.link.sendall(requests.popleft())

    begun = time.perf_counter()
    for _ in range(min(clients, total)):
        client = _Client(_connect(port))
        watch.register(client.link, selectors.EVENT_READ, client)
        ask(client)
    while len(spent) < total:
        for key, _ in watch.select(timeout=30):
            client = key.data
            piece = client.link.recv(65536)
            client.heard += piece
            if piece and not _is_whole(client.heard):
                continue
            if b" 200 " not in client.heard[:20] or b'"tracker"' not in client.heard:
                raise CommandError(f"A cast was not taken: {client.heard[-300:]!r}")
            spent.append(time.perf_counter() - client.asked_at)
            if not piece or b"connection: close" in client.heard.lower():
                watch.unregister(client.link)
                client.link.close()
                client.link = _connect(port)
                watch.register(client.link, selectors.EVENT_READ, client)
            if requests:
                ask(client)
    seconds = time.perf_counter() - begun
    cuts = statistics.quantiles(spent, n=100)
    return {
        "casts_a_second": round(total / seconds, 1),
        "p50_ms": round(1000 * cuts[49], 2),
        "p99_ms": round(1000 * cuts[98], 2),
    }


def _connect(port: int) -> socket.socket:
    link = socket.create_connection(("127.0.0.1", port), timeout=30)
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return link


def _is_whole(heard: bytes) -> bool:
    head, gap, body = heard.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(gap) and length is not None and len(body) >= int(length.group(1))


# --- pgbench ----------------------------------------------------------------------------------


def _pgbench(database: str, poll: Poll, ballots: list[bytes], clients: int) -> float:
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
                f"--file={script}", _url(database),
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
