"""The sections of the electorate at the desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from members import selectors, services
from members.forms.sections import SectionForm
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal


@staff_only("see_members", post="edit_rules")
@require_http_methods(["GET", "POST"])
def sections(request: StaffRequest) -> HttpResponse:
    form = SectionForm(request.POST or None)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.add_section(
                form.cleaned_data["code"],
                name=form.cleaned_data["name"],
                by=request.user.pk,
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, f"Added: {form.cleaned_data['name']}.")
            return redirect("sections")
    return render(
        request,
        "members/sections.html",
        {
            "form": form,
            "refusal": refusal,
            "sections": selectors.people.sections(),
            "may_add": may(request.user, "edit_rules"),
        },
        status=400 if request.method == "POST" else 200,
    )
