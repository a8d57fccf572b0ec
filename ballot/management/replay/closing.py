"""From the close to the opened boxes: what differs is explained, and the boxes are mixed."""

from __future__ import annotations

from typing import Any

from ballot.management.replay.electors import BLANK, cast, sealed
from ballot.management.replay.hours import hour
from ballot.management.replay.play import CLOCK, OFFICER, REASON, TWO, Play
from ballot.management.replay.voters import voters_of
from ballot.models import Election
from ballot.selectors import roll_of
from ballot.services.as_published import newest
from ballot.services.close_poll import close_poll
from ballot.services.held_shares import mixers_held
from ballot.services.mix_box import boxes_of, mix_boxes
from ballot.services.open_box import open_box
from ballot.services.set_aside_ballots import digest_due
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_due_snapshot
from ballot.services.verification_sums import verification_of
from ballot.services.verify_register import verify_register
from ballot.struck_ballots import set_aside_due
from members.selectors import electors_amended


def close(play: Play) -> None:
    """Close at the extended hour, and set the ballot aside that the notice's rule sets aside."""
    voters = voters_of(play.figures)
    play.journal.begin("The close", "At 15:00, as extended; and not before that hour.")
    early = play.hours.moved(hour(9, 21, 14, 59))
    play.refused("a close before the hour", "election.not-ready",
                 lambda: close_poll(play.election_id, by=None, now=early))
    with play.act(hour(9, 21, 15), CLOCK, "Close the poll") as now:
        close_poll(play.election_id, by=None, now=now)
        take_due_snapshot(play.election, now=now)
        take_due_sheet(play.election, now=now)
    play.journal.expect("state of the election", "closed", play.election.state)
    silent = play.electors[voters.lost[0]]
    play.refused("a ballot after the close", "poll.closed",
                 lambda: cast(play.election, sealed(play.election, [(silent, BLANK)])))
    with play.act(hour(9, 21, 15, 30), TWO, "Set aside the ballot of who was struck off") as now:
        due = set_aside_due(play.election)
        play.two("set_aside_ballot", now=now, digest=digest_due(due))
    play.journal.expect("ballots set aside", 1, len(due))


def verify(play: Play) -> None:
    """Explain the difference, by two officers; then the register agrees and the boxes are fixed."""
    play.journal.begin(
        "Verification",
        "One elector has said that a ballot was not theirs: the register is not verified before "
        "two officers have written down what they found.",
    )
    too_soon = play.hours.moved(hour(9, 22, 14))
    play.refused(
        "the verification before the difference is explained", "election.not-ready",
        lambda: verify_register(play.election_id, by=play.officer, now=too_soon),
    )
    with play.act(hour(9, 22, 15), TWO, "Explain the difference") as now:
        play.two(
            "explain_difference", now=now, number=1, explanation=REASON,
            subject=("difference", f"{play.election_id}:disputed:member"),
        )
    with play.act(hour(9, 22, 16), OFFICER, "Verify the marked register") as now:
        play.job("verify_register", verify_register, now=now)
    sums = [one for section in verification_of(play.election) for one in section.sums]
    play.journal.expect("sums of the verification that do not hold", 0,
                        sum(not one.holds for one in sums))
    _compare(play)


def _compare(play: Play) -> None:
    figures, expect = play.figures, play.journal.expect
    voters, post = voters_of(figures), figures.post
    told = {one["code"]: one for one in newest(play.election, "reconciliation")["sections"]}
    for section, votes in figures.votes.items():
        is_member = section == "member"
        papers = sum(votes.values()) + (figures.spoilt if is_member else 0)
        marks = papers + (post.empty + 1 if is_member else 0)
        expect(f"papers issued: {section}", figures.issued[section], told[section]["issued"])
        expect(f"who voted: {section}", marks, told[section]["marks"])
        expect(f"papers in the boxes: {section}", papers, told[section]["counted"])
    roll = {one.code: one for one in electors_amended(roll_of(play.election).pk)}["member"]
    expect("struck off the roll, and put back", (figures.excluded, 1), (roll.struck, roll.added))
    expect("ballots cast online", len(voters.online) + 1,
           sum(one["ballots"] for one in told.values()))


def mix_and_open(play: Play) -> None:
    """Two mixes, by the server and a trustee; then a quorum opens what was mixed."""
    play.journal.begin("Mix and opening", "Every mix and every part of an opening is checked.")
    with play.act(hour(9, 22, 18), "the server and a trustee", "Mix every box twice") as now:
        play.job("mix_box", _mix, now=now)
    boxes = boxes_of(play.election)
    play.journal.expect("boxes, and mixes of them", (3, 6),
                        (len(boxes), sum(box.mixes.count() for box in boxes)))
    with play.act(hour(9, 23, 9), "two trustees of three", "Open the boxes") as now:
        play.job("open_box", open_box, now=now)
    play.journal.expect("state of the election", "opened", play.election.state)


def _mix(election_id: int, **how: Any) -> None:
    """The server's mix, and those of the trustees whose shares it holds, as the job does."""
    for share in (None, *mixers_held(Election.objects.get(pk=election_id))):
        mix_boxes(election_id, share=share, **how)
