"""Every letter of an election as an elector would read it, with facts of nobody.

The code in a sample is none: its check character is wrong, so that no page takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from ballot.extensions import Extension
from ballot.letters import (
    PURPOSES,
    code_particulars,
    context_of,
    extension_particulars,
    second_language,
)
from ballot.models import Election
from ballot.printed_letters import PURPOSES as PRINTED
from ballot.printed_letters import parts_of
from ballot.services.codes import PURPOSE_ADDED
from ballot.services.send_samples import PURPOSE
from office.letters import words
from office.links import absolute
from office.pdf import PostalLetter, make_letters
from office.purposes import Envelope, LetterToSend, register_purpose
from office.selectors import staff

SAMPLE_CODE: Final = "0" * 20 + "1"
"""Twenty zeros have the check character 0."""
# Who was added to the roll later reads the same letter as everybody.
KINDS: Final = tuple(purpose for purpose in PURPOSES if purpose != PURPOSE_ADDED)
_FACTS: Final = {"name": "Carys Sample", "elector": "C. Sample, number ending 000"}
_ADDRESS: Final = ("Carys Sample", "1 Example Street", "Example Town", "EX1 1EX")


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter as it would be read."""

    kind: str
    what: str
    subject: str
    text: str
    html: str
    is_printed: bool


def samples_of(election: Election) -> list[Sample]:
    """Every kind of letter that electors get of this election."""
    return [sample_of(election, kind) for kind in KINDS]


def sample_of(election: Election, kind: str) -> Sample:
    template, what = PURPOSES[kind]
    subject, text, html = words(
        template, _context(election), also=second_language(election)
    )
    return Sample(kind, what, subject, text, html, kind in PRINTED)


def _context(election: Election) -> dict[str, Any]:
    public_page = absolute(reverse("election", args=[election.slug]))
    return (
        context_of(election) | code_particulars(SAMPLE_CODE, election) | _FACTS
        | _extension(election) | {"dispute_link": public_page}
    )


def _extension(election: Election) -> dict[str, str]:
    """An extension that nobody decided, of which the sample says so."""
    if election.closes_at is None:
        return {}
    sample = Extension(election.closes_at, election.closes_at, "A sample: nothing was extended.")
    return extension_particulars(sample, election)


def printed_sample(election: Election, kind: str) -> bytes:
    """The letter as it is printed. kind: one of those that go on paper."""
    parts = parts_of(election, PRINTED[kind], code=SAMPLE_CODE, facts=_FACTS)
    return make_letters([PostalLetter(_ADDRESS, parts)], title=f"Sample: {election.title}")


def render(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope | None]:
    """Address and word samples. A mailbox that is there no more gets none."""
    elections = Election.objects.filter(public_id__in={letter.reference for letter in batch})
    by_id = {election.public_id: election for election in elections}
    rendered: dict[int, Envelope | None] = {}
    for letter in batch:
        place, _, kind = letter.recipient.partition(":")
        address = _address(place)
        if address and letter.reference in by_id and kind in KINDS:
            one = sample_of(by_id[letter.reference], kind)
            rendered[letter.letter_id] = Envelope(
                address, f"Sample: {one.subject}", one.text, one.html
            )
    return rendered


def _address(place: str) -> str:
    """The mailbox of a member of staff, by number, or one of those named to this installation."""
    if place.startswith("seed-"):
        number = int(place.removeprefix("seed-"))
        return settings.SEED_ADDRESSES[number] if number < len(settings.SEED_ADDRESSES) else ""
    person = staff().filter(pk=int(place), is_active=True).first()
    return person.email if person else ""


def register() -> None:
    """Say to the office how samples are worded."""
    register_purpose(PURPOSE, render, words="Samples of letters")
