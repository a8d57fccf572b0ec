"""Contact details at the desk: correct one person's, and read what was changed by whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from members import selectors, services
from members.forms.contacts import ADDED_UP_BY, ContactForm, SpanForm
from members.models import Change, Member
from members.models.contacts import KIND_WORDS
from members.views.downloads import csv_download, mark_of_download, name_for
from members.views.paging import row_named
from office.access import StaffRequest, may, staff_only
from office.models import Approval
from office.refusal import Refusal

# What stands in the place of a member of staff, where no member of staff made the change.
NOBODY = "nobody"


@staff_only("see_members", post="edit_contact")
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: StaffRequest, member_id: int) -> HttpResponse:
    member = selectors.people.member(member_id)
    if member is None:
        raise Http404
    services.record_lookup(member.pk, by=request.user.pk, now=timezone.now())
    form = ContactForm(request.POST or None, initial=ContactForm.first_values(member))
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            _edit(request, member, form)
        except Refusal as refused:
            refusal = refused.sentence
        else:
            return redirect("member", member.pk)
    return render(
        request,
        "members/contact.html",
        {
            "form": form,
            "refusal": refusal,
            "member": member,
            "is_frozen": selectors.contacts.is_frozen(),
            "may_edit": may(request.user, "edit_contact"),
            "draft": selectors.contacts.draft_waiting(member.pk, now=timezone.now()),
            "changes": selectors.contacts.changes_of(member.pk),
        },
        status=400 if request.method == "POST" else 200,
    )


def _edit(request: StaffRequest, member: Member, form: ContactForm) -> None:
    done = services.request_contact_edit(
        member.pk,
        fields=form.fields_given(),
        reason=form.whole_reason(),
        by=request.user.pk,
        now=timezone.now(),
    )
    if isinstance(done, Approval):
        messages.success(request, "Proposed. Nothing changes until an officer has approved it.")
    else:
        messages.success(request, "Changed. A notice goes to the address that was on file.")


@staff_only("see_contact_changes")
@require_GET
def contact_draft(request: StaffRequest, draft_id: int) -> HttpResponse:
    """What a draft would change, from and to, for the two who decide it."""
    draft = selectors.contacts.draft(draft_id)
    if draft is None:
        raise Http404
    services.record_lookup(draft.member_id, by=request.user.pk, now=timezone.now())
    rows = selectors.contacts.differences(draft)
    return render(request, "members/contact_draft.html", {"draft": draft, "rows": rows})


@staff_only("see_contact_changes")
@require_GET
def contacts(request: StaffRequest) -> HttpResponse:
    flags = list(selectors.contacts.open_flags()[:200])
    looked_at = list(selectors.contacts.flags().filter(state="looked_at")[:50])
    if named := sum(bool(flag.subject) for flag in (*flags, *looked_at)):
        services.record_search("", hits=named, by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/contacts.html",
        {
            "freeze": selectors.contacts.freeze(),
            "is_frozen": selectors.contacts.is_frozen(),
            "flags": flags,
            "looked_at": looked_at,
        },
    )


@staff_only("see_contact_changes")
@require_GET
def contact_changes(request: StaffRequest) -> HttpResponse:
    form = SpanForm(request.GET or {"days": 30, "by": "actor"})
    asked = form.asked()
    return render(
        request,
        "members/contact_changes.html",
        {
            "form": form,
            "days": asked["days"],
            "by": asked["by"],
            "by_words": ADDED_UP_BY[asked["by"]],
            "nobody": NOBODY,
            "rows": selectors.contact_reports.changed_by(
                asked["by"], since=_since(asked["days"])
            ),
        },
    )


@staff_only("see_contact_changes", post="download_contacts")
@require_POST
def contact_changes_download(request: StaffRequest) -> HttpResponseBase:
    """Who changed what, from and to: of everybody, of one member of staff or none, or one way."""
    days = SpanForm(request.POST).asked()["days"]
    actor, source = request.POST.get("actor", ""), request.POST.get("source", "")
    by, by_nobody = _number(actor), actor == NOBODY
    source = source if source in Change.Source.values else ""
    now = timezone.now()
    services.note_download("contact_changes", by=request.user.pk, now=now, days=days,
                           actor=NOBODY if by_nobody else by, source=source)  # fmt: skip
    rows = selectors.contact_reports.changes_in_full(
        since=_since(days), by=by, by_nobody=by_nobody, source=source
    )
    mark = mark_of_download(request.user.name, now=now, purpose="to look into who changed what.")
    return csv_download(
        name_for("contact-changes", request.user.name, now=now), [mark],
        chain([selectors.contact_reports.CHANGES_HEADER], rows),
    )  # fmt: skip


@staff_only("see_contact_changes", post="download_contacts")
@require_POST
def contact_letters(request: StaffRequest) -> HttpResponseBase:
    """Whom to tell by post, because there was no e-mail address before the change.

    The file's name says whose it is: a line that says so would be printed as a letter.
    """
    days, now = SpanForm(request.POST).asked()["days"], timezone.now()
    services.note_download("contact_letters", by=request.user.pk, now=now, days=days)
    rows = selectors.contacts.printed(since=_since(days))
    name = name_for("letters-to-print", request.user.name, now=now)
    return csv_download(name, selectors.contacts.PRINTED_HEADER, rows)


@staff_only("see_contact_changes")
@require_GET
def contacts_shared(request: StaffRequest) -> HttpResponse:
    tolerated = selectors.contact_reports.TOLERATED
    kind = request.GET.get("what", "")
    kind = kind if kind in tolerated else "email"
    rows = selectors.contact_reports.shared(kind)
    if rows:
        services.record_search("", hits=len(rows), by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/contacts_shared.html",
        {
            "kind": kind,
            "kind_words": KIND_WORDS[kind],
            "kinds": [(each, KIND_WORDS[each]) for each in tolerated],
            "tolerated": tolerated[kind],
            "rows": rows,
        },
    )


@staff_only("see_contact_changes")
@require_GET
def odd_mailboxes(request: StaffRequest) -> HttpResponse:
    rows = selectors.contact_reports.odd_mailboxes(after=row_named(request))
    is_full = len(rows) == selectors.people.PAGE_ROWS
    if rows:
        services.record_search("", hits=len(rows), by=request.user.pk, now=timezone.now())
    return render(
        request,
        "members/odd_mailboxes.html",
        {"rows": rows, "next_url": f"?after={rows[-1].member_id}" if is_full else ""},
    )


def _since(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def _number(given: str) -> int | None:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 19 else None
