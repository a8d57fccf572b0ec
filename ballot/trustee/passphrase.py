"""The passphrase of the share file: asked for, or in a file for scripts; never an argument."""

from __future__ import annotations

from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from ballot.sealing.errors import ShareFileRejected
from ballot.sealing.sharefile import SHORTEST_PASSPHRASE, Kept, open_share
from ballot.trustee.errors import Refused, Trouble

_TRIES = 3


class Passphrase:
    """Asks once a run, and keeps the answer in memory.  ask: as `getpass`."""

    def __init__(self, file: Path | None = None, *, ask: Callable[[str], str] = getpass) -> None:
        self._file, self._ask = file, ask
        self._known = ""

    def new(self) -> str:
        """Ask for one that is to protect the share; twice, for nobody can restore it.

        Raises: Trouble.
        """
        if self._known:
            return self._known
        chosen = self._asked(
            "Choose a passphrase for your share, twelve characters or more. Nobody can restore it: "
        )
        if len(chosen) < SHORTEST_PASSPHRASE:
            raise Trouble(
                f"The passphrase must have {SHORTEST_PASSPHRASE} characters or more. Begin again."
            )
        if self._file is None and self._ask("The same passphrase again: ") != chosen:
            raise Trouble("The two are not the same. Begin again.")
        self._known = chosen
        return chosen

    def known(self) -> str:
        """Give the one that has opened something in this run.  Raises: Trouble."""
        if not self._known:
            raise Trouble("The passphrase is not known yet.")
        return self._known

    def open(self, kept: bytes, what: str) -> Kept:
        """Open a share file; a passphrase mistyped at the prompt is asked for again.

        Raises: Trouble; Refused "sharefile.format".
        """
        for _ in range(_TRIES):
            passphrase = self._known or self._asked(f"The passphrase of {what}: ")
            try:
                opened = open_share(kept, passphrase=passphrase)
            except ShareFileRejected as error:
                if error.condition != "sharefile.passphrase":
                    why = "It is damaged, or no share file. Restore it from the paper backup."
                    raise Refused(error.condition, what, why) from error
                self._known = ""
                if self._file is not None:
                    break
                continue
            self._known = passphrase
            return opened
        raise Trouble(f"The passphrase does not open {what}, or the file was changed.")

    def _asked(self, prompt: str) -> str:
        if self._file is None:
            try:
                return self._ask(prompt)
            except EOFError as error:
                raise Trouble("A passphrase is needed, and there is nobody to ask.") from error
        try:
            return self._file.read_text("utf-8").rstrip("\r\n")
        except (OSError, ValueError) as error:
            raise Trouble(f"The file with the passphrase cannot be read: {error}") from error
