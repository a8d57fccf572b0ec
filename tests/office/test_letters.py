"""Queueing letters, and an officer's acts on them: release, pause, resume, cancel, settle."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from office import selectors
from office.enclosure import open_enclosure
from office.models import AuditRecord, Dispatch, Job, Letter
from office.refusal import Refusal
from office.selectors import LetterCounts, letter_counts
from office.services.dispatches import (
    cancel_letters,
    cancel_letters_to,
    pause_letters,
    release_letters,
    resume_letters,
    send_refused_again,
    settle_letter,
)
from office.services.letters import (
    dispatch_at_once,
    prepare_dispatch,
    queue_letter,
    queue_letters,
    queue_letters_from,
)
from tests.office.factories import NOW, officer

pytestmark = pytest.mark.django_db

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")


def prepared(purpose: str, count: int = 7, *, tranche_size: int = 3) -> Dispatch:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, tranche_size=tranche_size)
    queue_letters(dispatch.pk, ((f"elector-{n}", f"code {n}".encode()) for n in range(count)))
    return dispatch


def states(dispatch: Dispatch) -> dict[str, int]:
    counts = letter_counts(dispatch.pk)
    return {name: getattr(counts, name) for name in LetterCounts.__slots__ if getattr(counts, name)}


def test_queued_letters_wait_in_tranches_in_the_order_given(purpose: str) -> None:
    dispatch = prepared(purpose)

    tranches = Letter.objects.order_by("pk").values_list("recipient", "tranche")
    assert [tranche for _, tranche in tranches] == [1, 1, 1, 2, 2, 2, 3]
    assert [name for name, _ in tranches] == [f"elector-{n}" for n in range(7)]
    assert (dispatch.state, states(dispatch)) == ("prepared", {"waiting": 7})


def test_an_enclosure_rests_encrypted_and_opens_for_its_own_letter(purpose: str) -> None:
    prepared(purpose, 2)

    letter = Letter.objects.get(recipient="elector-1")
    sealed = bytes(letter.enclosure or b"")
    assert b"code 1" not in sealed
    assert open_enclosure(sealed, purpose=purpose, recipient="elector-1", attempt=1) == b"code 1"


def test_queueing_again_after_an_interruption_adds_what_is_missing_alone(purpose: str) -> None:
    dispatch = prepared(purpose, 4)
    before = dict(Letter.objects.values_list("recipient", "enclosure"))

    rows = ((f"elector-{n}", f"another {n}".encode()) for n in range(6))
    assert queue_letters(dispatch.pk, rows) == 2

    kept = dict(Letter.objects.values_list("recipient", "enclosure"))
    assert {name: bytes(kept[name]) for name in before} == {
        name: bytes(sealed) for name, sealed in before.items()
    }
    assert len(kept) == 6


def test_letters_are_queued_from_a_select(purpose: str) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION, tranche_size=2)

    queued = queue_letters_from(
        dispatch.pk, "SELECT 'elector-' || n FROM generate_series(1, %s) n ORDER BY n", [5]
    )

    assert queued == 5
    rows = Letter.objects.order_by("pk").values_list("recipient", "tranche", "enclosure")
    assert list(rows)[-1] == ("elector-5", 3, None)


@pytest.mark.parametrize("recipient", ["jin@example.org", "", "a b", "tab\there", "\\.", "x" * 81])
def test_a_recipient_that_is_no_key_is_a_bug_and_queues_nothing(
    purpose: str, recipient: str
) -> None:
    dispatch = prepare_dispatch(purpose, reference=ELECTION)

    with pytest.raises(ValueError, match="no address"), transaction.atomic():
        queue_letters(dispatch.pk, [("elector-1", None), (recipient, None)])

    assert letter_counts(dispatch.pk).total == 0


def test_a_single_letter_takes_the_next_attempt_and_a_given_one_is_idempotent(
    purpose: str,
) -> None:
    first = queue_letter(purpose, reference=ELECTION, recipient="elector-1", enclosure=b"A")
    second = queue_letter(purpose, reference=ELECTION, recipient="elector-1", enclosure=b"B")
    again = queue_letter(purpose, reference=ELECTION, recipient="elector-1", attempt=2)

    assert first and second and again is None
    rows = Letter.objects.order_by("pk")
    assert [row.attempt for row in rows] == [1, 2]
    assert open_enclosure(
        bytes(rows[1].enclosure or b""), purpose=purpose, recipient="elector-1", attempt=2
    ) == b"B"


def test_raw_sql_needs_name_only_the_letter(purpose: str) -> None:
    dispatch = dispatch_at_once(purpose, reference=ELECTION)

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO office_letter (dispatch_id, purpose, recipient) VALUES (%s, %s, 'a-1')",
            [dispatch.pk, purpose],
        )

    letter = Letter.objects.get()
    assert (letter.state, letter.attempt, letter.tranche) == ("waiting", 1, 1)


def test_the_database_refuses_a_second_letter_of_one_attempt(purpose: str) -> None:
    dispatch = prepared(purpose, 1)

    with pytest.raises(IntegrityError, match="one_letter_per_attempt"), transaction.atomic():
        Letter.objects.create(dispatch=dispatch, purpose=purpose, recipient="elector-0", attempt=1)


def test_the_database_refuses_a_letter_handed_over_with_its_enclosure(purpose: str) -> None:
    prepared(purpose, 1)

    with pytest.raises(IntegrityError, match="office_enclosure_erased"), transaction.atomic():
        Letter.objects.update(state="handed_over")
    Letter.objects.update(state="handed_over", enclosure=None)


def test_tranches_are_released_one_after_another_with_a_job(purpose: str) -> None:
    dispatch = prepared(purpose)

    job = release_letters(dispatch.pk, by=None, now=NOW, tranches=1)
    dispatch.refresh_from_db()
    assert (dispatch.state, dispatch.released_tranche) == ("sending", 1)
    assert (job.kind, job.subject_id) == ("office.send_letters", str(dispatch.pk))

    release_letters(dispatch.pk, by=None, now=NOW)
    dispatch.refresh_from_db()
    assert dispatch.released_tranche == 3
    assert Job.objects.count() == 1


def test_pausing_stops_the_job_and_resuming_opens_another(purpose: str) -> None:
    dispatch = prepared(purpose)
    with pytest.raises(Refusal, match=r"letters\.not-sending"):
        pause_letters(dispatch.pk, by=None, now=NOW)
    job = release_letters(dispatch.pk, by=None, now=NOW)

    pause_letters(dispatch.pk, by=None, now=NOW)
    job.refresh_from_db()
    assert job.state == "stopped"
    resumed = resume_letters(dispatch.pk, by=None, now=NOW)

    assert resumed is not None and resumed != job
    with pytest.raises(Refusal, match=r"letters\.not-paused"):
        resume_letters(dispatch.pk, by=None, now=NOW)


def test_cancelled_letters_lose_their_enclosures_and_are_never_released(purpose: str) -> None:
    dispatch = prepared(purpose)

    assert cancel_letters(dispatch.pk, by=None, now=NOW) == 7

    assert states(dispatch) == {"cancelled": 7}
    assert not Letter.objects.filter(enclosure__isnull=False).exists()
    with pytest.raises(Refusal, match=r"letters\.cancelled"):
        release_letters(dispatch.pk, by=None, now=NOW)


def test_one_recipients_waiting_letters_are_cancelled_and_no_others(purpose: str) -> None:
    dispatch = prepared(purpose)

    assert cancel_letters_to(purpose, recipients=["elector-2", "unknown"]) == 1

    assert states(dispatch) == {"waiting": 6, "cancelled": 1}


def held(purpose: str) -> Letter:
    dispatch = prepared(purpose, 1)
    release_letters(dispatch.pk, by=None, now=NOW)
    Letter.objects.update(state="held", held_because="in-doubt", handing_over=True, claim=3)
    return Letter.objects.get()


def test_a_held_letter_that_was_sent_is_handed_over_and_its_enclosure_erased(
    purpose: str,
) -> None:
    letter, person = held(purpose), officer()

    settle_letter(letter.pk, was_sent=True, by=person.pk, now=NOW)

    letter.refresh_from_db()
    assert (letter.state, letter.enclosure) == ("handed_over", None)
    with pytest.raises(Refusal, match=r"letters\.not-held"):
        settle_letter(letter.pk, was_sent=False, by=person.pk, now=NOW)
    record: Any = AuditRecord.objects.get(act="settle_letter")
    assert (record.by, record.parameters["was_sent"]) == (person, True)


def test_a_held_letter_that_was_not_sent_waits_again_as_the_same_attempt(purpose: str) -> None:
    letter = held(purpose)
    Job.objects.update(state="done")

    settle_letter(letter.pk, was_sent=False, by=officer().pk, now=NOW)

    letter.refresh_from_db()
    assert (letter.state, letter.attempt, letter.handing_over) == ("waiting", 1, False)
    assert letter.enclosure is not None
    assert Job.objects.filter(state="open").count() == 1


@pytest.mark.parametrize("was_sent", [True, False])
def test_a_letter_without_an_address_keeps_its_code_whatever_is_said_of_it(
    purpose: str, was_sent: bool
) -> None:
    letter, person = held(purpose), officer()
    Letter.objects.update(held_because="no-address", handing_over=False)

    with pytest.raises(Refusal, match=r"letters\.no-address"):
        settle_letter(letter.pk, was_sent=was_sent, by=person.pk, now=NOW)

    letter.refresh_from_db()
    assert (letter.state, letter.enclosure is not None) == ("held", True)
    Letter.objects.update(held_because="refused")
    settle_letter(letter.pk, was_sent=was_sent, by=person.pk, now=NOW)


def test_all_that_were_refused_are_sent_again_in_one_act_and_no_other_held_letter(
    purpose: str,
) -> None:
    dispatch, person = prepared(purpose, 5), officer()
    release_letters(dispatch.pk, by=None, now=NOW)
    Job.objects.update(state="done")
    Letter.objects.update(state="held", held_because="refused", claim=3, tries=2)
    Letter.objects.filter(recipient="elector-0").update(held_because="in-doubt", handing_over=True)
    Letter.objects.filter(recipient="elector-1").update(held_because="no-address")

    assert send_refused_again(dispatch.pk, by=person.pk, now=NOW) == 3

    again = Letter.objects.filter(state="waiting", held_because="", claim=None, tries=0)
    assert set(again.values_list("recipient", flat=True)) == {f"elector-{n}" for n in (2, 3, 4)}
    assert Letter.objects.filter(state="held").count() == 2
    assert Job.objects.filter(state="open").count() == 1
    with pytest.raises(Refusal, match=r"letters\.not-held"):
        send_refused_again(dispatch.pk, by=person.pk, now=NOW)
    record: Any = AuditRecord.objects.get(act="settle_letter")
    assert (record.by, record.parameters) == (person, {"letters": 3, "was_sent": False})


def test_held_letters_are_paged_by_key(purpose: str) -> None:
    prepared(purpose, selectors.PAGE_ROWS + 2)
    Letter.objects.update(state="held", held_because="refused")

    first = selectors.held_letters()
    rest = selectors.held_letters(after=first[-1].pk)

    assert (len(first), len(rest), selectors.letters_held()) == (selectors.PAGE_ROWS, 2, 52)


@pytest.mark.parametrize("act", [release_letters, pause_letters, resume_letters, cancel_letters])
def test_an_unknown_dispatch_is_refused(act: Any) -> None:
    with pytest.raises(Refusal, match=r"letters\.unknown"):
        act(10**9, by=None, now=NOW)
