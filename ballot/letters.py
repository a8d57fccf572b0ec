"""What the outbox sends for an election: codes, notices of a cast or an envelope, seats.

A letter rests in the outbox as a roll entry's pseudonym, and a code encrypted; it is addressed
and worded here, a batch at a time, just before it is handed over. None says anything of a choice,
and no subject carries a code.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from django.db.models import Q
from django.urls import reverse

from ballot.extensions import Extension, extensions_of
from ballot.lifecycle import State
from ballot.models import Election
from ballot.sealing.codes import show_code
from ballot.selectors import voted_among
from ballot.services.amend_roll import PURPOSE_CORRECTED as CORRECTED
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.codes import PURPOSE_ADDED as CODE_ADDED
from ballot.services.give_seat import PURPOSE as SEAT
from ballot.services.give_seat import trustees_by_recipient
from ballot.services.notify_casts import PURPOSE as CAST_NOTICE
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.remind import PURPOSE as REMINDER
from ballot.services.tell_of_envelopes import PURPOSE as ENVELOPE_ISSUED
from ballot.services.tell_of_extension import PURPOSE as EXTENSION
from ballot.showing.booth import helped_routes
from ballot.showing.dispute_links import dispute_path
from ballot.showing.electors import named
from ballot.times import in_welsh, in_zone
from members.selectors import addresses_before, entries_by_public_id, tell_of_letters
from office.letters import words
from office.links import absolute
from office.purposes import Envelope, LetterToSend, register_purpose, register_title

# Purpose → its templates, and what its letters are.
PURPOSES: Final = {
    VOTING_CODE: ("ballot/letters/voting_code", "Voting codes"),
    CODE_ADDED: ("ballot/letters/voting_code", "Voting codes of those added to the roll"),
    CODE_AGAIN: ("ballot/letters/voting_code_again", "Voting codes, sent again"),
    CORRECTED: ("ballot/letters/address_corrected", "Notices of a corrected address"),
    CAST_NOTICE: ("ballot/letters/cast_notice", "Notices of a ballot cast"),
    ENVELOPE_ISSUED: ("ballot/letters/envelope_issued", "Notices of a postal envelope issued"),
    REMINDER: ("ballot/letters/reminder", "Reminders to those who have not voted"),
    EXTENSION: ("ballot/letters/extension", "Notices that the poll closes later"),
}
# Who has voted gets those, or who has not: their number is a newer turnout than everybody's.
TELLS_OF_VOTES: Final = (CODE_ADDED, CODE_AGAIN, CAST_NOTICE, REMINDER)


def render(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope | None]:
    """Address and word a batch of letters of one roll. Who has no e-mail address is left out.

    A reminder to somebody who has voted since, or after the close, is wanted no more: None; and so
    is the notice of an extension after the close, or after another extension.
    """
    entries = entries_by_public_id([uuid.UUID(letter.recipient) for letter in batch])
    elections = elections_of({letter.reference for letter in batch})
    before = addresses_before(
        (uuid.UUID(letter.recipient), letter.attempt)
        for letter in batch
        if letter.purpose == CORRECTED
    )
    contexts = {reference: context_of(election) for reference, election in elections.items()}
    unwanted = _reminders_overtaken(batch, elections) | _extensions_overtaken(
        batch, elections, contexts
    )
    rendered: dict[int, Envelope | None] = dict.fromkeys(unwanted)
    for letter in batch:
        if letter.letter_id in unwanted:
            continue
        entry = entries.get(uuid.UUID(letter.recipient))
        election = elections.get(letter.reference)
        if entry is None or election is None:
            continue
        # Of a correction whoever reads the old address is told, and not only the new one.
        is_correction = letter.purpose == CORRECTED
        address = before[entry.public_id, letter.attempt] if is_correction else entry.email
        if not address:
            continue
        context = contexts[letter.reference] | {"elector": named(entry), "name": entry.full_name}
        context |= _particulars(letter, election)
        subject, text, html = words(
            PURPOSES[letter.purpose][0], context, also=second_language(election)
        )
        rendered[letter.letter_id] = Envelope(address, subject, text, html)
    return rendered


def _reminders_overtaken(
    batch: Sequence[LetterToSend], elections: Mapping[uuid.UUID, Election]
) -> set[int]:
    """The reminders whose elector has voted since, or whose poll takes no ballots any more."""
    reminders = [letter for letter in batch if letter.purpose == REMINDER]
    if not reminders:
        return set()
    have_voted = voted_among(uuid.UUID(letter.recipient) for letter in reminders)
    return {
        letter.letter_id
        for letter in reminders
        if uuid.UUID(letter.recipient) in have_voted
        or elections[letter.reference].stage not in (State.POLLING, State.SUSPENDED)
    }


def reminders_rest(roll: uuid.UUID) -> str:
    """While the poll is suspended nobody is reminded to vote: the letters wait until it goes on."""
    is_suspended = Election.objects.filter(
        roll__public_id=roll, state=State.SUSPENDED.value
    ).exists()
    return "The poll is suspended: these letters wait until it goes on" if is_suspended else ""


def is_under_way(roll: uuid.UUID) -> bool:
    """Whether the poll on this roll is not over, so that its turnout is the newest snapshot's."""
    under_way = [State.POLLING.value, State.SUSPENDED.value]
    return Election.objects.filter(roll__public_id=roll, state__in=under_way).exists()


def _extensions_overtaken(
    batch: Sequence[LetterToSend],
    elections: Mapping[uuid.UUID, Election],
    contexts: Mapping[uuid.UUID, dict[str, Any]],
) -> set[int]:
    """The notices of an extension that another followed, or whose poll takes no ballots any more.

    What the others say of the newest is added to the contexts.
    """
    notices = [letter for letter in batch if letter.purpose == EXTENSION]
    made = {
        reference: extensions_of(elections[reference])
        for reference in {letter.reference for letter in notices}
    }
    for reference, extensions in made.items():
        contexts[reference].update(extension_particulars(extensions[-1], elections[reference]))
    return {
        letter.letter_id
        for letter in notices
        if letter.attempt != len(made[letter.reference])
        or elections[letter.reference].stage not in (State.POLLING, State.SUSPENDED)
    }


def extension_particulars(extension: Extension, election: Election) -> dict[str, str]:
    """What a letter says of an extension beside the hour at which the poll closes now."""
    return {
        "closed_before": in_zone(extension.closed_before_at, election.zone),
        "closed_before_cy": in_welsh(extension.closed_before_at, election.zone),
        "reason": extension.reason,
    }


def names(recipients: Sequence[str]) -> dict[str, str]:
    """From the pseudonyms of roll entries to whom each stands for, as the roll names them."""
    entries = entries_by_public_id([uuid.UUID(recipient) for recipient in recipients])
    return {str(key): f"{entry.full_name}, {entry.number}" for key, entry in entries.items()}


def elections_of(rolls: set[uuid.UUID]) -> dict[uuid.UUID, Election]:
    """The elections of rolls, by the roll's public id, which is the letters' reference."""
    rows = Election.objects.select_related("roll").filter(roll__public_id__in=rolls)
    return {row.roll.public_id: row for row in rows if row.roll is not None}


def second_language(election: Election) -> str:
    """The language in which its electors' letters are said beside English; empty for none."""
    return "cy" if election.letters_in_welsh else ""


def context_of(election: Election) -> dict[str, Any]:
    """What every letter of an election says of it."""
    closes = in_zone(election.closes_at, election.zone) if election.closes_at else ""
    return {
        "title": election.title,
        "party": election.party,
        "returning_officer": election.returning_officer,
        "demonstration": election.demonstration,
        "closes": closes,
        "closes_cy": in_welsh(election.closes_at, election.zone) if election.closes_at else "",
        "helped_routes": helped_routes(election),
        "notice_link": absolute(reverse("election", args=[election.slug])),
        "reissue_link": absolute(reverse("reissue", args=[election.slug])),
    }


def _particulars(letter: LetterToSend, election: Election) -> dict[str, Any]:
    """What this letter alone carries: its code, or the link to say "this was not me"."""
    if letter.purpose == CAST_NOTICE:
        recipient = uuid.UUID(letter.recipient)
        return {"dispute_link": absolute(dispute_path(recipient, election=election))}
    if letter.purpose in (CORRECTED, REMINDER, EXTENSION, ENVELOPE_ISSUED):
        return {}
    if letter.enclosure is None:
        raise ValueError("a letter that carries a code has lost it")
    return code_particulars(letter.enclosure.decode(), election)


def code_particulars(code: str, election: Election) -> dict[str, str]:
    """What a letter says of a code: the code as it is shown, and where it leads."""
    code = show_code(code)
    booth = reverse("booth", args=[election.slug])
    return {
        "code": code,
        "link": absolute(f"{booth}#{_in_fragment(code)}"),
        "booth_link": absolute(booth),
    }


def _in_fragment(code: str) -> str:
    """A code as the end of a link. Its check character may be one of *~$=, which programs that
    make links out of plain text take for the end of the sentence; escaped, it is no sign to them.
    """
    return quote(code, safe="").replace("~", "%7E")


# --- a trustee's seat ---


def render_seats(batch: Sequence[LetterToSend]) -> Mapping[int, Envelope]:
    """Address and word the letters with trustees' seats. A trustee who is none any more is left
    out: the ceremony was begun anew, and their seat has died.
    """
    seated = trustees_by_recipient([letter.recipient for letter in batch])
    rendered = {}
    for letter in batch:
        trustee = seated.get(letter.recipient)
        if trustee is None or letter.enclosure is None:
            continue
        place = reverse("trustee", args=[trustee.election.slug])
        context = context_of(trustee.election) | {
            "name": trustee.name,
            "link": absolute(f"{place}#{letter.enclosure.decode()}"),
            "address": absolute(place),
        }
        subject, text, html = words("ballot/letters/trustee_seat", context)
        rendered[letter.letter_id] = Envelope(trustee.address, subject, text, html)
    return rendered


def names_of_trustees(recipients: Sequence[str]) -> dict[str, str]:
    """From the recipients of letters to the trustees' names."""
    seated = trustees_by_recipient(recipients)
    return {recipient: trustee.name for recipient, trustee in seated.items()}


def title_of(reference: uuid.UUID) -> str:
    """The title of the election that letters are about: of it, or of its roll. Else empty."""
    of_it = Q(public_id=reference) | Q(roll__public_id=reference)
    return Election.objects.filter(of_it).values_list("title", flat=True).first() or ""


def register() -> None:
    """Say to the office how each purpose is worded."""
    for purpose, (_, what) in PURPOSES.items():
        register_purpose(purpose, render, words=what, names=names,
                         rests=reminders_rest if purpose == REMINDER else None,
                         hides_totals=is_under_way if purpose in TELLS_OF_VOTES else None)
    register_title(title_of)
    register_purpose(SEAT, render_seats, words="Trustees’ seats", names=names_of_trustees)
    # Not the notices of a cast, and not the codes sent again or to somebody restored, which only
    # go to who has not voted: whoever reads a member's history may not see who has.
    tell_of_letters(VOTING_CODE)
    tell_of_letters(EXTENSION)
