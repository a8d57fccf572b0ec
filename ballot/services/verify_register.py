"""Verifying after the close: the marked register and the ballots agree, and the boxes are fixed.

By section: marks in the register, ballots, sealed votes of each contest, and ballots on the
board must be the same number. Every ballot's entry on the board says what its rows say, and no
entry is without its ballot. Every ballot's proofs and signature are checked once more, all of
them together. Then each box, the sealed votes of one contest and section in the order of the
board, is fixed by its hash.
"""

from __future__ import annotations

import os
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction

from ballot.canonical import Json
from ballot.checklist import require_ready
from ballot.lifecycle import State
from ballot.mapping import ballot_content, contest_code, entry_body
from ballot.models import Box, Contest, Election
from ballot.pooling import box_label, pool_sections
from ballot.sealing.ballot import ballot_size
from ballot.sealing.batch import CheckedBallots, check_ballots
from ballot.sealing.box import Box as SealedBox
from ballot.sealing.box import box_hash, join_boxes
from ballot.sealing.errors import BallotsRejected
from ballot.sealing.setting import BoxName
from ballot.selectors import contest_codes, contested, setting_of
from ballot.services.as_published import (
    require_keys_as_published,
    require_paper_as_opened,
    require_roll_as_frozen,
)
from ballot.services.board import append_entry, blob_reference, store_blob
from ballot.services.moves import lock_election, move
from ballot.services.notify_casts import notify_casts
from members.selectors import sections
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record

_READ_BALLOTS = 20_000

_RECONCILE = """
SELECT s.code, s.name,
       count(r.id),
       count(m.id),
       count(b.id),
       coalesce(sum((SELECT count(*) FROM ballot_sealedvote v
                      WHERE v.ballot_id = b.id)), 0)::bigint,
       count(e.id)
  FROM members_rollentry r
  JOIN members_section s ON s.id = r.section_id
  LEFT JOIN ballot_registermark m ON m.roll_entry_id = r.id AND m.election_id = %(election)s
  LEFT JOIN (ballot_sealedballot b JOIN ballot_credential c ON c.id = b.credential_id)
         ON c.roll_entry_id = r.id AND b.election_id = %(election)s
  LEFT JOIN ballot_entry e ON e.ballot_id = b.id
 WHERE r.roll_id = %(roll)s
 GROUP BY s.code, s.name, s.precedence
 ORDER BY s.precedence, s.code
"""

_WIRES = """
SELECT string_agg(w.wire, ''::bytea ORDER BY w.number), count(*) FROM (
    SELECT e.number, c.public_key
           || (SELECT string_agg(v.c1 || v.c2 || v.proof, ''::bytea ORDER BY k.position)
                 FROM ballot_sealedvote v JOIN ballot_contest k ON k.id = v.contest_id
                WHERE v.ballot_id = b.id)
           || b.signature AS wire
      FROM ballot_entry e
      JOIN ballot_sealedballot b ON b.id = e.ballot_id
      JOIN ballot_credential c ON c.id = b.credential_id
      JOIN members_rollentry r ON r.id = c.roll_entry_id
      JOIN members_section s ON s.id = r.section_id
     WHERE e.election_id = %s AND e.number >= %s AND e.number < %s AND s.code = %s
) w
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


@dataclass(frozen=True, slots=True)
class SectionAccount:
    """The ballot account of one section; `votes` over all contests together."""

    code: str
    name: str
    electors: int
    marks: int
    ballots: int
    votes: int
    on_board: int

    def agrees(self, contests: int) -> bool:
        """Marks, ballots, votes and entries are the same number."""
        return (
            self.marks == self.ballots == self.on_board
            and self.votes == self.ballots * contests
            and self.ballots <= self.electors
        )


def account(election: Election) -> list[SectionAccount]:
    """The ballot account by section, counted from the rows themselves."""
    with connection.cursor() as cursor:
        cursor.execute(_RECONCILE, {"election": election.pk, "roll": election.roll_id})
        return [SectionAccount(*row) for row in cursor.fetchall()]


@transaction.atomic
def verify_register(
    election_id: int,
    *,
    by: int | None,
    now: datetime,
    processes: int = 1,
    report: Report = silent,
) -> None:
    """Verify, check every ballot, and fix the boxes: all, or nothing and the reason."""
    election = lock_election(election_id)
    require_ready(election, "verify_register", now=now)
    # The clock tends open polls: who cast in the last moments is told of it here.
    notify_casts(election)
    require_paper_as_opened(election)
    require_roll_as_frozen(election)
    accounts = account(election)
    _require_agreement(accounts, contests=len(contested(election)))
    _require_board(election, report=report)
    require_keys_as_published(election)
    checked = {
        one.code: _check_section(election, one, processes=processes, report=report)
        for one in accounts
        if one.ballots
    }
    boxes = [
        box
        for contest in contested(election)
        for box in _fix_boxes(election, contest, accounts, checked)
    ]
    append_entry(election, kind="reconciliation", content=_content(accounts, boxes), now=now)
    move(election, State.VERIFIED)
    record("verify_register", subject=("election", str(election.pk)), by=by, now=now)


def _require_agreement(accounts: list[SectionAccount], *, contests: int) -> None:
    wrong = [one for one in accounts if not one.agrees(contests)]
    if wrong:
        what = "; ".join(
            f"{one.name}: {one.marks} marks, {one.ballots} ballots, {one.votes} votes, "
            f"{one.on_board} on the board"
            for one in wrong
        )
        raise Refusal(
            "register.disagrees",
            f"The marked register and the ballots do not agree ({what}). Nothing is opened until "
            "the difference is explained.",
        )
    if not any(one.ballots for one in accounts):
        raise Refusal(
            "register.no-ballot",
            "No ballot was cast. There is nothing to open: two officers may declare the election "
            "void.",
        )


def _require_board(election: Election, *, report: Report) -> None:
    """Refuse where an entry of a ballot says something else than the ballot's own rows."""
    entries = _entries(election)
    report(stage="Comparing the ballots with the board", done=0, total=entries, unit="entries")
    wrong: list[int] = []
    for first in range(0, entries, _READ_BALLOTS):
        with connection.cursor() as cursor:
            cursor.execute(_ON_BOARD, [election.pk, first, first + _READ_BALLOTS])
            rows = cursor.fetchall()
        wrong += [row[0] for row in rows if not _says_its_ballot(election, row)]
        report(done=min(first + _READ_BALLOTS, entries), total=entries)
    if wrong:
        raise Refusal(
            "register.board-disagrees",
            f"{len(wrong)} ballots on the board are not as they are stored: entry "
            f"{', '.join(str(number) for number in wrong[:5])}. Somebody has changed the database.",
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


def _check_section(
    election: Election, one: SectionAccount, *, processes: int, report: Report
) -> CheckedBallots:
    report(stage=f"Checking the ballots of {one.name}", done=0, total=one.ballots, unit="ballots")
    try:
        return check_ballots(
            _wires(election, one.code),
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
            f"{len(rejected.culprits)} ballots of {one.name} do not pass the check that they "
            f"passed when they were cast: {found}. Somebody has changed the database.",
        ) from rejected


def _wires(election: Election, section: str) -> np.ndarray:
    size = ballot_size(len(contested(election)))
    pieces = bytearray()
    with connection.cursor() as cursor:
        for first in range(0, _entries(election), _READ_BALLOTS):
            cursor.execute(_WIRES, [election.pk, first, first + _READ_BALLOTS, section])
            joined, count = cursor.fetchone()
            if count:
                if len(joined) != count * size:
                    raise Refusal(
                        "register.ballot-length",
                        "A ballot in the database is not as long as it was when it was cast. "
                        "Somebody has changed the database.",
                    )
                pieces += joined
    return np.frombuffer(pieces, dtype=np.uint8).reshape(-1, size)


def _fix_boxes(
    election: Election,
    contest: Contest,
    accounts: list[SectionAccount],
    checked: dict[str, CheckedBallots],
) -> list[Box]:
    names = {one.code: one.name for one in accounts}
    pools = pool_sections({one.code: one.ballots for one in accounts}, election.smallest_box)
    fixed = []
    for number, codes in enumerate(pools):
        name = BoxName(contest_code(contest), codes)
        parts = [
            checked[code].box(contest_code(contest))
            if code in checked
            else _nothing_cast(contest, code)
            for code in codes
        ]
        label = box_label([names[code] for code in codes])
        fixed.append(_store_box(election, contest, number, label, join_boxes(name, parts)))
    return fixed


def _nothing_cast(contest: Contest, code: str) -> SealedBox:
    """A section that is pooled though nobody in it has voted: no vote of its own in the box."""
    none = np.empty((0, 64), dtype=np.uint8)
    return SealedBox(BoxName(contest_code(contest), (code,)), none, none)


def _store_box(
    election: Election, contest: Contest, number: int, label: str, sealed: SealedBox
) -> Box:
    box = Box.objects.create(
        contest=contest,
        number=number,
        label=label,
        ballots=len(sealed),
        digest=box_hash(sealed, setting=setting_of(election)),
        sealed=store_blob([sealed.to_bytes()]),
    )
    box.sections.set(sections().filter(code__in=sealed.name.sections))
    return box


def _content(accounts: list[SectionAccount], boxes: list[Box]) -> dict[str, Json]:
    fields = ("code", "name", "electors", "marks", "ballots", "votes", "on_board")
    return {
        "boxes": [
            {
                "ballots": box.ballots,
                "contest": contest_code(box.contest),
                "digest": bytes(box.digest).hex(),
                "number": box.number,
                "sealed": blob_reference(box.sealed),
                "sections": list(box.sections.order_by("code").values_list("code", flat=True)),
            }
            for box in boxes
        ],
        "sections": [dict(zip(fields, astuple(one), strict=True)) for one in accounts],
    }
