"""A seat's address, with the secret behind the #, as the trustee was sent it (trustees §1)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from ballot.trustee.errors import Trouble

_PATH: Final = re.compile(r"(/(?:[^/]+/)*)trustee/([A-Za-z0-9_-]+)/?")
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{22,200}")
_HERE: Final = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class SeatAddress:
    """Where a seat is.  prefix: the path before `trustee/`; slug: the election's name there."""

    scheme: str
    host: str
    port: int | None
    prefix: str
    slug: str
    secret: str = field(repr=False)

    @property
    def board(self) -> str:
        """The path under which the board's files stand."""
        return f"{self.prefix}board/{self.slug}/"

    @property
    def seat(self) -> str:
        """The path under which the seat's requests stand."""
        return f"{self.prefix}trustee/{self.slug}/"


def read_address(text: str) -> SeatAddress:
    """Read a seat's address.

    Raises: Trouble where it is none, lacks its secret, or would send it unprotected.
    """
    parts = urlsplit(text.strip())
    match = _PATH.fullmatch(parts.path)
    try:
        port = parts.port
    except ValueError as error:
        raise Trouble("The seat's address has a port that is no number.") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or match is None:
        raise Trouble(
            "This is no seat's address. It looks like "
            "https://votes.example/trustee/leader-2026/#…; copy it whole from the letter."
        )
    if parts.scheme == "http" and parts.hostname not in _HERE:
        raise Trouble("The seat's address must begin with https, or its secret could be read.")
    if not _SECRET.fullmatch(parts.fragment):
        raise Trouble("The seat's secret, behind the #, is missing or not whole.")
    return SeatAddress(
        parts.scheme, parts.hostname, port, match[1], match[2], parts.fragment
    )
