"""What can be wrong with a set of rules.

    RulesRefused           the field, and a sentence for the person who wrote it
"""

from __future__ import annotations


class RulesRefused(Exception):
    """A rule cannot be read or cannot be kept: which field, and why, in words."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        self.sentence = sentence
        super().__init__(f"{field}: {sentence}")
