"""Exports of members: the columns and the purpose are chosen here, and the file streams out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import services
from members.forms.people import ExportForm
from members.models import ExportRecord
from members.services.export_members import LEAST, export_rows, file_name, mark_of
from members.views.downloads import csv_download
from members.views.on_record import exports_on_record
from office.access import StaffRequest, may, staff_only

_AROUND_THE_MEMBERS = 2  # The names of the columns before them, the mark after them.


@staff_only("see_members", post="export_members")
@require_http_methods(["GET", "POST"])
def exports(request: StaffRequest) -> HttpResponseBase:
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        export = services.begin_export(
            form.cleaned_data["columns"], filters=form.filters(), by=request.user.pk,
            purpose=form.cleaned_data["purpose"], now=timezone.now(),
        )  # fmt: skip
        return _file(export)
    return _page(request, form)


def _page(request: StaffRequest, form: ExportForm) -> HttpResponse:
    return render(
        request,
        "members/exports.html",
        {
            "form": form,
            "least": LEAST,
            "exports": exports_on_record(most=50),
            "may_export": may(request.user, "export_members"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _file(export: ExportRecord) -> StreamingHttpResponse:
    """The marked file, written to the record once its last byte has been asked for."""
    lines = _Counted(export_rows(export))
    response = csv_download(file_name(export), [mark_of(export)], lines)
    pieces: Iterable[bytes] = response.streaming_content  # type: ignore[assignment]
    response.streaming_content = _recorded(pieces, lines, export.pk)
    return response


class _Counted:
    """Rows, and how many of them went by."""

    def __init__(self, rows: Iterable[list[str]]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[str]]:
        for row in self._rows:
            self.count += 1
            yield row


def _recorded(pieces: Iterable[bytes], lines: _Counted, export_id: int) -> Iterator[bytes]:
    """The pieces as they are; after the last one the export is ended with their hash."""
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
        yield piece
    services.end_export(
        export_id, rows=lines.count - _AROUND_THE_MEMBERS, sha256=digest.hexdigest(),
        now=timezone.now(),
    )  # fmt: skip
