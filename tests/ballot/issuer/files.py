"""Lists and requests for the program's own tests: made here, without a server."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ballot.issuance.card import Card, read_card
from ballot.issuance.lists import (
    LIST,
    REQUESTS,
    Contact,
    Head,
    Kind,
    Particulars,
    Request,
    written,
)
from ballot.sealing.letterbox import Sender
from tests.ballot.issuer.outside import Outside

PARTICULARS = Particulars(
    election=bytes(range(16)),
    title="Leader 2026",
    party="The Party",
    returning_officer="Ruth Adeyemi",
    closes="Monday 30 November 2026 at 12:00 (GMT)",
    demonstration=False,
    helped_routes=("Ring 0800 000 000.",),
    booth="https://votes.example/vote/leader-2026/",
    notice="https://votes.example/elections/leader-2026/",
    reissue="https://votes.example/vote/leader-2026/reissue/",
)


def contact(number: int, **changes: object) -> Contact:
    """An elector; the last of each three has no e-mail address."""
    plain = Contact(
        pseudonym=number.to_bytes(16, "big"),
        section="youth" if number % 2 else "member",
        name=f"Carys Fallowes{number:02}",
        elector=f"C. Fallowes{number:02}, number ending {number:03}",
        email="" if number % 3 == 2 else f"elector{number}@example.org",
        address=(f"{number} High Street", "Bangor", "BT20 1AA"),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def card_of(outside: Outside) -> Card:
    return read_card((outside.folder / "issuer.json").read_bytes())


def given_list(
    outside: Outside,
    contacts: Sequence[Contact],
    *,
    particulars: Particulars = PARTICULARS,
    issuer: bytes | None = None,
    lines: int | None = None,
    name: str = "list.bin",
) -> Path:
    """A list as the server makes it. issuer, lines: what its head says in place of the truth."""
    card = card_of(outside)
    head = Head(issuer or card.key, particulars, len(contacts) if lines is None else lines)
    return _given(outside, LIST, head, contacts, name)


def given_requests(
    outside: Outside, requests: Sequence[Request], *, particulars: Particulars = PARTICULARS
) -> Path:
    head = Head(card_of(outside).key, particulars, len(requests))
    return _given(outside, REQUESTS, head, requests, "requests.bin")


def _given(
    outside: Outside, use: str, head: Head, lines: Sequence[Contact | Request], name: str
) -> Path:
    sender = Sender(use, reader=card_of(outside).reads, rng=os.urandom)
    path = outside.folder.parent / name
    path.write_bytes(b"".join(sender.write(written(use, head, lines))))
    return path


def request(number: int, kind: Kind, who: Contact, credential: bytes | None = None) -> Request:
    return Request(number, kind, who, credential)
