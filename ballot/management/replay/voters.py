"""Who votes, how and for whom: laid down before the poll, from the figures alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ballot.management.replay.electors import BLANK
from ballot.management.replay.figures import Figures
from ballot.management.replay.roll import is_on_paper, numbers

LAST_HOURS: Final = 20
"""One online voter in so many casts after the extension."""


@dataclass(frozen=True, slots=True)
class Voters:
    """Membership numbers by what their electors do; none stands in two, but for the last five.

    online:       whom each marks, BLANK for nobody.
    by_post:      whom the good papers mark: first those that tellers read alike, then the others.
    rejected, empty, late, lost: those whose envelopes end so.
    struck:       struck off without having voted.  struck_voted: after casting.
    late_online:  of those online, who cast after the extension.
    refused:      of those online, whose envelopes come after their ballots.
    asked_again:  of those online, who ask for another code; the last of them never confirms it.
    disputed:     of those online, who says that it was somebody else.
    restored:     of those online, who is struck off and comes back.
    """

    online: Mapping[str, str]
    by_post: Mapping[str, str]
    rejected: Sequence[str]
    empty: Sequence[str]
    late: Sequence[str]
    lost: Sequence[str]
    struck: Sequence[str]
    struck_voted: str
    late_online: Sequence[str]
    refused: Sequence[str]
    asked_again: Sequence[str]
    disputed: str
    restored: str

    @property
    def early_online(self) -> list[str]:
        """Those online who need nothing else than the first code, before the extension."""
        others = {*self.late_online, *self.asked_again, self.restored}
        return [number for number in self.online if number not in others]


def voters_of(figures: Figures) -> Voters:
    """Give everybody on the roll what they do; members first by post, then online."""
    roll = (one for one in numbers("A", figures.on_frozen_roll("member")) if not is_on_paper(one))
    post = figures.post
    choices = _choices(figures, "member")
    good = choices[:: len(choices) // post.good][: post.good]
    by_post = dict(zip(islice(roll, len(good)), good, strict=True))
    groups = [list(islice(roll, size)) for size in (
        post.rejected, post.empty, post.late, post.lost, figures.excluded - 2, 1, 1)]
    rejected, empty, late, lost, struck, (struck_voted,), (restored,) = groups
    marked = [*_without(choices, good), *[BLANK] * figures.blank]
    online = dict(zip([restored, *islice(roll, len(marked) - 1)], marked, strict=True))
    names = list(online)[1:]
    again = post.refused + figures.issued_again
    for section, first in (("affiliated", "B"), ("registered", "C")):
        online |= dict(zip(numbers(first, figures.issued[section]), _choices(figures, section),
                           strict=False))
    return Voters(
        online=online, by_post=by_post, rejected=rejected, empty=empty, late=late, lost=lost,
        struck=struck, struck_voted=struck_voted, late_online=list(online)[again + 2 :: LAST_HOURS],
        refused=names[: post.refused], asked_again=names[post.refused : again],
        disputed=names[again], restored=restored,
    )


def _choices(figures: Figures, section: str) -> list[str]:
    return [name for name, papers in figures.votes[section].items() for _ in range(papers)]


def _without(choices: Sequence[str], taken: Sequence[str]) -> list[str]:
    left = list(choices)
    for choice in taken:
        left.remove(choice)
    return left
