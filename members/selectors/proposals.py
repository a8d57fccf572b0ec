"""How a proposal names a record of the list: by its key, for its words are kept for good.

A page that shows a proposal gives the membership number in its place, and keeps nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from members.models import Member

_RECORD: Final = re.compile(r"\b([Mm])ember record (\d{1,18})")


def record_words(member_id: int) -> str:
    """A record as a proposal that is kept names it: "member record 57"."""
    return f"member record {member_id}"


def by_number(sentence: str) -> str:
    """The words of a proposal with membership numbers: "membership number 0000123"."""
    return all_by_number([sentence])[0]


def all_by_number(sentences: Sequence[str]) -> list[str]:
    """The same of many proposals, with one question to the list."""
    keys = {int(key) for sentence in sentences for _, key in _RECORD.findall(sentence)}
    numbers = dict(Member.objects.filter(pk__in=keys).values_list("pk", "number"))

    def named(found: re.Match[str]) -> str:
        number = numbers.get(int(found[2]))
        return f"{found[1]}embership number {number}" if number else found[0]

    return [_RECORD.sub(named, sentence) for sentence in sentences]
