"""Letters with links: to secretaries of nominating bodies, and to candidates for their consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from ballot.models import Election
from ballot.services.nomination_seats import (
    BODY_PURPOSE,
    BODY_SHOWN_PURPOSE,
    CANDIDATE_PURPOSE,
    SECOND_PURPOSE,
    bodies_by_recipient,
    candidates_by_recipient,
)
from ballot.times import in_zone
from office.letters import words
from office.links import absolute
from office.purposes import Envelope, LetterToSend, register_purpose

UNTIL_STATEMENT: Final = "the statement of persons nominated is published"


def render_body_links(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Address and word the letters to secretaries."""
    bodies = bodies_by_recipient([letter.recipient for letter in batch])
    rendered = {}
    for letter in batch:
        body = bodies.get(letter.recipient)
        if body is not None and letter.enclosure is not None and body.address:
            context = _context(body.election, "nominate", letter.enclosure)
            context |= {"name": body.secretary or f"The secretary of {body.name}", "body": body}
            subject, text, html = words("ballot/letters/nomination_link", context)
            rendered[letter.letter_id] = Envelope(body.address, subject, text, html)
    return rendered


def render_links_shown(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Address and word the letters that say that an officer was shown a body's link."""
    bodies = bodies_by_recipient([letter.recipient for letter in batch])
    rendered = {}
    for letter in batch:
        body = bodies.get(letter.recipient)
        if body is not None and body.link_shown_at is not None and body.address:
            election = body.election
            context = _of_election(election) | {
                "name": body.secretary or f"The secretary of {body.name}",
                "body": body,
                "shown": in_zone(body.link_shown_at, election.zone),
                "table": absolute(reverse("nominations", args=[election.slug])),
            }
            subject, text, html = words("ballot/letters/nomination_link_shown", context)
            rendered[letter.letter_id] = Envelope(body.address, subject, text, html)
    return rendered


def render_consent_links(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Address and word the letters to candidates, and to the second persons of joint tickets."""
    candidates = candidates_by_recipient([letter.recipient for letter in batch])
    rendered = {}
    for letter in batch:
        candidate = candidates.get(letter.recipient)
        if candidate is None or letter.enclosure is None:
            continue
        is_second = letter.purpose == SECOND_PURPOSE
        address = candidate.second_address if is_second else candidate.address
        if address:
            context = _context(candidate.contest.election, "consent", letter.enclosure)
            name, other = candidate.first, candidate.second
            if is_second:
                name, other = other, name
            context |= {"name": name, "other": other, "is_second": is_second,
                        "contest": candidate.contest}
            subject, text, html = words("ballot/letters/consent_link", context)
            rendered[letter.letter_id] = Envelope(address, subject, text, html)
    return rendered


def _context(election: Election, page: str, enclosure: bytes) -> dict[str, Any]:
    place = absolute(reverse(page, args=[election.slug]))
    return _of_election(election) | {
        "address": place,
        "code": enclosure.decode(),
        "link": f"{place}#{enclosure.decode()}",
    }


def _of_election(election: Election) -> dict[str, Any]:
    ends = election.nominations_close_at
    return {
        "title": election.title,
        "party": election.party,
        "returning_officer": election.returning_officer,
        "demonstration": election.demonstration,
        "until": in_zone(ends, election.zone) if ends else UNTIL_STATEMENT,
    }


def _names_of_bodies(recipients: Sequence[str]) -> dict[str, str]:
    found = bodies_by_recipient(recipients)
    return {recipient: body.name for recipient, body in found.items()}


def _names_of_candidates(recipients: Sequence[str]) -> dict[str, str]:
    found = candidates_by_recipient(recipients)
    return {recipient: candidate.name for recipient, candidate in found.items()}


def _names_of_seconds(recipients: Sequence[str]) -> dict[str, str]:
    found = candidates_by_recipient(recipients)
    return {recipient: candidate.second for recipient, candidate in found.items()}


def register() -> None:
    """Say to the office how each purpose is worded."""
    register_purpose(BODY_PURPOSE, render_body_links, words="Links to nominate",
                     names=_names_of_bodies)
    register_purpose(BODY_SHOWN_PURPOSE, render_links_shown,
                     words="Notices that a link to nominate was handed over",
                     names=_names_of_bodies)
    register_purpose(CANDIDATE_PURPOSE, render_consent_links, words="Links to consent",
                     names=_names_of_candidates)
    register_purpose(SECOND_PURPOSE, render_consent_links,
                     words="Links to consent, to second persons of joint tickets",
                     names=_names_of_seconds)
