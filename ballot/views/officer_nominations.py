"""The officers' pages of nominations: bodies and their links, candidates' papers, rulings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ballot.forms.nominations import (
    BodiesFileForm,
    BodyForm,
    ConsentAskedForm,
    NominationForm,
    PaperConsentForm,
    PhotographForm,
    RulingForm,
)
from ballot.forms.reading import sent, sent_with_files
from ballot.lifecycle import State
from ballot.models import Candidate, NominatingBody, Nomination
from ballot.selectors import election_by_slug
from ballot.services.nominating_bodies import add_body, import_bodies, remove_body
from ballot.services.nomination_seats import (
    ask_consent,
    send_body_link,
    send_body_links,
    show_body_link,
)
from ballot.services.paper_consent import take_paper_consent
from ballot.services.replace_photograph import replace_photograph
from ballot.services.rule_on_paper import rule_on_candidate, rule_on_nomination
from ballot.showing.booth import with_photo
from ballot.showing.desk_nominations import (
    bodies_shown,
    body_shown,
    desk_nominations,
    paper_shown,
    rulings_shown,
)
from ballot.showing.wording import how_many
from ballot.views.nominations import contests_open, nominate_by, nominated_now
from ballot.views.trying import get_or_post, tried
from office.access import StaffRequest, may, staff_only
from office.links import absolute
from office.refusal import Refusal


@staff_only("see_election")
@never_cache
@require_safe
def nominations(request: StaffRequest, slug: str) -> HttpResponse:
    """Every candidate's papers in short, and what is still to be done of them."""
    election = election_by_slug(slug)
    context = desk_nominations(election, now=timezone.now())
    context |= {"election": election, "may_take": may(request.user, "take_nominations"),
                "may_rule": may(request.user, "rule_on_paper")}
    return render(request, "ballot/desk/nominations.html", context)


@staff_only("take_nominations")
@never_cache
@get_or_post
def bodies(request: StaffRequest, slug: str) -> HttpResponse:
    """The list of bodies; a file with more of them."""
    election = election_by_slug(slug)
    data = sent(request)
    form = BodiesFileForm(data, request.FILES if data is not None else None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        taken: list[str] = []

        def take() -> None:
            done = import_bodies(election.pk, content=content, by=request.user.pk,
                                 now=timezone.now())
            taken.append(f"Bodies added: {done.added:,}; mended: {done.changed:,}.")

        if tried(form, take):
            messages.success(request, taken[0])
            return redirect("desk_bodies", slug)
    context = {"election": election, "form": form, **bodies_shown(election)}
    return render(request, "ballot/desk/bodies.html", context)


@staff_only("take_nominations")
@never_cache
@get_or_post
def body_new(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = BodyForm(sent(request))
    if request.method == "POST" and form.is_valid():
        cells = {name: "" if value is None else str(value)
                 for name, value in form.cleaned_data.items()}
        if tried(form, lambda: add_body(election.pk, by=request.user.pk, now=timezone.now(),
                                        **cells)):
            messages.success(request, "The body is on the list.")
            return redirect("desk_bodies", slug)
    return render(request, "ballot/desk/body_new.html", {"election": election, "form": form})


@staff_only("take_nominations")
@require_POST
def links_sent(request: StaffRequest, slug: str) -> HttpResponse:
    """Send a link to every body that has an address and none yet."""
    election = election_by_slug(slug)
    sent_to = send_body_links(election.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, f"{how_many(sent_to, 'link is', 'links are')} in the outbox.")
    return redirect("desk_bodies", slug)


@staff_only("take_nominations")
@never_cache
@get_or_post
def body(request: StaffRequest, slug: str, body_id: int) -> HttpResponse:
    """One body: what it handed in, and a form for what comes on paper."""
    found = _body(slug, body_id)
    contests = contests_open(found.election)
    form = NominationForm(sent(request), contests=contests,
                          initial=nominated_now(found))
    if request.method == "POST" and form.is_valid() and tried(
        form, lambda: nominate_by(form, found, by=request.user.pk)
    ):
        messages.success(request, "The nomination is taken.")
        return redirect("desk_body", slug, body_id)
    context = {"election": found.election, "body": found, "form": form,
               **body_shown(found, now=timezone.now())}
    return render(request, "ballot/desk/body.html", context)


@staff_only("take_nominations")
@require_POST
def body_removed(request: StaffRequest, slug: str, body_id: int) -> HttpResponse:
    found = _body(slug, body_id)
    remove_body(found.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, f"{found} is off the list.")
    return redirect("desk_bodies", slug)


@staff_only("take_nominations")
@require_POST
def body_link_sent(request: StaffRequest, slug: str, body_id: int) -> HttpResponse:
    found = _body(slug, body_id)
    send_body_link(found.pk, by=request.user.pk, now=timezone.now())
    messages.success(request, "A new link is in the outbox. The one before is dead.")
    return redirect("desk_body", slug, body_id)


@staff_only("take_nominations")
@never_cache
@require_POST
def body_link_shown(request: StaffRequest, slug: str, body_id: int) -> HttpResponse:
    """Draw the link anew and show it, once: for a secretary without e-mail."""
    found = _body(slug, body_id)
    secret = show_body_link(found.pk, by=request.user.pk, now=timezone.now())
    place = absolute(reverse("nominate", args=[slug]))
    context = {"election": found.election, "body": found, "code": secret, "address": place,
               "link": f"{place}#{secret}"}
    return render(request, "ballot/desk/body_link.html", context)


@staff_only("take_nominations")
@never_cache
@get_or_post
def ask(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Ask a candidate for their consent, by a link."""
    return _asking(request, _candidate(slug, candidate_id), is_second=False)


@staff_only("take_nominations")
@never_cache
@get_or_post
def ask_second(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Ask the second person of a joint ticket for theirs."""
    return _asking(request, _ticket(slug, candidate_id), is_second=True)


def _asking(request: StaffRequest, found: Candidate, *, is_second: bool) -> HttpResponse:
    election = found.contest.election
    person = found.second if is_second else found.first
    address = found.second_address if is_second else found.address
    form = ConsentAskedForm(sent(request), initial={"address": address})
    if request.method == "POST" and form.is_valid() and tried(form, lambda: ask_consent(
        found.pk, of_second=is_second, by=request.user.pk, now=timezone.now(),
        **form.cleaned_data
    )):
        messages.success(request, f"A link for {person} is in the outbox.")
        return redirect("desk_nominations", election.slug)
    seat = found.second_seat if is_second else found.seat
    context = {"election": election, "candidate": found, "person": person, "form": form,
               "is_second": is_second, "has_link": seat is not None}
    return render(request, "ballot/desk/ask_consent.html", context)


@staff_only("take_nominations")
@never_cache
@get_or_post
def paper_consent(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Say that both people of a joint ticket have consented on paper."""
    found = _ticket(slug, candidate_id)
    form = PaperConsentForm(sent(request))
    if request.method == "POST" and form.is_valid() and tried(form, lambda: take_paper_consent(
        found.pk, by=request.user.pk, now=timezone.now(), **form.cleaned_data
    )):
        messages.success(request, f"The consent of {found.first} and {found.second} is recorded.")
        return redirect("desk_nominations", slug)
    context = {"election": found.contest.election, "candidate": found, "form": form}
    return render(request, "ballot/desk/paper_consent.html", context)


@staff_only("rule_on_paper")
@never_cache
@get_or_post
def paper(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """A candidate's papers in full, and the ruling on them."""
    found = _candidate(slug, candidate_id)
    form = RulingForm(sent(request), may_exempt=bool(found.contest.gates))
    if request.method == "POST" and form.is_valid() and tried(form, lambda: rule_on_candidate(
        found.pk, by=request.user.pk, now=timezone.now(), **_ruling(form)
    )):
        messages.success(request, "The ruling is recorded.")
        return redirect("desk_paper_of", slug, candidate_id)
    context = {"election": found.contest.election, "candidate": found, "form": form,
               **paper_shown(found)}
    return render(request, "ballot/desk/paper_of.html", context)


@staff_only("rule_on_paper")
@never_cache
@get_or_post
def nomination(request: StaffRequest, slug: str, nomination_id: int) -> HttpResponse:
    """The ruling on one body's nomination."""
    found = _nomination(slug, nomination_id)
    form = RulingForm(sent(request), may_exempt=False)
    if request.method == "POST" and form.is_valid() and tried(form, lambda: rule_on_nomination(
        found.pk, by=request.user.pk, now=timezone.now(), **_ruling(form)
    )):
        messages.success(request, "The ruling is recorded.")
        return redirect("desk_paper_of", slug, found.candidate_id)
    context = {"election": found.contest.election, "nomination": found, "form": form,
               "rulings": rulings_shown(found.rulings.order_by("-pk"),
                                        zone=found.contest.election.zone)}
    return render(request, "ballot/desk/nomination.html", context)


@staff_only("replace_photograph")
@never_cache
@get_or_post
def photograph(request: StaffRequest, slug: str, candidate_id: int) -> HttpResponse:
    """Replace a wrong photograph, until who stands is published."""
    found = _candidate(slug, candidate_id)
    election = found.contest.election
    form = PhotographForm(*sent_with_files(request))
    if request.method == "POST" and form.is_valid() and tried(form, lambda: replace_photograph(
        found.pk, photo=form.cleaned_data["photo"].read(), reason=form.cleaned_data["reason"],
        by=request.user.pk, now=timezone.now(),
    )):
        messages.success(request, "The photograph is replaced. Look at it once more.")
        return redirect("desk_photograph", slug, found.pk)
    context = {
        "election": election, "candidate": found, "form": form,
        "is_open": election.stage in {State.DRAFT, State.NOMINATING},
        "has_photo": found.pk in with_photo(election),
    }
    return render(request, "ballot/desk/photograph.html", context)


def _ruling(form: RulingForm) -> dict[str, Any]:
    given = dict(form.cleaned_data)
    return {"is_valid": given.pop("ruling") == "valid", **given}


def _body(slug: str, body_id: int) -> NominatingBody:
    rows = NominatingBody.objects.select_related("election")
    found = rows.filter(pk=body_id, election__slug=slug).first()
    if found is None:
        raise Refusal("bodies.none", "There is no nominating body at this address.", status=404)
    return found


def _candidate(slug: str, candidate_id: int) -> Candidate:
    rows = Candidate.objects.select_related("contest__election").defer("photo")
    found = rows.filter(
        pk=candidate_id, contest__election__slug=slug, is_reopen_nominations=False
    ).first()
    if found is None:
        raise Refusal("candidate.none", "There is no candidate at this address.", status=404)
    return found


def _ticket(slug: str, candidate_id: int) -> Candidate:
    found = _candidate(slug, candidate_id)
    if not found.second:
        raise Refusal("candidate.no-second", "This candidate stands alone.", status=404)
    return found


def _nomination(slug: str, nomination_id: int) -> Nomination:
    rows = Nomination.objects.select_related("contest__election", "body", "candidate")
    found = rows.filter(
        pk=nomination_id, contest__election__slug=slug, candidate__isnull=False
    ).first()
    if found is None:
        raise Refusal("nomination.none", "There is no nomination at this address.", status=404)
    return found
