"""What a mail provider says of letters: by its webhook alone, and nothing of what they said."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.core.mail import EmailMultiAlternatives
from django.test import Client, RequestFactory

from office import postal
from office.letter_tags import letter_metadata
from office.models import AuditRecord, Dispatch, Letter
from office.postal import PostalSide
from office.refusal import Refusal
from office.services.deliveries import (
    note_delivery,
    post_instead,
    settle_return,
    take_report,
)
from office.services.dispatches import release_letters
from office.services.letters import prepare_dispatch, queue_letters
from office.services.sending import send_letters
from tests.office.factories import NOW, officer, sign_in

pytestmark = pytest.mark.django_db

ELECTION = UUID("0190a5d3-0000-7000-8000-000000000007")
SECRET = "s" * 32
LATER = datetime(2026, 9, 2, tzinfo=UTC)


@pytest.fixture
def dispatch(purpose: str) -> Dispatch:
    """Three letters that were handed over."""
    made = prepare_dispatch(purpose, reference=ELECTION)
    queue_letters(made.pk, ((name, None) for name in ("ann", "bob", "cy")))
    Letter.objects.update(state="handed_over")
    return made


def said(name: str) -> str:
    return Letter.objects.get(recipient=name).delivery


def event(letter: object, kind: str) -> Any:
    metadata = letter_metadata(letter) if isinstance(letter, int) else {"letter": letter}
    return SimpleNamespace(event_type=kind, metadata=metadata, timestamp=LATER)


def test_a_graver_report_overrules_and_a_milder_one_that_comes_late_does_not(
    dispatch: Dispatch,
) -> None:
    letter = Letter.objects.get(recipient="ann")

    assert note_delivery(letter.pk, said="delivered", at=NOW)
    assert note_delivery(letter.pk, said="bounced", at=LATER)
    assert not note_delivery(letter.pk, said="bounced", at=NOW)
    assert not note_delivery(letter.pk, said="delivered", at=NOW)

    letter.refresh_from_db()
    assert (letter.delivery, letter.delivery_at) == ("bounced", LATER)


def test_of_what_came_back_the_day_is_kept_and_of_what_arrived_nothing(dispatch: Dispatch) -> None:
    # The hour at which the notice of a cast arrives is the hour of the cast (docs/turnout.md, 2).
    at = LATER.replace(hour=13, minute=45)
    kept = {}
    for name, report in (("ann", "delivered"), ("bob", "deferred"), ("cy", "complained")):
        note_delivery(Letter.objects.get(recipient=name).pk, said=report, at=at)
        kept[name] = Letter.objects.get(recipient=name).delivery_at

    assert kept == {"ann": None, "bob": None, "cy": LATER}


def test_a_report_of_a_letter_that_was_not_handed_over_is_not_believed(dispatch: Dispatch) -> None:
    letter = Letter.objects.get(recipient="ann")
    Letter.objects.filter(pk=letter.pk).update(state="waiting")
    assert not note_delivery(letter.pk, said="delivered", at=NOW)

    Letter.objects.filter(pk=letter.pk).update(state="handed_over")
    assert note_delivery(letter.pk, said="delivered", at=NOW)


def test_a_report_settles_a_letter_in_doubt_and_erases_its_code(dispatch: Dispatch) -> None:
    letter = Letter.objects.get(recipient="ann")
    Letter.objects.filter(pk=letter.pk).update(
        state="held", held_because="in-doubt", handing_over=True, enclosure=b"sealed"
    )

    assert note_delivery(letter.pk, said="delivered", at=NOW)

    letter.refresh_from_db()
    assert (letter.state, letter.enclosure, letter.held_because) == ("handed_over", None, "")


@pytest.mark.parametrize("letter", ["", "x", "-1", "9" * 30, None])
def test_a_report_that_names_no_letter_changes_nothing(dispatch: Dispatch, letter: object) -> None:
    take_report(None, event(letter, "bounced"))
    assert not Letter.objects.exclude(delivery="").exists()

    take_report(None, event(Letter.objects.get(recipient="ann").pk, "bounced"))
    assert said("ann") == "bounced"


@pytest.mark.parametrize(
    "wrong", [{"host": "elsewhere.example"}, {"tag": ""}, {"tag": "x" * 43}, {"letter": "other"}]
)
def test_a_report_is_believed_only_of_a_letter_whose_name_was_written_here(
    dispatch: Dispatch, wrong: dict[str, str]
) -> None:
    ann, bob = (Letter.objects.get(recipient=name) for name in ("ann", "bob"))
    given = letter_metadata(ann.pk)
    other = {"letter": str(bob.pk)} if "letter" in wrong else wrong

    take_report(None, SimpleNamespace(event_type="bounced", metadata=given | other,
                                      timestamp=LATER))
    assert not Letter.objects.exclude(delivery="").exists()

    take_report(None, SimpleNamespace(event_type="bounced", metadata=given, timestamp=LATER))
    assert said("ann") == "bounced"


def test_a_report_that_comes_before_the_sender_wrote_the_letter_down_is_believed(
    dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, bob = (Letter.objects.get(recipient=name) for name in ("ann", "bob"))
    Letter.objects.filter(pk=bob.pk).update(
        state="claimed", claim=1, claimed_at=NOW, handing_over=False, enclosure=b"sealed"
    )
    Letter.objects.exclude(recipient="ann").exclude(pk=bob.pk).update(state="cancelled")
    Letter.objects.filter(pk=ann.pk).update(state="waiting")
    release_letters(dispatch.pk, by=None, now=NOW)

    def send(mail: Any) -> None:
        take_report(None, SimpleNamespace(
            event_type="delivered", metadata=mail.metadata, timestamp=LATER))

    monkeypatch.setattr(EmailMultiAlternatives, "send", send)
    send_letters(dispatch.pk)

    ann.refresh_from_db()
    assert (ann.state, ann.delivery, ann.handing_over) == ("handed_over", "delivered", False)
    assert not note_delivery(bob.pk, said="delivered", at=NOW)


@pytest.mark.parametrize("kind", ["opened", "clicked", "unsubscribed", "queued"])
def test_who_opened_a_letter_is_not_kept_even_if_somebody_says(
    dispatch: Dispatch, kind: str
) -> None:
    letter = Letter.objects.get(recipient="ann")

    take_report(None, event(letter.pk, kind))
    assert said("ann") == ""
    take_report(None, event(letter.pk, "delivered"))
    assert said("ann") == "delivered"


def tell(letter: Letter, secret: str | None) -> int:
    """Have Postmark report a bounce, at the view that config/urls.py puts in; return the status."""
    signed = base64.b64encode(f"hustings:{secret}".encode()).decode()
    report = {
        "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "Email": "ann@example.org",
        "BouncedAt": "2026-09-02T00:00:00Z", "Metadata": letter_metadata(letter.pk),
    }
    request = RequestFactory().post(
        "/webhooks/mail/", json.dumps(report), content_type="application/json",
        headers={"Authorization": f"Basic {signed}"} if secret is not None else {},
    )
    return PostmarkTrackingWebhookView.as_view()(request).status_code


def test_the_webhook_believes_who_brings_the_secret_and_nobody_else(
    dispatch: Dispatch, settings: Any
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": f"hustings:{SECRET}"}
    letter = Letter.objects.get(recipient="ann")

    for other in (None, "", "t" * 32):
        with pytest.raises(AnymailWebhookValidationFailure):
            tell(letter, other)
    assert said("ann") == ""

    assert tell(letter, SECRET) == 200
    assert said("ann") == "bounced"


def test_a_returned_letter_is_shown_at_the_desk_and_is_dealt_with_once(
    client: Client, dispatch: Dispatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[tuple[Any, ...]] = []
    side = PostalSide(
        without_email=lambda reference: [], addressed=list, render=lambda batch: {},
        instead=lambda reference, recipient, *, by, now: posted.append((reference, recipient)),
        no_more=lambda reference: "",
    )
    monkeypatch.setitem(postal._sides, dispatch.purpose, side)
    ann, bob = (Letter.objects.get(recipient=name) for name in ("ann", "bob"))
    note_delivery(ann.pk, said="bounced", at=NOW)
    note_delivery(bob.pk, said="complained", at=NOW)
    sign_in(client, officer())

    assert "2 letters came back" in client.get("/desk/letters/").content.decode()
    page = client.get("/desk/letters/returned/").content.decode()
    assert "It came back, " in page and "It was marked as spam by its recipient, " in page
    client.post(f"/desk/letters/returned/{ann.pk}/settle/", {"outcome": "post"})
    assert f"letter {bob.pk}" in client.get("/desk/letters/returned/").content.decode()
    client.post(f"/desk/letters/returned/{bob.pk}/settle/", {"outcome": "otherwise"})

    assert posted == [(ELECTION, "ann")]
    assert "No letter came back" in client.get("/desk/letters/returned/").content.decode()
    assert [one.parameters["how"] for one in AuditRecord.objects.filter(act="settle_return")
            .order_by("pk")] == ["post", "otherwise"]
    for act in (post_instead, settle_return):
        with pytest.raises(Refusal) as refused:
            act(ann.pk, by=officer().pk, now=NOW)
        assert refused.value.code == "letters.not-returned"


def test_a_letter_of_a_kind_that_is_not_printed_does_not_go_on_paper(dispatch: Dispatch) -> None:
    letter = Letter.objects.get(recipient="ann")
    note_delivery(letter.pk, said="bounced", at=NOW)

    with pytest.raises(Refusal) as refused:
        post_instead(letter.pk, by=officer().pk, now=NOW)
    assert refused.value.code == "letters.not-on-paper"
    settle_return(letter.pk, by=officer().pk, now=NOW)


def test_the_figures_of_a_dispatch_say_what_became_of_its_letters(
    client: Client, dispatch: Dispatch
) -> None:
    for name, kind in (("ann", "delivered"), ("bob", "bounced"), ("cy", "delivered")):
        note_delivery(Letter.objects.get(recipient=name).pk, said=kind, at=NOW)

    page = sign_in(client, officer()).get(f"/desk/letters/{dispatch.pk}/").content.decode()

    figures = " ".join(page.split())
    assert 'Delivered</dt><dd class="app-figures__value">2<' in figures
    assert 'Came back</dt><dd class="app-figures__value">1<' in figures
