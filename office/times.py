"""Days and hours as the desk and its letters write them: on the installation's own clocks.

An election's pages keep to the zone of the election (ballot.times).
"""

from __future__ import annotations

from datetime import datetime

from django.utils import dateformat, timezone


def hour_words(moment: datetime) -> str:
    """An hour with its day and its clocks: "26 November 2026, 09:30 (GMT)"."""
    return dateformat.format(timezone.localtime(moment), "j F Y, H:i (T)")


def day_words(moment: datetime) -> str:
    """The day on which something happened: "26 November 2026"."""
    return dateformat.format(timezone.localtime(moment), "j F Y")
