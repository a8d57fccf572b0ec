"""The figures of 2016 that are replayed, divided by one divisor and rounded to whole people.

Sources: the papers by section from the profile of the declaration, 24 September 2016 (LabourList,
tests/elections/README.md); 654,006 papers issued and 1,042 spoilt (the same); some 345,000 of them
to members (votes of sections beyond that are not on record: the rest is divided here as the votes
were); 3,963 excluded and some 5,000 papers issued again (moreknownthanproven, 25 September 2016);
43,000 members lapsed or in arrears since January (medium.com/@pitt_bob); 21,102 registered
supporters not found on the electoral register (New Statesman, August 2016); some 130,000 members
who joined after 12 January 2016 (Evangelou v McNicol [2016] EWCA Civ 817).

Of 251 members of parliament 90 had nominated Smith on 18 July and 172 on the 20th, and 51 were
needed; Eagle had fewer on the 19th, how many fewer is made up (Wikipedia). Constituency parties:
demonstration_nominations.py. A replay of a hundredth or more has the nominations in full.

How many voted by post and what came of their envelopes is not on record: those are made up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, TypeVar

from ballot.counting.profile import Profile
from ballot.management.demonstration_nominations import NOMINATED, PARTIES

Key = TypeVar("Key")

SECTIONS: Final = {"members": "member", "registered": "registered", "affiliated": "affiliated"}
"""The sections of the profile → their codes on the membership list."""
ISSUED: Final = 654_006
ISSUED_TO_MEMBERS: Final = 345_000
SPOILT: Final = 1_042
EXCLUDED: Final = 3_963
ISSUED_AGAIN: Final = 5_000
IN_ARREARS: Final = 43_000
NOT_ON_REGISTER: Final = 21_102
JOINED_LATE: Final = 130_000
MPS: Final = 251
FOR_SMITH_BY_18_JULY: Final = 90
FOR_SMITH: Final = 172
FOR_EAGLE: Final = 60
IN_FULL: Final = 100
"""The divisor up to which the nominations are played in full; beyond it they are divided too."""


@dataclass(frozen=True, slots=True)
class Post:
    """What becomes of the envelopes, all of them members'.

    agreed:   two tellers read the same.  apart: they read it differently, and then the same.
    rejected: doubted, and ruled void for uncertainty.  empty: without a paper.
    refused:  their electors had voted online.  late: after the close.  lost: never sent back.
    """

    agreed: int
    apart: int
    rejected: int
    empty: int
    refused: int
    late: int
    lost: int

    @property
    def good(self) -> int:
        return self.agreed + self.apart

    @property
    def received(self) -> int:
        return self.good + self.rejected + self.empty

    @property
    def issued(self) -> int:
        return self.received + self.refused + self.late + self.lost


@dataclass(frozen=True, slots=True)
class Nominating:
    """The nominating bodies, and whom they nominate.

    mps, parties: how many there are.  for_smith_first: MPs by 18 July; for_smith: in the end.
    by_parties:   candidate → constituency parties.
    """

    mps: int
    for_smith_first: int
    for_eagle: int
    for_smith: int
    parties: int
    by_parties: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is replayed.

    votes:   section's code → candidate → valid papers.
    issued:  section's code → papers issued, as they stand at the verification.
    blank:   papers left unmarked online, all of them members'.
    excluded: struck off the roll during the poll; one of them had voted, one comes back on appeal.
    """

    divisor: int
    votes: Mapping[str, Mapping[str, int]]
    issued: Mapping[str, int]
    blank: int
    excluded: int
    issued_again: int
    in_arrears: int
    not_on_register: int
    joined_late: int
    post: Post
    nominating: Nominating

    @property
    def spoilt(self) -> int:
        return self.blank + self.post.rejected

    @property
    def valid(self) -> int:
        return sum(sum(votes.values()) for votes in self.votes.values())

    def on_frozen_roll(self, section: str) -> int:
        """How many of a section the roll is frozen with.

        Papers issued are those on the roll at the end, and to who was struck off after voting; who
        was struck off and restored is among them.
        """
        struck_for_good = self.excluded - 2 if section == "member" else 0
        return self.issued[section] + struck_for_good


def figures_of(profile: Profile, *, divisor: int) -> Figures:
    """The figures of the contest that a profile is of, divided.

    profile: its sections are those of SECTIONS, each paper of it names one candidate.
    """
    counted = {
        (SECTIONS[section.name], profile.candidates[ranking[0]]): papers
        for section in profile.sections
        for ranking, papers in section.papers
    }
    scaled = scaled_down(counted, divisor)
    votes: dict[str, dict[str, int]] = {}
    for (section, candidate), papers in scaled.items():
        votes.setdefault(section, {})[candidate] = papers
    spoilt = max(_scaled(SPOILT, divisor), 2)
    rejected = max(spoilt * 3 // 10, 1)
    return Figures(
        divisor=divisor, votes=votes, issued=_issued(votes, divisor), blank=spoilt - rejected,
        excluded=max(_scaled(EXCLUDED, divisor), 4),
        issued_again=max(_scaled(ISSUED_AGAIN, divisor), 2),
        in_arrears=_scaled(IN_ARREARS, divisor), not_on_register=_scaled(NOT_ON_REGISTER, divisor),
        joined_late=_scaled(JOINED_LATE, divisor), post=_post(rejected, divisor),
        nominating=_nominating(max(divisor // IN_FULL, 1)),
    )  # fmt: skip


def scaled_down(parts: Mapping[Key, int], divisor: int) -> dict[Key, int]:
    """Every part divided, so that their sum is the whole's, by the largest remainders."""
    exact = {name: Fraction(part, divisor) for name, part in parts.items()}
    whole = {name: int(part) for name, part in exact.items()}
    missing = _scaled(sum(parts.values()), divisor) - sum(whole.values())
    by_remainder = sorted(exact, key=lambda name: exact[name] - whole[name], reverse=True)
    for name in by_remainder[:missing]:
        whole[name] += 1
    return whole


def _scaled(number: int, divisor: int) -> int:
    """Divided, and a half rounded up."""
    return (2 * number + divisor) // (2 * divisor)


def _issued(votes: Mapping[str, Mapping[str, int]], divisor: int) -> dict[str, int]:
    members = _scaled(ISSUED_TO_MEMBERS, divisor)
    rest = _scaled(ISSUED, divisor) - members
    affiliated, registered = (sum(votes[one].values()) for one in ("affiliated", "registered"))
    to_affiliated = rest * affiliated // (affiliated + registered)
    return {"member": members, "affiliated": to_affiliated, "registered": rest - to_affiliated}


def _nominating(divisor: int) -> Nominating:
    return Nominating(
        mps=_scaled(MPS, divisor), for_smith_first=_scaled(FOR_SMITH_BY_18_JULY, divisor),
        for_eagle=_scaled(FOR_EAGLE, divisor), for_smith=_scaled(FOR_SMITH, divisor),
        parties=_scaled(PARTIES, divisor),
        by_parties={name: _scaled(number, divisor) for name, number in NOMINATED},
    )


def _post(rejected: int, divisor: int) -> Post:
    def some(at_one_hundredth: int) -> int:
        return max(at_one_hundredth * 100 // divisor, 1)

    return Post(agreed=some(44), apart=some(2), rejected=rejected, empty=some(1), refused=some(4),
                late=some(3), lost=some(3))
