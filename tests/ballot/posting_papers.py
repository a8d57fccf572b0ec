"""Postal papers in tests: tellers with keys, envelopes that come, papers that two tellers read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ballot.models import Envelope
from ballot.postal import Kind, Paper
from ballot.sealing.codes import VotingKey, make_code
from ballot.sealing.postal import seal_postal, sign_postal, teller_key
from ballot.selectors import contest_codes, contested, ranking_space, setting_of
from ballot.services.account_for_post import account_for_post
from ballot.services.close_poll import close_poll_early
from ballot.services.issue_envelopes import issue_envelopes
from ballot.services.name_tellers import name_tellers, take_teller_key
from ballot.services.open_envelopes import open_envelopes
from ballot.services.read_papers import Read, read_paper
from ballot.services.receive_envelope import receive_envelope
from office.permissions import Role
from tests.ballot.factories import REASON, Run, cast, election, entries, now
from tests.office.factories import staff


@dataclass
class Table:
    """The tellers' table of an election: Ann is number 1, Bob 2."""

    run: Run
    people: list[int] = field(default_factory=list)
    keys: list[VotingKey] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        self.seat("Ann Lee")
        self.seat("Bob Ray")
        name_tellers(self.run.election_id, **self.run.by)

    def seat(self, name: str) -> None:
        """Let another teller make their key; to be named on the board after."""
        identifier = self.run.election.public_id.bytes
        person = staff(Role.TELLER).pk
        key = teller_key(make_code(rng=os.urandom), election_id=identifier)
        take_teller_key(self.run.election_id, person=person, name=name, key=key.credential,
                        now=now())
        self.people.append(person)
        self.keys.append(key)

    def issue(self, *places: int) -> list[Envelope]:
        """Issue envelopes to the electors at these places on the roll."""
        electors = [str(entries(self.run)[place].public_id) for place in places]
        return issue_envelopes(self.run.election_id, electors=electors, **self.run.by_two)

    def receive(self, envelope: Envelope) -> str:
        came = receive_envelope(self.run.election_id, barcode=envelope.barcode, **self.run.by)
        return came.outcome.value

    def open(self) -> None:
        open_envelopes(self.run.election_id, **self.run.by_two)

    def account(self) -> None:
        account_for_post(self.run.election_id, **self.run.by_two)

    def choices(self, *rankings: tuple[int, ...] | None) -> list[int]:
        """The numbers of rankings, one a contest; None: rejected."""
        spaces = [ranking_space(contest) for contest in contested(self.run.election)]
        return [
            space.size if one is None else space.index(one)
            for space, one in zip(spaces, rankings, strict=True)
        ]

    def sealed(self, who: int, number: int, choices: Sequence[int], section: str) -> Read:
        """What a teller hands in who reads these choices."""
        election = self.run.election
        place: dict[str, Any] = {
            "number": number, "setting": setting_of(election), "section": section,
        }
        other = self.keys[1 - who].credential
        ballot = seal_postal(choices, **place, contests=contest_codes(election),
                             key=self.keys[who], other=other)
        signature = sign_postal(ballot, **place, key=self.keys[who], rng=os.urandom)
        return Read(section, number, 2 - who, Kind.SEALED, ballot.to_bytes(), signature)

    def read(
        self, who: int, number: int, *rankings: tuple[int, ...] | None, section: str = "member"
    ) -> Paper:
        read = self.sealed(who, number, self.choices(*rankings), section)
        return self.hand_in(who, read)

    def hand_in(self, who: int, read: Read) -> Paper:
        return read_paper(self.run.election_id, person=self.people[who], read=read, now=now())

    def both_read(
        self, number: int, *rankings: tuple[int, ...] | None, section: str = "member"
    ) -> Paper:
        self.read(0, number, *rankings, section=section)
        return self.read(1, number, *rankings, section=section)

    def empty(self, who: int, number: int, section: str = "member") -> Read:
        """What a teller hands in of an envelope without a paper."""
        return Read(section, number, 2 - who, Kind.EMPTY)


def polling(**given: Any) -> tuple[Run, Table]:
    run = election(at="polling", **given)
    return run, Table(run)


def close(run: Run) -> None:
    close_poll_early(run.election_id, reason=REASON, **run.by_two)


def opened(received: int = 2, **given: Any) -> tuple[Run, Table]:
    """The envelopes of the first electors are received and opened; the others have cast."""
    run, table = polling(**given)
    for envelope in table.issue(*range(received)):
        table.receive(envelope)
    for entry in entries(run)[received:]:
        cast(run, entry, (0, 1))
    close(run)
    table.open()
    return run, table
