"""What the sentences of the board’s entries share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Content = Mapping[str, Any]
Sentences = dict[str, tuple[str, Callable[[Content], str]]]
"""Kind of entry → its title, and what one of its kind says."""


def nothing(content: Content) -> str:
    """The title of the entry says it all."""
    del content
    return ""


def many(items: Any, noun: str, several: str = "") -> str:
    """ "1 contest", "2 contests"."""
    count = len(items)
    return f"{count} {noun}" if count == 1 else f"{count} {several or noun + 's'}"
