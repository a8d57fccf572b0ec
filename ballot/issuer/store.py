"""What an issuer keeps: electors, their codes and the answers given, in one SQLite file.

Codes, names and addresses rest encrypted, bound to whose they are; pseudonyms, sections and
credentials stand in the clear.  Every change is one transaction, and on the disk when it returns.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from ballot.canonical import canonical, read_canonical
from ballot.issuance.errors import FileRefused
from ballot.issuance.lists import Contact, Particulars, in_a_line

CHUNK: Final = 10_000
_NONCE: Final = 12
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS head (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS elector (
    pseudonym BLOB PRIMARY KEY, section TEXT NOT NULL, contact BLOB, is_listed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS code (
    id INTEGER PRIMARY KEY, pseudonym BLOB NOT NULL, attempt INTEGER NOT NULL,
    credential BLOB NOT NULL UNIQUE, code BLOB, kind TEXT NOT NULL,
    letter TEXT NOT NULL DEFAULT 'waiting', why TEXT NOT NULL DEFAULT '', tranche INTEGER,
    UNIQUE (pseudonym, attempt)
);
CREATE INDEX IF NOT EXISTS code_letter ON code (letter, id);
CREATE TABLE IF NOT EXISTS answered (number INTEGER PRIMARY KEY, answer BLOB NOT NULL);
"""
_NEWEST: Final = """
  FROM elector e JOIN code c ON c.pseudonym = e.pseudonym
 WHERE e.is_listed
   AND c.attempt = (SELECT max(n.attempt) FROM code n WHERE n.pseudonym = c.pseudonym)
"""
_CREDENTIALS: Final = f"SELECT e.section, c.credential {_NEWEST} ORDER BY 1, 2"
_ROWS: Final = f"SELECT c.pseudonym, c.credential {_NEWEST} ORDER BY e.pseudonym"


class Made(StrEnum):
    """Why a code was made, which is what its letter says."""

    FIRST = "first"
    ADDED = "added"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is written down: whose, which of theirs, and what for."""

    pseudonym: bytes
    attempt: int
    credential: bytes
    code: str = field(repr=False)
    kind: Made


class Store:
    """The file. Open it with `opened`."""

    def __init__(self, connection: sqlite3.Connection, *, key: bytes) -> None:
        self.db = connection
        self._cipher = ChaCha20Poly1305(key)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """All of the changes within, or none."""
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    # --- whose election it is -------------------------------------------------------------------

    def particulars(self) -> Particulars | None:
        """What the letters say of the election; none before the first list."""
        row = self.db.execute("SELECT value FROM head WHERE name = 'particulars'").fetchone()
        return Particulars.parse(read_canonical(row[0]), what="what was kept") if row else None

    def keep_particulars(self, particulars: Particulars) -> None:
        """Keep what the newest file says of the election."""
        self.db.execute(
            "INSERT INTO head VALUES ('particulars', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [canonical(particulars.to_json())],
        )

    # --- electors and codes ---------------------------------------------------------------------

    def begin_list(self) -> None:
        """Whoever the new list does not name is listed no more."""
        self.db.execute("UPDATE elector SET is_listed = 0")

    def keep_contacts(self, contacts: Sequence[Contact]) -> None:
        """Keep who is named, with the address as it is given now."""
        self.db.executemany(
            "INSERT INTO elector VALUES (?, ?, ?, 1) ON CONFLICT (pseudonym) DO UPDATE"
            " SET section = excluded.section, contact = excluded.contact, is_listed = 1",
            (
                (one.pseudonym, one.section,
                 self._seal(in_a_line(one.to_json()), _contact_of(one.pseudonym)))
                for one in contacts
            ),
        )  # fmt: skip

    def contact(self, pseudonym: bytes) -> Contact | None:
        """Who an elector is, as last given; none who is unknown, or after the erasing."""
        row = self.db.execute(
            "SELECT contact FROM elector WHERE pseudonym = ?", [pseudonym]
        ).fetchone()
        return self.open_contact(pseudonym, row[0]) if row and row[0] else None

    def section(self, pseudonym: bytes) -> str | None:
        """The section of an elector; none of somebody unknown."""
        row = self.db.execute(
            "SELECT section FROM elector WHERE pseudonym = ?", [pseudonym]
        ).fetchone()
        return row[0] if row else None

    def known(self, pseudonyms: Sequence[bytes]) -> set[bytes]:
        """Which of these, at most CHUNK, have a code."""
        marks = ",".join("?" * len(pseudonyms))
        rows = self.db.execute(
            f"SELECT DISTINCT pseudonym FROM code WHERE pseudonym IN ({marks})",  # noqa: S608
            pseudonyms,
        )
        return {row[0] for row in rows}

    def keep_codes(self, codes: Iterable[Code]) -> None:
        """Keep new codes; their letters wait."""
        self.db.executemany(
            "INSERT INTO code (pseudonym, attempt, credential, code, kind) VALUES (?, ?, ?, ?, ?)",
            (
                (one.pseudonym, one.attempt, one.credential,
                 self._seal(one.code.encode(), _code_of(one.pseudonym, one.attempt)), one.kind)
                for one in codes
            ),
        )  # fmt: skip

    def credentials_of(self, pseudonym: bytes) -> list[bytes]:
        """An elector's credentials, in the order in which they were made."""
        rows = self.db.execute(
            "SELECT credential FROM code WHERE pseudonym = ? ORDER BY attempt", [pseudonym]
        )
        return [row[0] for row in rows]

    def listed(self) -> int:
        """How many electors the newest list names, and those added since."""
        return int(self.db.execute("SELECT sum(is_listed) FROM elector").fetchone()[0] or 0)

    def unlist(self, pseudonym: bytes) -> None:
        """Somebody was struck off the roll."""
        self.db.execute("UPDATE elector SET is_listed = 0 WHERE pseudonym = ?", [pseudonym])

    def credentials_listed(self) -> dict[str, bytes]:
        """By section, the newest credential of each elector on the list, ascending, joined."""
        joined: dict[str, bytearray] = {}
        for section, credential in self.db.execute(_CREDENTIALS):
            joined.setdefault(section, bytearray()).extend(credential)
        return {section: bytes(one) for section, one in joined.items()}

    def rows_listed(self) -> bytes:
        """pseudonym | credential of every elector on the list, by pseudonym, joined."""
        joined = bytearray()
        for pseudonym, credential in self.db.execute(_ROWS):
            joined += pseudonym + credential
        return bytes(joined)

    # --- answers --------------------------------------------------------------------------------

    def answer(self, number: int) -> bytes | None:
        """The answer that was given to a request; none before it was."""
        row = self.db.execute("SELECT answer FROM answered WHERE number = ?", [number]).fetchone()
        return row[0] if row else None

    def keep_answer(self, number: int, answer: bytes) -> None:
        """Keep an answer: whoever asks again gets the same."""
        self.db.execute("INSERT INTO answered VALUES (?, ?)", [number, answer])

    def erase(self) -> None:
        """Forget every code and every address; pseudonyms and credentials stay, to be signed for.

        `secure_delete` overwrites; what a disk keeps of its own accord no program reaches.
        """
        with self.changing():
            self.db.execute("UPDATE code SET code = NULL")
            self.db.execute("UPDATE elector SET contact = NULL")
            self.db.execute("UPDATE code SET letter = 'cancelled' WHERE letter = 'waiting'")
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def open_contact(self, pseudonym: bytes, sealed: bytes) -> Contact:
        """Who an elector is, from what rests of them."""
        opened = self._open(sealed, _contact_of(pseudonym))
        return Contact.parse(json.loads(opened), what="what was kept")

    def open_code(self, pseudonym: bytes, attempt: int, sealed: bytes) -> str:
        """A code, from what rests of it."""
        return self._open(sealed, _code_of(pseudonym, attempt)).decode()

    def _seal(self, plain: bytes, bound: bytes) -> bytes:
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, bound)

    def _open(self, sealed: bytes, bound: bytes) -> bytes:
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)


@contextmanager
def opened(path: Path, *, key: bytes) -> Iterator[Store]:
    """Open the file, or begin it; one program at a time."""
    path.touch(mode=0o600, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=1)
    try:
        _begin(connection)
        yield Store(connection, key=key)
    finally:
        connection.close()


def _begin(connection: sqlite3.Connection) -> None:
    """Take the file for this program alone: two at once would send a letter twice."""
    try:
        for pragma in (
            "locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = FULL",
            "secure_delete = ON",
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")
        connection.executescript(_SCHEMA)
    except sqlite3.OperationalError as error:
        raise FileRefused(
            "issuer-folder.busy",
            f"The folder is in use by another run of this program, or cannot be written ({error}).",
        ) from error


def _contact_of(pseudonym: bytes) -> bytes:
    return b"contact" + pseudonym


def _code_of(pseudonym: bytes, attempt: int) -> bytes:
    return b"code" + pseudonym + attempt.to_bytes(4, "big")
