"""Add a section of the electorate."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from members.models import Section
from members.rollfile.normal import fold
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def add_section(code: str, *, name: str, by: int | None, now: datetime) -> int:
    """Add a section after the others. Its code is what a membership list writes."""
    name = " ".join(name.split())
    if not code or slugify(code) != code or not name:
        raise Refusal(
            "section.malformed",
            "A section needs a name, and a code of small letters, digits and hyphens.",
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
