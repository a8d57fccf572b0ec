"""A letter as mail: text and HTML, under a Message-ID that is the same whenever it is sent."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from office.letter_tags import letter_metadata
from office.links import origin_host
from office.purposes import Envelope, LetterToSend


def message_id(purpose: str, *, recipient: str, attempt: int) -> str:
    """The Message-ID of a letter: the same whenever it is sent, and naming nobody."""
    named = "\x00".join(("hustings message id v1", purpose, recipient, str(attempt)))
    return f"<{hashlib.sha256(named.encode()).hexdigest()[:40]}@{origin_host()}>"


def compose(letter: LetterToSend, envelope: Envelope) -> EmailMultiAlternatives:
    """Make the mail: text and HTML, no tracking, no List-Unsubscribe."""
    mail = EmailMultiAlternatives(
        subject=envelope.subject,
        body=envelope.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[envelope.to],
        headers={
            "Message-ID": message_id(
                letter.purpose, recipient=letter.recipient, attempt=letter.attempt
            ),
            "Auto-Submitted": "auto-generated",
        },
    )
    mail.attach_alternative(envelope.html, "text/html")
    # What a provider calls the letter by when it tells what became of it; a mail server reads none.
    mail.metadata = letter_metadata(letter.letter_id)  # type: ignore[attr-defined]
    return mail
