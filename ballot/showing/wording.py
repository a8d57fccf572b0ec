"""What the sentences of the board’s entries share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Content = Mapping[str, Any]
Sentences = dict[str, tuple[str, Callable[[Content], str]]]
"""Kind of entry → its title, and what one of its kind says."""


def section_named(content: Content, code: str) -> str:
    """A section’s name, of those that `in_words` was given; else its code."""
    return str(content.get("section_names", {}).get(code, code))


def nothing(content: Content) -> str:
    """The title of the entry says it all."""
    del content
    return ""


def many(items: Any, noun: str, several: str = "") -> str:
    """How many items there are: "1 contest", "2 contests"."""
    return how_many(len(items), noun, several)


def how_many(number: int, noun: str, several: str = "") -> str:
    """A number with its noun: "1 envelope", "1,200 envelopes"; several: where “s” makes it wrong.

    The noun may bring its verb: how_many(1, "elector is", "electors are").
    """
    return f"{number:,} {noun if number == 1 else several or noun + 's'}"
