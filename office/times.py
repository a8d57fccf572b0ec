"""Days and hours as the desk and its letters write them: on the installation's own clocks.

An election's pages keep to the zone of the election (ballot.times).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import dateformat, timezone


def on_the_clocks(moment: datetime, form: str) -> str:
    """A moment in a form of the framework's, and its clocks, which that leaves out in autumn."""
    local = timezone.localtime(moment)
    return f"{dateformat.format(local, form)} ({local:%Z})"


def hour_words(moment: datetime) -> str:
    """An hour with its day and its clocks: "26 November 2026, 09:30 (GMT)"."""
    return on_the_clocks(moment, "j F Y, H:i")


def day_words(moment: datetime) -> str:
    """The day on which something happened: "26 November 2026"."""
    return dateformat.format(timezone.localtime(moment), "j F Y")
