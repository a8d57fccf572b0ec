"""Write the file of everything that is held about one person, to be given to them.

    manage.py subject_access 0012345 answer.zip --by ruth@example.org --proof document

Goes the way of the desk: the request is written down with how the person proved who they are, and
so is who took the file. It is written for the eyes of whoever runs this alone (mode 0600), and
never over another file.
"""

from __future__ import annotations

import os
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from members import selectors, services
from members.models import AccessRequest
from office.access import may
from office.models import StaffMember
from office.refusal import Refusal


class Command(BaseCommand):
    help = "Write the file of everything that is held about one person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="the person's membership number")
        parser.add_argument("file", type=Path, help="where to write it; must not be there yet")
        parser.add_argument("--by", required=True, help="e-mail address of the staff who take it")
        parser.add_argument("--proof", required=True, choices=AccessRequest.Proof.values,
                            help="how the person proved who they are")  # fmt: skip
        parser.add_argument("--asked-on", type=date.fromisoformat, help="the day; today")
        parser.add_argument("--note", default="", help="what the proof was")

    def handle(self, *args: Any, file: Path, number: str, by: str, **given: Any) -> None:
        member, keeper = selectors.member_numbered(number), _keeper(by)
        if member is None:
            raise CommandError("Nobody has this number.")
        with _opened(file) as opened:
            try:
                opened.write(_made(member.pk, by=keeper, **given))
            except Refusal as refusal:
                file.unlink()
                raise CommandError(refusal.sentence) from None
        self.stdout.write(f"Written to {file}. Give it to this person and to nobody else.")


def _made(
    member_id: int, *, by: int, proof: str, asked_on: date | None, note: str, **given: Any
) -> bytes:
    now = timezone.now()
    request = services.request_access(
        member_id, asked_on=asked_on or now.date(), proof=proof, note=note, by=by, now=now
    )
    services.make_access_file(request, now=now)
    _, content = services.take_access_file(request, by=by, now=now)
    return content


def _opened(file: Path) -> BinaryIO:
    """The file, new, and readable by this account alone from its first byte on."""
    try:
        return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}.") from None


def _keeper(email: str) -> int:
    """The member of staff who takes the file, if their role lets them take it at the desk."""
    person = StaffMember.objects.filter(email=email.lower(), is_active=True).first()
    if person is None or not (may(person, "request_access") and may(person, "take_access_file")):
        raise CommandError("Nobody with this address may take a subject access file.")
    return person.pk
