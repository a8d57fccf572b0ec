"""What a reader is shown who checks a contest, or watches it: the sixteen checks, and commands."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.urls import reverse

from ballot.models import Election, Entry
from ballot.programs import verifier_zip, witness_file
from ballot.published import board_key, newest_checkpoint

MOST_BALLOTS: Final = 5_000
"""What a browser checks in minutes (`make bench-check`); for more, the command."""

CHECKS: Final = (
    ("log", "The board’s key signed this state, and every entry leads to it."),
    ("entries", "Each entry is of a known kind, complete, and in its place."),
    ("notice", "The contests, rules and dates of the notice are those that were kept."),
    ("opening", "What the poll was opened with is what stood on the board."),
    ("key", "The trustees made the key together, and each proved to hold a share."),
    ("roll", "The figures of the roll and of each amendment add up."),
    ("credentials", "There is one voting key for each elector, by section, and none twice."),
    ("ballots", "Each ballot is well made, signed under a key in force, and the only one of it."),
    ("set aside", "Each ballot that was not counted is named, with its entry."),
    ("reconciliation", "Electors, marks and ballots agree in every section."),
    ("boxes", "Each box holds those ballots, all of them, and no others."),
    ("mixes", "Each mix gave back the same votes in another order, and who mixed is known."),
    ("openings", "Each trustee’s part is the one that the published key demands."),
    ("profile", "The papers that came out are those that the parts open."),
    ("count", "The verifier counts the papers itself, and every figure agrees."),
    ("declaration", "Who was declared is whom that count elects."),
)
"""The checks of bundle §5 by name, and what each shows if it passes."""


@dataclass(frozen=True, slots=True)
class Checking:
    """The page of the check. board_url: the board's full address, as a command takes it."""

    ballots: int
    is_too_large: bool
    is_signed: bool
    board_url: str
    origin: str
    key: str
    zip_sha256: str
    witness_sha256: str
    python_url: str
    checks: tuple[tuple[str, str], ...] = CHECKS

    @property
    def ballots_shown(self) -> str:
        return f"{self.ballots:,}"

    @property
    def most_shown(self) -> str:
        return f"{MOST_BALLOTS:,}"


def checking_of(election: Election) -> Checking:
    ballots = Entry.objects.filter(election=election, kind="ballot").count()
    return Checking(
        ballots=ballots,
        is_too_large=ballots > MOST_BALLOTS,
        is_signed=newest_checkpoint(election) is not None,
        board_url=settings.ORIGIN + reverse("board", args=[election.slug]),
        origin=settings.ORIGIN,
        key=board_key(election).text(),
        zip_sha256=sha256(verifier_zip()).hexdigest(),
        witness_sha256=sha256(witness_file()).hexdigest(),
        python_url=f"{settings.STATIC_URL}build/python/",
    )
