"""The sealed ballots of a void election go by the same act, so many days after it became void."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.db import Error, connection, transaction

from ballot.destruction import GOING, what_goes
from ballot.models import (
    BallotDestruction,
    Blob,
    BlobChunk,
    Credential,
    Mix,
    RegisterMark,
    SealedBallot,
)
from ballot.published import logged_leaf, newest_checkpoint, proof_of_entry
from ballot.retention import challengeable_until, kept_until
from ballot.services.amend_roll import amend_roll
from ballot.services.board import append_ballots
from ballot.services.destroy_ballots import destroy_ballots
from ballot.services.order_destruction import order_destruction
from ballot.services.publish_board import publish_board
from office.acts import registered_act
from tests.ballot.destroying import destroyed, made_void, papers, void
from tests.ballot.factories import (
    REASON,
    Run,
    cast_all,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    no_triggers,
    now,
)

pytestmark = [pytest.mark.django_db, pytest.mark.tables_owner]

LAST_DAY = timedelta(days=365)


def ordered(run: Run, **changed: object) -> None:
    order_destruction(run.election_id, **{**run.by_two, **changed})


def test_the_days_of_keeping_run_from_the_day_on_which_it_became_void() -> None:
    early, due = void(days_ago=LAST_DAY), void(title="Deputy", days_ago=LAST_DAY + timedelta(2))
    tomorrow = now() + timedelta(days=1)

    assert code_of_refusal(lambda: ordered(early)) == "destruction.kept-by-notice"
    # Whoever's clock is ahead: the database goes by its own.
    with pytest.raises(Error, match="is not destroyed before"), transaction.atomic():
        ordered(early, now=tomorrow)
    ordered(due)

    assert not BallotDestruction.objects.filter(election=early.election).exists()
    assert BallotDestruction.objects.get().kept_until == kept_until(due.election)
    assert challengeable_until(due.election) is None


def test_the_database_lets_nobody_order_it_of_a_poll_or_name_another_day() -> None:
    open_, ended = election(at="polling"), void(title="Deputy")
    last = kept_until(ended.election)
    assert last is not None

    for run, day in ((open_, date(2020, 1, 1)), (ended, last - timedelta(days=1))):
        with pytest.raises(Error, match="is not destroyed before"), transaction.atomic():
            BallotDestruction.objects.create(
                election=run.election, kept_until=day, ordered_at=now(),
                ordered_by_id=run.officers[0], seconded_by_id=run.officers[1],
            )  # fmt: skip
    ordered(ended)

    assert BallotDestruction.objects.get().election == ended.election


def test_it_takes_two_officers_and_a_draft_that_became_void_has_nothing_to_destroy() -> None:
    run, draft = void(), void(at="draft", title="Called in error")

    assert code_of_refusal(lambda: ordered(run, seconded_by=None)) == "approval.two-officers"
    assert code_of_refusal(lambda: ordered(draft)) == "destruction.no-notice"
    assert kept_until(draft.election) is None
    assert what_goes(draft.election) == []
    with pytest.raises(Error, match="is not destroyed before"), transaction.atomic():
        BallotDestruction.objects.create(
            election=draft.election, kept_until=date(2020, 1, 1), ordered_at=now(),
            ordered_by_id=run.officers[0], seconded_by_id=run.officers[1],
        )  # fmt: skip
    ordered(run)


@pytest.mark.parametrize("at", ["coded", "polling", "closed", "counted"])
def test_what_names_an_elector_goes_wherever_it_stood_and_every_act_stays(at: str) -> None:
    run = void(at=at)
    foretold = dict(what_goes(run.election))
    leaves = b"".join(logged_leaf(run.election, entry.number) for entry in papers(run))
    stood = kinds(run)
    mixes = [bytes(mix.content.sha256).hex() for mix in Mix.objects.all()]

    rows = destroyed(run)

    assert kinds(run) == [*stood, "destruction"]
    for table in (SealedBallot, RegisterMark, Credential):
        assert not table.objects.exists()
    assert all(bytes(entry.body) == b"" for entry in papers(run))
    told = content(run, "destruction")
    assert told["entries"]["ballot"] == (0 if at == "coded" else 3)
    assert told["leaves"] == sha256(leaves).hexdigest()
    assert {one.words: rows[one.table] for one in GOING if rows[one.table]} == foretold
    assert len(told["officers"]) == 2 and told["blobs"]
    # A quorum of trustees could open what was mixed, and nobody may.
    assert set(mixes) <= set(told["blobs"])
    assert not BlobChunk.objects.filter(blob__in=Mix.objects.values("content")).exists()
    assert code_of_refusal(lambda: ordered(run)) == "destruction.twice"


def test_the_log_goes_on_from_its_hashes_and_a_receipt_s_proof_still_holds() -> None:
    run = void()
    before = newest_checkpoint(run.election)
    ballot = papers(run)[0].number

    destroyed(run)
    publish_board(run.election_id, now=now())

    after = newest_checkpoint(run.election)
    assert before is not None and after is not None
    assert after.size == before.size + 1
    proof_of_entry(after, ballot)


def test_what_an_amendment_did_to_the_keys_goes_and_no_certificate_names_whose_code_died() -> None:
    run = election(at="polling")
    amend_roll(
        run.election_id, member=entries(run)[0].member_id, kind="remove", reason="excluded",
        grounds=REASON, **run.by_two,
    )  # fmt: skip
    struck = Credential.objects.get(roll_entry=entries(run)[0], force="revoked")
    sealed = content(run, "amendment")["keys"]["sealed"]
    list_of_one = sha256(bytes(struck.public_key)).hexdigest()
    assert Blob.objects.filter(sha256=bytes.fromhex(list_of_one)).exists()
    made_void(run)

    destroyed(run)

    told = content(run, "destruction")["blobs"]
    assert sealed in told and list_of_one not in told
    for name in (sealed, list_of_one):
        blob = Blob.objects.get(sha256=bytes.fromhex(name))
        assert not BlobChunk.objects.filter(blob=blob).exists()
    # Looked at once more, as the page of the act does, the sealed bytes are no longer read.
    assert "Voting keys, each with whose it was" not in dict(what_goes(run.election))


def test_a_ballot_that_came_to_the_board_a_moment_after_the_void_goes_too() -> None:
    run = election(at="polling", rankings=((0,), (1,)))
    cast_all(run)
    made_void(run)
    append_ballots(run.election)
    publish_board(run.election_id, now=now())
    assert kinds(run)[-3:] == ["void", "ballot", "ballot"]

    destroyed(run)

    assert content(run, "destruction")["entries"]["ballot"] == 2
    assert all(bytes(entry.body) == b"" for entry in papers(run))


def test_while_a_list_of_keys_is_not_as_named_nothing_goes() -> None:
    run = void()
    ordered(run)
    name = content(run, "credentials")["sections"][0]["keys"]["sha256"]
    chunk = BlobChunk.objects.filter(blob__sha256=bytes.fromhex(name))
    good = bytes(chunk.get().content)
    with no_triggers():
        chunk.update(content=b"another")

    assert code_of_refusal(lambda: destroy_ballots(run.election_id, now=now())) == (
        "destruction.not-as-named"
    )
    with no_triggers():
        chunk.update(content=good)
    destroy_ballots(run.election_id, now=now())


def test_the_database_lets_nothing_of_it_go_outside_that_one_act() -> None:
    run = void()
    ordered(run)

    for statement in (
        "DELETE FROM ballot_sealedvote", "DELETE FROM ballot_registermark",
        "UPDATE ballot_entry SET body = '', ballot_id = NULL WHERE kind = 'ballot'",
        "UPDATE ballot_entry SET body = '' WHERE kind = 'void'",
        "DELETE FROM ballot_ballotdestruction",
    ):  # fmt: skip
        with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)

    destroy_ballots(run.election_id, now=now())
    assert not SealedBallot.objects.exists()


def test_the_sentence_that_both_officers_read_speaks_of_no_declaration() -> None:
    said = registered_act("destroy_ballots").describe(str(void().election_id))

    assert "Sealed ballots (3)" in said
    assert "Every act on its board stays" in said
    assert "declaration" not in said
