"""Names and texts that will be shown to every elector: one normal form, nothing hidden in them.

Unicode NFC; control characters, direction overrides and characters of no width are refused,
because two names that look alike, or one that reads backwards, would mislead on a paper.
"""

from __future__ import annotations

import unicodedata

_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


class TextRefused(ValueError):
    """A text holds a character that must not stand on a paper; `found` names it."""

    def __init__(self, character: str) -> None:
        name = unicodedata.name(character, "a character without a name")
        self.found = f"U+{ord(character):04X} ({name.lower()})"
        super().__init__(self.found)


def clean_line(text: str) -> str:
    """One line in normal form: outer space removed, inner space folded to single spaces."""
    return " ".join(_refuse_hidden(text.replace("\t", " ")).split())


def clean_text(text: str) -> str:
    """Several lines in normal form, with line feeds alone as line ends."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_line(line) for line in lines).strip("\n")


def _refuse_hidden(text: str) -> str:
    normal = unicodedata.normalize("NFC", text)
    for character in normal:
        if unicodedata.category(character) in _REFUSED_CATEGORIES:
            raise TextRefused(character)
    return normal
