"""The card of an outside issuer: their name, the key they sign with, and the key they read with.

Spec: issuer §2.  It is public; the officer puts it into the set-up of the election, and the notice
of poll publishes name and key.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import Final

from ballot.canonical import LABEL, Json, canonical
from ballot.issuance.errors import FileRefused
from ballot.issuance.reading import read_object
from ballot.sealing import native
from ballot.sealing.errors import Malformed
from ballot.sealing.letterbox import Sender
from ballot.sealing.wordlist import WORDS

FORM: Final = LABEL + "issuer-card"
LONGEST_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Card:
    """name; key: BIP 340, x-only, 32 bytes; reads: X25519, 32 bytes."""

    name: str
    key: bytes
    reads: bytes

    def to_json(self) -> dict[str, Json]:
        """Give what the card file says."""
        return {"format": FORM, "key": self.key.hex(), "name": self.name, "reads": self.reads.hex()}

    def to_bytes(self) -> bytes:
        """Give the card file."""
        return canonical(self.to_json()) + b"\n"

    def words(self) -> str:
        """Give the card in six words, to be compared by telephone: 66 bits of its hash."""
        number = int.from_bytes(hashlib.sha256(canonical(self.to_json())).digest(), "big") >> 190
        return " ".join(WORDS[number >> shift & 2047] for shift in range(55, -1, -11))


def read_card(octets: bytes) -> Card:
    """Read a card.

    Raises: FileRefused "issuer-file.form"; "issuer-card.key" where the key that signs is no point,
            or nothing can be encrypted to the one that reads.
    """
    read = read_object(octets, "key", "name", "reads", form=FORM, what="the card of an issuer")
    card = Card(
        read.line("name", longest=LONGEST_NAME, may_be_empty=False),
        read.octets("key", 32),
        read.octets("reads", 32),
    )
    try:
        native.read_point(b"\x02" + card.key)
        Sender("issuer-list", reader=card.reads, rng=os.urandom)
    except (native.NotAPoint, Malformed) as wrong:
        raise FileRefused(
            "issuer-card.key", "A key on this card is none. Ask the issuer for the card again."
        ) from wrong
    return card
