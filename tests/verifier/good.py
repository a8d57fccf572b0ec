"""One good bundle, of a contest in which nearly everything happened that may; made by the services.

Three sections, two of them pooled; three contests, of which two are voted in; amendments before the
opening, during the poll and after the close, of the notice before and during it; a new code, a
suspension by a court's order, an extension, ballots set aside and one that stands again, blank
papers and one that bears no ranking; a lot; two mixes, and two of three trustees.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from ballot.bundle import bundle_files
from ballot.models import Candidate, Checkpoint
from ballot.published import newest_checkpoint
from ballot.sealing.ballot import seal_ballot
from ballot.sealing.codes import VotingKey, make_code, voting_key
from ballot.sealing.setting import Setting
from ballot.selectors import contest_codes, contested, ranking_space, setting_of
from ballot.services.amend_notice import amend_notice
from ballot.services.amend_roll import amend_roll
from ballot.services.board import append_ballots
from ballot.services.codes import PURPOSE_ADDED, PURPOSE_AGAIN
from ballot.services.correct_candidate import correct_candidate
from ballot.services.count_papers import count_papers, record_lot
from ballot.services.extend_poll import extend_poll
from ballot.services.plan_dates import plan_dates
from ballot.services.publish_board import board_origin, publish_board, signing_key
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.set_aside_ballots import digest_due, set_aside_ballots
from ballot.services.set_up import edit_election
from ballot.services.suspend_poll import resume_poll, suspend_poll
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.struck_ballots import set_aside_due
from members.models import Member, RollEntry
from office.refusal import Refusal
from tests.ballot.factories import (
    REASON,
    WITNESSES,
    Run,
    bring,
    cast_wire,
    close_poll_early,
    election,
    entries,
    key_of_elector,
    now,
)
from tests.members.factories import imported, person
from tests.verifier.making import G, times
from tests.verifier.tampered import Board, Files
from verifier.group import encode

SECTIONS = ("member", "affiliated", "registered")
POSTS = (
    {"title": "Deputy", "candidates": ("Dale Dunn", "Elm Ede"), "method": "plurality"},
    {"title": "Treasurer", "candidates": ("Fern Foy",)},
)
# The rankings, by number, of a paper that is sealed as if to be challenged.
CHALLENGED = (1, 1)
ORDER = {"court": "High Court", "dated": "2016-08-08", "reference": "[2016] EWHC 2058 (QB)"}
RULES = ("ballot_of_excluded", "ballot_of_dead", "ballot_of_resigned")


@dataclass(frozen=True)
class Good:
    """A declared contest, and ballots that were never cast in it.

    files:    the bundle, by path.
    board:    the same, read; its key signs again what was changed.
    earlier:  the checkpoint of the time of the poll.
    lies:     ballots that are well made but for one thing, by what that is.
    drawn:    the r of each vote of the lie "challenged", whose rankings are CHALLENGED.
    """

    files: Files
    board: Board
    earlier: bytes
    lies: dict[str, bytes]
    drawn: tuple[int, ...]


class _Making:
    """The contest while it is made. Electors are named by their place on the roll, from 0."""

    def __init__(self) -> None:
        self.run: Run = election(
            at="draft",
            electors=12,
            sections=SECTIONS,
            demonstration=False,
            smallest_box=3,
            candidates=("Ash Amin", "Birch Bell", "Cedar Cox", "Oak Orr"),
            other_contests=POSTS,
        )
        edit_election(self.run.election_id, **self.run.by, **dict.fromkeys(RULES, "set-aside"))
        later = {"count": now() + timedelta(days=30), "declaration": now() + timedelta(days=31)}
        plan_dates(self.run.election_id, dates=later, **self.run.by)
        self.lies: dict[str, bytes] = {}
        self.draws: list[bytes] = []

    def prepare(self) -> None:
        bring(self.run, to="nominated")
        oak = Candidate.objects.get(name="Oak Orr")
        withdraw_candidate(oak.pk, **self.run.by)
        self.amend_notice(close=(now() + timedelta(days=8)).isoformat(), deputy="Dee Putty")
        bring(self.run, to="frozen")
        self.amend(self.left_out("5001", "affiliated"), "add", "left-out")
        bring(self.run, to="coded")
        self.amend(self.left_out("5002", "registered"), "add", "left-out")
        self.strike(11)

    def amend_notice(self, **changes: str) -> None:
        amend_notice(self.run.election_id, changes=changes, reason=REASON, **self.run.by_two)

    def poll(self) -> bytes:
        """Cast eight ballots: five members', two affiliated supporters' and a registered one's."""
        bring(self.run, to="polling")
        self.struck_key = self.key(8)
        self.cast(0, (0, 1), (0,))
        self.cast(3, (1,), (1,))
        append_ballots(self.run.election)
        self.strike(8)
        earlier = self.published()
        old, new = self.new_code(7)
        self.amend_notice(count=(now() + timedelta(days=30, hours=1)).isoformat())
        suspend_poll(self.run.election_id, reason=REASON, order=ORDER, **self.run.by_two)
        correct_candidate(
            self.run.election_id, candidate=Candidate.objects.get(name="Ash Amin").pk,
            statement="Ash Amin listens.", without_photograph=False, reason=REASON,
            **self.run.by_two,
        )
        resume_poll(self.run.election_id, reason=REASON, **self.run.by_two)
        self.cast(6, (0,), ())
        self.cast(9, (2, 0, 1), (1,))
        self.cast(7, (1, 2), (0,), key=new)
        late = self.amend(self.left_out("5003", "member"), "add", "left-out")
        self.cast_late(late)
        self.extend()
        self.cast(4, (), (1,), key=self.corrected(4))
        cast_wire(self.run, self.sealed(2, (0,), (0,), choices=(99, 0)))
        self.lie(old)
        return bytes(earlier.note.encode())

    def finish(self) -> None:
        close_poll_early(self.run.election_id, reason=REASON, **self.run.by_two)
        for place in (6, 9):
            self.strike(place)
        due = set_aside_due(self.run.election)
        set_aside_ballots(self.run.election_id, digest=digest_due(due), **self.run.by_two)
        self.amend(self.entry(6).member_id, "add", "reinstated")
        bring(self.run, to="opened")
        try:
            count_papers(self.run.election_id, **self.run.by)
        except Refusal:
            deputy = self.run.election.contests.get(title="Deputy")
            record_lot(deputy.pk, drawn=[1, 0], among=[0, 1], witnesses=WITNESSES, **self.run.by)
        bring(self.run, to="declared")

    # --- the roll ---

    def entry(self, place: int) -> RollEntry:
        return entries(self.run)[place]

    def left_out(self, number: str, section: str) -> int:
        row = person(number=number, email=f"e{number}@example.org", unit="", section=section)
        imported(row, scope="part")
        return Member.objects.get(number=number).pk

    def amend(self, member: int, kind: str, reason: str) -> int:
        amend_roll(
            self.run.election_id,
            member=member,
            kind=kind,
            reason=reason,
            grounds=REASON,
            **self.run.by_two,
        )
        return member

    def strike(self, place: int) -> None:
        self.amend(self.entry(place).member_id, "remove", "excluded")

    def corrected(self, place: int) -> VotingKey:
        """Correct an address; the key of the code that then goes there is in force."""
        entry = self.entry(place)
        Member.objects.filter(pk=entry.member_id).update(email="new@example.org")
        self.amend(entry.member_id, "correct", "contact")
        return self.confirmed(place)

    def new_code(self, place: int) -> tuple[VotingKey, VotingKey]:
        """Replace an elector's code; return the key that dies and the one that replaces it."""
        old = self.key(place)
        reissue_code(
            self.run.election_id, recipient=self.entry(place).public_id, by=None, now=now()
        )
        return old, self.confirmed(place)

    def confirmed(self, place: int) -> VotingKey:
        fresh = key_of_elector(self.run, self.entry(place), purpose=PURPOSE_AGAIN)
        confirm_reissue(self.run.election_id, credential=fresh.credential, now=now())
        return fresh

    def key(self, place: int) -> VotingKey:
        return key_of_elector(self.run, self.entry(place))

    # --- the box ---

    def cast(self, place: int, *rankings: tuple[int, ...], key: VotingKey | None = None) -> None:
        cast_wire(self.run, self.sealed(place, *rankings, key=key))

    def cast_late(self, member: int) -> None:
        entry = RollEntry.objects.select_related("section").get(member_id=member)
        key = key_of_elector(self.run, entry, purpose=PURPOSE_ADDED)
        cast_wire(self.run, self.ballot(key, entry.section.code, self.choices((2, 0), ())))

    def sealed(
        self, place: int, *rankings: tuple[int, ...], key: VotingKey | None = None,
        choices: tuple[int, ...] = (),
    ) -> bytes:  # fmt: skip
        section = self.entry(place).section.code
        return self.ballot(key or self.key(place), section, choices or self.choices(*rankings))

    def choices(self, *rankings: tuple[int, ...]) -> tuple[int, ...]:
        spaces = [ranking_space(contest) for contest in contested(self.run.election)]
        return tuple(space.index(one) for space, one in zip(spaces, rankings, strict=True))

    def ballot(
        self, key: VotingKey, section: str, choices: tuple[int, ...], *,
        setting: Setting | None = None, rng: Callable[[int], bytes] = os.urandom,
    ) -> bytes:  # fmt: skip
        return seal_ballot(
            choices,
            setting=setting or setting_of(self.run.election),
            contests=contest_codes(self.run.election),
            section=section,
            key=key,
            rng=rng,
        ).to_bytes()

    def lie(self, revoked: VotingKey) -> None:
        """Make ballots that nobody may cast, each honest but for one thing."""
        right = setting_of(self.run.election)
        other = Setting(bytes(32), right.key)
        stranger = voting_key(make_code(rng=os.urandom), election_id=bytes(16))
        once = self.choices((0,), (0,))

        def fixed(size: int) -> bytes:
            return bytes([7]) * size

        self.lies = {
            "second": self.ballot(self.key(0), "member", once),
            "of a revoked key": self.ballot(revoked, "affiliated", once),
            "of one struck off": self.ballot(self.struck_key, "registered", once),
            "of a stranger": self.ballot(stranger, "member", once),
            "of another election": self.ballot(self.key(0), "member", once, setting=other),
            "of another section": self.ballot(self.key(0), "affiliated", once),
            "challenged": self.ballot(self.key(0), "member", CHALLENGED, rng=self.drawing),
            "alike": self.ballot(self.key(0), "member", once, rng=fixed),
            "alike again": self.ballot(self.key(3), "member", once, rng=fixed),
        }

    def drawing(self, size: int) -> bytes:
        """Draw bytes, and remember them."""
        self.draws.append(os.urandom(size))
        return self.draws[-1]

    @property
    def drawn(self) -> tuple[int, ...]:
        """The r of each vote of the lie "challenged": those of what was drawn that make its c1."""
        numbers = [int.from_bytes(draw, "big") for draw in self.draws]
        by_point = {encode(times(number, G)): number for number in numbers}
        wire = self.lies["challenged"]
        return tuple(by_point[wire[at : at + 33]] for at in (32, 163))

    def extend(self) -> None:
        closes_at = self.run.election.closes_at
        assert closes_at is not None
        later = (closes_at + timedelta(days=1)).isoformat()
        extend_poll(self.run.election_id, closes_at=later, reason=REASON, **self.run.by_two)

    def published(self) -> Checkpoint:
        publish_board(self.run.election_id, now=now())
        checkpoint = newest_checkpoint(self.run.election)
        assert checkpoint is not None
        return checkpoint


def make_good() -> Good:
    """Make the contest and return all that is public of it. It takes the database of a test."""
    making = _Making()
    making.prepare()
    earlier = making.poll()
    making.finish()
    checkpoint = making.published()
    files = {file.path: b"".join(file.pieces()) for file in bundle_files(checkpoint)}
    key = signing_key(board_origin(making.run.election))
    shares = {share.number: share for share in making.run.shares}
    board = Board.read(files, key=key, shares=shares)
    return Good(files, board, earlier, making.lies, making.drawn)
