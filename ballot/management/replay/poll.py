"""The poll: casting, codes asked for again, the purge, a court's order, reminders, an extension."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from ballot.acts import amend_parameters, amend_subject
from ballot.management.replay.electors import Elector, cast, electors_of, sealed
from ballot.management.replay.hours import hour
from ballot.management.replay.notice import CLOSES_LATER, REMINDERS
from ballot.management.replay.play import (
    CLOCK,
    ELECTORS,
    KEEPER_AND_OFFICER,
    OFFICER,
    REASON,
    TWO,
    Play,
)
from ballot.management.replay.post import receive, seat_and_issue
from ballot.management.replay.roll import decide, is_on_paper, member_id
from ballot.management.replay.voters import Voters, voters_of
from ballot.models import RegisterMark
from ballot.selectors import roll_of
from ballot.services.amend_roll import BULK_JOB, amend_roll_in_bulk
from ballot.services.board import append_new_ballots
from ballot.services.cast_ballot import cast_ballot
from ballot.services.codes import PURPOSE_ADDED
from ballot.services.notify_casts import notify_new_casts
from ballot.services.open_incident import open_incident
from ballot.services.polls import poll_at
from ballot.services.publish_board import publish_board
from ballot.services.record_dispute import record_dispute
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.reissue_code import confirm_reissue, reissue_code
from ballot.services.remind import PURPOSE as REMINDER
from ballot.services.remind import send_due_reminder
from ballot.services.take_daily_sheet import take_due_sheet
from ballot.services.take_snapshot import take_due_snapshot
from ballot.services.tell_of_extension import PURPOSE as EXTENSION
from ballot.turnout import newest_snapshot
from members.selectors import bulk_amendment
from members.services import decide_appeal, draft_bulk, lodge_appeal
from office.kinds import Work

SMITH: Final = "Owen Smith"
ORDER: Final = {
    "court": "High Court, King’s Bench Division", "reference": "QB-2016-REPLAY",
}
GROUNDS: Final = (
    ("exclusion", "other-party"), ("suspension", "abuse"), ("suspension", "conduct"),
)
"""The kinds and reasons of the purge, in turn: which of them each had is not on record."""


def vote(play: Play) -> None:
    """From the first ballot to the last moments before the extended close."""
    voters = voters_of(play.figures)
    play.journal.begin(
        "The poll",
        "Casting goes through the booth’s core: each paper is sealed with its elector’s code as a "
        "device seals it, and handed in. The exclusions, their reasons, the codes asked for again "
        "and the reminders are of 2016; the court’s order, the extension and the incident that it "
        "answers are rehearsed.",
    )
    seat_and_issue(play, voters)
    _cast_first(play, voters)
    _ask_again(play, voters)
    _purge(play, voters)
    _restore(play, voters)
    receive(play, voters)
    _court(play, voters)
    _remind(play, voters, 1)
    _remind(play, voters, 2)
    _extend(play, voters)


def wires_of(play: Play, voters: Voters, chosen: Iterable[str]) -> list[bytes]:
    """The sealed ballots of these online voters."""
    votes = [(play.electors[number], voters.online[number]) for number in chosen]
    return sealed(play.election, votes, processes=play.processes)


def _cast_first(play: Play, voters: Voters) -> None:
    early = voters.early_online
    with play.act(hour(9, 1, 12), ELECTORS, f"{len(early) + 1:,} cast online"):
        struck = (play.electors[voters.struck_voted], SMITH)
        wires = [*wires_of(play, voters, early), *sealed(play.election, [struck])]
        cast(play.election, wires)
    poll = poll_at(play.election.slug)
    again = cast_ballot(poll, wire=wires[0])
    play.journal.expect("the same ballot again is the same receipt", True, again.is_repeat)
    other = wires_of(play, voters, early[:1])[0]
    play.refused("a second ballot of one elector", "ballot.other",
                 lambda: cast_ballot(poll, wire=other))
    play.refused("a ballot of which a byte was changed", "ballot.not-sealed-rightly",
                 lambda: cast_ballot(poll, wire=_changed(play, voters)))
    _expect_marks(play, len(early) + 1)
    tend(play, hour(9, 1, 13))


def _changed(play: Play, voters: Voters) -> bytes:
    whole = wires_of(play, voters, voters.late_online[:1])[0]
    return whole[:-1] + bytes([whole[-1] ^ 1])


def _expect_marks(play: Play, asked: int) -> None:
    marks = RegisterMark.objects.filter(election=play.election_id).count()
    play.journal.expect("marks in the register", asked, marks)


def tend(play: Play, at: datetime) -> None:
    """What the clock does every few seconds."""
    with play.act(at, CLOCK, "Ballots and turnout go on the board; notices of casts go out") as now:
        election = play.election
        notify_new_casts(election)
        play.send_waiting()
        take_due_snapshot(election, now=now)
        take_due_sheet(election, now=now)
        append_new_ballots(election)
        publish_board(election.pk, now=now)
    newest = newest_snapshot(play.election)
    marks = RegisterMark.objects.filter(election=play.election_id).count()
    play.journal.expect("turnout that everybody is shown", marks,
                        newest.figures["ballots"] if newest else 0)


def _ask_again(play: Play, voters: Voters) -> None:
    """Every one gets a new code; all but the last confirm it, and vote with it."""
    asked = voters.asked_again
    words = f"Send {len(asked)} new codes, to who asks the helpdesk for one"
    with play.act(hour(9, 2, 12), OFFICER, words) as now:
        for number in asked:
            reissue_code(play.election_id, recipient=play.electors[number].recipient,
                         by=play.officer, now=now)
        new = electors_of(play.election, purpose=CODE_AGAIN)
        play.journal.expect("new codes sent", len(asked), play.send_waiting())
    *confirming, last = asked
    with play.act(hour(9, 2, 18), ELECTORS, f"{len(confirming)} confirm theirs, and vote") as now:
        for number in confirming:
            confirm_reissue(play.election_id, credential=new[number].key.credential, now=now)
        old = wires_of(play, voters, confirming[:1])[0]
        play.refused("a ballot under the code before", "ballot.code-not-in-force",
                     lambda: cast_ballot(poll_at(play.election.slug), wire=old))
        play.electors |= {number: new[number] for number in confirming}
        cast(play.election, wires_of(play, voters, confirming))
    with play.act(hour(9, 2, 19), ELECTORS, "The one who does not votes with the first code"):
        play.refused("a ballot under a code that nobody confirmed", "ballot.code-not-in-force",
                     lambda: cast(play.election, _under(play, voters, new[last])))
        cast(play.election, wires_of(play, voters, [last]))
    play.refused(
        "a new code after the vote", "reissue.has-voted",
        lambda: reissue_code(play.election_id, recipient=play.electors[last].recipient,
                             by=play.officer, now=play.hours.moved(hour(9, 2, 20))),
    )  # fmt: skip


def _under(play: Play, voters: Voters, elector: Elector) -> list[bytes]:
    return sealed(play.election, [(elector, voters.online[elector.number])])


def _purge(play: Play, voters: Voters) -> None:
    """Decisions on standing, each with its reason; then those people are struck off the roll."""
    everybody = [*voters.struck, voters.struck_voted]
    words = f"Decide on {len(everybody)} people’s standing, one by one"
    with play.act(hour(9, 5, 9), KEEPER_AND_OFFICER, words) as now:
        for place, number in enumerate(everybody):
            kind, reason = GROUNDS[place % len(GROUNDS)]
            decide(play, number, kind=kind, reason=reason, now=now,
                   evidence="What it rests on is not part of the replay.")
        told = play.send_waiting()
    play.journal.expect("notices of these decisions sent", len(everybody), told)
    with play.act(hour(9, 7, 9), TWO, f"Strike {len(voters.struck)} off the roll in bulk") as now:
        bulk = draft_bulk(
            roll_of(play.election).pk, kind="remove", reason="excluded", by=play.officer, now=now,
            grounds="Decided on 5 September.", content="\n".join(voters.struck).encode(),
        )
        chosen = bulk_amendment(bulk)
        digest = bytes(chosen.digest).hex() if chosen else ""
        play.two("amend_roll_in_bulk", now=now, bulk=bulk, digest=digest)
        play.work(BULK_JOB, lambda work: _amend(play, work, now=now))
    with play.act(hour(9, 7, 10), TWO, "Strike off one who has voted") as now:
        amend(play, voters.struck_voted, kind="remove", reason="excluded", now=now)
    gone = play.electors[voters.struck[0]]
    play.refused("a ballot of who was struck off", "ballot.code-not-in-force",
                 lambda: cast(play.election, sealed(play.election, [(gone, SMITH)])))


def _amend(play: Play, work: Work, *, now: datetime) -> None:
    amend_roll_in_bulk(play.election_id, now=now, processes=play.processes, report=work.report,
                       **work.parameters)


def amend(play: Play, number: str, *, kind: str, reason: str, now: datetime) -> None:
    """Amend the roll by one person, by two officers."""
    election, member = play.election, member_id(number)
    play.two(
        "amend_roll", now=now, subject=amend_subject(election, member),
        **amend_parameters(election, member, kind=kind, reason=reason, grounds=REASON),
    )


def _restore(play: Play, voters: Voters) -> None:
    """One is suspended, struck off, heard on appeal, and back on the roll with a new code."""
    number, member = voters.restored, member_id(voters.restored)
    with play.act(hour(9, 7, 12), TWO, "Suspend one more, and strike them off the roll") as now:
        decision = decide(play, number, kind="suspension", reason="conduct", now=now,
                          evidence="A complaint that turns out to be of somebody else.")
        amend(play, number, kind="remove", reason="excluded", now=now)
    words = "Hear the appeal, and uphold it"
    with play.act(hour(9, 9, 12), "an officer who had no part in it", words) as now:
        appeal = lodge_appeal(decision, grounds="It was not me.", by=None, now=now,
                              member_id=member)
        decide_appeal(appeal, upheld=True, answer="The complaint was of somebody else.",
                      by=play.staff["second"], now=now)
        told = play.send_waiting()
    play.journal.expect("letters of the decision and of the appeal’s outcome sent", 2, told)
    with play.act(hour(9, 9, 14), TWO, "Put them back on the roll, with a new code") as now:
        amend(play, number, kind="add", reason="reinstated", now=now)
        play.electors |= electors_of(play.election, purpose=PURPOSE_ADDED)
        play.journal.expect("codes sent to who is back", 1, play.send_waiting())
    with play.act(hour(9, 9, 20), ELECTORS, "They vote"):
        cast(play.election, wires_of(play, voters, [number]))


def _court(play: Play, voters: Voters) -> None:
    moved = play.hours.moved(hour(9, 12, 9)).date().isoformat()
    order = {**ORDER, "dated": moved}
    with play.act(hour(9, 12, 10), TWO, "Suspend the poll by a court’s order") as now:
        play.two("suspend_poll", now=now, reason=REASON, order=order)
    wire = wires_of(play, voters, voters.late_online[:1])[0]
    play.refused("a ballot while the poll is suspended", "poll.suspended",
                 lambda: cast_ballot(poll_at(play.election.slug), wire=wire))
    with play.act(hour(9, 13, 10), TWO, "Go on by the court’s next order") as now:
        play.two("resume_poll", now=now, reason=REASON, order=order)


def _remind(play: Play, voters: Voters, number: int) -> None:
    words = f"Send reminder {number} to who has not voted"
    with play.act(REMINDERS[number - 1], CLOCK, words) as now:
        queued = send_due_reminder(play.election_id, now=now)
        sent = play.send_released(REMINDER)
    voted = {*voters.early_online, *voters.asked_again, voters.restored, *voters.by_post,
             *voters.rejected, *voters.empty}
    silent = [one for one in _reached(play, voters) if one not in voted]
    play.journal.expect(f"letters of reminder {number}", (len(silent), len(silent)),
                        (queued, sent))


def _reached(play: Play, voters: Voters) -> list[str]:
    """Who is on the roll after the purge and has an e-mail address."""
    struck = {*voters.struck, voters.struck_voted}
    return [one for one in play.electors if one not in struck and not is_on_paper(one)]


def _extend(play: Play, voters: Voters) -> None:
    with play.act(hour(9, 21, 11), OFFICER, "Write an incident into the book") as now:
        open_incident(
            play.election_id, kind="service", happened_at=now - timedelta(minutes=40),
            found_by="The helpdesk", said="The pages could not be reached for half an hour.",
            done="An extension was proposed.", kept_from_voting=0, by=play.officer, now=now,
        )
    later = play.hours.moved(CLOSES_LATER)
    with play.act(hour(9, 21, 11, 30), TWO, "Extend the poll to 15:00, with notice to all") as now:
        play.two("extend_poll", now=now, closes_at=later.isoformat(), reason=REASON)
        sent = play.send_released(EXTENSION)
    play.journal.expect("letters of the extension", len(_reached(play, voters)), sent)
    with play.act(hour(9, 21, 14), ELECTORS, f"{len(voters.late_online):,} more cast online"):
        cast(play.election, wires_of(play, voters, voters.late_online))
    with play.act(hour(9, 21, 14, 30), ELECTORS, "One says that a ballot was not theirs") as now:
        record_dispute(play.election_id, recipient=play.electors[voters.disputed].recipient,
                       now=now)
    tend(play, hour(9, 21, 14, 45))
