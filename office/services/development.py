"""Keep the mails of a development server, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.mail import EmailMessage, EmailMultiAlternatives

from office.models import DevelopmentMail


def keep_mails(messages: Sequence[EmailMessage], *, now: datetime) -> int:
    """Store mails as they would have been sent; return how many."""
    kept = DevelopmentMail.objects.bulk_create(_kept(message, now) for message in messages)
    return len(kept)


def _kept(message: EmailMessage, now: datetime) -> DevelopmentMail:
    html = ""
    if isinstance(message, EmailMultiAlternatives):
        html = next((str(part) for part, kind in message.alternatives if kind == "text/html"), "")
    headers = {str(name): str(value) for name, value in message.message().items()}
    return DevelopmentMail(
        message_id=headers.get("Message-ID", ""),
        sender=message.from_email,
        recipients=message.recipients(),
        subject=str(message.subject),
        headers=headers,
        text=str(message.body),
        html=html,
        at=now,
    )
