"""What a mail server or a provider answered, as one reply of SMTP; or that nobody can know.

A provider's HTTP status is told as the reply that says the same (RFC 5321 §4.2.1): the letter is
not taken for good (5yz), not now (4yz), or no letter at all is taken just now (421).
"""

from __future__ import annotations

import smtplib
from http import HTTPStatus
from typing import Final

from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused

CLOSING: Final = 421
"""RFC 5321 §4.2.3: "Service not available, closing transmission channel"."""
NOT_TAKEN: Final = 550
NOT_NOW: Final = 450

WentWrong = (OSError, smtplib.SMTPException, AnymailError)
"""Everything that handing a letter over may raise."""


def reply_code(error: BaseException) -> int | None:
    """The reply; None where the line was cut off, so that the letter may have been taken."""
    if isinstance(error, AnymailError):
        return _of_provider(error)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return CLOSING  # It is not the letter: no letter of this sender is taken.
    if isinstance(error, smtplib.SMTPResponseException):
        return int(error.smtp_code)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max(int(code) for code, _ in error.recipients.values())
    return None


def _of_provider(error: AnymailError) -> int | None:
    if isinstance(error, AnymailAPIError) and not isinstance(error, AnymailRecipientsRefused):
        return _of_status(error.status_code)
    # The recipient, or, before anything was sent, what was asked for.
    return NOT_TAKEN


def _of_status(status: int | None) -> int | None:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return CLOSING
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return NOT_NOW
    if status is not None and HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return NOT_TAKEN
    return None
