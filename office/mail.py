"""The mail back end of a development server: mails become rows, shown at /outbox/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from office.services.development import keep_mails


class DevelopmentOutboxBackend(BaseEmailBackend):
    """Keeps every mail in the database and sends none. Refuses to work on a real server."""

    def __init__(self, fail_silently: bool = False, **options: Any) -> None:
        super().__init__(fail_silently=fail_silently, **options)
        if not settings.DEVELOPMENT:
            raise ImproperlyConfigured("the development outbox needs HUSTINGS_DEVELOPMENT=1")

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return keep_mails(email_messages, now=timezone.now())
