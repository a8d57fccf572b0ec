"""Voting codes on paper, for those whom no e-mail reaches: the code, its QR code, what to type.

What a letter says is what its e-mail says, in the words of templates of its own: before the code,
and after it. It is worded while a file of a print batch is being set (office.services.printing).
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.template.loader import render_to_string

from ballot.letters import code_particulars, context_of, elections_of, second_language
from ballot.lifecycle import State
from ballot.models import Election
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.codes import PURPOSE_ADDED as CODE_ADDED
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.reissue_code import reissue_code
from ballot.showing.electors import named
from members.selectors import electors_without_email, postal_entries
from office.pdf import Heading, PostalLetter, QrCode, Text
from office.postal import PostalSide, register_postal
from office.purposes import LetterToSend

PURPOSES: Final = {
    VOTING_CODE: "ballot/letters/voting_code_post.txt",
    CODE_ADDED: "ballot/letters/voting_code_post.txt",
    CODE_AGAIN: "ballot/letters/voting_code_again_post.txt",
}
_VOTED_IN: Final = (State.FROZEN, State.POLLING, State.SUSPENDED)
"""While a code that is printed can still be used, or will be."""
_AFTER: Final = "ballot/letters/voting_code_post_after.txt"


def render(batch: Sequence[LetterToSend]) -> Mapping[int, PostalLetter]:
    """Address and word letters for the printer. Who cannot be written to is left out."""
    entries = postal_entries(uuid.UUID(letter.recipient) for letter in batch)
    elections = elections_of({letter.reference for letter in batch})
    rendered = {}
    for letter in batch:
        entry = entries.get(uuid.UUID(letter.recipient))
        election = elections.get(letter.reference)
        if entry is None or election is None or letter.enclosure is None:
            continue
        facts = {"elector": named(entry), "name": entry.full_name}
        rendered[letter.letter_id] = PostalLetter(
            [entry.full_name, *entry.postal_lines],
            parts_of(election, PURPOSES[letter.purpose], code=letter.enclosure.decode(),
                     facts=facts),
        )
    return rendered


def parts_of(
    election: Election, template: str, *, code: str, facts: Mapping[str, Any]
) -> list[Heading | Text | QrCode]:
    """What a printed letter says. facts: what it calls the elector."""
    context = context_of(election) | code_particulars(code, election) | dict(facts)
    return [
        Text(f"{election.returning_officer}\nReturning officer\n{election.party}", is_small=True),
        Heading(election.title, 2),
        *_paragraphs(template, context, also=second_language(election)),
        QrCode(context["link"], side_mm=34),
        Text(f"{context['booth_link']}\n{context['code']}", is_bold=True),
        *_paragraphs(_AFTER, context, also=second_language(election)),
    ]


def _paragraphs(template: str, context: Mapping[str, Any], *, also: str) -> list[Text]:
    """A text template's paragraphs, which have empty lines between them; another language first."""
    templates = [template.replace(".txt", f".{also}.txt"), template] if also else [template]
    said = "\n\n".join(render_to_string(one, dict(context)) for one in templates)
    return [Text(one.strip()) for one in said.split("\n\n") if one.strip()]


def _without_email(reference: uuid.UUID) -> Collection[str]:
    return [str(one) for one in electors_without_email(reference)]


def _addressed(recipients: Sequence[str]) -> Collection[str]:
    return {str(one) for one in postal_entries(uuid.UUID(each) for each in recipients)}


def _instead(reference: uuid.UUID, recipient: str, *, by: int, now: datetime) -> None:
    """The first code was erased when its letter was handed over: a new one goes on paper."""
    election = Election.objects.get(roll__public_id=reference)
    reissue_code(election.pk, recipient=uuid.UUID(recipient), by=by, now=now, by_post=True)


def _no_more(reference: uuid.UUID) -> str:
    """After the close no code opens anything, nor does one of a roll that was given up."""
    election = elections_of({reference}).get(reference)
    if election is None:
        return (
            "The roll of these letters was given up: their codes open nothing, and none is printed."
        )
    if election.stage in _VOTED_IN:
        return ""
    return (
        f"“{election}” stands at “{election.stage.words}”: its voting codes open nothing any more, "
        "and no letter with one is printed."
    )


def register() -> None:
    """Say to the office which letters may be printed."""
    side = PostalSide(_without_email, _addressed, render, _instead, _no_more)
    for purpose in PURPOSES:
        register_postal(purpose, side)
