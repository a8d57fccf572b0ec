"""After a destruction nothing tells by pseudonym who voted, or had not: the database is searched.

What may stay is what docs/data-protection.md, 6, says: the roll by its own day, and whom a proposal
to issue envelopes named.
"""

from __future__ import annotations

import uuid

import pytest
from django.db import connection

from ballot.models import Envelope
from ballot.services.amend_roll import amend_roll
from ballot.services.board import append_ballots
from ballot.services.helpdesk import note_at_helpdesk
from ballot.services.notify_casts import notify_casts
from ballot.services.record_dispute import record_dispute
from ballot.services.reissue_code import reissue_code
from office.models import AuditRecord
from office.services.approvals import approve_act, propose_act
from tests.ballot.destroying import destroyed, made_void
from tests.ballot.factories import REASON, Run, cast, election, entries, now
from tests.ballot.posting_papers import Table

pytestmark = [pytest.mark.django_db, pytest.mark.tables_owner]

ROLL = "members_rollentry.public_id"
PROPOSAL = "office_approval.parameters"
IN_WORDS = "('uuid', 'text', 'character varying', 'json', 'jsonb')"
COLUMNS = f"""
SELECT c.table_name, c.column_name FROM information_schema.columns c
  JOIN information_schema.tables t USING (table_schema, table_name)
 WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN {IN_WORDS}
"""


def holders(pseudonym: uuid.UUID) -> set[str]:
    """Every column of the database that has this pseudonym somewhere."""
    found = set()
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text ILIKE ANY (%s))',
                [[f"%{pseudonym}%", f"%{pseudonym.hex}%"]],
            )
            if cursor.fetchone()[0]:
                found.add(f"{table}.{column}")
    return found


def issued_by_two(run: Run, recipient: uuid.UUID) -> Envelope:
    proposed = propose_act(
        "issue_envelopes", subject=("election", str(run.election_id)), by=run.officers[0],
        now=now(), parameters={"electors": [str(recipient)]},
    )
    approve_act(proposed.pk, by=run.officers[1], now=now())
    return Envelope.objects.get()


def test_no_column_has_the_pseudonym_of_who_voted_or_had_not() -> None:
    run = election(at="polling", electors=5)
    table = Table(run)
    voter, by_post, forgetful, caller, struck = entries(run)
    for entry in (voter, struck):
        cast(run, entry, (0,))
    notify_casts(run.election)
    record_dispute(run.election_id, recipient=voter.public_id, now=now())
    table.receive(issued_by_two(run, by_post.public_id))
    reissue_code(run.election_id, recipient=forgetful.public_id, **run.by)
    for kind in ("did-not-vote", "page"):
        note_at_helpdesk(run.election_id, kind=kind, entry_id=caller.pk, **run.by)
    amend_roll(run.election_id, member=struck.member_id, kind="remove", reason="excluded",
               grounds=REASON, **run.by_two)
    append_ballots(run.election)
    everybody = (voter, by_post, forgetful, caller, struck)
    assert all(len(holders(one.public_id)) > 1 for one in everybody)

    destroyed(made_void(run))

    assert holders(by_post.public_id) == {ROLL, PROPOSAL}
    for one in (voter, forgetful, caller, struck):
        assert holders(one.public_id) == {ROLL}
    # Nor does the trail name what leads to one: the proposal above has its envelopes in order.
    acts = ("record_dispute", "reissue_code", "receive_envelope", "note_at_helpdesk")
    trail = AuditRecord.objects.filter(act__in=acts).order_by("pk")
    assert [(row.act, row.subject_kind, row.parameters) for row in trail] == [
        ("record_dispute", "election", {"incident": 1}),
        ("receive_envelope", "election", {"outcome": "received"}),
        ("reissue_code", "election", {"attempt": 2}),
        ("note_at_helpdesk", "election", {"kind": "page"}),
    ]
