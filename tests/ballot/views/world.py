"""Elections for the tests of the pages, brought to where a test wants them by the real services."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ballot.models import Candidate, Contest, Election
from ballot.sealing.ballot import seal_ballot
from ballot.sealing.codes import VotingKey, sign_identity, voting_key
from ballot.selectors import contest_codes, contested, ranking_space, setting_of
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSE as CODES
from ballot.services.codes import issue_codes
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.freeze_roll import freeze_roll
from ballot.services.held_shares import hold_ceremony, mixers_held
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.open_poll import open_poll
from ballot.services.publish_candidates import publish_candidates
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from ballot.services.verify_register import verify_register
from members.models import RollEntry
from members.services import save_rules
from office.enclosure import open_enclosure
from office.models import Letter, StaffMember
from tests.members.factories import imported, person
from tests.office.factories import officer

RULES = {
    "format": 1, "joined_by": None, "paid_up_on": None, "standings": ["good"],
    "minimum_age": None, "age_on": None, "sections": ["member", "affiliated"], "units": [],
}
# What the set-up form asks of the time after the count.
AFTER_COUNT = {
    "turnout_base": "ballots-cast", "recount_margin_permille": 5, "recount_on_request": "on",
    "challenge_days": 28, "keep_days": 365,
}
CANDIDATES = ("Ash Amin", "Birch Bell", "Cedar Cox")
STATES = ("draft", "nominating", "nominated", "frozen", "keyed", "coded", "polling", "closed",
          "verified", "mixed", "opened", "counted", "declared")


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class World:
    """An election, its two officers, and what they do next."""

    election_id: int
    officers: tuple[StaffMember, StaffMember]
    rankings: Sequence[tuple[int, ...]]

    @property
    def election(self) -> Election:
        return Election.objects.get(pk=self.election_id)

    @property
    def slug(self) -> str:
        return self.election.slug

    @property
    def by(self) -> dict[str, Any]:
        return {"by": self.officers[0].pk, "now": now()}

    @property
    def by_two(self) -> dict[str, Any]:
        return {**self.by, "seconded_by": self.officers[1].pk}

    def to(self, wanted: str) -> World:
        """Carry out the order of business up to a state of STATES."""
        for state in STATES[1 : STATES.index(wanted) + 1]:
            getattr(self, f"_{state}")()
        return self

    def _nominating(self) -> None:
        publish_notice(self.election_id, **self.by)

    def _nominated(self) -> None:
        publish_candidates(self.election_id, **self.by)

    def _frozen(self) -> None:
        freeze_roll(self.election_id, **self.by_two)

    def _keyed(self) -> None:
        hold_ceremony(self.election_id, trustees=("Ann", "Ben", "Cy"), quorum=2, **self.by)

    def _coded(self) -> None:
        issue_codes(self.election_id, **self.by)

    def _polling(self) -> None:
        open_poll(self.election_id, software={"booth.js": "00" * 32}, **self.by_two)

    def _closed(self) -> None:
        for entry, ranking in zip(self.entries(), self.rankings, strict=False):
            self.cast(entry, ranking)
        close_poll_early(self.election_id, reason="All have voted by now.", **self.by_two)

    def _verified(self) -> None:
        verify_register(self.election_id, **self.by)

    def _mixed(self) -> None:
        for share in (None, *mixers_held(self.election)):
            mix_boxes(self.election_id, share=share, **self.by)

    def _opened(self) -> None:
        open_box(self.election_id, **self.by)

    def _counted(self) -> None:
        count_papers(self.election_id, **self.by)

    def _declared(self) -> None:
        declare(self.election_id, **self.by_two)

    # --- electors ---

    def entries(self) -> list[RollEntry]:
        return list(
            RollEntry.objects.filter(roll=self.election.roll).select_related("section")
            .order_by("member__number")
        )

    def code(self, entry: RollEntry, purpose: str = CODES) -> str:
        """The code in an elector's newest unsent letter."""
        letter = (
            Letter.objects.filter(purpose=purpose, recipient=str(entry.public_id))
            .order_by("-attempt")
            .first()
        )
        assert letter is not None and letter.enclosure is not None
        return open_enclosure(
            bytes(letter.enclosure), purpose=purpose, recipient=letter.recipient,
            attempt=letter.attempt,
        ).decode()

    def key(self, entry: RollEntry, purpose: str = CODES) -> VotingKey:
        return voting_key(self.code(entry, purpose), election_id=self.election.public_id.bytes)

    def identity(self, key: VotingKey) -> dict[str, str]:
        """What the booth sends to say whose code it holds."""
        signature = sign_identity(key, election_id=self.election.public_id.bytes, rng=os.urandom)
        return {"credential": key.credential.hex(), "signature": signature.hex()}

    def seal(
        self, entry: RollEntry, ranking: tuple[int, ...], key: VotingKey | None = None
    ) -> bytes:
        """The same ranking in every contest of the paper, sealed as the booth does."""
        election = self.election
        choices = [ranking_space(contest).index(ranking) for contest in contested(election)]
        ballot = seal_ballot(
            choices, setting=setting_of(election), contests=contest_codes(election),
            section=entry.section.code, key=key or self.key(entry), rng=os.urandom,
        )
        return ballot.to_bytes()

    def cast(self, entry: RollEntry, ranking: tuple[int, ...]) -> bytes:
        from ballot.services.cast_ballot import cast_ballot
        from ballot.services.polls import poll_at

        return cast_ballot(poll_at(self.slug), wire=self.seal(entry, ranking)).tracker


def world(
    *,
    title: str = "Leader 2026",
    rankings: Sequence[tuple[int, ...]] = ((0, 1, 2), (0,), (1, 2), (2, 1), (0, 2), (1,), ()),
    electors: int = 8,
    candidates: Sequence[str] = CANDIDATES,
    demonstration: bool = True,
    smallest_box: int = 2,
    **contest: Any,
) -> World:
    """A draft that lacks nothing, a list of members to be frozen, and two officers."""
    officers = (officer(name="Ruth Adeyemi"), officer(name="Gareth Pugh"))
    imported(*(
        person(
            number=f"{1000 + n}", given_name="Carys", family_name=f"Fallowes{n}",
            email=f"p{n}@example.org", section="member" if n % 3 else "affiliated", unit="",
        )
        for n in range(electors)
    ))
    by = officers[0].pk
    rules = save_rules(title, body=RULES, by=by, now=now())
    election_id = create_election(
        title=title, party="The Party", by=by, now=now(), demonstration=demonstration
    )
    edit_election(
        election_id, by=by, now=now(), returning_officer="Ruth Adeyemi", rules_id=rules,
        helped_routes="Ring 0800 000 000.\nCome to the office.", smallest_box=smallest_box,
        opens_at=now() - timedelta(minutes=1), closes_at=now() + timedelta(days=7),
    )
    contest_id = add_contest(
        election_id, **{"title": "Leader", "method": "av", "by": by, "now": now(), **contest}
    )
    for name in candidates:
        add_candidate(contest_id, name=name, statement=f"{name} listens.", by=by, now=now())
    return World(election_id, officers, rankings)


def first_contest(election: Election) -> Contest:
    contest = election.contests.order_by("position").first()
    assert contest is not None
    return contest


def named(name: str) -> Candidate:
    return Candidate.objects.get(name=name)
