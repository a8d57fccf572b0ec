"""What the server tells an outside issuer: the list of the electors, and later requests.

Spec: issuer §3 and §4.  Both are lines of canonical JSON in a file that the issuer alone can read
(ballot.sealing.letterbox): first a head, then a line an elector, or a line a request.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

from ballot.canonical import LABEL, Json, canonical
from ballot.issuance.errors import FileRefused
from ballot.issuance.reading import Read, read_object
from ballot.sealing.errors import ShareFileRejected
from ballot.sealing.letterbox import Reader

LIST: Final = "issuer-list"
REQUESTS: Final = "issuer-requests"
_WHAT: Final = {LIST: "a list for an issuer", REQUESTS: "a file of requests to an issuer"}
_PARTICULARS: Final = (
    "booth", "closes", "demonstration", "election", "helped_routes", "notice", "party", "reissue",
    "returning_officer", "title",
)  # fmt: skip
_CONTACT: Final = ("address", "elector", "email", "name", "pseudonym", "section")


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a letter says of the election.

    election: identifier, 16 bytes.  booth, notice, reissue: addresses of one site.
    closes:   in words, on the clocks of the election.
    """

    election: bytes
    title: str
    party: str
    returning_officer: str
    closes: str
    demonstration: bool
    helped_routes: tuple[str, ...]
    booth: str
    notice: str
    reissue: str

    def to_json(self) -> dict[str, Json]:
        """Give what a head says of the election."""
        return {
            **{name: getattr(self, name) for name in _PARTICULARS},
            "election": self.election.hex(),
            "helped_routes": list(self.helped_routes),
        }

    @classmethod
    def parse(cls, value: Any, *, what: str) -> Particulars:
        """Read it.  Raises: FileRefused "issuer-file.form" or "issuer-file.address"."""
        read = Read(value, *_PARTICULARS, what=what)
        found = cls(
            election=read.octets("election", 16),
            title=read.line("title", may_be_empty=False),
            party=read.line("party"),
            returning_officer=read.line("returning_officer"),
            closes=read.line("closes"),
            demonstration=read.flag("demonstration"),
            helped_routes=read.lines("helped_routes"),
            booth=read.line("booth", may_be_empty=False),
            notice=read.line("notice", may_be_empty=False),
            reissue=read.line("reissue", may_be_empty=False),
        )
        found._require_one_site()
        return found

    def _require_one_site(self) -> None:
        sites = {urlsplit(one)[:2] for one in (self.booth, self.notice, self.reissue)}
        ((scheme, host),) = sites if len(sites) == 1 else {("", "")}
        if scheme not in {"https", "http"} or not host or "#" in self.booth:
            raise FileRefused(
                "issuer-file.address",
                "The addresses in this file are not those of one site. Make no code: ask the "
                "returning officer where the file comes from.",
            )


@dataclass(frozen=True, slots=True)
class Contact:
    """One elector: pseudonym (16 bytes), section's code, and how they are greeted and reached.

    elector: enough to tell who of a household is meant.  email may be empty, address has no line
    that is.
    """

    pseudonym: bytes
    section: str
    name: str
    elector: str
    email: str
    address: tuple[str, ...]

    @property
    def goes_to(self) -> tuple[str, ...]:
        """Where a letter goes: by mail; and by post, where the envelope bears the name."""
        return (self.email, self.name, *self.address)

    def to_json(self) -> dict[str, Json]:
        """Give an elector's line."""
        return {
            "address": self.address, "elector": self.elector, "email": self.email,
            "name": self.name, "pseudonym": self.pseudonym.hex(), "section": self.section,
        }  # fmt: skip

    @classmethod
    def parse(cls, value: Any, *, what: str = _WHAT[LIST]) -> Contact:
        """Read it.  Raises: FileRefused "issuer-file.form"."""
        read = Read(value, *_CONTACT, what=what)
        return cls(
            pseudonym=read.octets("pseudonym", 16),
            section=read.line("section", longest=64, may_be_empty=False),
            name=read.line("name"),
            elector=read.line("elector"),
            email=read.line("email"),
            address=read.lines("address"),
        )


class Kind(StrEnum):
    """What is asked of an issuer."""

    ISSUE = "issue"  # Somebody was added to the roll, or restored.
    REISSUE = "reissue"  # An elector asks for a new code; the old one stays good meanwhile.
    REVOKE = "revoke"  # Somebody was struck off the roll: this credential dies.


@dataclass(frozen=True, slots=True)
class Request:
    """One request: its number, of which none comes twice; whom it is of; what shall die, if so."""

    number: int
    kind: Kind
    contact: Contact
    credential: bytes | None = None

    def to_json(self) -> dict[str, Json]:
        """Give a request's line."""
        credential = self.credential.hex() if self.credential else None
        return {"contact": self.contact.to_json(), "credential": credential,
                "kind": self.kind.value, "number": self.number}  # fmt: skip

    @classmethod
    def parse(cls, value: Any) -> Request:
        """Read it.  Raises: FileRefused "issuer-file.form"."""
        what = _WHAT[REQUESTS]
        read = Read(value, "contact", "credential", "kind", "number", what=what)
        try:
            kind = Kind(read.line("kind"))
        except ValueError as wrong:
            raise read.refused("it asks for something unknown") from wrong
        if (read.value("credential") is None) != (kind != Kind.REVOKE):
            raise read.refused("a credential is named that should not be, or none that should")
        credential = read.octets("credential", 32) if kind == Kind.REVOKE else None
        contact = Contact.parse(read.value("contact"), what=what)
        return cls(read.number("number"), kind, contact, credential)


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: for which issuer's key, about which election, and how many lines follow."""

    issuer: bytes
    particulars: Particulars
    lines: int


def written(use: str, head: Head, lines: Iterable[Contact | Request]) -> Iterator[bytes]:
    """Give a list or a file of requests in the clear, a line at a time.

    use: LIST or REQUESTS.
    """
    yield canonical({
        "format": LABEL + use, "issuer": head.issuer.hex(), "lines": head.lines,
        "particulars": head.particulars.to_json(),
    }) + b"\n"  # fmt: skip
    for line in lines:
        yield in_a_line(line.to_json()) + b"\n"


def in_a_line(value: dict[str, Json]) -> bytes:
    """Give the canonical JSON of a line: there are half a million, and their names are ASCII and
    their values texts, so that what else `canonical` looks after cannot occur."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return text.encode("utf-8")


class Opened:
    """A list or a file of requests that the issuer opened: its mark, its head, and its lines."""

    def __init__(self, use: str, file: BinaryIO, *, secret: bytes) -> None:
        """Raises: FileRefused "issuer-file.form" or "issuer-file.closed"."""
        self._use = use
        try:
            reader = Reader(use, file, secret=secret)
        except ShareFileRejected as wrong:
            raise FileRefused("issuer-file.form", f"This is not {_WHAT[use]}.") from wrong
        self.mark = reader.mark
        self._lines = _lines(reader)
        self.head = self._read_head(next(self._lines, b""))

    def _read_head(self, line: bytes) -> Head:
        what = _WHAT[self._use]
        read = read_object(
            line, "issuer", "lines", "particulars", form=LABEL + self._use, what=what
        )
        particulars = Particulars.parse(read.value("particulars"), what=what)
        return Head(read.octets("issuer", 32), particulars, read.number("lines"))

    def contacts(self) -> Iterator[Contact]:
        """Give the electors of a list, and refuse one that has not as many as its head says."""
        yield from map(Contact.parse, self._values())

    def requests(self) -> Iterator[Request]:
        """Give the requests of a file, and refuse one that has not as many as its head says."""
        yield from map(Request.parse, self._values())

    def _values(self) -> Iterator[Any]:
        found = 0
        for line in self._lines:
            found += 1
            try:
                yield json.loads(line)
            except ValueError as wrong:
                raise self._not_whole() from wrong
        if found != self.head.lines:
            raise self._not_whole()

    def _not_whole(self) -> FileRefused:
        return FileRefused("issuer-file.form", f"This is not {_WHAT[self._use]}, or not whole.")


def _lines(reader: Reader) -> Iterator[bytes]:
    """Cut what was written into its lines. Raises: FileRefused "issuer-file.closed"."""
    rest = b""
    try:
        for piece in reader.read():
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
    except ShareFileRejected as wrong:
        raise FileRefused(
            "issuer-file.closed",
            "This file was made for another key, or it is damaged. Fetch it again; if it still "
            "does not open, let the returning officer compare the card in the set-up with yours.",
        ) from wrong
    if rest:
        yield rest


def mark_in_words(mark: bytes) -> str:
    """Show a file's mark as people compare it: its first 128 bits, in groups of four digits."""
    digits = mark[:16].hex()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))
