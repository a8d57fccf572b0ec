"""Add a section of the electorate, or several at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from members.models import Section
from members.rollfile.normal import fold, tidy
from office.refusal import Refusal
from office.services.audit import record

LONGEST: Final = 60
LONGEST_CODE: Final = 32


@transaction.atomic
def add_section(code: str, *, name: str, by: int | None, now: datetime) -> int:
    """Add a section after the others. Its code is what a membership list writes.

    Its name stands on notices and in what is counted: a character that cannot be seen, such as
    a soft hyphen that came with a paste, is refused here and not first by the count.
    """
    name = tidy(name)
    if not _is_good(code, LONGEST_CODE) or slugify(code) != code or not _is_good(name, LONGEST):
        raise Refusal(
            "section.malformed",
            f"A section needs a name of at most {LONGEST} letters, without characters that cannot "
            f"be seen, and a code of at most {LONGEST_CODE} small letters, digits and hyphens.",
            status=HTTPStatus.BAD_REQUEST,
        )
    taken = {fold(text) for pair in Section.objects.values_list("code", "name") for text in pair}
    if taken & {fold(code), fold(name)}:
        raise Refusal("section.taken", "There is already a section of this code or name.")
    last = Section.objects.aggregate(last=Max("precedence"))["last"] or 0
    section = Section.objects.create(code=code, name=name, precedence=last + 1)
    record("add_section", subject=("section", str(section.pk)), by=by, now=now,
           parameters={"code": code})
    return section.pk


@transaction.atomic
def add_sections(pairs: Iterable[tuple[str, str]], *, by: int | None, now: datetime) -> None:
    """Add sections after the others, in the order given: all, or none and which one was refused.

    pairs: code and name.
    """
    for code, name in pairs:
        try:
            add_section(code, name=name, by=by, now=now)
        except Refusal as refused:
            raise Refusal(
                refused.code, f"“{code} = {name}”: {refused.sentence} None was added.",
                status=refused.status,
            ) from refused


def _is_good(text: str, longest: int) -> bool:
    return 0 < len(text) <= longest and text.isprintable()
