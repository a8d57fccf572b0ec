"""What the issuer gives back at first: whose credential each is, and a signature a section.

Spec: issuer §5.  Compact, for half a million of them: a line of canonical JSON, then 48 bytes an
elector, pseudonym 16 | credential 32, the pseudonyms ascending.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ballot.canonical import LABEL, canonical
from ballot.issuance.errors import FileRefused
from ballot.issuance.reading import Read, read_object

FORM: Final = LABEL + "issuer-keys"
PSEUDONYM: Final = 16
ROW: Final = 48
LONGEST_HEAD: Final = 65_536
_WHAT: Final = "the file of keys of an issuer"

Rows = NDArray[np.uint8]  # (N, 48)


@dataclass(frozen=True, slots=True)
class SignedSection:
    """A section's code, how many credentials it has, and the signature over them (45)."""

    section: str
    credentials: int
    signature: bytes


@dataclass(frozen=True, slots=True)
class Keys:
    """For one election and one issuer's key: the sections by code, and a row an elector."""

    election: bytes
    issuer: bytes
    sections: tuple[SignedSection, ...]
    rows: Rows


def keys_head(
    *, election: bytes, issuer: bytes, sections: Sequence[SignedSection]
) -> bytes:
    """Give the first line of a file of keys; the rows follow it."""
    return canonical({
        "election": election.hex(), "format": FORM, "issuer": issuer.hex(),
        "sections": [
            {"credentials": one.credentials, "section": one.section,
             "signature": one.signature.hex()}
            for one in sections
        ],
    }) + b"\n"  # fmt: skip


def read_keys(octets: bytes) -> Keys:
    """Read a file of keys.

    Raises: FileRefused "issuer-file.form", or "issuer-keys.order" where a pseudonym stands twice
            or out of its place.
    """
    end = octets.find(b"\n", 0, LONGEST_HEAD)
    if end < 0:
        raise FileRefused("issuer-file.form", f"This is not {_WHAT}.")
    read = read_object(octets[:end], "election", "issuer", "sections", form=FORM, what=_WHAT)
    sections = tuple(_section(one) for one in read.items("sections"))
    if (len(octets) - end - 1) != ROW * sum(one.credentials for one in sections):
        raise read.refused("it has not as many keys as it says")
    rows = np.frombuffer(octets, np.uint8, offset=end + 1).reshape(-1, ROW)
    _require_ascending(rows)
    return Keys(read.octets("election", 16), read.octets("issuer", 32), sections, rows)


def _section(value: object) -> SignedSection:
    read = Read(value, "credentials", "section", "signature", what=_WHAT)
    return SignedSection(
        read.line("section", longest=64), read.number("credentials"), read.octets("signature", 64)
    )


def _require_ascending(rows: Rows) -> None:
    names = np.ascontiguousarray(rows[:, :PSEUDONYM]).view(">u8").astype(np.uint64)
    high, low = names[:, 0], names[:, 1]
    ascends = (high[1:] > high[:-1]) | ((high[1:] == high[:-1]) & (low[1:] > low[:-1]))
    if not bool(ascends.all()):
        raise FileRefused(
            "issuer-keys.order", "In this file an elector stands twice, or not in their place."
        )
