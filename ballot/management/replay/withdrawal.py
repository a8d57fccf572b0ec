"""A rehearsal beside the contest: dummy electors, and a candidate who withdraws during the poll.

Nobody withdrew in 2016 after the statement of persons nominated. So it is rehearsed, as an election
of its own, whose notice passes on the votes of who withdraws; the returning officer’s test ballot.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from ballot.management.replay.electors import cast, electors_of, sealed
from ballot.management.replay.hours import hour
from ballot.management.replay.keys import NAMES, QUORUM
from ballot.management.replay.play import ELECTORS, OFFICER, TWO, Play
from ballot.management.replay.roll import DUMMIES, REHEARSAL
from ballot.models import Declaration, Election
from ballot.rehearsal_steps import acts_after_poll, freeze_with_key
from ballot.served_software import served_software
from ballot.services.codes import PURPOSE as CODES
from ballot.services.codes import issue_codes
from ballot.services.open_poll import open_poll
from ballot.services.withdraw_candidate import withdraw_candidate

ASH, BIRCH, CEDAR = "Ash Amin", "Birch Bell", "Cedar Cox"
PAPERS: Final = ((ASH, 7), (f"{BIRCH}>{ASH}", 5), (f"{CEDAR}>{BIRCH}", 8), (CEDAR, 4))
"""Cedar leads with 12 of 24, and withdraws: eight of those papers pass to Birch, four to nobody."""
VOTES: Final = {ASH: 7, BIRCH: 13}
EXHAUSTED: Final = 4


def rehearse_withdrawal(play: Play) -> None:
    """From the set-up to the declaration of the test ballot."""
    play.journal.begin(
        "A withdrawal, rehearsed",
        "An election of its own with 24 dummy electors: its leading candidate withdraws while the "
        "poll is open, and by its notice the votes pass on. Its acts bear the hour of the run.",
    )
    officers = (play.officer, play.staff["second"])
    with play.act(hour(8, 19, 10), OFFICER, "Set the test ballot up, and make its codes"):
        election = freeze_with_key(
            title="Test ballot: a withdrawal", sections=[REHEARSAL], officers=officers,
            post="Leader", method="av", candidates=(ASH, BIRCH, CEDAR), trustees=NAMES,
            quorum=QUORUM,
        )
        issue_codes(election.pk, by=play.officer, now=_now())
    electors = iter(electors_of(election, purpose=CODES).values())
    with play.act(hour(8, 19, 10, 30), TWO, "Open its poll"):
        open_poll(election.pk, software=served_software(), by=officers[0],
                  seconded_by=officers[1], now=_now())
    election = Election.objects.get(pk=election.pk)
    with play.act(hour(8, 19, 11), ELECTORS, f"{DUMMIES} dummies cast their papers"):
        votes = [choice for choice, papers in PAPERS for _ in range(papers)]
        cast(election, sealed(election, list(zip(electors, votes, strict=True))))
    with play.act(hour(8, 19, 11, 10), OFFICER, f"Record that {CEDAR} withdraws"):
        cedar = election.contests.get().candidates.get(name=CEDAR)
        withdraw_candidate(cedar.pk, by=play.officer, now=_now())
    for words, act in acts_after_poll(election, officers):
        with play.act(hour(8, 19, 11, 20), OFFICER, words):
            act()
    play.journal.expect("test ballot: notices of casts sent", DUMMIES, play.send_waiting())
    _compare(play, election)


def _now() -> datetime:
    return datetime.now(UTC)


def _compare(play: Play, election: Election) -> None:
    (contest,) = Declaration.objects.get(election=election).content["contests"]
    first, expect = contest["sheet"]["stages"][0], play.journal.expect
    expect("test ballot: who withdrew", [CEDAR], contest["sheet"]["withdrawn"])
    expect("test ballot: votes as they passed on", VOTES, first["votes"])
    expect("test ballot: papers that passed to nobody", EXHAUSTED, first["exhausted"])
    expect("test ballot: elected", [BIRCH], contest["elected"])
