"""What ends a run of the command before its work is done, and how it says so.

    TrusteeError
    ├── Trouble    something could not be done: it says nothing against anybody
    │   └── NoAnswer   … because the server does not answer: it may a little later
    ├── NotYet     the board does not show yet what is waited for
    └── Refused    a check failed: nothing was sent, and the trustee shows it to the others
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ballot.board.errors import BoardError
from ballot.sealing.errors import SealingError


class TrusteeError(Exception):
    """A run that ends early; its text is for the trustee."""


class Trouble(TrusteeError):
    """The network, a file, a passphrase: in plain words, with what to do."""


class NoAnswer(Trouble):
    """The server does not answer, or the connection broke."""


class NotYet(TrusteeError):
    """What is waited for, in words."""


class Refused(TrusteeError):
    """A check that failed.

    check: its name, of docs/spec/sealing.md §12, board.md §10 or trustees.md §6.
    where: on the board, or in the folder.  why: in words.
    """

    def __init__(self, check: str, where: str, why: str) -> None:
        super().__init__(f"{check}: {where}: {why}")
        self.check, self.where, self.why = check, where, why


@contextmanager
def checking(where: str, why: str) -> Iterator[None]:
    """Name the place at which a check of the core is made, and what its failure means."""
    try:
        yield
    except (SealingError, BoardError) as error:
        raise Refused(error.condition, where, f"{why} ({error})") from error
