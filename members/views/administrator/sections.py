"""The sections of the electorate at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import selectors, services
from members.forms.sections import SectionForm, SectionsForm
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal


@staff_only("see_members", post="edit_rules")
@require_http_methods(["GET", "POST"])
def sections(request: StaffRequest) -> HttpResponse:
    """The sections, and two forms to add to them: one section, or a line for each of several."""
    are_several = "lines" in request.POST
    form = SectionForm(request.POST if request.method == "POST" and not are_several else None)
    several = SectionsForm(request.POST if are_several else None)
    refusal = ""
    try:
        added = _added(request, several if are_several else form)
    except Refusal as refused:
        added, refusal = "", refused.sentence
    if added:
        messages.success(request, added)
        return redirect("sections")
    return render(
        request,
        "members/sections.html",
        {
            "form": several if are_several else form,
            "one": form,
            "several": several,
            "refusal": refusal,
            "sections": selectors.people.sections(),
            "may_add": may(request.user, "edit_rules"),
        },
        status=400 if request.method == "POST" else 200,
    )


def _added(request: StaffRequest, form: SectionForm | SectionsForm) -> str:
    """Add what the form says; a sentence of what was added, or nothing where none was."""
    if not form.is_valid():
        return ""
    given, now = form.cleaned_data, timezone.now()
    if isinstance(form, SectionsForm):
        services.add_sections(given["lines"], by=request.user.pk, now=now)
        return f"Sections added: {len(given['lines'])}."
    services.add_section(given["code"], name=given["name"], by=request.user.pk, now=now)
    return f"Added: {given['name']}."
