"""What rehearsals, the demonstration and the replay do alike, through the services of the pages.

A list taken, an election brought to its key, the codes read out of letters that no real election
can read, and all that follows the poll. Only for elections whose shares the server holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection

from ballot.models import Election
from ballot.sealing.codes import secrets_of
from ballot.services.board import append_new_ballots
from ballot.services.close_poll import close_poll_early
from ballot.services.codes import PURPOSE as CODES
from ballot.services.count_papers import count_papers
from ballot.services.declare import declare
from ballot.services.freeze_roll import freeze_roll
from ballot.services.held_shares import hold_ceremony, mixers_held
from ballot.services.mix_box import mix_boxes
from ballot.services.open_box import open_box
from ballot.services.publish_candidates import publish_candidates
from ballot.services.publish_notice import publish_notice
from ballot.services.set_up import create_election, edit_election
from ballot.services.set_up_candidate import add_candidate
from ballot.services.set_up_contest import add_contest
from ballot.services.verify_register import verify_register
from members.services import (
    apply_import,
    preview_import,
    request_apply,
    save_rules,
    upload_import,
)
from office.enclosure import open_enclosure
from office.progress import Report, silent


def _now() -> datetime:
    return datetime.now(UTC)


def import_list(
    pieces: Iterator[bytes], *, file_name: str, by: int, now: datetime, report: Report = silent
) -> None:
    """Take a whole membership list by the steps of the desk: upload, preview, order, apply."""
    batch = upload_import(pieces, file_name=file_name, scope="whole", by=by, now=now)
    preview_import(batch, now=now, report=report)
    request_apply(batch, by=by, now=now)
    apply_import(batch, now=now, report=report)


def freeze_with_key(
    *,
    title: str,
    sections: Sequence[str],
    officers: tuple[int, int],
    post: str,
    method: str,
    candidates: Sequence[str],
    trustees: Sequence[str],
    quorum: int,
    mixes_wanted: int = 2,
    report: Report = silent,
) -> Election:
    """An election of one contest, from its set-up to the trustees' key; it could open at once.

    sections: codes of those whose people of good standing may vote.
    """
    first, second = officers
    now = _now()
    rules = save_rules(
        "Rehearsal",
        body={
            "format": 1, "joined_by": None, "paid_up_on": None, "standings": ["good"],
            "minimum_age": None, "age_on": None, "sections": list(sections), "units": [],
        },
        by=first,
        now=now,
    )
    election_id = create_election(title=title, party="A rehearsal", by=first, now=now,
                                  demonstration=True)
    edit_election(
        election_id, by=first, now=now, returning_officer="The rehearsal", rules_id=rules,
        helped_routes="None: this is a rehearsal.", mixes_wanted=mixes_wanted,
        opens_at=now - timedelta(minutes=1), closes_at=now + timedelta(days=7),
    )
    contest_id = add_contest(election_id, title=post, method=method, by=first, now=now)
    for name in candidates:
        add_candidate(contest_id, name=name, by=first, now=now)
    publish_notice(election_id, by=first, now=now)
    publish_candidates(election_id, by=first, now=now)
    freeze_roll(election_id, by=first, seconded_by=second, now=_now(), report=report)
    hold_ceremony(election_id, trustees=trustees, quorum=quorum, by=first, now=_now())
    return Election.objects.get(pk=election_id)


@dataclass(frozen=True, slots=True)
class LetterCode:
    """A voting code as its letter holds it, with whose it is: their pseudonym is the recipient."""

    recipient: str
    number: str
    section: str
    code: str = field(repr=False)


def codes_in_letters(
    election: Election,
    *,
    purpose: str = CODES,
    section: str | None = None,
    wanted: int | None = None,
) -> list[LetterCode]:
    """The voting codes read out of letters that are not handed over, in the pseudonyms' order.

    section: of one section alone.  wanted: no more than so many.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.recipient, l.attempt, l.enclosure, r.number, s.code FROM office_letter l"
            " JOIN members_rollentry r ON r.public_id::text = l.recipient"
            " JOIN members_section s ON s.id = r.section_id"
            " WHERE l.purpose = %s AND r.roll_id = %s AND l.enclosure IS NOT NULL"
            " AND coalesce(s.code = %s, true) ORDER BY r.public_id LIMIT %s",
            [purpose, election.roll_id, section, wanted],
        )
        rows = cursor.fetchall()
    return [
        LetterCode(recipient, number, code, open_enclosure(
            enclosure, purpose=purpose, recipient=recipient, attempt=attempt
        ).decode())
        for recipient, attempt, enclosure, number, code in rows
    ]  # fmt: skip


def keys_in_letters(election: Election, section: str, wanted: int, processes: int) -> np.ndarray:
    """The voting keys of as many electors of a section, read out of their unsent letters."""
    codes = [one.code for one in codes_in_letters(election, section=section, wanted=wanted)]
    return secrets_of(codes, election_id=election.public_id.bytes, processes=processes)


def acts_after_poll(
    election: Election, officers: tuple[int, int], *, processes: int = 1, report: Report = silent
) -> Iterator[tuple[str, Callable[[], None]]]:
    """The acts from the close to the declaration, each in a few words, to be done in turn."""
    first, second = officers
    how: dict[str, Any] = {"by": first, "processes": processes, "report": report}

    def close() -> None:
        # As the clock does while a poll is open.
        append_new_ballots(election)
        close_poll_early(election.pk, reason="The rehearsal has cast its papers.", by=first,
                         seconded_by=second, now=_now())

    yield "Close the poll", close
    yield "Verify the register", lambda: verify_register(election.pk, now=_now(), **how)
    for number, share in enumerate((None, *mixers_held(election)), start=1):
        yield f"Mix {number}", lambda by=share: mix_boxes(  # type: ignore[misc]
            election.pk, share=by, now=_now(), **how
        )
    yield "Open the boxes", lambda: open_box(election.pk, now=_now(), **how)
    yield "Count", lambda: count_papers(election.pk, now=_now(), **how)
    yield "Declare", lambda: declare(election.pk, by=first, seconded_by=second, now=_now())
