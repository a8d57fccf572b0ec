"""Holding the tellers' result against the sheet of the first count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def differences(sheet: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Name every figure in which the sheet of counting §10.2 and what the tellers told differ.

    Returns: a line each, such as "stages 2, votes, Ash Amin: 26 and 25"; none where they agree.
             What the sheet has besides (percentages, transfers, sentences) is not compared: it is
             worked out from these figures.
    """
    return list(_differences(sheet, told, ""))


def _differences(first: Any, second: Any, where: str) -> Iterator[str]:
    """Go by what the tellers told, so that what they do not tell is not asked of them."""
    if isinstance(second, Mapping) and isinstance(first, Mapping):
        for name, value in second.items():
            place = f"{where}, {name}" if where else str(name)
            yield from _differences(first.get(name), value, place)
        if where.endswith((", votes", ", sections")) and first.keys() != second.keys():
            yield f"{where}: {_names(first)} and {_names(second)}"
    elif isinstance(second, list) and isinstance(first, list) and len(first) == len(second):
        for number, (left, right) in enumerate(zip(first, second, strict=True), start=1):
            yield from _differences(left, right, f"{where} {number}")
    elif first != second:
        yield f"{where}: {first!r} and {second!r}"


def _names(members: Mapping[str, Any]) -> str:
    return ", ".join(members)
