"""Progress of a command in a terminal: one line that is rewritten, or plain lines in a log."""

from __future__ import annotations

import sys
import time
from typing import TextIO

BAR = 28


class TerminalListener:
    """Shows each step with a bar, a rate and the time left; in a log, a line a step."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._is_terminal = out.isatty()
        self._words = ""
        self._unit = ""
        self._done = 0
        self._total = 0
        self._begun = time.monotonic()
        self._step_begun = self._begun
        self._shown = 0.0

    def step(self, words: str) -> None:
        """Begin a step; the one before it is finished."""
        self.finish()
        self._words = words
        self._begin(unit="")
        self._step_begun = self._begun
        if self._is_terminal:
            self._show()

    def finish(self) -> None:
        """Say how long the step took."""
        if self._words:
            seconds = time.monotonic() - self._step_begun
            line = f"  {self._words:<34} {seconds:8.1f} s"
            self._out.write(f"\r\033[K{line}\n" if self._is_terminal else f"{line}\n")
            self._out.flush()
        self._words = ""

    def report(
        self,
        *,
        done: int | None = None,
        total: int | None = None,
        stage: str | None = None,
        unit: str | None = None,
    ) -> None:
        """The listener of long work (office.progress.Report)."""
        if stage is not None:
            self._begin(unit=unit or "")
        self._unit = unit if unit is not None else self._unit
        self._total = total if total is not None else self._total
        self._done = done if done is not None else self._done
        if self._is_terminal and time.monotonic() - self._shown > 0.2:
            self._show()

    def _begin(self, *, unit: str) -> None:
        self._begun = time.monotonic()
        self._unit, self._done, self._total = unit, 0, 0

    def _show(self) -> None:
        self._shown = time.monotonic()
        share = min(self._done / self._total, 1.0) if self._total else 0.0
        bar = "█" * int(BAR * share) + "░" * (BAR - int(BAR * share))
        seconds = max(self._shown - self._begun, 0.001)
        rate = self._done / seconds
        left = f", {(self._total - self._done) / rate:.0f} s left" if rate and share < 1 else ""
        figures = f"{self._done:,} of {self._total:,} {self._unit}" if self._total else ""
        pace = f" ({rate:,.0f} a second{left})" if self._done else ""
        self._out.write(f"\r\033[K  {self._words:<34} {bar} {figures}{pace}")
        self._out.flush()
