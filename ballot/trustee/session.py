"""One run: the seat, the folder and the board, which must belong together."""

from __future__ import annotations

from typing import Any

from ballot.board.errors import BoardError
from ballot.board.note import VerifierKey, read_key
from ballot.canonical import NotCanonical, canonical, read_canonical
from ballot.trustee.console import Console
from ballot.trustee.copy import BoardCopy
from ballot.trustee.errors import NotYet, Refused, Trouble
from ballot.trustee.folder import Folder
from ballot.trustee.passphrase import Passphrase
from ballot.trustee.record import Record
from ballot.trustee.seat import Seat, read_seat
from ballot.trustee.server import Server

_OWNER = "seat.json"
_KEY = "board.key"


class Session:
    """What one run works with.  `look` brings seat and board up to date.

    jobs:      how many processes the checks may use.
    board_key: the board's key as the trustee was told it elsewhere, or empty.
    checked:   what this run has checked of boxes, so as not to check it twice (`boxes`).
    """

    def __init__(
        self,
        server: Server,
        folder: Folder,
        *,
        console: Console,
        passphrase: Passphrase,
        jobs: int = 1,
        board_key: str = "",
    ) -> None:
        self.server, self.folder = server, folder
        self.console, self.passphrase, self.jobs = console, passphrase, jobs
        self._board_key = board_key
        self._seat: Seat | None = None
        self._copy: BoardCopy | None = None
        self._record: Record | None = None
        self.checked: dict[Any, Any] = {}

    @property
    def seat(self) -> Seat:
        """The seat as it was last asked for."""
        if self._seat is None:
            raise Trouble("The seat was not asked for yet.")
        return self._seat

    @property
    def copy(self) -> BoardCopy:
        """The board's download.  Raises: NotYet before the notice of poll."""
        if self._copy is None:
            raise NotYet("There is no board yet: the notice of poll was not given.")
        return self._copy

    @property
    def record(self) -> Record:
        """The board as it reads.  Raises: NotYet before the notice of poll."""
        if self._record is None:
            raise NotYet("There is no board yet: the notice of poll was not given.")
        return self._record

    def look(self) -> Seat:
        """Ask what is due, and bring the board up to date; check both (trustees §5).

        Raises: Refused, Trouble.
        """
        self._seat = read_seat(self.server.seat())
        self._require_own_folder(self._seat)
        if self._seat.board:
            self._open_board(self._seat)
            self.record.extend(self.copy.refresh(self.console.progress("downloading the board")))
            self._require_named_key(self._seat)
        return self._seat

    def _require_own_folder(self, seat: Seat) -> None:
        """Keep a folder to one seat: what it remembers is of one election's boxes."""
        owner: dict[str, str | int] = {"election": seat.election, "number": seat.number}
        kept = self.folder.read(_OWNER)
        if kept is None:
            self.folder.write(
                _OWNER, canonical({**owner, "name": seat.name, "title": seat.title})
            )
            return
        known = owner_of(self.folder)
        if {name: known.get(name) for name in owner} != owner:
            raise Trouble(
                f"{self.folder.root} belongs to another seat: trustee {known.get('number')} of "
                f"“{known.get('title')}”. Give each seat a folder of its own with --keep."
            )

    def _open_board(self, seat: Seat) -> None:
        if self._copy is not None:
            return
        key = self._known_key(seat.board)
        self._copy = BoardCopy(self.server, self.folder, key)
        self._record = Record(seat.election, blob=self._copy.blob)

    def _known_key(self, told: str) -> VerifierKey:
        """Give the board's key: as kept, or at first sight as told, and shown to be compared."""
        kept = self.folder.read(_KEY)
        known = kept.decode() if kept is not None else self._board_key or told
        if known != told or (self._board_key and self._board_key != known):
            why = (
                f"The server names the key {told}, and known here is {known}. "
                "A board has one key for good."
            )
            raise Refused("board.key", "the seat", why)
        try:
            key = read_key(told)
        except BoardError as error:
            raise Refused(error.condition, "the seat", "The board's key cannot be read.") from error
        if kept is None:
            self.console.say(_COMPARE.format(key=told))
            self.folder.write(_KEY, told.encode())
        return key

    def _require_named_key(self, seat: Seat) -> None:
        """Check that the board begins with a notice, which names its key (bundle §5.3)."""
        notice = self.record.only("notice")
        if notice.number != 0 or notice.content.text("board") != seat.board:
            why = "The board does not begin with a notice that names the key by which it is signed."
            raise Refused("notice.board", notice.where, why)


_COMPARE = """\
This is the first time that this folder sees the board. Its key is

    {key}

Compare it with the printed notice of poll, or with what another trustee sees, before you go on.
If it differs, stop, and show it to the others.
"""


def owner_of(folder: Folder) -> dict[str, Any]:
    """Give whose folder this is; nothing known where no seat was opened with it.

    Raises: Trouble.
    """
    try:
        known = read_canonical(folder.read(_OWNER) or b"{}")
    except NotCanonical as error:
        raise Trouble(f"{folder.root / _OWNER} is damaged.") from error
    return known if isinstance(known, dict) else {}
