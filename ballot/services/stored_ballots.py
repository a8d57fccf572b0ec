"""The ballots as they are stored, after the close: against the board, and against their proofs.

Every ballot's entry on the board says what its rows say, and no entry is without its ballot. Every
ballot's proofs and signature are checked once more, all of a section together.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db import connection

from ballot.mapping.ballots import ballot_content
from ballot.mapping.entry import entry_body
from ballot.models import Election
from ballot.sealing.ballot import ballot_size
from ballot.sealing.batch import CheckedBallots, check_ballots
from ballot.sealing.errors import BallotsRejected
from ballot.selectors import contest_codes, contested, setting_of
from ballot.services.register_account import SectionAccount
from ballot.showing.wording import how_many
from office.progress import Report
from office.refusal import Refusal

_READ_BALLOTS = 20_000

_WIRES = """
SELECT w.code, string_agg(w.wire, ''::bytea ORDER BY w.number), count(*) FROM (
    SELECT s.code, e.number, c.public_key
           || (SELECT string_agg(v.c1 || v.c2 || v.proof, ''::bytea ORDER BY k.position)
                 FROM ballot_sealedvote v JOIN ballot_contest k ON k.id = v.contest_id
                WHERE v.ballot_id = b.id)
           || b.signature AS wire
      FROM ballot_entry e
      JOIN ballot_sealedballot b ON b.id = e.ballot_id
      JOIN ballot_credential c ON c.id = b.credential_id
      JOIN members_rollentry r ON r.id = c.roll_entry_id
      JOIN members_section s ON s.id = r.section_id
     WHERE e.election_id = %s AND e.number >= %s AND e.number < %s
       AND NOT EXISTS (SELECT FROM ballot_setasidenow n WHERE n.ballot_id = b.id)
) w
GROUP BY w.code
"""

# A ballot that was taken out of every table but the board's is still an entry here.
_ON_BOARD = """
SELECT e.number, e.body, b.signature, c.public_key,
       (SELECT array_agg(v.c1 || v.c2 || v.proof ORDER BY k.position)
          FROM ballot_sealedvote v JOIN ballot_contest k ON k.id = v.contest_id
         WHERE v.ballot_id = b.id)
  FROM ballot_entry e
  LEFT JOIN ballot_sealedballot b ON b.id = e.ballot_id AND b.election_id = e.election_id
  LEFT JOIN ballot_credential c ON c.id = b.credential_id
 WHERE e.election_id = %s AND e.number >= %s AND e.number < %s AND e.kind = 'ballot'
 ORDER BY e.number
"""


def require_board(
    election: Election, accounts: Iterable[SectionAccount], *, report: Report
) -> None:
    """Refuse where a ballot's entry says something else than its rows, or is in no account."""
    entries = _entries(election)
    looked_at = 0
    report(stage="Comparing the ballots with the board", done=0, total=entries, unit="entries")
    wrong: list[int] = []
    for first in range(0, entries, _READ_BALLOTS):
        with connection.cursor() as cursor:
            cursor.execute(_ON_BOARD, [election.pk, first, first + _READ_BALLOTS])
            rows = cursor.fetchall()
        looked_at += len(rows)
        wrong += [row[0] for row in rows if not _says_its_ballot(election, row)]
        report(done=min(first + _READ_BALLOTS, entries), total=entries)
    if wrong:
        raise Refusal(
            "register.board-disagrees",
            f"{how_many(len(wrong), 'ballot on the board is', 'ballots on the board are')} not as "
            "they are stored: entry "
            f"{', '.join(str(number) for number in wrong[:5])}. Somebody has changed the database.",
        )
    accounted = sum(one.on_board for one in accounts)
    if looked_at != accounted:
        raise Refusal(
            "register.board-disagrees",
            f"The board has {how_many(looked_at, 'ballot')}, and the electors of the roll cast "
            f"{accounted} of them. Somebody has changed the database.",
        )


def _says_its_ballot(election: Election, row: tuple[Any, ...]) -> bool:
    """row: number, body, signature, key, votes; the last three are empty where rows are gone."""
    number, body, signature, key, votes = row
    if signature is None or key is None or votes is None:
        return False
    content = ballot_content(key, votes, signature)
    return bytes(body) == entry_body(
        election=election.public_id, kind="ballot", number=number, at=None, content=content
    )


def _entries(election: Election) -> int:
    """How many entries stand on the board, counted by its numbers."""
    last = election.entries.order_by("-number").values_list("number", flat=True).first()
    return 0 if last is None else last + 1


def check_section(
    election: Election,
    one: SectionAccount,
    ballots: np.ndarray,
    *,
    processes: int,
    report: Report,
) -> CheckedBallots:
    """Check every ballot of a section again, or refuse and name those that do not pass."""
    report(stage=f"Checking the ballots of {one.name}", done=0, total=one.counted, unit="ballots")
    try:
        return check_ballots(
            ballots,
            setting=setting_of(election),
            contests=contest_codes(election),
            section=one.code,
            rng=os.urandom,
            processes=processes,
            progress=lambda done, total: report(done=done, total=total),
        )
    except BallotsRejected as rejected:
        found = ", ".join(f"number {place} ({why})" for place, why in rejected.culprits[:5])
        raise Refusal(
            "register.ballot-rejected",
            f"{how_many(len(rejected.culprits), 'ballot')} of {one.name} failed the check that all "
            f"passed when they were cast: {found}. Somebody has changed the database.",
        ) from rejected


def read_ballots(election: Election) -> dict[str, np.ndarray]:
    """Every ballot that counts as it came, (N, ballot_size) a section, in the board's order.

    The board is read once, whatever the number of sections.
    """
    size = ballot_size(len(contested(election)))
    pieces: dict[str, bytearray] = defaultdict(bytearray)
    with connection.cursor() as cursor:
        for first in range(0, _entries(election), _READ_BALLOTS):
            cursor.execute(_WIRES, [election.pk, first, first + _READ_BALLOTS])
            for section, joined, count in cursor.fetchall():
                if len(joined) != count * size:
                    raise Refusal(
                        "register.ballot-length",
                        "A ballot in the database is not as long as it was when it was cast. "
                        "Somebody has changed the database.",
                    )
                pieces[section] += joined
    return {
        section: np.frombuffer(joined, dtype=np.uint8).reshape(-1, size)
        for section, joined in pieces.items()
    }
