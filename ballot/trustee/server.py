"""Asking the server: the board's files, the seat, and what the trustee hands in (trustees §2).

One connection is kept open, for a large board has thousands of files.  No redirect is followed, and
every answer is bounded.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ballot.canonical import Json, canonical
from ballot.trustee.address import SeatAddress
from ballot.trustee.errors import NoAnswer, Trouble

TIMEOUT_S: Final = 60.0
LARGEST_ANSWER: Final = 20_000_000
_TRIES: Final = 3
_PIECE: Final = 1 << 20
_OK, _PARTIAL = 200, 206
_CONNECTIONS: Final[dict[str, type[http.client.HTTPConnection]]] = {
    "https": http.client.HTTPSConnection,
    "http": http.client.HTTPConnection,
}


class Contradicted(Trouble):
    """The server has something else in the place of what was handed in (409)."""


class Absent(Trouble):
    """The server has no such file (404)."""


class Server:
    """The server of one seat."""

    def __init__(self, address: SeatAddress) -> None:
        self.address = address
        self._connection = _CONNECTIONS[address.scheme](
            address.host, address.port, timeout=TIMEOUT_S
        )

    def board_file(self, path: str, *, largest: int = LARGEST_ANSWER) -> bytes:
        """Give a file of the board (bundle §2.1).  Raises: Trouble, NoAnswer, Absent."""
        answer = self._ask("GET", self.address.board + path, {})
        return self._body(answer, path, largest)

    def save_board_file(self, path: str, kept: Path, *, size: int) -> None:
        """Save a large file of the board, going on where an earlier run stopped.

        size: how many bytes it must have.  Raises: Trouble, NoAnswer, Absent.
        """
        begun = kept.stat().st_size if kept.exists() else 0
        if begun == size:
            return
        headers = {"Range": f"bytes={begun}-"} if begun else {}
        answer = self._ask("GET", self.address.board + path, headers)
        goes_on = answer.status == _PARTIAL
        with kept.open("ab" if goes_on else "wb") as file:
            written = begun if goes_on else 0
            while piece := self._piece(answer, path):
                written += len(piece)
                if written > size:
                    self._connection.close()
                    raise Trouble(f"The server sends more of {path} than it may have.")
                file.write(piece)

    def seat(self) -> Any:
        """Ask what is due (trustees §3).  Raises: Trouble."""
        answer = self._ask("GET", self.address.seat + "seat", self._authorised())
        body = self._body(answer, "seat", LARGEST_ANSWER)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as error:
            raise Trouble("The server's answer about the seat is not JSON.") from error

    def post(self, path: str, content: Json | bytes) -> None:
        """Hand something in (trustees §2).  Raises: Trouble, NoAnswer, Contradicted."""
        body = content if isinstance(content, bytes) else canonical(content)
        kind = "application/octet-stream" if isinstance(content, bytes) else "application/json"
        headers = {**self._authorised(), "Content-Type": kind}
        answer = self._ask("POST", self.address.seat + path, headers, body)
        self._body(answer, path, LARGEST_ANSWER)

    def _authorised(self) -> dict[str, str]:
        return {"Authorization": f"Seat {self.address.secret}"}

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> http.client.HTTPResponse:
        """Ask; again when the connection fails, which changes nothing (trustees §2)."""
        named = {"User-Agent": "hustings-trustee", **headers}
        for attempt in range(1, _TRIES + 1):
            try:
                self._connection.request(method, path, body=body, headers=named)
                answer = self._connection.getresponse()
                break
            except (OSError, http.client.HTTPException) as error:
                self._connection.close()
                if attempt == _TRIES:
                    raise NoAnswer(f"{self.address.host} does not answer: {error}") from error
        if _OK <= answer.status < 300:
            return answer
        raise self._refusal(answer, path)

    def _refusal(self, answer: http.client.HTTPResponse, path: str) -> Trouble:
        said = _words(self._body(answer, path, LARGEST_ANSWER))
        if answer.status == 403:
            return Trouble(
                "The server does not know this seat's secret. Copy the newest letter's address; "
                f"the returning officer can send a new one. {said}".strip()
            )
        if answer.status == 404:
            return Absent(f"The server has no {path}. {said}".strip())
        if answer.status >= 500:
            return NoAnswer(f"The server is in trouble itself ({answer.status}): try again later.")
        kind = Contradicted if answer.status == 409 else Trouble
        return kind(f"The server refuses {path} ({answer.status}). {said}".strip())

    def _body(self, answer: http.client.HTTPResponse, path: str, largest: int) -> bytes:
        body = b""
        while piece := self._piece(answer, path):
            body += piece
            if len(body) > largest:
                self._connection.close()
                raise Trouble(f"The server sends more of {path} than it may have.")
        return body

    def _piece(self, answer: http.client.HTTPResponse, path: str) -> bytes:
        try:
            return answer.read(_PIECE)
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise NoAnswer(f"The connection broke while {path} was read: {error}") from error


def _words(body: bytes) -> str:
    """Give what a refusal says in words (trustees §2); nothing where it says nothing."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    message = said.get("message") if isinstance(said, dict) else None
    return message if isinstance(message, str) else ""
