"""A code sent again: it does nothing until its holder confirms it, and then the old one is dead."""

from __future__ import annotations

import uuid

import pytest

from ballot.models import Credential, ReissueRequest
from ballot.services.codes import PURPOSE as CODES
from ballot.services.reissue_code import MOST_CODES, confirm_reissue, reissue_code
from ballot.services.reissue_code import PURPOSE as AGAIN
from ballot.services.request_reissue import answer_reissue_request, request_reissue
from office.models import Job, Letter
from tests.ballot.factories import (
    Run,
    bring,
    cast,
    cast_wire,
    code_of,
    code_of_refusal,
    content,
    election,
    entries,
    key_of_elector,
    kinds,
    now,
    recorded,
    sealed,
)

pytestmark = pytest.mark.django_db


def again(run: Run, place: int = 0) -> None:
    reissue_code(run.election_id, recipient=entries(run)[place].public_id, **run.by)


def confirm(run: Run, credential: bytes) -> None:
    confirm_reissue(run.election_id, credential=credential, now=now())


def forces() -> list[str]:
    return list(Credential.objects.filter(attempt__gte=1).order_by("roll_entry", "attempt")
                .values_list("force", flat=True))


def test_asking_for_a_new_code_takes_nothing_from_the_old() -> None:
    run = election(at="polling", electors=1)
    entry = entries(run)[0]

    again(run)

    assert forces() == ["in-force", "waiting"]
    fresh = key_of_elector(run, entry, purpose=AGAIN)
    wire = sealed(run, entry, (0,), key=fresh)
    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.code-not-in-force"
    assert not cast(run, entry, (0,)).is_repeat
    assert "reissue" not in kinds(run)
    assert recorded("reissue_code", subject=("election", str(run.election_id))) == [
        (run.officers[0], None)
    ]


def test_a_confirmed_code_is_in_force_and_the_old_one_dead_and_the_board_says_so() -> None:
    run = election(at="polling", electors=1)
    entry = entries(run)[0]
    old = key_of_elector(run, entry)
    again(run)
    fresh = key_of_elector(run, entry, purpose=AGAIN)

    confirm(run, fresh.credential)
    confirm(run, fresh.credential)

    assert forces() == ["revoked", "in-force"]
    assert content(run, "reissue") == {
        "credential": fresh.credential.hex(), "revoked": [old.credential.hex()],
        # Without an outside issuer nobody signs it.
        "signature": None, "revocations": None,
    }
    assert kinds(run).count("reissue") == 1
    wire = sealed(run, entry, (0,), key=old)
    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.code-not-in-force"
    assert not cast_wire(run, sealed(run, entry, (0,), key=fresh)).is_repeat


def test_a_newer_code_overtakes_one_that_nobody_confirmed() -> None:
    run = election(at="polling", electors=1)
    entry = entries(run)[0]
    again(run)
    first = key_of_elector(run, entry, purpose=AGAIN)
    again(run)
    second = key_of_elector(run, entry, purpose=AGAIN)

    assert code_of_refusal(lambda: confirm(run, first.credential)) == "reissue.overtaken"
    confirm(run, second.credential)

    assert forces() == ["revoked", "revoked", "in-force"]


def states(purpose: str) -> list[tuple[str, bool]]:
    """State of each letter of a purpose, in the order of its attempts, and if it holds a code."""
    rows = Letter.objects.filter(purpose=purpose).order_by("attempt")
    return [(one.state, one.enclosure is not None) for one in rows]


def test_a_letter_whose_code_died_unsent_goes_out_no_more_and_is_emptied() -> None:
    run = election(at="polling", electors=1)
    again(run)
    assert (states(CODES), states(AGAIN)) == ([("waiting", True)], [("waiting", True)])

    again(run)
    assert states(CODES) == [("waiting", True)]
    assert states(AGAIN) == [("cancelled", False), ("waiting", True)]
    confirm(run, key_of_elector(run, entries(run)[0], purpose=AGAIN).credential)

    assert states(CODES) == [("cancelled", False)]
    assert states(AGAIN) == [("cancelled", False)] * 2


def test_who_has_voted_is_sent_nothing_and_confirms_nothing() -> None:
    run = election(at="polling", electors=2)
    entry = entries(run)[0]
    again(run)
    fresh = key_of_elector(run, entry, purpose=AGAIN)
    cast(run, entry, (0,))

    assert code_of_refusal(lambda: again(run)) == "reissue.has-voted"
    assert code_of_refusal(lambda: confirm(run, fresh.credential)) == "reissue.has-voted"
    again(run, place=1)

    assert Letter.objects.filter(purpose=AGAIN).count() == 2
    wire = sealed(run, entry, (1,), key=fresh)
    assert code_of_refusal(lambda: cast_wire(run, wire)) == "ballot.other"


def test_nobody_is_sent_more_codes_than_six() -> None:
    run = election(at="polling", electors=1)
    for _ in range(MOST_CODES - 1):
        again(run)

    assert code_of_refusal(lambda: again(run)) == "reissue.too-many"

    assert Credential.objects.count() == MOST_CODES


def test_a_credential_of_nobody_or_of_another_election_confirms_nothing() -> None:
    run = election(at="polling", electors=1)
    other = election(at="polling", title="Deputy leader")
    again(other)
    theirs = key_of_elector(other, entries(other)[0], purpose=AGAIN)

    assert code_of_refusal(lambda: confirm(run, bytes(32))) == "reissue.unknown"
    assert code_of_refusal(lambda: confirm(run, theirs.credential)) == "reissue.unknown"
    confirm(other, theirs.credential)

    assert Credential.objects.filter(election=run.election_id, force="in-force").count() == 1


def test_codes_are_sent_again_while_the_poll_is_open_alone() -> None:
    run = election(at="coded", electors=1)
    assert code_of_refusal(lambda: again(run)) == "election.wrong-state"
    bring(run, to="polling")
    again(run)
    fresh = key_of_elector(run, entries(run)[0], purpose=AGAIN)
    run.rankings = ()
    bring(run, to="closed")

    assert code_of_refusal(lambda: again(run)) == "election.wrong-state"
    assert code_of_refusal(lambda: confirm(run, fresh.credential)) == "election.wrong-state"


def test_the_new_code_rests_encrypted_in_its_letter_alone() -> None:
    run = election(at="polling", electors=1)
    again(run)

    letter = Letter.objects.get(purpose=AGAIN)
    code = code_of(entries(run)[0], purpose=AGAIN)
    assert code.encode() not in bytes(letter.enclosure or b"")
    assert letter.recipient == str(entries(run)[0].public_id)


# --- asked for by the elector -----------------------------------------------------------------


def asked(run: Run, number: str, proof: str) -> None:
    request_reissue(run.election_id, number=number, proof=proof, now=now())
    request = ReissueRequest.objects.get()
    assert Job.objects.filter(kind="answer_reissue_request", subject_id=str(request.pk)).exists()
    answer_reissue_request(request.pk, now=now())


@pytest.mark.parametrize(
    ("number", "proof", "is_sent"),
    [
        ("1000", "elector0@example.org", True),
        ("1000", "qa1 2bd", True),
        ("1000", "elector1@example.org", False),
        ("1000", "ZZ9 9ZZ", False),
        ("9999", "elector0@example.org", False),
        ("", "", False),
    ],
)
def test_a_request_is_met_if_number_and_proof_are_one_electors_and_is_forgotten(
    number: str, proof: str, is_sent: bool
) -> None:
    run = election(at="polling", electors=2)

    asked(run, number, proof)

    assert not ReissueRequest.objects.exists()
    recipients = Letter.objects.filter(purpose=AGAIN).values_list("recipient", flat=True)
    assert list(recipients) == ([str(entries(run)[0].public_id)] if is_sent else [])


def test_a_request_of_somebody_who_has_voted_is_dropped_without_a_word() -> None:
    run = election(at="polling", electors=2)
    cast(run, entries(run)[0], (0,))

    asked(run, "1000", "elector0@example.org")

    assert not ReissueRequest.objects.exists()
    assert not Letter.objects.filter(purpose=AGAIN).exists()


def test_a_request_that_was_answered_is_answered_no_second_time() -> None:
    run = election(at="polling", electors=1)
    request_reissue(run.election_id, number="1000", proof="QA1 2BD", now=now())
    request = ReissueRequest.objects.get().pk

    answer_reissue_request(request, now=now())
    answer_reissue_request(request, now=now())

    assert Letter.objects.filter(purpose=AGAIN).count() == 1


def test_a_recipient_who_is_not_on_the_roll_is_refused() -> None:
    run = election(at="polling", electors=1)

    assert code_of_refusal(
        lambda: reissue_code(run.election_id, recipient=uuid.uuid4(), **run.by)
    ) == "roll.no-such-entry"

    assert Credential.objects.count() == 1
