"""Subject access (UK GDPR, Article 15): everything held about one person, as one file.

The request is written down with how the person proved who they are; a worker makes the file; it
is handed out to somebody who proved anew who they are, and each time that is written down; after
30 days it is destroyed. It rests encrypted, bound to its request.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.template.loader import render_to_string

from members import selectors
from members.models import AccessRequest, LookUp, Member
from members.selectors.held import VOTE, Section
from office.enclosure import open_enclosure, seal_enclosure
from office.progress import Report, silent
from office.refusal import Refusal
from office.services.audit import record
from office.services.jobs import open_job

KEPT_DAYS: Final = 30
_PURPOSE: Final = "subject-access"


@transaction.atomic
def request_access(
    member_id: int, *, asked_on: date, proof: str, note: str, by: int, now: datetime
) -> int:
    """Write down that somebody asked, and have their file made. Returns the request's key."""
    if not Member.objects.filter(pk=member_id).exists():
        raise Refusal("access.unknown", "There is no such member.", status=HTTPStatus.NOT_FOUND)
    if proof not in AccessRequest.Proof.values:
        raise Refusal(
            "access.no-proof", "Say how the person proved who they are.",
            status=HTTPStatus.BAD_REQUEST,
        )  # fmt: skip
    if asked_on > now.date():
        raise Refusal(
            "access.later", "The day on which they asked lies in the future.",
            status=HTTPStatus.BAD_REQUEST,
        )  # fmt: skip
    request = AccessRequest.objects.create(
        member_id=member_id, asked_on=asked_on, proof=proof, note=note.strip(),
        requested_at=now, requested_by_id=by,
    )  # fmt: skip
    record("request_access", subject=("member", str(member_id)), by=by, now=now,
           parameters={"request": request.pk, "proof": proof})  # fmt: skip
    open_job("make_access_file", subject=("access request", str(request.pk)), by=by, now=now)
    return request.pk


@transaction.atomic
def make_access_file(request_id: int, *, now: datetime, report: Report = silent) -> None:
    """Put the file together. One that is made already is left as it is."""
    request = AccessRequest.objects.select_for_update().get(pk=request_id)
    if request.made_at is not None:
        return
    report(stage="Gathering what is held", done=0)
    members = selectors.history.person_rows(request.member_id)
    content = _zipped(request, selectors.held.everything_about(members), now=now)
    request.file = seal_enclosure(
        content, purpose=_PURPOSE, recipient=str(request.member_id), attempt=request.pk
    )
    request.sha256 = sha256(content).hexdigest()
    request.made_at = now
    request.save(update_fields=["file", "sha256", "made_at"])


def _zipped(request: AccessRequest, sections: Sequence[Section], *, now: datetime) -> bytes:
    """The same twice over: a page to read, and JSON for a machine."""
    given = {"request": request, "member": request.member, "sections": sections, "made_at": now,
             "vote": VOTE, "not_here": selectors.held.left_out()}  # fmt: skip
    tables = {section.words: section.rows for section in sections}
    left_out = {section.words: section.left_out for section in sections if section.left_out}
    as_json = {"made at": now.isoformat(), "the vote": VOTE, "held": tables,
               "not given": left_out, "not here": selectors.held.left_out()}  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("what-is-held.html", render_to_string("members/held.html", given))
        archive.writestr(
            "what-is-held.json", json.dumps(as_json, ensure_ascii=False, indent=1, default=str)
        )
    return packed.getvalue()


@transaction.atomic
def take_access_file(request_id: int, *, by: int, now: datetime) -> tuple[str, bytes]:
    """Hand the file out: its name and its bytes. That it was taken is written down first."""
    request = AccessRequest.objects.filter(pk=request_id).first()
    if request is None:
        raise Refusal("access.unknown", "There is no such request.", status=HTTPStatus.NOT_FOUND)
    if request.destroyed_at is not None:
        raise Refusal(
            "access.destroyed",
            "This file was destroyed when its time had come. Record a new request to have what "
            "is held today put together.",
            status=HTTPStatus.GONE,
        )
    if request.file is None:
        raise Refusal(
            "access.not-made", "The file is still being made. Come back in a minute.",
            status=HTTPStatus.CONFLICT,
        )  # fmt: skip
    LookUp.objects.create(
        at=now, by_id=by, kind=LookUp.Kind.ACCESS, member_id=request.member_id
    )
    record("take_access_file", subject=("member", str(request.member_id)), by=by, now=now,
           parameters={"request": request.pk})  # fmt: skip
    content = open_enclosure(
        bytes(request.file), purpose=_PURPOSE, recipient=str(request.member_id),
        attempt=request.pk,
    )  # fmt: skip
    return f"subject-access-{request.pk}.zip", content


@transaction.atomic
def destroy_access_files(*, now: datetime) -> int:
    """Destroy the files whose 30 days are over. Called by the beat."""
    over = AccessRequest.objects.filter(
        made_at__lte=now - timedelta(days=KEPT_DAYS), destroyed_at=None
    )
    due = list(over.select_for_update(skip_locked=True).values_list("pk", "member_id"))
    AccessRequest.objects.filter(pk__in=[key for key, _ in due]).update(
        file=None, destroyed_at=now
    )
    for key, member_id in due:
        record("destroy_access_file", subject=("member", str(member_id)), by=None, now=now,
               parameters={"request": key})  # fmt: skip
    return len(due)
