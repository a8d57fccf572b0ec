"""The electors as they vote: the codes of their letters, and ballots sealed with them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from ballot.models import Election
from ballot.rehearsal_steps import codes_in_letters
from ballot.sealing.bulk import seal_ballots
from ballot.sealing.codes import VotingKey, voting_key
from ballot.selectors import contest_codes, contested, on_paper, ranking_space, setting_of
from ballot.services.cast_ballot import cast_ballot
from ballot.services.polls import poll_at

BLANK = ""
"""The choice of who leaves the paper unmarked."""


@dataclass(frozen=True, slots=True)
class Elector:
    """Who may vote with a code. number: of membership. key: the code's."""

    number: str
    recipient: UUID
    section: str
    key: VotingKey = field(repr=False)


def electors_of(election: Election, *, purpose: str) -> dict[str, Elector]:
    """The electors whose letters of a purpose wait, by membership number, in its order."""
    election_id = election.public_id.bytes
    electors = [
        Elector(one.number, UUID(one.recipient), one.section,
                voting_key(one.code, election_id=election_id))
        for one in codes_in_letters(election, purpose=purpose)
    ]
    return {one.number: one for one in sorted(electors, key=lambda one: one.number)}


def sealed(
    election: Election, votes: Sequence[tuple[Elector, str]], *, processes: int = 1
) -> list[bytes]:
    """Ballots on the wire as electors' devices seal them, one a vote.

    votes: each with the name of the one candidate that is marked, by `>` of several; or BLANK.
    """
    choices = Choices(election)
    by_section = defaultdict(list)
    for place, (elector, _) in enumerate(votes):
        by_section[elector.section].append(place)
    wires = [b""] * len(votes)
    for section, chosen in by_section.items():
        secrets = b"".join(votes[place][0].key.secret for place in chosen)
        made = seal_ballots(
            np.array([[choices.number_of(votes[place][1])] for place in chosen], dtype=np.uint32),
            setting=setting_of(election), contests=contest_codes(election), section=section,
            secrets=np.frombuffer(secrets, dtype=np.uint8).reshape(-1, 32), rng=os.urandom,
            processes=processes,
        )
        for place, row in zip(chosen, made, strict=True):
            wires[place] = row.tobytes()
    return wires


class Choices:
    """The numbers of the rankings of an election's one contest, by what is marked."""

    def __init__(self, election: Election) -> None:
        (contest,) = contested(election)
        self._space = ranking_space(contest)
        self._places = {one.name: one.position or 0 for one in on_paper(contest)}

    def number_of(self, choice: str) -> int:
        """choice: names in their order, with `>` between them; BLANK: nobody."""
        return self._space.index([self._places[name] for name in choice.split(">") if name])

    @property
    def rejected(self) -> int:
        """The number that tellers seal where the paper is rejected."""
        return self._space.size


def cast(election: Election, wires: Sequence[bytes]) -> None:
    """Hand sealed ballots in, as the voting page does."""
    poll = poll_at(election.slug)
    for wire in wires:
        cast_ballot(poll, wire=wire)
