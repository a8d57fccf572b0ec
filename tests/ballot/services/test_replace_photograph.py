"""A candidate's wrong photograph is replaced until it is published who stands; it is logged."""

from __future__ import annotations

import io
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from ballot.models import Candidate, Election
from ballot.services import consent as consenting
from ballot.services.moves import lock_election
from ballot.services.photographs import LARGEST_RESULT_BYTES, re_encode
from ballot.services.replace_photograph import replace_photograph
from office.models import AuditRecord, StaffMember
from tests.ballot.factories import Run, bring, code_of_refusal, election, now
from tests.office.factories import sign_in

pytestmark = pytest.mark.django_db


def picture(colour: tuple[int, int, int] = (10, 120, 60)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return out.getvalue()


WRONG, RIGHT = picture((200, 0, 0)), picture()


def consented() -> tuple[Run, Candidate]:
    """A candidate who handed in the wrong photograph with their consent."""
    run = election(at="nominating")
    candidate = Candidate.objects.get(name="Ash Amin")
    candidate.photo, candidate.consented_at, candidate.seat = re_encode(WRONG), now(), b"s"
    candidate.save(update_fields=["photo", "consented_at", "seat"])
    return run, candidate


def given(run: Run, photo: bytes = RIGHT, reason: str = "another-person") -> dict[str, object]:
    return {"photo": photo, "reason": reason, **run.by}


def test_a_wrong_photograph_is_replaced_after_consent_and_both_stand_in_the_trail() -> None:
    run, candidate = consented()

    replace_photograph(candidate.pk, **given(run))  # type: ignore[arg-type]

    candidate.refresh_from_db()
    kept = bytes(candidate.photo or b"")
    assert kept == re_encode(RIGHT) and len(kept) <= LARGEST_RESULT_BYTES
    trail = AuditRecord.objects.get(act="replace_photograph")
    assert trail.by_id == run.officers[0]
    assert trail.parameters == {
        "photograph_was": sha256(re_encode(WRONG)).hexdigest(),
        "photograph_is": sha256(kept).hexdigest(), "reason": "another-person",
    }


def test_who_consents_again_meanwhile_does_not_put_the_wrong_photograph_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run, candidate = consented()

    def lock_after_the_officer(election_id: int) -> Election:
        replace_photograph(candidate.pk, **given(run))  # type: ignore[arg-type]
        return lock_election(election_id)

    monkeypatch.setattr(consenting, "lock_election", lock_after_the_officer)

    consenting.consent(candidate.pk, seat=b"s", statement="Anew.", agent_name="", agent_address="",
                       now=now())

    candidate.refresh_from_db()
    assert bytes(candidate.photo or b"") == re_encode(RIGHT)
    assert candidate.statement == "Anew."


def test_what_is_no_picture_no_other_or_for_no_reason_leaves_the_one_that_is_there() -> None:
    run, candidate = consented()
    other = Candidate.objects.exclude(pk=candidate.pk).filter(is_reopen_nominations=False)[0]

    def refused(pk: int, photo: bytes = RIGHT, reason: str = "unusable") -> str:
        return code_of_refusal(
            lambda: replace_photograph(pk, **given(run, photo, reason))  # type: ignore[arg-type]
        )

    assert refused(candidate.pk, b"<svg/>") == "photograph.not-a-picture"
    assert refused(candidate.pk, WRONG) == "photograph.same"
    assert refused(candidate.pk, reason="because") == "photograph.reason"
    assert refused(other.pk) == "photograph.nothing-to-replace"

    candidate.refresh_from_db()
    assert bytes(candidate.photo or b"") == re_encode(WRONG)
    replace_photograph(candidate.pk, **given(run))  # type: ignore[arg-type]


def test_once_it_is_published_who_stands_two_officers_take_it_off_instead(client: Client) -> None:
    run, candidate = consented()
    desk = sign_in(client, StaffMember.objects.get(pk=run.officers[0]))
    path = reverse("desk_photograph", args=[run.election.slug, candidate.pk])
    file = SimpleUploadedFile("right.png", RIGHT, "image/png")

    empty = desk.post(path, {"reason": ""}).text
    done = desk.post(path, {"photo": file, "reason": "unusable"})
    bring(run, to="nominated")
    late = code_of_refusal(
        lambda: replace_photograph(candidate.pk, **given(run, WRONG))  # type: ignore[arg-type]
    )

    assert "Choose the file of the right photograph" in empty
    assert "Say why the photograph is replaced" in empty
    assert done.status_code == 302
    candidate.refresh_from_db()
    assert bytes(candidate.photo or b"") == re_encode(RIGHT)
    assert late == "election.wrong-state"
    assert "taken off by two officers" in desk.get(path).text
