"""The rules of one contest's electorate, as data.

A value of Rules is made by rules_from_json alone, which refuses what it does not know: a
field that is misspelt must not quietly let everybody in. The format is versioned, and rules
once written are never changed, only followed by others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from members.eligibility.errors import RulesRefused

FORMAT: Final = 1
OLDEST_MINIMUM: Final = 120
YEARS: Final = range(1900, 2200)
_ISO_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
STANDINGS: Final = ("good", "arrears", "lapsed", "suspended", "excluded", "resigned", "deceased")
_FIELDS: Final = (
    "joined_by",
    "paid_up_on",
    "standings",
    "minimum_age",
    "age_on",
    "sections",
    "units",
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may vote. None, or an empty set of units, means that the rule is not asked.

    joined_by:   the freeze date: joined on or before this day.
    paid_up_on:  paid until this day or a later one.
    standings:   the standings that may vote; never empty.
    minimum_age, age_on: at least so many years old on that day; both or neither.
    sections:    codes of the sections that may vote; never empty.
    units:       keys of the units that may vote; empty for all, and for people with none.
    """

    joined_by: date | None
    paid_up_on: date | None
    standings: frozenset[str]
    minimum_age: int | None
    age_on: date | None
    sections: frozenset[str]
    units: frozenset[str]


def rules_from_json(value: object) -> Rules:
    """Read rules from a decoded JSON value.

    value:  an object with "format": 1 and every field of Rules; dates are "2016-01-12" or
            null, sets are lists of text without repeats.
    Raises: RulesRefused, naming the field.
    """
    if not isinstance(value, Mapping):
        raise RulesRefused("rules", "The rules are not a JSON object.")
    _refuse_other_fields(value)
    if value["format"] != FORMAT or isinstance(value["format"], bool):
        raise RulesRefused("format", f"Only format {FORMAT} of the rules can be read.")
    rules = Rules(
        joined_by=_day(value, "joined_by"),
        paid_up_on=_day(value, "paid_up_on"),
        standings=_names(value, "standings"),
        minimum_age=_age(value["minimum_age"]),
        age_on=_day(value, "age_on"),
        sections=_names(value, "sections"),
        units=_names(value, "units"),
    )
    _refuse_nonsense(rules)
    return rules


def rules_to_json(rules: Rules) -> dict[str, object]:
    """The rules as a value for JSON, in one shape only: rules_from_json reads it back."""
    return {
        "format": FORMAT,
        "joined_by": _iso(rules.joined_by),
        "paid_up_on": _iso(rules.paid_up_on),
        "standings": sorted(rules.standings),
        "minimum_age": rules.minimum_age,
        "age_on": _iso(rules.age_on),
        "sections": sorted(rules.sections),
        "units": sorted(rules.units),
    }


def rules_in_words(rules: Rules, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Each rule as a sentence that a notice of poll can print, in the order they are asked.

    names: what to call a section, unit or standing; its code or key where left out.
    """
    return tuple(_sentences(rules, names or {}))


def day_in_words(day: date) -> str:
    """12 January 2016: written out, so that no one reads the month as the day."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _sentences(rules: Rules, names: Mapping[str, str]) -> list[str]:
    def call(codes: frozenset[str], joint: str) -> str:
        return joint.join(sorted(names.get(code, code) for code in codes))

    said = [
        "Be on the membership list.",
        f"Be in one of these sections: {call(rules.sections, ', ')}.",
    ]
    if rules.units:
        said.append(f"Belong to one of these units: {call(rules.units, ', ')}.")
    said.append(f"Have this standing: {call(rules.standings, ' or ')}.")
    if rules.joined_by:
        said.append(f"Have joined on or before {day_in_words(rules.joined_by)}.")
    if rules.paid_up_on:
        said.append(f"Be paid up on {day_in_words(rules.paid_up_on)}.")
    if rules.minimum_age is not None and rules.age_on:
        day = day_in_words(rules.age_on)
        said.append(f"Be at least {rules.minimum_age} years old on {day}.")
    return said


def _refuse_other_fields(value: Mapping[object, object]) -> None:
    known = {"format", *_FIELDS}
    for name in value:
        if name not in known:
            raise RulesRefused(str(name), "There is no rule of this name.")
    for name in sorted(known):
        if name not in value:
            raise RulesRefused(name, "This rule is missing; write null or [] if it is not asked.")


def _refuse_nonsense(rules: Rules) -> None:
    if not rules.standings:
        raise RulesRefused("standings", "Choose at least one standing that may vote.")
    for standing in sorted(rules.standings.difference(STANDINGS)):
        raise RulesRefused("standings", f"“{standing}” is not a standing.")
    if not rules.sections:
        raise RulesRefused("sections", "Choose at least one section that may vote.")
    if (rules.minimum_age is None) != (rules.age_on is None):
        missing = "age_on" if rules.age_on is None else "minimum_age"
        raise RulesRefused(missing, "A minimum age and the day it is asked on go together.")


def _day(value: Mapping[object, object], name: str) -> date | None:
    given = value[name]
    if given is None:
        return None
    if not isinstance(given, str) or not _ISO_DATE.fullmatch(given):
        raise RulesRefused(name, "Write the date like 2016-01-12.")
    try:
        day = date.fromisoformat(given)
    except ValueError:
        raise RulesRefused(name, "There is no such day in the calendar.") from None
    if day.year not in YEARS:
        raise RulesRefused(name, f"Write a year from {YEARS[0]} to {YEARS[-1]}.")
    return day


def _age(given: object) -> int | None:
    if given is None:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given <= OLDEST_MINIMUM:
        raise RulesRefused("minimum_age", f"Write a whole number from 1 to {OLDEST_MINIMUM}.")
    return given


def _names(value: Mapping[object, object], name: str) -> frozenset[str]:
    given = value[name]
    if not isinstance(given, list) or not all(isinstance(each, str) and each for each in given):
        raise RulesRefused(name, "Write a list of names.")
    if len(set(given)) != len(given):
        raise RulesRefused(name, "A name stands twice in this list.")
    return frozenset(given)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
