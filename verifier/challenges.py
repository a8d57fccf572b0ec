"""The challenged papers on the board: opened to all, and counted nowhere (bundle §5, 8).

Whose they were nobody sees, so their trackers cannot be made again; that they are no ballot's can.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from verifier.ballots import Cast, Paper, tracker
from verifier.board import Ballot, Board, Entry
from verifier.claims import Claim, false_claims
from verifier.failure import Failed, raise_all
from verifier.group import GENERATOR, ORDER, POINT_BYTES, Point, point, scalar
from verifier.opening import Poll


def check_challenges(
    board: Board,
    poll: Poll,
    paper: Paper,
    sections: Collection[str],
    postal: Sequence[Ballot] = (),
) -> int:
    """Check every challenged paper, and return how many there are.

    sections: codes of the roll's.  postal: the postal papers: none is a challenged one.
    Spec:     equation (1).
    Raises:   ExceptionGroup of Failed (challenge.form, .opening, .cast, .section, ranking.index).
    """
    entries = board.all("challenge")
    if not entries:
        return 0
    failures: list[Failed] = []
    claims: list[Claim] = []
    places: list[str] = []
    for entry in entries:
        try:
            for claim, where in _claims(entry, poll, paper.setting.key_point, sections):
                claims.append(claim)
                places.append(where)
        except Failed as failure:
            failures.append(failure)
    why = "Its sealed vote is not made of the ranking and the r that are told."
    failures += [Failed("challenge.opening", places[n], why) for n in false_claims(claims)]
    failures += _cast(entries, [*board.ballots, *postal], paper)
    raise_all(failures, "challenged papers")
    return len(entries)


def _claims(
    entry: Entry, poll: Poll, Y: Point, sections: Collection[str]
) -> Iterator[tuple[Claim, str]]:
    """Yield what an entry claims, each with where: c1 = r·G, and c2 - r·Y = (v + 1)·G."""
    votes: list[dict[str, Any]] = entry.content["votes"]
    if len(votes) != len(poll.contests):
        raise Failed("challenge.form", entry.where, "It has not one vote for each contest.")
    if entry.content["section"] not in sections:
        raise Failed("challenge.section", entry.where, "The roll has no such section.")
    for contest, vote in zip(poll.contests, votes, strict=True):
        where = f"{entry.where}, {contest.code}"
        c1, c2 = (
            point(bytes.fromhex(vote[name]), "challenge.form", where) for name in ("c1", "c2")
        )
        r = scalar(bytes.fromhex(vote["r"]), "challenge.form", where)
        if not r:
            raise Failed("challenge.form", where, "Its r is 0.")
        if vote["ranking"] >= contest.space.size:
            raise Failed("ranking.index", where, "No ranking of the contest has this number.")
        yield Claim(r, c1, 0, GENERATOR), where
        yield Claim(vote["ranking"] + 1, c2, ORDER - r, Y), where


def _cast(entries: list[Entry], ballots: list[Ballot], paper: Paper) -> Iterator[Failed]:
    """Yield what was cast of papers that were challenged: by tracker, c1 or c2."""
    contests = len(paper.contests)
    trackers: dict[bytes, int] = {}
    halves: dict[bytes, int] = {}
    for number, wire in ballots:
        cast = Cast(wire, "")
        trackers[tracker(paper.setting, cast, contests)] = number
        for contest in range(contests):
            pair = cast.pair(contest)
            halves[b"c1" + pair[:POINT_BYTES]] = halves[b"c2" + pair[POINT_BYTES:]] = number
    for entry in entries:
        found = trackers.get(bytes.fromhex(entry.content["tracker"]))
        for vote in entry.content["votes"]:
            for name in ("c1", "c2"):
                found = halves.get(name.encode() + bytes.fromhex(vote[name]), found)
        if found is not None:
            yield Failed("challenge.cast", entry.where, f"It was cast, as entry {found}.")
