"""What the program shows while it works: one line, rewritten; in a log, a line at the end."""

from __future__ import annotations

import sys
import time
from typing import Final, TextIO

_BAR: Final = 28
_EVERY_S: Final = 0.2


class Bar:
    """The progress of one long step."""

    def __init__(self, words: str, *, unit: str, out: TextIO = sys.stderr) -> None:
        self._words, self._unit, self._out = words, unit, out
        self._begun = self._shown = time.monotonic()
        self._is_over = False

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is; at the end, how long it took."""
        now = time.monotonic()
        if done >= total and not self._is_over:
            self._is_over = True
            clear = "\r\033[K" if self._out.isatty() else ""
            self._out.write(
                f"{clear}  {self._words}: {total:,} {self._unit}, {now - self._begun:.1f} s\n"
            )
        elif done < total and self._out.isatty() and now - self._shown > _EVERY_S:
            self._shown = now
            filled = _BAR * done // total
            bar = "█" * filled + "░" * (_BAR - filled)
            self._out.write(f"\r\033[K  {self._words} {bar} {done:,} of {total:,} {self._unit}")
        self._out.flush()
