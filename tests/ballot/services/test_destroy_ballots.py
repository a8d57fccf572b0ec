"""Sealed ballots go by two officers' order once the notice keeps them no longer, all at once."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import Error, connection, transaction

from ballot.destruction import GOING, what_goes
from ballot.models import (
    BallotDestruction,
    Blob,
    BlobChunk,
    Credential,
    Election,
    Entry,
    RegisterMark,
    SealedBallot,
)
from ballot.published import logged_leaf, newest_checkpoint, proof_of_entry
from ballot.services.correct_result import correct_result
from ballot.services.destroy_ballots import destroy_ballots
from ballot.services.order_destruction import order_destruction
from ballot.services.publish_board import publish_board
from office.acts import registered_act
from office.models import Letter
from tests.ballot.destroying import archived, destroyed, papers
from tests.ballot.factories import REASON, code_of_refusal, content, election, no_triggers, now

pytestmark = [pytest.mark.django_db, pytest.mark.tables_owner]

def test_nothing_is_ordered_before_the_last_day_of_keeping_has_ended() -> None:
    run = archived(days_ago=timedelta(days=365))
    tomorrow = {**run.by_two, "now": now() + timedelta(days=1)}

    assert code_of_refusal(lambda: order_destruction(run.election_id, **run.by_two)) == (
        "destruction.kept-by-notice"
    )
    # Whoever's clock is ahead: the database goes by its own.
    with pytest.raises(Error, match="is not destroyed before"), transaction.atomic():
        order_destruction(run.election_id, **tomorrow)

    assert not BallotDestruction.objects.exists()
    assert SealedBallot.objects.count() == 3


def test_it_takes_two_officers_and_an_archived_election() -> None:
    run = election(at="declared")
    alone = {**run.by, "seconded_by": None}

    assert code_of_refusal(lambda: order_destruction(run.election_id, **alone)) == (
        "approval.two-officers"
    )
    assert code_of_refusal(lambda: order_destruction(run.election_id, **run.by_two)) == (
        "destruction.not-archived"
    )
    assert code_of_refusal(lambda: destroy_ballots(run.election_id, now=now())) == (
        "destruction.not-ordered"
    )


def test_what_names_an_elector_goes_and_what_was_declared_stays() -> None:
    run = archived()
    foretold = dict(what_goes(run.election))
    leaves = b"".join(logged_leaf(run.election, entry.number) for entry in papers(run))
    boxes = {bytes(box.sealed.sha256).hex() for box in run.contest.boxes.all()}

    rows = destroyed(run)

    assert not SealedBallot.objects.exists()
    assert not RegisterMark.objects.exists()
    assert not Credential.objects.exists()
    assert all(bytes(entry.body) == b"" for entry in papers(run))
    told = content(run, "destruction")
    assert told["entries"] == {"ballot": 3, "challenge": 0, "envelope": 0, "postal-paper": 0}
    assert told["leaves"] == sha256(leaves).hexdigest()
    assert boxes <= set(told["blobs"])
    assert len(told["officers"]) == 2
    assert {one.words: rows[one.table] for one in GOING if rows[one.table]} == foretold
    assert told["rows"] == {one.code: rows[one.table] for one in GOING}
    assert run.contest.boxes.get().mixes.count() > 0
    assert run.election.declarations.count() == 1


def test_the_log_goes_on_from_its_hashes_and_every_proof_still_holds() -> None:
    run = archived()
    before = newest_checkpoint(run.election)
    ballot = papers(run)[0].number

    destroyed(run)
    publish_board(run.election_id, now=now())

    after = newest_checkpoint(run.election)
    assert before is not None
    assert after is not None
    assert after.size == before.size + 1
    proof_of_entry(after, ballot)


def test_a_letter_names_nobody_any_more_and_is_still_counted() -> None:
    run = archived()
    before = list(Letter.objects.values_list("recipient", flat=True))

    destroyed(run)

    after = list(Letter.objects.values_list("recipient", flat=True))
    assert len(after) == len(before) > 0
    assert not set(before) & set(after)


def test_ordered_twice_or_done_twice_it_is_done_once() -> None:
    run = archived()
    destroyed(run)

    again = code_of_refusal(lambda: order_destruction(run.election_id, **run.by_two))

    assert again == "destruction.twice"
    assert destroy_ballots(run.election_id, now=now()) == {}
    assert Entry.objects.filter(kind="destruction").count() == 1


def test_the_database_lets_nothing_go_outside_that_one_act() -> None:
    run = archived()
    order_destruction(run.election_id, **run.by_two)

    for statement in (
        "DELETE FROM ballot_sealedvote", "DELETE FROM ballot_registermark",
        "DELETE FROM ballot_credential", "DELETE FROM ballot_blobchunk",
        "UPDATE ballot_entry SET body = '', ballot_id = NULL WHERE kind = 'ballot'",
        "DELETE FROM ballot_entry", "DELETE FROM ballot_ballotdestruction",
        "UPDATE ballot_ballotdestruction SET kept_until = '2000-01-01'",
    ):  # fmt: skip
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    half = "UPDATE ballot_ballotdestruction SET destroyed_at = now()"
    with (
        pytest.raises(Error, match="leaves nothing behind"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(half)
        cursor.execute("DELETE FROM ballot_sealedvote")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    assert SealedBallot.objects.count() == 3
    destroy_ballots(run.election_id, now=now())
    assert not SealedBallot.objects.exists()


def test_the_act_itself_may_not_take_an_act_off_the_board() -> None:
    run = archived()
    order_destruction(run.election_id, **run.by_two)

    with (
        pytest.raises(Error, match="ballot_entry is append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE ballot_ballotdestruction SET destroyed_at = now()")
        cursor.execute("UPDATE ballot_entry SET body = '' WHERE kind = 'declaration'")

    destroy_ballots(run.election_id, now=now())
    assert bytes(Entry.objects.get(kind="declaration").body)


def test_another_election_keeps_everything() -> None:
    other = election(at="declared", title="Deputy 2016", rankings=((0,),))
    run = archived()
    chunks = set(
        BlobChunk.objects.filter(blob__box__contest__election=other.election).values_list("pk")
    )

    order_destruction(run.election_id, **run.by_two)
    at_poll = Election.objects.filter(pk=other.election_id)
    with no_triggers():
        at_poll.update(state="polling")
    waits = code_of_refusal(lambda: destroy_ballots(run.election_id, now=now()))
    with no_triggers():
        at_poll.update(state="declared")
    destroy_ballots(run.election_id, now=now())

    assert waits == "destruction.poll-open"
    assert SealedBallot.objects.filter(election=other.election).count() == 1
    assert chunks == set(
        BlobChunk.objects.filter(blob__box__contest__election=other.election).values_list("pk")
    )


def test_a_board_that_somebody_changed_is_kept_as_evidence() -> None:
    run = archived()
    order_destruction(run.election_id, **run.by_two)
    paper = papers(run)[0]
    with no_triggers():
        Entry.objects.filter(pk=paper.pk).update(body=bytes(paper.body) + b" ")

    refused = code_of_refusal(lambda: destroy_ballots(run.election_id, now=now()))
    with no_triggers():
        Entry.objects.filter(pk=paper.pk).update(body=bytes(paper.body))
    blob = Blob.objects.filter(pk=run.contest.boxes.get().sealed_id)
    with no_triggers():
        BlobChunk.objects.filter(blob__in=blob).update(content=b"another")
    misnamed = code_of_refusal(lambda: destroy_ballots(run.election_id, now=now()))

    assert refused == "destruction.not-as-logged"
    assert misnamed == "destruction.not-as-named"
    assert SealedBallot.objects.count() == 3


def test_what_it_was_made_of_being_gone_a_declaration_is_corrected_no_more() -> None:
    run = archived()
    correct_result(run.election_id, reason=REASON, **run.by_two)
    destroyed(run)

    assert code_of_refusal(
        lambda: correct_result(run.election_id, reason=REASON, **run.by_two)
    ) == "destruction.ordered"


def test_the_sentence_that_both_officers_read_says_how_many_of_what() -> None:
    run = archived()

    said = registered_act("destroy_ballots").describe(str(run.election_id))

    assert "Sealed ballots (3)" in said
    assert "The marked register (3)" in said


@pytest.mark.django_db(transaction=True)
def test_the_daily_command_carries_the_order_out(capsys: pytest.CaptureFixture[str]) -> None:
    run = archived()
    order_destruction(run.election_id, **run.by_two)

    call_command("destroy_due")
    first = capsys.readouterr().out
    call_command("destroy_due")

    assert "ballot_sealedballot 3" in first
    assert "Nothing is due" in capsys.readouterr().out
    assert not SealedBallot.objects.exists()
    assert BallotDestruction.objects.get().kept_until < date.today()
