"""What putting cast ballots on the board costs in a database that is durable: `make bench-board`.

    python -m benchmarks.board_stored [BALLOTS]

So many ballots of random bytes are stored, as casts leave them. Then the worker's own functions
append them in batches, and after each batch publish: tiles, root, signed checkpoint, every
transaction fsynced. Last, proof files are made from the stored tiles, and checked. Prints each
figure beside its goal, and one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from random import Random
from typing import TYPE_CHECKING, Final

from benchmarks.installation import installation

if TYPE_CHECKING:
    from ballot.models import Election

GOAL_ENTRIES_A_S: Final = 3_000
GOAL_PROOF_MS: Final = 5.0
PROOFS: Final = 200

# Casts of nobody: what they refer to is not looked for (the role of this server is a superuser).
_CASTS: Final = """
SET session_replication_role = replica;
INSERT INTO ballot_credential (id, election_id, roll_entry_id, attempt, public_key, force)
SELECT n, {election}, n, 1, sha256(int8send(n)), 'in-force' FROM generate_series(1, {ballots}) n;
INSERT INTO ballot_sealedballot (id, election_id, credential_id, signature, tracker)
SELECT n, {election}, n, sha512(int8send(n)), sha256(int8send(-n))
  FROM generate_series(1, {ballots}) n;
INSERT INTO ballot_sealedvote (ballot_id, contest_id, c1, c2, proof)
SELECT n, {contest}, '\\x02'::bytea || sha256(int8send(n * 4)),
       '\\x03'::bytea || sha256(int8send(n * 4 + 1)), '\\x02'::bytea || sha512(int8send(n * 4 + 2))
  FROM generate_series(1, {ballots}) n;
SET session_replication_role = origin;
ANALYZE ballot_credential, ballot_sealedballot, ballot_sealedvote;
"""


def main() -> None:
    """Run, print the table, and end with a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ballots", type=int, nargs="?", default=506_438)
    ballots = parser.parse_args().ballots
    with installation():
        figures = _measure(ballots)
    print(json.dumps({"benchmark": "board, stored", "ballots": ballots, "cores": os.cpu_count(),
                      **figures}))  # fmt: skip


def _measure(ballots: int) -> dict[str, float]:
    import django  # noqa: PLC0415 - the environment is set by now.

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.meter import Meter  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    election = polled(ballots)
    with Meter() as appending:
        size = append_and_publish(election)
    if size != ballots + 1:
        raise SystemExit(f"{ballots} ballots were cast, and the board has {size} entries.")
    proofs_ms = _prove(election, size)
    rate = ballots / appending.wall_s
    slowest, middle = max(proofs_ms), sorted(proofs_ms)[len(proofs_ms) // 2]
    print(f"{ballots:,} ballots appended and published, fsync on")
    print(f"  entries a second       {rate:12,.0f}    goal {GOAL_ENTRIES_A_S:,} or more")
    print(f"  seconds                {appending.wall_s:12,.1f}")
    print(f"  processor, worker      {appending.worker_s:12,.1f} s")
    print(f"  processor, database    {appending.database_s:12,.1f} s")
    print(f"  a proof file, middle   {middle:12,.2f} ms goal under {GOAL_PROOF_MS:g}")
    print(f"  a proof file, slowest  {slowest:12,.2f} ms")
    return {
        "entries_a_s": rate, "wall_s": appending.wall_s, "worker_s": appending.worker_s,
        "database_s": appending.database_s, "proof_ms": middle, "slowest_proof_ms": slowest,
    }  # fmt: skip


def polled(ballots: int) -> Election:
    """An election whose notice is out and in which so many have cast."""
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from ballot.models import Contest, Election  # noqa: PLC0415
    from ballot.services.board import append_entry  # noqa: PLC0415
    from ballot.services.publish_board import board_origin, signing_key  # noqa: PLC0415

    election = Election.objects.create(slug="bench", title="Bench", party="Bench")
    contest = Contest.objects.create(election=election, title="Leader", position=0)
    key = signing_key(board_origin(election)).public().text()
    append_entry(election, kind="notice", content={"board": key}, now=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(
            _CASTS.format(election=election.pk, contest=contest.pk, ballots=ballots)
        )
    return election


def append_and_publish(election: Election) -> int:
    from django.utils import timezone  # noqa: PLC0415

    from ballot.published import newest_checkpoint  # noqa: PLC0415
    from ballot.services import board, publish_board  # noqa: PLC0415

    after = 0
    while True:
        appended, after = board.append_batch(election, after)
        if not appended:
            break
        publish_board.publish_board(election.pk, now=timezone.now())
    newest = newest_checkpoint(election)
    return newest.size if newest else 0


def _prove(election: Election, size: int) -> list[float]:
    from ballot.board.proof_file import check_proof_file  # noqa: PLC0415
    from ballot.mapping.entry import log_entry  # noqa: PLC0415
    from ballot.models import Entry  # noqa: PLC0415
    from ballot.published import board_key, newest_checkpoint, proof_of_entry  # noqa: PLC0415

    newest = newest_checkpoint(election)
    if newest is None:
        raise SystemExit("The board has no checkpoint.")
    key = board_key(election)
    times = []
    for number in Random(1).sample(range(size), PROOFS):  # noqa: S311 - needs no secrecy.
        began = time.perf_counter()
        octets = proof_of_entry(newest, number).octets()
        times.append(1000 * (time.perf_counter() - began))
        entry = Entry.objects.get(election=election, number=number)
        body = log_entry(entry.kind, bytes(entry.body))
        check_proof_file(octets, entry=body, keys=[key])
    return times


if __name__ == "__main__":
    main()
