"""Saying what the columns of a file are, where the file of another system has to be asked about."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from members import selectors, services
from members.forms.mapping import MappingForm
from members.models import ImportBatch
from office.access import StaffRequest, staff_only
from office.refusal import Refusal


@staff_only("import_roll", post="import_roll")
@require_http_methods(["GET", "POST"])
def import_mapping(request: StaffRequest, batch_id: int) -> HttpResponse:
    batch = _batch_or_404(batch_id)
    if batch.state != ImportBatch.State.MAPPING:
        return redirect("import", batch.pk)
    look = services.kept_look(batch)
    if people := max((len(column["samples"]) for column in look["columns"]), default=0):
        services.record_search("", hits=people, by=request.user.pk, now=timezone.now())
    saved = selectors.imports.saved_mapping(look["saved"])
    form = MappingForm(
        request.POST or None,
        look=look,
        saved=saved.body if saved else None,
        initial={"source_name": saved.source.name if saved else ""},
    )
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.map_import(batch.pk, source_name=form.cleaned_data["source_name"],
                                body=form.body(), by=request.user.pk, now=timezone.now())
            return redirect("import", batch.pk)
        except Refusal as refused:
            refusal = refused.sentence
    return render(
        request,
        "members/import_mapping.html",
        {"batch": batch, "form": form, "refusal": refusal, "rows": list(form.rows()),
         "words": form.words(), "look": look, "saved": saved},
        status=400 if request.method == "POST" else 200,
    )  # fmt: skip


@staff_only("import_roll", post="import_roll")
@require_POST
def import_encoding(request: StaffRequest, batch_id: int) -> HttpResponse:
    services.look_again(
        batch_id, encoding=request.POST.get("encoding", ""), by=request.user.pk, now=timezone.now()
    )
    return redirect("import", batch_id)


def _batch_or_404(batch_id: int) -> ImportBatch:
    batch = selectors.imports.imports().filter(pk=batch_id).first()
    if batch is None:
        raise Http404
    return batch
