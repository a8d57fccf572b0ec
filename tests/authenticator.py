"""Codes of an authenticator app, which are good for what is left of their half minute."""

from __future__ import annotations

import time


def wait_for_whole_step() -> None:
    """Wait until a code that is shown now is good for four seconds more."""
    while time.time() % 30 > 26:
        time.sleep(0.1)
