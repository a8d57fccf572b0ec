"""What it costs to destroy the sealed ballots of a whole election: `make bench-destroy`.

    make bench-destroy [OPTIONS="--ballots 50000"]

Starts a PostgreSQL of its own with fsync on. So many ballots of random bytes are stored and put on
the board by the worker's own functions, with a mark, a key and a letter each, a list of keys and a
box, and a request to an issuer for one elector in fifty; the election became void long ago. Then
the act is carried out as `destroy_due` does it: the one transaction, and after it the rewriting of
the tables, which locks each. Meanwhile another thread appends to another election's board, ten
times a second: what it waits for at the longest is what the act keeps others from. Prints each
figure beside its goal, and one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from benchmarks.installation import installation

if TYPE_CHECKING:
    from ballot.models import Election

WHOLE: Final = 500_000
WITHIN_S: Final = 600
WAITS_AT_MOST_MS: Final = 500
MEMORY_AT_MOST_MB: Final = 1024
_MB: Final = 1 << 20
_EVERY_S: Final = 0.1
_LIST: Final = 32
_PAIR: Final = 66

# Whom they are of is not looked for (the role of this server is a superuser).
_NAMED: Final = """
SET session_replication_role = replica;
INSERT INTO ballot_registermark (election_id, roll_entry_id, channel)
SELECT {election}, n, 'online' FROM generate_series(1, {ballots}) n;
INSERT INTO office_letter (dispatch_id, purpose, recipient, state)
SELECT {dispatch}, 'voting-code', gen_random_uuid()::text, 'handed_over'
  FROM generate_series(1, {ballots}) n;
INSERT INTO ballot_issuerrequest
       (election_id, kind, roll_entry_id, credential_id, state, asked_at)
SELECT {election}, 'reissue', n, n, 'answered', now() FROM generate_series(1, {ballots}, 50) n;
SET session_replication_role = origin;
ANALYZE ballot_registermark, ballot_issuerrequest, office_letter, ballot_entry;
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds, megabytes of the database, and of memory; slowest_ms: of an act beside it."""

    ballots: int
    act_s: float
    worker_s: float
    database_s: float
    rewriting_s: float
    before_mb: int
    after_act_mb: int
    after_mb: int
    memory_mb: int
    database_memory_mb: int
    slowest_ms: float


def main() -> None:
    """Run, print the table, and end with a line of JSON."""
    parser = argparse.ArgumentParser(description="Measure the destruction of sealed ballots.")
    parser.add_argument("--ballots", type=int, default=WHOLE, help="how many had been cast")
    ballots = parser.parse_args().ballots
    with installation():
        import django  # noqa: PLC0415 - the environment is set by now.
        from django.core.management import call_command  # noqa: PLC0415

        django.setup()
        call_command("migrate", verbosity=0)
        figures = _measure(_void(ballots), ballots)
    _show(figures)


def _void(ballots: int) -> Election:
    """An election in which so many had cast, void for more than a year; two ordered its end."""
    from django.utils import timezone  # noqa: PLC0415 - settings are read by now.

    from ballot.mapping.blobs import blob_reference  # noqa: PLC0415
    from ballot.models import Election  # noqa: PLC0415
    from ballot.services.board import append_entry, store_blob  # noqa: PLC0415
    from ballot.services.order_destruction import order_destruction  # noqa: PLC0415
    from ballot.services.publish_board import publish_board  # noqa: PLC0415
    from benchmarks.board_stored import append_and_publish, polled  # noqa: PLC0415

    election = polled(ballots)
    append_and_publish(election)
    _name_electors(election, ballots)
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=400)
    for kind, size in (("credentials", _LIST), ("reconciliation", _PAIR)):
        blob = blob_reference(store_blob(_random(size * ballots)))
        append_entry(election, kind=kind, content={"keys": blob}, now=long_ago)
    append_entry(election, kind="void", content={"reason": "A measurement."}, now=long_ago)
    Election.objects.filter(pk=election.pk).update(state="void")
    publish_board(election.pk, now=now)
    first, second = _officers()
    order_destruction(election.pk, by=first, seconded_by=second, now=now)
    return election


def _random(size: int) -> Iterator[bytes]:
    for start in range(0, size, _MB):
        yield os.urandom(min(_MB, size - start))


def _name_electors(election: Election, ballots: int) -> None:
    """A roll of no entries, and a mark and a letter of each of its electors."""
    from django.db import connection  # noqa: PLC0415 - settings are read by now.
    from django.utils import timezone  # noqa: PLC0415

    from members.models import EligibilityRules, Roll  # noqa: PLC0415
    from office.models import Dispatch  # noqa: PLC0415

    now = timezone.now()
    rules = EligibilityRules.objects.create(name="Bench", version=1, body={}, written_at=now)
    roll = Roll.objects.create(
        name="Bench", version=1, rules=rules, register_version=1, electors=ballots,
        members_judged=ballots, salt=bytes(32), commitment=bytes(32), frozen_at=now,
    )
    election.roll = roll
    election.save(update_fields=["roll"])
    dispatch = Dispatch.objects.create(purpose="voting-code", reference=roll.public_id)
    with connection.cursor() as cursor:
        cursor.execute(
            _NAMED.format(election=election.pk, ballots=ballots, dispatch=dispatch.pk)
        )


def _officers() -> tuple[int, int]:
    from django.utils import timezone  # noqa: PLC0415 - settings are read by now.

    from office.models import StaffMember  # noqa: PLC0415

    made = [
        StaffMember.objects.create(email=f"{name}@example.org", name=name, joined_at=timezone.now())
        for name in ("ann", "ben")
    ]
    return made[0].pk, made[1].pk


def _measure(election: Election, ballots: int) -> Figures:
    from django.utils import timezone  # noqa: PLC0415 - settings are read by now.

    from ballot.management.commands.destroy_due import rewrite  # noqa: PLC0415
    from ballot.services.destroy_ballots import destroy_ballots  # noqa: PLC0415
    from benchmarks.memory import PeakMemory  # noqa: PLC0415
    from benchmarks.meter import Meter, backend_peak_mb  # noqa: PLC0415

    before = _size_mb()
    with PeakMemory() as memory, _beside() as waits, Meter() as act:
        rows = destroy_ballots(election.pk, now=timezone.now())
    if rows["ballot_sealedballot"] != ballots:
        raise SystemExit(f"{ballots} had cast, and {rows['ballot_sealedballot']} ballots went.")
    after_act = _size_mb()
    with Meter() as rewriting:
        rewrite(rows)
    return Figures(
        ballots=ballots, act_s=act.wall_s, worker_s=act.worker_s, database_s=act.database_s,
        rewriting_s=rewriting.wall_s, before_mb=before, after_act_mb=after_act,
        after_mb=_size_mb(), memory_mb=memory.bytes // _MB, database_memory_mb=backend_peak_mb(),
        slowest_ms=max(waits),
    )


def _size_mb() -> int:
    from django.db import connection  # noqa: PLC0415 - settings are read by now.

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0]) // _MB


@contextmanager
def _beside() -> Iterator[list[float]]:
    """Append to another board meanwhile; gives how many milliseconds each took."""
    waits: list[float] = []
    done = threading.Event()
    thread = threading.Thread(target=_append_until, args=(done, waits))
    thread.start()
    try:
        yield waits
    finally:
        done.set()
        thread.join()


def _append_until(done: threading.Event, waits: list[float]) -> None:
    from django.db import connection, transaction  # noqa: PLC0415 - settings are read by now.
    from django.utils import timezone  # noqa: PLC0415

    from ballot.models import Election  # noqa: PLC0415
    from ballot.services.board import append_entry  # noqa: PLC0415

    other = Election.objects.create(slug="other", title="Other", party="Bench")
    content: Any = {"reason": "A measurement."}
    while not done.is_set():
        began = time.perf_counter()
        with transaction.atomic():
            append_entry(other, kind="suspension", content=content, now=timezone.now())
        waits.append(1000 * (time.perf_counter() - began))
        time.sleep(_EVERY_S)
    connection.close()


def _show(one: Figures) -> None:
    print(f"{one.ballots:,} sealed ballots destroyed, fsync on")
    print(f"  the act, seconds       {one.act_s:10,.1f}    goal under {WITHIN_S}")
    print(f"  processor, worker      {one.worker_s:10,.1f} s")
    print(f"  processor, database    {one.database_s:10,.1f} s")
    print(f"  rewriting, seconds     {one.rewriting_s:10,.1f}")
    print(f"  database before        {one.before_mb:10,} MB")
    print(f"  database after the act {one.after_act_mb:10,} MB")
    print(f"  database rewritten     {one.after_mb:10,} MB")
    print(f"  memory, at most        {one.memory_mb:10,} MB   goal under {MEMORY_AT_MOST_MB}")
    print(f"  memory, the database's {one.database_memory_mb:10,} MB")
    print(f"  another's act, slowest {one.slowest_ms:10,.1f} ms   goal under {WAITS_AT_MOST_MS}")
    print(json.dumps({"bench": "destroy", "cores": os.cpu_count(), **asdict(one)}))


if __name__ == "__main__":
    main()
