"""One page with every shared partial and one with every kind of form field, for the browser."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

PARTIALS = """{% extends "base.html" %}
{% block title %}Every part{% endblock %}
{% block navigation %}{% endblock %}
{% block page_scripts %}{% include "_partials/_htmx.html" %}{% endblock %}
{% block breadcrumbs %}{% include "_partials/_breadcrumbs.html" %}{% endblock %}
{% block content %}
{% include "_partials/_refusal.html" %}
<h1 class="govuk-heading-l">Every part</h1>
{% include "_partials/_warning.html" with text="The roll can be frozen once." %}
{% include "_partials/_figures.html" %}
{% include "_partials/_task_list.html" %}
{% include "_partials/_summary_list.html" %}
<div class="app-progress"><label class="app-progress__label" for="progress">Sealed</label>
<progress class="app-progress__bar" id="progress" max="5000" value="1200"></progress>
<p class="app-progress__figures">1,200 of 5,000 codes</p></div>
{% include "_partials/_count_sheet.html" %}
<figure class="app-chart"><svg class="app-chart__picture" viewBox="0 0 640 60" width="640"
 height="60" role="img" aria-labelledby="t d"><title id="t">First preferences</title>
 <desc id="d">Ada Okoro 2,001; Jin Chun 1,100.</desc>
 <rect class="app-series-1" width="400" height="40"/>
 <rect class="app-series-2" x="400" width="240" height="40"/>
 <text class="app-chart__text app-chart__text--inverse" x="8" y="26">2,001</text></svg>
<figcaption class="app-chart__caption">Percentages are of continuing votes.</figcaption></figure>
<ul class="app-key"><li class="app-key__item"><span class="app-key__swatch app-series-1"></span>
 Ada Okoro</li></ul>
<div class="govuk-tabs" data-module="govuk-tabs"><h2 class="govuk-tabs__title">Contents</h2>
<ul class="govuk-tabs__list"><li class="govuk-tabs__list-item govuk-tabs__list-item--selected">
<a class="govuk-tabs__tab" href="#one">One</a></li><li class="govuk-tabs__list-item">
<a class="govuk-tabs__tab" href="#two">Two</a></li></ul>
<div class="govuk-tabs__panel" id="one">First panel</div>
<div class="govuk-tabs__panel govuk-tabs__panel--hidden" id="two">Second panel</div></div>
{% include "_partials/_pagination.html" with previous_url="?1" next_url="?3" %}
{% endblock %}"""

FORM = """{% extends "base.html" %}
{% block title %}Every field{% endblock %}
{% block navigation %}{% endblock %}
{% block content %}{% include "_partials/_error_summary.html" %}
<h1 class="govuk-heading-l">Every field</h1>
<form method="post" novalidate enctype="multipart/form-data">{% csrf_token %}{{ form }}
<button class="govuk-button" data-module="govuk-button">Save</button></form>{% endblock %}"""


class EveryField(forms.Form):
    """One field of every kind that the office's forms use."""

    name = forms.CharField(help_text="As on the membership card.")
    email = forms.EmailField(required=False)
    opens_on = forms.DateField(widget=forms.DateInput(attrs={"class": "govuk-input--width-10"}))
    statement = forms.CharField(widget=forms.Textarea(attrs={"rows": 4}))
    method = forms.ChoiceField(
        choices=[("av", "Alternative vote"), ("plurality", "Plurality")], widget=forms.RadioSelect
    )
    sections = forms.MultipleChoiceField(
        choices=[("m", "Members"), ("a", "Affiliated")], widget=forms.CheckboxSelectMultiple
    )
    trustees = forms.ChoiceField(choices=[("1", "1 of 1"), ("2", "2 of 3")])
    consent = forms.BooleanField(help_text="Every candidate has signed.")
    photo = forms.FileField(required=False)


def _cells(*votes: str) -> list[dict[str, Any]]:
    return [{"votes": vote, "is_excluded": vote == ""} for vote in votes]


def parts(request: HttpRequest) -> HttpResponse:
    messages.success(request, "The roll is frozen.")
    messages.error(request, "The letters could not be sent.")
    context = {
        "refusal": "The poll cannot open: two candidates have not consented.",
        "crumbs": [{"text": "Desk", "url": "/desk/"}, {"text": "Leader 2026"}],
        "figures": [{"name": "On the roll", "value": "654,006"}, {"name": "Cast", "value": "12"}],
        "tasks": [
            {"title": "Freeze the roll", "is_done": True, "url": "/a"},
            {"title": "Open the poll", "is_done": False, "hint": "Needs two officers."},
        ],
        "rows": [
            {"name": "Method", "value": "Alternative vote", "url": "/m"},
            {"name": "Fingerprint", "value": "5ea1ed" * 10},
        ],
        "sheet": {
            "caption": "Leader, all sections",
            "stages": [{"number": n, "title": "Vale excluded" if n > 1 else ""} for n in (1, 2)],
            "rows": [
                {"name": "Ada Okoro", "is_elected": True, "cells": _cells("2,001", "2,400")},
                {"name": "Tamsin Vale", "is_elected": False, "cells": _cells("901", "")},
            ],
            "totals": [{"name": "Exhausted", "cells": _cells("0", "502")}],
        },
    }
    return HttpResponse(engines["django"].from_string(PARTIALS).render(context, request))


def every_field(request: HttpRequest) -> HttpResponse:
    form = EveryField(request.POST or None, request.FILES or None)
    return HttpResponse(engines["django"].from_string(FORM).render({"form": form}, request))


urlpatterns = [path("parts/", parts), path("form/", every_field)]
