"""The letters that a mail server refuses one after another, over all connections of a turn."""

from __future__ import annotations

import threading

REFUSED_IN_A_ROW = 25
"""After so many refused with nothing taken between them, it is not the letters."""


class RefusedInARow(Exception):
    """The mail server refused letter after letter: no letter of them is at fault."""


class RefusedLetters:
    """How many were refused in a row in one turn, by all who send in it."""

    def __init__(self) -> None:
        self._in_a_row = 0
        self._lock = threading.Lock()

    def end(self) -> None:
        """A letter was taken."""
        with self._lock:
            self._in_a_row = 0

    def add(self) -> None:
        with self._lock:
            self._in_a_row += 1
            if self._in_a_row >= REFUSED_IN_A_ROW:
                raise RefusedInARow
