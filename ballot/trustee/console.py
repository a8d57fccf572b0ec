"""What the trustee reads while the software works: sentences, and a bar with the time left."""

from __future__ import annotations

import sys
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TextIO

_WIDTH: Final = 30
_EVERY_S: Final = 0.2


@dataclass
class Console:
    """Where sentences go, and bars: a bar on a terminal alone."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    _last: str = ""

    def say(self, text: str) -> None:
        """Say something."""
        self.out.write(plain(text) + "\n")
        self.out.flush()

    def warn(self, text: str) -> None:
        """Say why a run ends."""
        self.err.write(plain(text) + "\n")
        self.err.flush()

    def say_once(self, text: str) -> None:
        """Say something, unless it was the last that was said so."""
        if text and text != self._last:
            self._last = text
            self.say(text)

    def progress(self, label: str) -> Callable[[int, int], None]:
        """Give what shows how far one piece of work is, of how much."""
        begun = self.clock()
        shown = begun - _EVERY_S

        def tell(done: int, of: int) -> None:
            nonlocal shown
            now = self.clock()
            is_end = done >= of
            if not self.err.isatty() or not of or (now - shown < _EVERY_S and not is_end):
                return
            shown = now
            line = _bar(label, done, of, now - begun)
            self.err.write("\r\033[K" if is_end else f"\r\033[K{line}")
            self.err.flush()

        return tell


def plain(text: str) -> str:
    """Give a text without what a terminal obeys: others' words must not move its cursor."""
    return "".join(
        "�" if unicodedata.category(one).startswith("C") and one != "\n" else one for one in text
    )


def _bar(label: str, done: int, of: int, taken_s: float) -> str:
    full = _WIDTH * min(done, of) // of
    left = f"{_time(taken_s * (of - done) / done)} left" if done else ""
    return f"  {label}  {'█' * full}{'·' * (_WIDTH - full)} {100 * done // of:>3} %  {left}"


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
