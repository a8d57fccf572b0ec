"""A court's order, as an act names it: which court, of what day, under what reference."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from ballot.canonical import Json
from ballot.names import clean_line
from ballot.services.legible import legible
from office.refusal import Refusal

LONGEST = 200
_LINES = ("court", "reference")


def order_content(order: Mapping[str, str] | None, *, now: datetime) -> Json:
    """The order as it stands on the board, or null where no court ordered the act.

    order: `court` and `reference` as text, `dated` as YYYY-MM-DD.
    """
    if order is None:
        return None
    told: dict[str, Json] = {name: _line(name, order[name]) for name in _LINES}
    return {**told, "dated": _dated(order["dated"], now=now).isoformat()}


def _line(name: str, text: str) -> str:
    line = legible(clean_line, text, what=f"The {name}")
    if not 1 <= len(line) <= LONGEST:
        raise Refusal(
            "order.incomplete",
            "Name the court, the day of its order and the order’s reference, each in up to "
            f"{LONGEST} characters; they will be published.",
        )
    return line


def _dated(text: str, *, now: datetime) -> date:
    day = date.fromisoformat(text)
    if day > now.date():
        raise Refusal(
            "order.not-yet-made", "The order’s date lies ahead. Give the day it was made."
        )
    return day
