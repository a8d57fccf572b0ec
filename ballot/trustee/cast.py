"""Every ballot on the board, checked: whose key, once, its proofs and signature; and which count.

Spec: sealing §6.4; bundle §4.1; trustees §5.4.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ballot.sealing.ballot import CREDENTIAL, SIGNATURE, VOTE
from ballot.sealing.batch import CheckedBallots, check_ballots
from ballot.sealing.box import Box
from ballot.sealing.errors import BallotsRejected
from ballot.sealing.setting import BoxName
from ballot.sealing.workers import Octets, Progress
from ballot.trustee.aside import set_aside
from ballot.trustee.errors import Refused
from ballot.trustee.keys_named import KeysNamed
from ballot.trustee.poll import Poll
from ballot.trustee.post import PostalPaper, postal_papers
from ballot.trustee.record import POINT, Ballots, Record

_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class SectionCast:
    """A section's ballots that hold, in the order of the board.

    checked: their pairs.  counted: (N,) of bool, which of them were not set aside.
    """

    checked: CheckedBallots = field(repr=False)
    counted: NDArray[np.bool_] = field(repr=False)

    def box(self, contest: str) -> Box:
        """Give the pairs of one contest that are counted, under this section's name."""
        whole = self.checked.box(contest)
        return Box(whole.name, whole.c1[self.counted], whole.c2[self.counted])


def nothing_cast(contest: str, section: str) -> Box:
    """Give the box of a section in which nobody cast."""
    none = np.empty((0, 64), np.uint8)
    return Box(BoxName(contest, (section,)), none, none)


def check_cast(
    record: Record, poll: Poll, named: KeysNamed, *, jobs: int, progress: Progress | None = None
) -> dict[str, SectionCast]:
    """Check every ballot on the board; give them by section.

    Cost:   some 17 µs a ballot and contest, on each of two processes.
    Raises: Refused "ballot.length", "ballot.unknown", "ballot.revoked", "ballot.twice",
            "ballot.time", "ballot.repeated", "ballots", those of set_aside and
            postal_papers; "entry.missing" while the poll is not closed.
    """
    ballots, sections, aside = _cast_online(record, poll, named)
    ballots, sections = _with_postal(ballots, sections, postal_papers(record, poll, named))
    if not len(ballots):
        return {}
    _require_unlike(ballots, len(poll.contests))
    counted = ~np.isin(ballots.numbers, sorted(aside))
    found, done = {}, 0
    codes, place = np.unique(sections, return_inverse=True)
    for number, section in enumerate(codes.tolist()):
        rows = np.flatnonzero(place == number)
        after = _following(progress, done, len(ballots))
        checked = _checked(ballots, rows, section, poll, jobs=jobs, progress=after)
        found[section] = SectionCast(checked, counted[rows])
        done += len(rows)
    return found


def _cast_online(
    record: Record, poll: Poll, named: KeysNamed
) -> tuple[Ballots, list[str], set[int]]:
    """Give the electors' ballots, the section of each, and the numbers of those set aside."""
    ballots = record.ballots()
    if not len(ballots):
        return ballots, [], set()
    if ballots.wire.shape[1] != _width(poll):
        why = "They have votes for another number of contests than the paper."
        raise Refused("ballot.length", "the ballots", why)
    sections = _sections(ballots, named)
    _require_time(record, ballots, poll)
    return ballots, sections, set_aside(record, ballots, sections, poll)


def _width(poll: Poll) -> int:
    return CREDENTIAL + SIGNATURE + VOTE * len(poll.contests)


def _with_postal(
    ballots: Ballots, sections: list[str], postal: Sequence[PostalPaper]
) -> tuple[Ballots, list[str]]:
    """Let the postal papers follow the ballots, as they do in the boxes (sealing §7.2)."""
    if not postal:
        return ballots, sections
    width = len(postal[0].wire)
    wires = b"".join([ballots.wire.tobytes(), *(paper.wire for paper in postal)])
    numbers = np.array([paper.number for paper in postal], np.int64)
    together = Ballots(
        np.frombuffer(wires, np.uint8).reshape(-1, width),
        np.concatenate([ballots.numbers, numbers]),
        ballots.challenged,
    )
    return together, [*sections, *(paper.section for paper in postal)]


def _following(progress: Progress | None, before: int, whole: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, of: progress(before + done, whole)


def _sections(ballots: Ballots, named: KeysNamed) -> list[str]:
    """Give each ballot's section; every credential is named, never died, and is there once."""
    sections, seen = [], set()
    for row, number in enumerate(ballots.numbers.tolist()):
        credential = ballots.wire[row, :CREDENTIAL].tobytes()
        where = f"entry {number} (ballot)"
        if credential not in named.section:
            raise Refused("ballot.unknown", where, "Nobody was issued its credential.")
        if credential in named.dead:
            raise Refused("ballot.revoked", where, "Its credential was revoked, before or after.")
        if credential in seen:
            raise Refused("ballot.twice", where, "Its credential cast a ballot before it.")
        seen.add(credential)
        sections.append(named.section[credential])
    return sections


def _require_time(record: Record, ballots: Ballots, poll: Poll) -> None:
    """Check that the poll is closed, and that every ballot stands between opening and close."""
    close = record.only("close").number
    for number in ballots.numbers.tolist():
        if not poll.opening < number < close:
            why = "It does not stand between the opening of the poll and its close."
            raise Refused("ballot.time", f"entry {number} (ballot)", why)


def _require_unlike(ballots: Ballots, contests: int) -> None:
    """Check over all sections that no c1 is another's c1, and no c2 a c2.

    Nor may one be of a challenged paper: what sealed it is public (sealing §6.4, §6.7).
    """
    for start, challenged in zip((0, POINT), ballots.challenged, strict=True):
        columns = [
            _column(ballots.wire, CREDENTIAL + VOTE * number + start) for number in range(contests)
        ]
        together = np.concatenate([*columns, np.array(sorted(challenged), f"S{POINT}")])
        order = np.argsort(together, kind="stable")
        alike = np.flatnonzero(together[order[1:]] == together[order[:-1]])
        if len(alike):
            # The first of the two is a ballot's: what was challenged stands last.
            number = ballots.numbers[order[alike[0]] % len(ballots)]
            why = "It has a point of another ballot's, or of a challenged paper."
            raise Refused("ballot.repeated", f"entry {number} (ballot)", why)


def _column(wire: Octets, at: int) -> NDArray[np.bytes_]:
    """Give 33 bytes of each row as one value; fixed widths compare as the bytes do."""
    rows = np.ascontiguousarray(wire[:, at : at + POINT])
    column: NDArray[np.bytes_] = rows.view(f"S{POINT}")[:, 0]
    return column


def _checked(
    ballots: Ballots,
    rows: NDArray[np.int64],
    section: str,
    poll: Poll,
    *,
    jobs: int,
    progress: Progress | None,
) -> CheckedBallots:
    try:
        return check_ballots(
            ballots.wire[rows],
            setting=poll.setting,
            contests=poll.contests,
            section=section,
            rng=os.urandom,
            processes=jobs,
            progress=progress,
        )
    except BallotsRejected as error:
        raise Refused("ballots", f"section {section}", _culprits(error, ballots, rows)) from error


def _culprits(error: BallotsRejected, ballots: Ballots, rows: NDArray[np.int64]) -> str:
    told = [
        f"entry {ballots.numbers[rows[row]]}: {condition}"
        for row, condition in error.culprits[:_MOST_NAMED]
    ]
    more = len(error.culprits) - len(told)
    return "; ".join([*told, *([f"and {more} more"] if more else [])]) + "."
