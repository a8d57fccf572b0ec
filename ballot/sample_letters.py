"""Every letter of an election as it would be read, with facts of nobody.

The code in a sample is none: its check character is wrong, so that no page takes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from ballot.change_letters import TO_ELECTORS, TO_OTHERS
from ballot.changes import Told
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
from ballot.showing.changes import Part, correction_particulars, stop_particulars
from ballot.times import in_welsh, in_zone
from office.letters import words
from office.links import absolute
from office.pdf import PostalLetter, make_letters
from office.purposes import Envelope, LetterToSend, register_purpose
from office.selectors import staff

SAMPLE_CODE: Final = "0" * 20 + "1"
"""Twenty zeros have the check character 0."""
_TEMPLATES: Final = {**PURPOSES, **TO_ELECTORS, **TO_OTHERS}
# Who was added to the roll later reads the same letter as everybody.
KINDS: Final = tuple(purpose for purpose in _TEMPLATES if purpose != PURPOSE_ADDED)
_FACTS: Final = {"name": "Carys Sample", "elector": "C. Sample, number ending 000"}
_REASON: Final = "A sample: nobody decided this."
_NEVER: Final = datetime(2000, 1, 1, 12, tzinfo=UTC)
"""An hour for samples of an election that has none yet."""
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
    """Every kind of letter that electors get of this election, and those about what changed."""
    return [sample_of(election, kind) for kind in KINDS]


def sample_of(election: Election, kind: str) -> Sample:
    template, what = _TEMPLATES[kind]
    subject, text, html = words(
        template, _context(election), also=second_language(election)
    )
    return Sample(kind, what, subject, text, html, kind in PRINTED)


def _context(election: Election) -> dict[str, Any]:
    public_page = absolute(reverse("election", args=[election.slug]))
    return (
        context_of(election) | code_particulars(SAMPLE_CODE, election) | _FACTS
        | _extension(election) | _change(election) | {"dispute_link": public_page}
    )


def _extension(election: Election) -> dict[str, str]:
    """An extension by a day that nobody decided, of which the sample says so."""
    if election.closes_at is None:
        return {}
    before = election.closes_at - timedelta(days=1)
    sample = Extension(before, election.closes_at, _REASON)
    return extension_particulars(sample, election)


def _change(election: Election) -> dict[str, Any]:
    """An amendment, a court's stop and a correction that nobody decided."""
    at = election.closes_at or _NEVER
    order = {"court": "Sample Court", "dated": at.date().isoformat(), "reference": "SAMPLE-1"}
    stop = stop_particulars(Told(1, at, {"reason": _REASON, "order": order}), election)
    officer = election.returning_officer
    moved = Part(
        "Nominations close", "Enwebiadau’n cau", in_zone(at, election.zone),
        in_welsh(at, election.zone), "", "",
    )
    amended = Part("The returning officer", "Y swyddog canlyniadau", *[officer] * 4)
    corrected = Told(1, at, {"version": 2, "reason": _REASON})
    return correction_particulars(corrected, election) | stop | {
        "ended": stop, "number": 1, "changes": [amended], "moved": moved, "whose": "",
        "reason": _REASON,
    }


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
