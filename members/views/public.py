"""Am I on the roll? A page that says the same to everybody; the answer goes by e-mail."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from members import services
from members.access import may_enquire
from members.forms.enquiry import EnquiryForm


@never_cache
@require_http_methods(["GET", "POST"])
def enquiry(request: HttpRequest) -> HttpResponse:
    form = EnquiryForm(request.POST or None)
    if request.method != "POST":
        return render(request, "members/enquiry.html", {"form": form})
    if not form.is_valid():
        return render(request, "members/enquiry.html", {"form": form}, status=400)
    if not may_enquire(request, number=form.cleaned_data["number"]):
        return render(
            request, "members/enquiry_later.html", status=HTTPStatus.TOO_MANY_REQUESTS
        )
    services.record_enquiry(
        form.cleaned_data["number"], proof=form.cleaned_data["proof"], now=timezone.now()
    )
    return redirect("roll_enquiry_asked")


@require_GET
def enquiry_asked(request: HttpRequest) -> HttpResponse:
    return render(request, "members/enquiry_asked.html")
