"""Papers by post: envelopes out and back, and two tellers who read each paper, blind to the other.

What a teller's browser does with their code is done here by the same core (sealing spec, 6.9).
"""

from __future__ import annotations

import os
from typing import Final

from ballot.management.replay.electors import BLANK, Choices, sealed
from ballot.management.replay.hours import hour
from ballot.management.replay.play import OFFICER, TELLERS, TWO, Play
from ballot.management.replay.voters import Voters, voters_of
from ballot.models import Envelope, PostalReading
from ballot.models.post import Reason
from ballot.postal import papers_of, post_by_section
from ballot.sealing.codes import make_code
from ballot.sealing.postal import seal_postal, sign_postal, teller_key
from ballot.selectors import contest_codes, setting_of
from ballot.services.account_for_post import account_for_post
from ballot.services.cast_ballot import cast_ballot
from ballot.services.issue_envelopes import electors_numbered
from ballot.services.name_tellers import name_tellers, take_teller_key
from ballot.services.polls import poll_at
from ballot.services.read_papers import Read, read_paper
from ballot.services.receive_envelope import receive_envelope
from ballot.services.rule_on_postal_paper import rule_on_postal_paper

SECTION: Final = "member"
Kind = PostalReading.Kind


def seat_and_issue(play: Play, voters: Voters) -> None:
    """Two tellers make their keys and are named; envelopes go to who asked for a paper."""
    with play.act(hour(8, 22, 12), TELLERS, "Make their keys, and are named on the board") as now:
        for number in (1, 2):
            key = teller_key(make_code(rng=os.urandom), election_id=play.election.public_id.bytes)
            take_teller_key(play.election_id, person=play.staff[f"teller {number}"],
                            name=f"Teller {number}", key=key.credential, now=now)
            play.tellers.append(key)
        name_tellers(play.election_id, by=play.officer, now=now)
    asking = [*voters.by_post, *voters.rejected, *voters.empty, *voters.refused, *voters.late,
              *voters.lost]
    with play.act(hour(8, 23, 9), TWO, f"Issue {len(asking)} envelopes") as now:
        play.two("issue_envelopes", now=now, electors=electors_numbered(play.election, asking))
        told = play.send_waiting()
    envelopes = Envelope.objects.filter(election=play.election)
    play.journal.expect("envelopes issued", play.figures.post.issued, envelopes.count())
    play.journal.expect("electors told of theirs", len(asking), told)
    play.barcodes = dict(envelopes.values_list("roll_entry__number", "barcode"))


def receive(play: Play, voters: Voters) -> None:
    """Scan what comes before the close, and refuse it either way round."""
    coming = [*voters.by_post, *voters.rejected, *voters.empty]
    with play.act(hour(9, 10, 9), OFFICER, f"Receive {len(coming)} envelopes"):
        came = [_scan(play, number) for number in coming]
    play.journal.expect("envelopes received", len(coming), came.count("received"))
    with play.act(hour(9, 10, 10), OFFICER, f"Scan {len(voters.refused)} of who voted online"):
        came = [_scan(play, number) for number in voters.refused]
    play.journal.expect("of these refused", len(voters.refused), came.count("refused"))
    after = sealed(play.election, [(play.electors[coming[0]], BLANK)])[0]
    play.refused("a ballot after the elector’s envelope", "ballot.by-post",
                 lambda: cast_ballot(poll_at(play.election.slug), wire=after))


def _scan(play: Play, number: str) -> str:
    came = receive_envelope(play.election_id, barcode=play.barcodes[number],
                            by=play.officer, now=play.hours.moved(hour(9, 10, 9)))
    return came.outcome.value


def open_and_read(play: Play) -> None:
    """After the close: the late ones, the opening, two readings of each paper, and the account."""
    voters = voters_of(play.figures)
    play.journal.begin(
        "The post",
        "Each paper is read by two tellers, neither of whom is shown what the other made of it. "
        "Some they read apart; some are doubted and rejected by a ruling before the agents; one "
        "envelope in so many has no paper. How many of each is made up.",
    )
    with play.act(hour(9, 21, 16), OFFICER, f"Box {len(voters.late)} late envelopes unopened"):
        came = [_scan(play, number) for number in voters.late]
    play.journal.expect("late envelopes", len(voters.late), came.count("late"))
    with play.act(hour(9, 21, 17), TWO, "Open the envelopes") as now:
        play.two("open_envelopes", now=now)
    _read_all(play, voters)
    with play.act(hour(9, 22, 12), TWO, "Put the papers on the board and into the boxes") as now:
        play.two("account_for_post", now=now)
    _compare(play)


class Reading:
    """The two tellers as they read the papers of one section."""

    def __init__(self, play: Play) -> None:
        self._play, self._election = play, play.election
        self._choices = Choices(self._election)
        (self._contest,) = contest_codes(self._election)

    def sealed(self, paper: int, who: int, choice: str | None) -> None:
        """One teller seals what they read; None: the paper is rejected."""
        keys, setting = self._play.tellers, setting_of(self._election)
        number = self._choices.rejected if choice is None else self._choices.number_of(choice)
        ballot = seal_postal(
            [number], number=paper, setting=setting, contests=[self._contest], section=SECTION,
            key=keys[who], other=keys[1 - who].credential,
        )
        signature = sign_postal(ballot, number=paper, setting=setting, section=SECTION,
                                key=keys[who], rng=os.urandom)
        self._hand_in(who, Read(SECTION, paper, 2 - who, Kind.SEALED, ballot.to_bytes(), signature))

    def both(self, paper: int, choice: str | None) -> None:
        """Both seal the same."""
        for who in (0, 1):
            self.sealed(paper, who, choice)

    def doubted(self, paper: int) -> None:
        """The first teller doubts it: the officer rules before the second need read it."""
        self._hand_in(0, Read(SECTION, paper, 2, Kind.DOUBTFUL, doubt=Reason.UNCERTAIN.value))

    def empty(self, paper: int) -> None:
        """Both find no paper in the envelope."""
        for who in (0, 1):
            self._hand_in(who, Read(SECTION, paper, 2 - who, Kind.EMPTY))

    def rule(self, paper: int, *, is_rejected: bool) -> None:
        """The returning officer rules on it, before the agents of both candidates."""
        rejected = {self._contest: Reason.UNCERTAIN.value} if is_rejected else {}
        rule_on_postal_paper(
            self._election.pk, section=SECTION, number=paper, rejected=rejected, agents=2,
            by=self._play.officer, now=self._play.hours.moved(hour(9, 22, 11)),
        )

    def _hand_in(self, who: int, read: Read) -> None:
        read_paper(self._election.pk, person=self._play.staff[f"teller {who + 1}"], read=read,
                   now=self._play.hours.moved(hour(9, 22, 10)))


def _read_all(play: Play, voters: Voters) -> None:
    post, reading = play.figures.post, Reading(play)
    choices = list(voters.by_post.values())
    apart = range(post.agreed + 1, post.good + 1)
    rejected = range(post.good + 1, post.good + post.rejected + 1)
    with play.act(hour(9, 22, 10), TELLERS, f"Read {post.received} papers, each twice"):
        for paper in range(1, post.agreed + 1):
            reading.both(paper, choices[paper - 1])
        for paper in apart:
            reading.sealed(paper, 0, choices[paper - 1])
            reading.sealed(paper, 1, BLANK)
        for paper in rejected:
            reading.doubted(paper)
        for paper in range(post.good + post.rejected + 1, post.received + 1):
            reading.empty(paper)
    waiting = sum(paper.needs_ruling for paper in papers_of(play.election))
    play.journal.expect("papers that wait for a ruling", post.apart + post.rejected, waiting)
    play.refused(
        "the account while papers wait for a ruling", "post.not-settled",
        lambda: account_for_post(play.election_id, by=play.officer,
                                 seconded_by=play.staff["second"],
                                 now=play.hours.moved(hour(9, 22, 10, 30))),
    )
    words = f"Rule on {waiting} papers before the agents; the tellers read them again"
    with play.act(hour(9, 22, 11), f"{OFFICER}, then {TELLERS}", words):
        for paper in apart:
            reading.rule(paper, is_rejected=False)
            reading.both(paper, choices[paper - 1])
        for paper in rejected:
            reading.rule(paper, is_rejected=True)
            reading.both(paper, None)


def _compare(play: Play) -> None:
    post = play.figures.post
    (found,) = post_by_section(play.election)
    play.journal.expect(
        "envelopes issued, received, refused, late",
        (post.issued, post.received, post.refused, post.late),
        (found.issued, found.received, found.refused, found.late),
    )
    papers = papers_of(play.election)
    play.journal.expect("papers settled", post.received, sum(one.agrees for one in papers))
    play.journal.expect("envelopes without a paper", post.empty,
                        sum(one.is_empty for one in papers))
