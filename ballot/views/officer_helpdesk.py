"""The helpdesk: one elector by their number, what to say to them, and what is done for them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from ballot.destruction import kept_election
from ballot.forms.electors import NOTES, HelpdeskForm
from ballot.forms.reading import sent
from ballot.lifecycle import HELPDESK_NOTES
from ballot.models import Election
from ballot.services.helpdesk import note_at_helpdesk, spend_look_up
from ballot.services.reissue_code import reissue_code
from ballot.showing.booth import helped_routes
from ballot.showing.electors import named
from ballot.showing.helpdesk import REISSUING, elector_at_helpdesk
from ballot.views.trying import get_or_post
from members.selectors import entry_numbered
from members.services import record_lookup, record_search
from office.access import StaffRequest, may, staff_only
from office.models import StaffMember
from office.refusal import Refusal

# Only who has not voted can have had too many codes.
_TELLS_OF_A_VOTE = frozenset({"reissue.has-voted", "reissue.too-many"})


@staff_only("reissue_code")
@never_cache
@get_or_post
def helpdesk(request: StaffRequest, slug: str) -> HttpResponse:
    """Numbers come by POST alone: none stands in an address, nor in a log."""
    election = kept_election(slug)
    form = HelpdeskForm(sent(request))
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = _found(election, form.cleaned_data["number"], by=request.user.pk)
            act = form.cleaned_data["act"] or "look"
            if act != "look":
                messages.success(request, _done(election, found, act, person=request.user))
                return redirect("desk_helpdesk", slug)
        except Refusal as refusal:
            form.add_error(None, refusal.sentence)
    return render(
        request, "ballot/desk/helpdesk.html",
        {"election": election, "form": form, **_shown(election, found, person=request.user)},
    )


def _found(election: Election, number: str, *, by: int) -> Any:
    """The roll entry of a number; that it was asked for is counted and written down first."""
    now = timezone.now()
    spend_look_up(by=by, now=now)
    entry = entry_numbered(election.roll_id, number) if election.roll_id else None
    if entry is None or entry.member_id is None:
        record_search(number, hits=0, by=by, now=now)
        raise Refusal(
            "reissue.not-on-roll",
            "Nobody with this number is on the roll of this election. Look at the number again.",
            status=404,
        )
    record_lookup(entry.member_id, by=by, now=now)
    return entry


def _shown(election: Election, entry: Any, *, person: StaffMember) -> dict[str, Any]:
    sees_register = may(person, "see_register")
    return {
        "elector": elector_at_helpdesk(election, entry, sees_register=sees_register)
        if entry else None,
        "takes_reissues": election.stage in REISSUING,
        "takes_notes": election.stage in HELPDESK_NOTES,
        "helped_routes": helped_routes(election),
    }


def _done(election: Election, entry: Any, act: str, *, person: StaffMember) -> str:
    """Do one scripted act for an elector; return what this person is told of it."""
    if act in {"reissue", "reissue-post"}:
        return _sent_again(election, entry, person=person, by_post=act == "reissue-post")
    note_at_helpdesk(election.pk, kind=act, entry_id=entry.pk, by=person.pk, now=timezone.now())
    return f"{NOTES[act]} {named(entry)}."


def _sent_again(
    election: Election, entry: Any, *, person: StaffMember, by_post: bool
) -> str:
    """Send a new code to an elector; return what this person is told of it.

    Who may not see the marked register is told the same whether a code was sent or not: the
    helpdesk would else say of anybody by name whether they have voted.
    """
    if not by_post and not entry.email:
        raise Refusal(
            "reissue.no-address",
            "The roll has no e-mail address for this elector. Offer one of the other ways to vote.",
        )
    sees_register = may(person, "see_register")
    try:
        reissue_code(
            election.pk, recipient=entry.public_id, by=person.pk, now=timezone.now(),
            by_post=by_post,
        )
    except Refusal as refusal:
        if sees_register or refusal.code not in _TELLS_OF_A_VOTE:
            raise
    way = _way(election, by_post=by_post)
    if sees_register:
        return f"A new link {way}: {named(entry)}."
    return f"If this elector can be sent a new link, it {way}: {named(entry)}."


def _way(election: Election, *, by_post: bool) -> str:
    if by_post:
        return "goes on paper with the next batch of letters to print, which two officers order"
    if election.issuer is not None:
        return "is asked for and will go to the address on the roll"
    return "is on its way to the address on the roll"
