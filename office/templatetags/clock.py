"""Hours on the installation's clocks, named. Every template knows this filter (config.settings)."""

from __future__ import annotations

from datetime import datetime

from django import template

from office.times import on_the_clocks

register = template.Library()


@register.filter
def clock(moment: datetime | None, form: str) -> str:
    """An hour in a form of the framework's `date`: "j M Y, H:i" → "26 Nov 2026, 09:30 (GMT)"."""
    return on_the_clocks(moment, form) if moment else ""
