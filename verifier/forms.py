"""Forms of JSON values, put together from small ones: what an entry's content must be.

A form is a function of a value and of where it stands; it returns nothing, or raises Failed
(entry.content). Objects have exactly the named members.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from verifier.failure import Failed
from verifier.record import LOWER_CASE

Form = Callable[[object, str], None]
LARGEST_NUMBER = 2**53 - 1
_TIME = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_CODE = re.compile("[a-z0-9-]+")


def _wrong(where: str, meant: str) -> Failed:
    return Failed("entry.content", where, f"It is to be {meant}.")


def text(value: object, where: str) -> None:
    """Text of any length."""
    if not isinstance(value, str):
        raise _wrong(where, "text")


def null(value: object, where: str) -> None:
    """Null alone: a member that this version does not use."""
    if value is not None:
        raise _wrong(where, "null")


def truth(value: object, where: str) -> None:
    """True or false."""
    if not isinstance(value, bool):
        raise _wrong(where, "true or false")


def number(value: object, where: str) -> None:
    """A whole number, 0 or more. To Python, true is a number: here it is not."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_NUMBER:
        raise _wrong(where, "a whole number")


def positive(value: object, where: str) -> None:
    """A whole number, 1 or more."""
    number(value, where)
    if value == 0:
        raise _wrong(where, "1 or more")


def nothing(value: object, where: str) -> None:
    """null."""
    if value is not None:
        raise _wrong(where, "null")


def any_object(value: object, where: str) -> None:
    """An object whose members are not settled here."""
    if not isinstance(value, dict):
        raise _wrong(where, "an object")


def time(value: object, where: str) -> None:
    """A time that there is, YYYY-MM-DDTHH:MM:SSZ."""
    _that_there_is(_TIME, value, where, "a time, YYYY-MM-DDTHH:MM:SSZ")


def day(value: object, where: str) -> None:
    """A day that there is, YYYY-MM-DD."""
    _that_there_is(_DAY, value, where, "a day, YYYY-MM-DD")


def _that_there_is(pattern: re.Pattern[str], value: object, where: str, meant: str) -> None:
    if isinstance(value, str) and pattern.fullmatch(value):
        try:
            datetime.fromisoformat(value)
        except ValueError:
            pass
        else:
            return
    raise _wrong(where, meant)


def _matching(pattern: re.Pattern[str], meant: str) -> Form:
    def form(value: object, where: str) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _wrong(where, meant)

    return form


uuid = _matching(_UUID, "a UUID in lower case")
code = _matching(_CODE, "a code of small letters, digits and hyphens")


def word(*allowed: str) -> Form:
    """One of some words."""

    def form(value: object, where: str) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise _wrong(where, f"one of {', '.join(allowed)}")

    return form


def octets(length: int) -> Form:
    """Bytes of this length in lower-case hexadecimal."""

    def form(value: object, where: str) -> None:
        if (
            not isinstance(value, str)
            or len(value) != 2 * length
            or not LOWER_CASE.issuperset(value)
        ):
            raise _wrong(where, f"{length} bytes in lower-case hexadecimal")

    return form


def or_null(form: Form) -> Form:
    """What the form allows, or null."""

    def either(value: object, where: str) -> None:
        if value is not None:
            form(value, where)

    return either


def each(form: Form) -> Form:
    """A list, each of whose items is of this form."""

    def listed(value: object, where: str) -> None:
        if not isinstance(value, list):
            raise _wrong(where, "a list")
        for place, item in enumerate(value, 1):
            form(item, f"{where}, item {place}")

    return listed


def named(name: Form, form: Form) -> Form:
    """An object of any members, whose names and values are of these forms."""

    def mapping(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise _wrong(where, "an object")
        for key, item in value.items():
            name(key, f"{where}, the name {key}")
            form(item, f"{where}, {key}")

    return mapping


def members(**forms: Form) -> Form:
    """An object of exactly these members."""

    def exact(value: object, where: str) -> None:
        if not isinstance(value, dict) or value.keys() != forms.keys():
            raise _wrong(where, f"an object of just {', '.join(sorted(forms)) or 'nothing'}")
        for name, form in forms.items():
            form(value[name], f"{where}, {name}")

    return exact


def by_member(name: str, having: Form, lacking: Form) -> Form:
    """One form for objects that have a member, another for those that have not."""

    def chosen(value: object, where: str) -> None:
        (having if isinstance(value, dict) and name in value else lacking)(value, where)

    return chosen
