"""Turnout, the same for officers and observers; and a new code at the helpdesk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ballot.forms.electors import NumberForm
from ballot.forms.reading import sent
from ballot.models import Election
from ballot.selectors import election_by_slug
from ballot.services.reissue_code import reissue_code
from ballot.showing.electors import named
from ballot.showing.turnout import turnout_of
from ballot.turnout import shows_turnout
from members.selectors import entry_numbered
from members.services import record_lookup, record_search
from office.access import StaffRequest, may, staff_only
from office.models import StaffMember
from office.refusal import Refusal

# Only who has not voted can have had too many codes.
_TELLS_OF_A_VOTE = frozenset({"reissue.has-voted", "reissue.too-many"})


@staff_only("see_turnout")
@never_cache
@require_safe
def turnout(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    shown = turnout_of(election) if shows_turnout(election) else None
    return render(request, "ballot/desk/turnout.html", {"election": election, "turnout": shown})


@staff_only("reissue_code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def helpdesk(request: StaffRequest, slug: str) -> HttpResponse:
    election = election_by_slug(slug)
    form = NumberForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            answer = _sent_again(election, form.cleaned_data["number"], person=request.user)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, answer)
            return redirect("desk_helpdesk", slug)
    return render(request, "ballot/desk/helpdesk.html", {"election": election, "form": form})


def _sent_again(election: Election, number: str, *, person: StaffMember) -> str:
    """Send a new code to the elector with this number; return what this person is told of it.

    Who may not see the marked register is told the same whether a code was sent or not: the
    helpdesk would else say of anybody by name whether they have voted.
    """
    entry = entry_numbered(election.roll_id, number) if election.roll_id else None
    _record_look(entry.member_id if entry else None, number, by=person.pk)
    if entry is None:
        raise Refusal(
            "reissue.not-on-roll",
            "Nobody with this number is on the roll of this election. Look at the number again.",
            status=404,
        )
    if not entry.email:
        raise Refusal(
            "reissue.no-address",
            "The roll has no e-mail address for this elector. Offer one of the other ways to vote.",
        )
    sees_register = may(person, "see_register")
    try:
        reissue_code(election.pk, recipient=entry.public_id, by=person.pk, now=timezone.now())
    except Refusal as refusal:
        if sees_register or refusal.code not in _TELLS_OF_A_VOTE:
            raise
    way = "is asked for and will go" if election.issuer is not None else "is on its way"
    if sees_register:
        return f"A new link {way} to the address on the roll: {named(entry)}."
    return (
        f"If this elector can be sent a new link, it {way} to the address on the roll: "
        f"{named(entry)}."
    )


def _record_look(member_id: int | None, number: str, *, by: int) -> None:
    """Write down about whom the helpdesk asked, before it answers; or that nobody was found."""
    if member_id is None:
        record_search(number, hits=0, by=by, now=timezone.now())
    else:
        record_lookup(member_id, by=by, now=timezone.now())
