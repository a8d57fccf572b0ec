"""The rules that decide who may vote, at the desk."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from members import selectors, services
from members.forms.rules import RulesForm, rules_as_typed
from members.models import EligibilityRules
from office.access import StaffRequest, may, staff_only
from office.refusal import Refusal

_MOST = 200


@staff_only("see_roll")
@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    return render(
        request,
        "members/rules.html",
        {"versions": _versions(), "may_edit": may(request.user, "edit_rules")},
    )


def _versions() -> list[selectors.rules.RulesVersion]:
    return selectors.rules.rules_versions(list(selectors.rules.rules_rows()[:_MOST]))


@staff_only("edit_rules")
@require_http_methods(["GET", "POST"])
def rules_new(request: StaffRequest) -> HttpResponse:
    before = _asked_row(request.GET.get("from", ""))
    form = RulesForm(request.POST or None, initial=_first_values(before))
    refusal = ""
    if request.method == "POST" and form.is_valid() and _is_own_name(form, before):
        try:
            rules_id = services.save_rules(
                form.cleaned_data["name"],
                body=form.body(),
                by=request.user.pk,
                now=timezone.now(),
            )
        except Refusal as refused:
            refusal = refused.sentence
        else:
            messages.success(request, "Saved. Read them once more, as the notice will print them.")
            return redirect(and_back(reverse("rules_version", args=[rules_id]), request))
    return render(
        request,
        "members/rules_new.html",
        {"form": form, "refusal": refusal, "before": before},
        status=400 if request.method == "POST" else 200,
    )


def way_back(request: StaffRequest) -> str:
    """The page of an election's set-up that one came from, where one did; on this site alone."""
    asked = request.GET.get("back", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


def and_back(path: str, request: StaffRequest) -> str:
    """A page, which then knows the way back as well."""
    back = way_back(request)
    return f"{path}?{urlencode({'back': back})}" if back else path


def _asked_row(rules_id: str) -> EligibilityRules | None:
    """The rules to begin from, where the page was asked for the next version of some."""
    return _rules_row(int(rules_id)) if rules_id.isdecimal() and len(rules_id) < 19 else None


def _is_own_name(form: RulesForm, before: EligibilityRules | None) -> bool:
    """Whether the name is new, or that of the rules of which this is the next version."""
    name = " ".join(form.cleaned_data["name"].split())
    if before is not None and before.name == name:
        return True
    if not selectors.rules.rules_rows().filter(name=name).exists():
        return True
    form.add_error("name", f"There are rules named “{name}” already. Give these another name; or "
                   "open those under Rules, and write their next version there.")
    return False


def _first_values(row: EligibilityRules | None) -> dict[str, object]:
    if row is None:
        return {"standings": ["good"], "sections": [s.code for s in selectors.people.sections()]}
    return rules_as_typed(row.name, selectors.rules.rules_of(row.pk))


@staff_only("see_roll")
@require_GET
def rules_version(request: StaffRequest, rules_id: int) -> HttpResponse:
    row = _rules_row(rules_id)
    if row is None:
        raise Http404
    return render(
        request,
        "members/rules_version.html",
        {
            "row": row,
            "back": way_back(request),
            "sentences": selectors.rules.rules_told(row.pk),
            "examples": selectors.rules.verdict_examples(row.pk),
            "changed": _changed(row),
            "dry_runs": selectors.dry_runs.dry_runs_named(row.name)[:20],
            "may_try": may(request.user, "judge_roll"),
            "rolls": selectors.rolls.rolls_named(row.name),
            "may_edit": may(request.user, "edit_rules"),
        },
    )


def _changed(row: EligibilityRules) -> selectors.rules.RulesVersion:
    """What this version changed of the one before it."""
    rows = selectors.rules.rules_rows().filter(name=row.name, version__lte=row.version)
    return selectors.rules.rules_versions(list(rows[:2]))[0]


def _rules_row(rules_id: int) -> EligibilityRules | None:
    return selectors.rules.rules_rows().filter(pk=rules_id).first()
