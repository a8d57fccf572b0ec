"""The codes of an amendment: revoked for who was struck off, made for who was added.

Before the codes are on the board nothing is said of them there: a code of somebody struck off
dies with its letter, and who is added gets one with the others. From then on each key that is
revoked or comes into force stands in the amendment's entry, in blobs as the first ones do; once
the poll is open, sealed (sealed_keys.py).
Who has voted keeps their code as it is: the ballot, and not the code, is then to be dealt with.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from ballot.canonical import Json
from ballot.issuance.lists import Kind
from ballot.lifecycle import State
from ballot.mapping.blobs import blob_reference
from ballot.models import Credential, Election
from ballot.selectors import codes_made, roll_of
from ballot.services.board import store_blob
from ballot.services.codes import CHUNK, PURPOSE, PURPOSE_ADDED, PURPOSES, give_codes
from ballot.services.issuer_requests import ask_for_code, ask_for_death, withdraw_requests
from office.services.dispatches import cancel_letters_to
from office.services.letters import dispatch_at_once, prepare_dispatch

# The rows are locked as a cast locks them: it is finished, and its mark seen, or it finds the
# code revoked.
_TO_REVOKE: Final = """
SELECT c.id, c.public_key, c.force, r.public_id::text
  FROM members_amendedentry l
  JOIN members_rollentry r ON r.id = l.entry_id
  JOIN ballot_credential c ON c.roll_entry_id = r.id AND c.election_id = %(election)s
 WHERE l.amendment_id = %(amendment)s AND l.change = 'struck' AND c.force <> 'revoked'
   AND NOT EXISTS (SELECT FROM ballot_registermark m
                    WHERE m.election_id = %(election)s AND m.roll_entry_id = r.id)
 ORDER BY c.id FOR UPDATE OF c
"""

_TO_GIVE: Final = """
SELECT r.id, r.public_id, 1 + coalesce(
       (SELECT max(c.attempt) FROM ballot_credential c WHERE c.roll_entry_id = r.id), 0)
  FROM members_amendedentry l
  JOIN members_rollentry r ON r.id = l.entry_id
 WHERE l.amendment_id = %(amendment)s AND l.change IN ('added', 'restored')
   AND NOT EXISTS (SELECT FROM ballot_registermark m
                    WHERE m.election_id = %(election)s AND m.roll_entry_id = r.id)
   AND NOT EXISTS (SELECT FROM ballot_credential c
                    WHERE c.roll_entry_id = r.id AND c.force = 'in-force')
 ORDER BY r.id
"""

_KEYS_GIVEN: Final = """
SELECT s.code, count(*), string_agg(c.public_key, ''::bytea ORDER BY c.public_key)
  FROM ballot_credential c
  JOIN members_rollentry r ON r.id = c.roll_entry_id
  JOIN members_section s ON s.id = r.section_id
 WHERE c.roll_entry_id = ANY(%s) AND c.force = 'in-force'
 GROUP BY s.code ORDER BY s.code
"""


def codes_of_amendment(
    election: Election, amendment_id: int, *, kind: str, processes: int, now: datetime
) -> dict[str, Json] | None:
    """Revoke or make the codes that an amendment calls for; return what the board says of them.

    With an outside issuer the server makes no code and signs no death: what is struck off is
    revoked here at once, the issuer is asked, and the board says it with their answer.
    """
    values = {"election": election.pk, "amendment": amendment_id}
    if election.issuer is not None:
        _ask_issuer(election, values, kind=kind, now=now)
        return None
    if kind == "remove":
        revoked = _in_force(_revoke(values))
        # What the board never named it need not say is dead.
        return _told(revoked=revoked if codes_made(election) else [])
    if kind == "add" and codes_made(election) and election.stage != State.CLOSED:
        return _told(issued=_give(election, values, processes=processes))
    return _told()


def _told(
    *, issued: list[tuple[str, int, bytes]] | None = None, revoked: list[bytes] | None = None
) -> dict[str, Json]:
    sections: list[Json] = [
        {"credentials": count, "keys": blob_reference(store_blob([keys])), "section": section}
        for section, count, keys in issued or []
    ]
    dead: Json = None
    if revoked:
        blob = store_blob([b"".join(sorted(revoked))])
        dead = {"credentials": len(revoked), "keys": blob_reference(blob)}
    return {"issued": sections, "revoked": dead}


def _ask_issuer(
    election: Election, values: dict[str, Any], *, kind: str, now: datetime
) -> None:
    """Revoke at once, and ask the issuer for what the board has to say: deaths, and new keys.

    Before the codes are on the board there is nothing to ask: the list is drawn anew.
    """
    if kind == "remove":
        rows = _revoke(values)
        withdraw_requests(election, entries=_entries(values))
        if codes_made(election):
            for credential_id, _, force, _ in rows:
                if force == Credential.Force.IN_FORCE:
                    ask_for_death(election, credential_id, now=now)
    elif kind == "add" and codes_made(election) and election.stage != State.CLOSED:
        with connection.cursor() as cursor:
            cursor.execute(_TO_GIVE, values)
            entries = [row[0] for row in cursor.fetchall()]
        for entry_id in entries:
            ask_for_code(election, entry_id, kind=Kind.ISSUE, now=now)


def _entries(values: dict[str, Any]) -> list[int]:
    """The roll entries that an amendment names."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id FROM members_amendedentry WHERE amendment_id = %(amendment)s", values
        )
        return [row[0] for row in cursor.fetchall()]


def _in_force(rows: Iterable[tuple[Any, ...]]) -> list[bytes]:
    """The keys that were in force, of those revoked: the others the board never named."""
    return [bytes(key) for _, key, force, _ in rows if force == Credential.Force.IN_FORCE]


def _revoke(values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Revoke, cancel the letters that have not gone out, and return each credential's id, key,
    force before, and elector."""
    with connection.cursor() as cursor:
        cursor.execute(_TO_REVOKE, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute(
            "UPDATE ballot_credential SET force = 'revoked' WHERE id = ANY(%s)",
            [[row[0] for row in rows]],
        )
    recipients = sorted({row[3] for row in rows})
    for first in range(0, len(recipients), CHUNK):
        for purpose in PURPOSES:
            cancel_letters_to(purpose, recipients=recipients[first : first + CHUNK])
    return rows


def _give(
    election: Election, values: dict[str, Any], *, processes: int
) -> list[tuple[str, int, bytes]]:
    """Make a code for each, queue its letter, and return the keys by section, sorted.

    Before the opening the letter waits with all the others; after it, it goes out at once.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TO_GIVE, values)
        entries: list[tuple[int, uuid.UUID, int]] = [row[:3] for row in cursor.fetchall()]
    if not entries:
        return []
    reference = roll_of(election).public_id
    dispatch = (
        prepare_dispatch(PURPOSE, reference=reference)
        if election.stage == State.FROZEN
        else dispatch_at_once(PURPOSE_ADDED, reference=reference)
    )
    for first in range(0, len(entries), CHUNK):
        give_codes(
            election, entries[first : first + CHUNK], dispatch_id=dispatch.pk, processes=processes
        )
    with connection.cursor() as cursor:
        cursor.execute(_KEYS_GIVEN, [[entry_id for entry_id, _, _ in entries]])
        return [(code, count, bytes(keys)) for code, count, keys in cursor.fetchall()]
