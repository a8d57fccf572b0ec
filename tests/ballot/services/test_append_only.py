"""History cannot be changed: the database refuses UPDATE and DELETE, whoever asks."""

from __future__ import annotations

import pytest
from django.db import Error, connection, transaction

from ballot.models import (
    Attestation,
    Challenge,
    ChallengedVote,
    Checkpoint,
    Cosignature,
    CountsDiffer,
    Credential,
    DailySheet,
    Envelope,
    EnvelopeReceipt,
    Explanation,
    HelpdeskNote,
    NominatingBody,
    Nomination,
    PostalReading,
    PostalRuling,
    RefusedCast,
    Release,
    ReleaseLook,
    Reminder,
    Ruling,
    SealedBallot,
    SetAside,
    Teller,
    TurnoutSnapshot,
    WitnessObjection,
)
from ballot.services.publish_board import publish_board
from ballot.services.record_dispute import record_dispute
from tests.ballot.factories import REASON, WITNESSES, Run, election, entries, now

pytestmark = [pytest.mark.django_db, pytest.mark.tables_owner]

KEPT_FOR_GOOD = {
    "ballot_attestation": "words = 'another'",
    "ballot_challenge": "tracker = ''",
    "ballot_challengedvote": "ranking = 1",
    "ballot_registermark": "channel = 'post'",
    "ballot_sealedballot": "tracker = tracker",
    "ballot_sealedvote": "c1 = c2",
    "ballot_entry": "kind = 'void'",
    "ballot_blob": "size_bytes = 1",
    "ballot_blobchunk": "number = 9",
    "ballot_mix": "mixer = 'another'",
    "ballot_ceremonymessage": "trustee = 9",
    "ballot_profile": "papers = 1",
    "ballot_profileline": "papers = 1000000",
    "ballot_drawnlot": "drawn = '[]'",
    "ballot_count": "sheet = '{}'",
    "ballot_countsdiffer": "first = '{}'",
    "ballot_explanation": "number = 9",
    "ballot_releaselook": "looked_at = now()",
    "ballot_declaration": "content = '{}'",
    "ballot_castdispute": "said_at = now()",
    "ballot_nomination": "candidate_id = NULL",
    "ballot_ruling": "is_valid = NOT is_valid",
    "ballot_envelope": "barcode = 'another'",
    "ballot_envelopereceipt": "came_at = now()",
    "ballot_postalreading": "number = 9",
    "ballot_postalruling": "agents = 9",
    "ballot_refusedcast": "refused_at = now()",
    "ballot_reminder": "letters = 9",
    "ballot_incident": "kind = 'other'",
    "ballot_incidententry": "said = 'nothing'",
    "ballot_turnoutsnapshot": "figures = '{}'",
    "ballot_dailysheet": "figures = '{}'",
    "ballot_helpdesknote": "kind = 'other'",
    "ballot_setaside": "is_set_aside = false",
    "ballot_checkpoint": "note = ''",
    "ballot_cosignature": "line = ''",
    "ballot_witnessobjection": "ground = 'proof'",
}


def have_post(run: Run) -> None:
    """One row of each table of the post."""
    entry = entries(run)[0]
    envelope = Envelope.objects.create(
        election=run.election, roll_entry=entry, barcode="0" * 21
    )
    EnvelopeReceipt.objects.create(envelope=envelope, outcome="late", came_at=now())
    one, two = (
        Teller.objects.create(election=run.election, person_id=person, number=number, name="Ann")
        for number, person in enumerate(run.officers, 1)
    )
    paper = {"election": run.election, "section": entry.section, "number": 1, "turn": 1}
    PostalReading.objects.create(**paper, teller=one, other=two, kind="empty")
    PostalRuling.objects.create(**paper, agents=1, decided_at=now())
    RefusedCast.objects.create(credential=Credential.objects.all()[0], refused_at=now())


def test_no_row_of_history_is_changed_or_removed() -> None:
    run = election(
        at="opened", candidates=("Ash Amin", "Birch Bell"), rankings=((0,), (0,), (1,), (1,))
    )
    from ballot.services.count_papers import record_lot
    from tests.ballot.factories import bring

    record_lot(run.contest.pk, drawn=[1, 0], among=[0, 1], witnesses=WITNESSES, **run.by)
    bring(run, to="declared")
    challenge = Challenge.objects.create(
        election=run.election, section=entries(run)[0].section, tracker=bytes(32)
    )
    ChallengedVote.objects.create(
        challenge=challenge, contest=run.contest, c1=bytes(33), c2=bytes(33), ranking=0,
        randomness=bytes(32),
    )
    record_dispute(run.election_id, recipient=entries(run)[0].public_id, now=now())
    SetAside.objects.create(
        election=run.election, ballot=SealedBallot.objects.all()[0], is_set_aside=True,
        reason="died", amendment=1, decided_at=now(),
    )
    body = NominatingBody.objects.create(election=run.election, kind="CLP", name="Aberavon")
    Ruling.objects.create(
        nomination=Nomination.objects.create(
            body=body, contest=run.contest, candidate=run.contest.candidates.all()[0], number=1,
            made_at=now(),
        ),
        is_valid=False, reason="Nobody met.", ruled_at=now(),
    )
    TurnoutSnapshot.objects.create(election=run.election, taken_at=now(), figures={"a": 1})
    DailySheet.objects.create(
        election=run.election, day=now().date(), made_at=now(), figures={"a": 1}
    )
    HelpdeskNote.objects.create(
        election=run.election, roll_entry=entries(run)[0], kind="page",
        taken_by_id=run.officers[0], taken_at=now(),
    )
    CountsDiffer.objects.create(
        contest=run.contest, found_by="count", found_at=now(), first={}, second={}, differences=[]
    )
    Explanation.objects.create(
        election=run.election, difference="disputed", section="member", number=1,
        explanation=REASON, decided_at=now(),
    )
    release = Release.objects.create(
        candidate=run.contest.candidates.all()[0], name="Ash Amin", seat=bytes(32),
        embargo_until=now(), given_at=now(),
    )
    ReleaseLook.objects.create(release=release, looked_at=now())
    publish_board(run.election_id, now=now())
    Attestation.objects.create(
        election=run.election, about="count", says="signed", by_id=run.officers[0], name="Ann",
        role="scrutineer", checkpoint=Checkpoint.objects.all()[0], attested_at=now(),
    )
    Cosignature.objects.create(
        checkpoint=Checkpoint.objects.all()[0], witness="watch.example", line="— a b\n",
        cosigned_at=now(),
    )
    WitnessObjection.objects.create(
        checkpoint=Checkpoint.objects.all()[0], witness="watch.example", ground="fork",
        said_at=now(),
    )

    have_post(run)
    Reminder.objects.create(election=run.election, number=1, queued_at=now(), letters=1)

    for table, change in KEPT_FOR_GOOD.items():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            before = cursor.fetchall()
            assert before, f"{table} is empty: the test would show nothing"
            for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
                with pytest.raises(Error, match=f"{table} is append-only"), transaction.atomic():
                    cursor.execute(statement)
            cursor.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
            assert cursor.fetchall() == before


def test_every_table_with_the_trigger_is_tried_here() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname LIKE '%append_only' AND c.relname LIKE 'ballot_%'"
        )
        with_trigger = {row[0] for row in cursor.fetchall()}

    assert with_trigger == set(KEPT_FOR_GOOD)
