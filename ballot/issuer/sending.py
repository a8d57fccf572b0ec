"""Sending the letters by e-mail, each handed over at most once unless a person says otherwise.

Before a letter goes it is marked as going, and after as sent, both on the disk.  Broken off between
the two nobody can know whether the server took it: the letter is in doubt, is listed, and goes out
again only when the issuer says so.  Its Message-ID is always the same, so that a mailbox that has
it already shows one.
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, localtime
from typing import Final

from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import Particulars
from ballot.issuer.letters import in_html, in_text, write
from ballot.issuer.outbox import Letter, Outbox, ToWrite
from ballot.issuer.store import Store
from ballot.sealing.workers import Progress

TIMEOUT_S: Final = 60
_READ: Final = 500
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TEMPORARY: Final = range(400, 500)


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed over. security: `starttls`, `tls`, or `none` on this machine."""

    host: str
    port: int
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender as the letters name it, and how many may go a minute; 0: as fast as they will."""

    name: str
    address: str
    letters_a_minute: int = 0


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of a run: handed over, refused by the mail server, and left for print."""

    sent: int
    refused: int
    without_address: int


def send_letters(
    store: Store,
    server: MailServer,
    sender: Sender,
    *,
    progress: Progress,
    pause: Callable[[float], None] = time.sleep,
) -> Handed:
    """Send every letter that waits and has an e-mail address.

    Raises: FileRefused "issuer-mail.server" where the mail server is not there, or stops answering;
            "issuer-mail.in-doubt" while a letter of an earlier run is in doubt.
    """
    outbox, particulars = Outbox(store), store.particulars()
    if particulars is None:
        raise FileRefused("issuer-list.none", "No list was read yet: there is no letter.")
    if doubt := outbox.in_doubt():
        raise FileRefused(
            "issuer-mail.in-doubt",
            f"{len(doubt)} letters of an earlier run are in doubt: {_named(doubt)}. Look in the "
            "mail server's log whether they went out. Then run “send” with --doubtful-again to "
            "send them again, or with --doubtful-went.",
        )
    total = outbox.counts().get(Letter.WAITING, 0)
    sent = refused = without = 0
    with _connected(server) as smtp:
        for letter in _all_waiting(outbox):
            if not letter.contact.email:
                without += 1
                continue
            went = _send(outbox, smtp, letter, _message(letter, particulars, sender))
            sent, refused = sent + went, refused + (not went)
            progress(sent + refused + without, total)
            if sender.letters_a_minute:
                pause(60 / sender.letters_a_minute)
    progress(total, total)
    return Handed(sent, refused, without)


def _named(doubt: list[tuple[bytes, int]]) -> str:
    shown = ", ".join(f"{pseudonym.hex()} ({attempt})" for pseudonym, attempt in doubt[:5])
    return shown + (", …" if len(doubt) > 5 else "")


def _all_waiting(outbox: Outbox) -> Iterator[ToWrite]:
    after = 0
    while letters := outbox.waiting(most=_READ, after=after):
        after = letters[-1].letter_id
        yield from letters


def _send(
    outbox: Outbox, smtp: smtplib.SMTP, letter: ToWrite, message: EmailMessage | None
) -> bool:
    """Hand one letter over; return whether the mail server took it.

    Its own refusal is an answer: the letter certainly did not go.  A connection that ends is none.
    """
    if message is None:
        outbox.mark([letter.letter_id], Letter.REFUSED, why="no e-mail address")
        return False
    outbox.mark([letter.letter_id], Letter.GOING)
    try:
        smtp.send_message(message)
    except smtplib.SMTPSenderRefused as error:
        # That is no fault of this letter's: every other would be refused alike.
        outbox.mark([letter.letter_id], Letter.WAITING)
        raise FileRefused(
            "issuer-mail.sender",
            f"The mail server takes no letter from {error.sender} ({error.smtp_code}). This one "
            "and all after it still wait. Give another --from, or ask whoever runs the server.",
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        code = next(iter(error.recipients.values()))[0]
    except smtplib.SMTPResponseException as error:
        code = error.smtp_code
    except smtplib.SMTPNotSupportedError:
        code = 550  # An address in letters that this mail server does not know.
    except (OSError, smtplib.SMTPException) as error:
        raise _lost(error) from error
    else:
        outbox.mark([letter.letter_id], Letter.SENT)
        return True
    state = Letter.WAITING if code in _TEMPORARY else Letter.REFUSED
    outbox.mark([letter.letter_id], state, why=f"the mail server answered {code}")
    return False


def _lost(error: Exception) -> FileRefused:
    return FileRefused(
        "issuer-mail.server",
        f"The mail server stopped answering ({type(error).__name__}). The letter it was given last "
        "is in doubt; all before it went out, and none after it. Run “send” again.",
    )


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    if server.security == "none" and server.host not in _HERE:
        raise FileRefused(
            "issuer-mail.open",
            "Letters with codes go to a mail server on another machine only through TLS.",
        )
    context = ssl.create_default_context()
    try:
        smtp = (
            smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
            if server.security == "tls"
            else smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        )
        if server.security == "starttls":
            smtp.starttls(context=context)
        if server.username:
            smtp.login(server.username, server.password)
    except (OSError, smtplib.SMTPException) as error:
        raise FileRefused(
            "issuer-mail.server",
            f"The mail server {server.host}:{server.port} cannot be used ({error}). No letter was "
            "sent.",
        ) from error
    with smtp:
        yield smtp


def _message(
    letter: ToWrite, particulars: Particulars, sender: Sender
) -> EmailMessage | None:
    """The mail of a letter; none where what stands for an address is none."""
    written = write(letter, particulars, issuer=sender.name)
    message = EmailMessage()
    try:
        message["To"] = Address(addr_spec=letter.contact.email)
    except (ValueError, IndexError, MessageError):
        return None
    own = Address(sender.name, addr_spec=sender.address)
    message["From"] = own
    message["Subject"] = written.subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = _message_id(letter, particulars, host=own.domain)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(in_text(written))
    message.add_alternative(in_html(written), subtype="html")
    return message


def _message_id(letter: ToWrite, particulars: Particulars, *, host: str) -> str:
    """The same whenever this letter is sent, and it tells nobody whose it is."""
    named = particulars.election + letter.contact.pseudonym + letter.attempt.to_bytes(4, "big")
    return f"<{hashlib.sha256(named).hexdigest()[:40]}@{host}>"
