"""The rules of one contest's electorate, as data.

A value of Rules is made by rules_from_json alone, which refuses what it does not know: a
field that is misspelt must not quietly let everybody in. The format is versioned, and rules
once written are never changed, only followed by others. Format 2 (docs/roll.md §1) is the one
that is written; format 1, which knew no days of one section, no grace and no levy, is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from members.eligibility.errors import RulesRefused

FORMAT: Final = 2
FORMATS: Final = (1, 2)
OLDEST_MINIMUM: Final = 120
LONGEST_GRACE: Final = 366
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
# What format 1 did not have yet, and what its rules mean by that.
_FIELDS_OF_2: Final[Mapping[str, object]] = {
    "joined_by_in": {},
    "paid_up_on_in": {},
    "grace_days": 0,
    "levy_sections": [],
}


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may vote. None, or an empty set of units, means that the rule is not asked.

    joined_by:   the freeze date: joined on or before this day.
    paid_up_on:  paid until this day or a later one, or not more than grace_days before it.
    standings:   the standings that may vote; never empty.
    minimum_age, age_on: at least so many years old on that day; both or neither.
    sections:    codes of the sections that may vote; never empty.
    units:       keys of the units that may vote; empty for all, and for people with none.
    joined_by_in, paid_up_on_in: by code, the sections that have a day of their own in place of
                 joined_by and paid_up_on; None: it is not asked of them.
    levy_sections: codes of the sections whose people must have the levy confirmed.
    """

    joined_by: date | None
    paid_up_on: date | None
    standings: frozenset[str]
    minimum_age: int | None
    age_on: date | None
    sections: frozenset[str]
    units: frozenset[str]
    joined_by_in: Mapping[str, date | None]
    paid_up_on_in: Mapping[str, date | None]
    grace_days: int
    levy_sections: frozenset[str]

    def joined_by_of(self, section: str) -> date | None:
        """The freeze date of one section; None: it is not asked of its people."""
        return self.joined_by_in.get(section, self.joined_by)

    def paid_up_on_of(self, section: str) -> date | None:
        """The day on which one section's people must be paid up; None: they need not."""
        return self.paid_up_on_in.get(section, self.paid_up_on)


def rules_from_json(value: object) -> Rules:
    """Read rules from a decoded JSON value.

    value:  an object with "format": 2 and every field of Rules, or of format 1; dates are
            "2016-01-12" or null, sets are lists of text without repeats, days by section are
            objects from a section's code to a date or null.
    Raises: RulesRefused, naming the field.
    """
    if not isinstance(value, Mapping):
        raise RulesRefused("rules", "The rules are not a JSON object.")
    whole = _in_format_2(value)
    _refuse_other_fields(whole)
    rules = Rules(
        joined_by=_day(whole, "joined_by"),
        paid_up_on=_day(whole, "paid_up_on"),
        standings=_names(whole, "standings"),
        minimum_age=_number(whole, "minimum_age", OLDEST_MINIMUM),
        age_on=_day(whole, "age_on"),
        sections=_names(whole, "sections"),
        units=_names(whole, "units"),
        joined_by_in=_days(whole, "joined_by_in"),
        paid_up_on_in=_days(whole, "paid_up_on_in"),
        grace_days=_number(whole, "grace_days", LONGEST_GRACE, least=0) or 0,
        levy_sections=_names(whole, "levy_sections"),
    )
    _refuse_nonsense(rules)
    return rules


def _in_format_2(value: Mapping[object, object]) -> Mapping[object, object]:
    """The same rules with every field of format 2, whichever format they were written in."""
    written = value.get("format")
    if written not in FORMATS or isinstance(written, bool):
        raise RulesRefused("format", f"Only formats {FORMATS[0]} and {FORMATS[-1]} can be read.")
    if written == FORMAT:
        return value
    whole = dict(value)
    for name, meant in _FIELDS_OF_2.items():
        if name in whole:
            raise RulesRefused(name, "Format 1 has no such rule.")
        whole[name] = meant
    return whole


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
        "joined_by_in": {code: _iso(day) for code, day in sorted(rules.joined_by_in.items())},
        "paid_up_on_in": {code: _iso(day) for code, day in sorted(rules.paid_up_on_in.items())},
        "grace_days": rules.grace_days,
        "levy_sections": sorted(rules.levy_sections),
    }


def rules_in_words(rules: Rules, names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Each rule as a sentence that a notice of poll can print, in the order they are asked.

    names: what to call a section, unit or standing; its code or key where left out.
    """
    return tuple(_sentences(rules, names or {}))


def changes_in_words(
    before: Rules, after: Rules, names: Mapping[str, str] | None = None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What a next version of rules no longer says, and what it says instead: two lists."""
    was, becomes = rules_in_words(before, names), rules_in_words(after, names)
    return (
        tuple(each for each in was if each not in becomes),
        tuple(each for each in becomes if each not in was),
    )


def day_in_words(day: date) -> str:
    """12 January 2016: written out, so that no one reads the month as the day."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def _sentences(rules: Rules, names: Mapping[str, str]) -> list[str]:
    said = [
        "Be on the membership list.",
        f"Be in one of these sections: {_call(rules.sections, ', ', names)}.",
    ]
    if rules.units:
        said.append(f"Belong to one of these units: {_call(rules.units, ', ', names)}.")
    said.append(f"Have this standing: {_call(rules.standings, ' or ', names)}.")
    said += _of_days(rules, names)
    if rules.levy_sections:
        said.append(
            "Have the levy confirmed by the affiliate, in these sections: "
            f"{_call(rules.levy_sections, ', ', names)}."
        )
    if rules.minimum_age is not None and rules.age_on:
        day = day_in_words(rules.age_on)
        said.append(f"Be at least {rules.minimum_age} years old on {day}.")
    said.append(
        "Vote once: somebody on the list more than once votes in the section that comes first."
    )
    return said


def _of_days(rules: Rules, names: Mapping[str, str]) -> Iterator[str]:
    """The rules about days: the one for everybody, then those of single sections."""
    grace = grace_in_words(rules.grace_days)
    for words, day, own, ends, free in (
        ("have joined on or before", rules.joined_by, rules.joined_by_in, "",
         "the day of joining does not matter"),
        ("be paid up on", rules.paid_up_on, rules.paid_up_on_in, grace,
         "need not be paid up"),
    ):  # fmt: skip
        if day:
            yield f"{words.capitalize()} {day_in_words(day)}{ends}."
        for code, other in sorted(own.items()):
            said = f"{words} {day_in_words(other)}{ends}" if other else free
            yield f"In the section {names.get(code, code)}: {said}."


def grace_in_words(days: int) -> str:
    """The grace for arrears, to follow a day; nothing where there is none."""
    return f", or have paid until {_plural(days)} before it or later" if days else ""


def _plural(days: int) -> str:
    return "one day" if days == 1 else f"{days} days"


def _call(codes: frozenset[str], joint: str, names: Mapping[str, str]) -> str:
    return joint.join(sorted(names.get(code, code) for code in codes))


def _refuse_other_fields(value: Mapping[object, object]) -> None:
    known = {"format", *_FIELDS, *_FIELDS_OF_2}
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
    for field in ("joined_by_in", "paid_up_on_in", "levy_sections"):
        for code in sorted(set(getattr(rules, field)).difference(rules.sections)):
            raise RulesRefused(field, f"“{code}” is not one of the sections that may vote.")
    if rules.grace_days and not any((rules.paid_up_on, *rules.paid_up_on_in.values())):
        raise RulesRefused("grace_days", "Days of grace need a day on which to be paid up.")
    if (rules.minimum_age is None) != (rules.age_on is None):
        missing = "age_on" if rules.age_on is None else "minimum_age"
        raise RulesRefused(missing, "A minimum age and the day it is asked on go together.")


def _day(value: Mapping[object, object], name: str) -> date | None:
    return _read_day(value[name], name)


def _days(value: Mapping[object, object], name: str) -> dict[str, date | None]:
    given = value[name]
    if not isinstance(given, Mapping) or not all(isinstance(code, str) for code in given):
        raise RulesRefused(name, "Write an object from a section's code to a date or null.")
    return {code: _read_day(day, name) for code, day in sorted(given.items())}


def _read_day(given: object, name: str) -> date | None:
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


def _number(
    value: Mapping[object, object], name: str, most: int, *, least: int = 1
) -> int | None:
    given = value[name]
    if given is None and least:
        return None
    if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
        raise RulesRefused(name, f"Write a whole number from {least} to {most}.")
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
