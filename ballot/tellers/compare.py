"""Holding the tellers' result against the sheet of the first count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Place = tuple[str | int, ...]

# Members with a figure of each candidate, or of each section: both counts have just the same names.
_OF_NAMES: Final = {"votes", "weighted", "percent", "to", "elected_by", "sections"}
# Members that a sheet has by some methods alone: those of another method are a difference.
_OF_SOME_METHODS: Final = ("places", "quota", "weighted")


@dataclass(frozen=True, slots=True)
class Apart:
    """One figure in which two counts differ.

    place:         the names and numbers (from 1) that lead to it: ("stages", 2, "votes", "Ash").
    first, second: what each count says; None where it says nothing of it.
    """

    place: Place
    first: Any
    second: Any

    def __str__(self) -> str:
        return f"{_where(self.place)}: {_written(self.first)} and {_written(self.second)}"


@dataclass(frozen=True, slots=True)
class Names:
    """Whom, or what, one of two counts has figures of, where the other has figures of others."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.names)


def differences(sheet: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """Name every figure in which the sheet of counting §10.2 and what the tellers told differ.

    Returns: a line each, such as "stages 2, votes, Ash Amin: 26 and 25"; none where they agree.
             What the sheet has besides (`tell`: its title, rules and sentences) is not compared.
    """
    return [str(one) for one in apart(sheet, told)]


def apart(sheet: Mapping[str, Any], told: Mapping[str, Any]) -> list[Apart]:
    """The same as values, for whoever shows them."""
    return list(_apart(sheet, told, ()))


def _apart(first: Any, second: Any, place: Place) -> Iterator[Apart]:
    """Go by what the tellers told, so that what they do not tell is not asked of them."""
    if isinstance(second, Mapping) and isinstance(first, Mapping):
        yield from _apart_by_name(first, second, place)
    elif isinstance(second, list) and isinstance(first, list) and len(first) == len(second):
        for number, (left, right) in enumerate(zip(first, second, strict=True), start=1):
            yield from _apart(left, right, (*place, _called(right, number)))
    elif first != second:
        yield Apart(place, first, second)


def _apart_by_name(
    first: Mapping[str, Any], second: Mapping[str, Any], place: Place
) -> Iterator[Apart]:
    for name, value in second.items():
        yield from _apart(first.get(name), value, (*place, str(name)))
    if place and place[-1] in _OF_NAMES:
        if first.keys() != second.keys():
            yield Apart(place, Names(tuple(first)), Names(tuple(second)))
        return
    for name in _OF_SOME_METHODS:
        if name in first and name not in second:
            yield Apart((*place, name), first[name], None)


def _called(one: Any, number: int) -> str | int:
    """One of a list by its name, as a section is, or by its number."""
    return str(one["name"]) if isinstance(one, Mapping) and "name" in one else number


def _where(place: Place) -> str:
    said = ""
    for one in place:
        said += f" {one}" if isinstance(one, int) else f", {one}"
    return said.removeprefix(", ")


def _written(value: Any) -> str:
    return str(value) if isinstance(value, Names) else repr(value)
