"""Links by which bodies nominate and candidates consent: a secret in the fragment, a hash here.

Looking at a link uses nothing up, however often and by whatever program; what is handed in is sent
by a form with the secret in it. Whoever has the link speaks for its holder until the deadline, so
each thing handed in is kept with its hour, and a body's nomination is public at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from ballot.lifecycle import State
from ballot.models import Candidate, Election, NominatingBody
from ballot.services.link_secrets import draw_secret, hash_of
from ballot.services.moves import lock_election, require_state
from office.refusal import Refusal
from office.services.audit import record
from office.services.dispatches import cancel_letters_to
from office.services.letters import dispatch_at_once, queue_letter, queue_letters

BODY_PURPOSE: Final = "nomination-link"
BODY_SHOWN_PURPOSE: Final = "nomination-link-shown"
CANDIDATE_PURPOSE: Final = "consent-link"
SECOND_PURPOSE: Final = "consent-link-second"
"""To the second person of a joint ticket."""
_SEATS: Final = {SECOND_PURPOSE: "second_seat"}
"""Where the hash of a purpose's secret is kept, if not in `seat`."""


@transaction.atomic
def send_body_links(election_id: int, *, by: int | None, now: datetime) -> int:
    """Send a link to every body that has an address and no link yet; return how many."""
    election = lock_election(election_id)
    require_state(election, State.NOMINATING)
    bodies = list(election.nominating_bodies.filter(seat__isnull=True).exclude(address=""))
    secrets = [draw_secret() for _ in bodies]
    for body, secret in zip(bodies, secrets, strict=True):
        body.seat = hash_of(secret)
    NominatingBody.objects.bulk_update(bodies, ["seat"], batch_size=1000)
    dispatch = dispatch_at_once(BODY_PURPOSE, reference=election.public_id)
    # Who has had no link has had no letter with one: each is the first.
    queued = queue_letters(dispatch.pk, (
        (recipient(body), secret.encode()) for body, secret in zip(bodies, secrets, strict=True)
    ))
    if queued != len(bodies):
        raise Refusal("link.sent-before", "A body that has no link had a letter with one. Nothing "
                      "was sent: send these bodies their links one by one.")
    record("take_nominations", subject=("election", str(election.pk)), by=by, now=now,
           parameters={"links_sent": len(bodies)})
    return len(bodies)


@transaction.atomic
def send_body_link(body_id: int, *, by: int | None, now: datetime) -> None:
    """Send a body a new link; the one before dies."""
    body = NominatingBody.objects.get(pk=body_id)
    election = _open(body.election_id)
    if not body.address:
        raise _no_address(body.name)
    _send(body, BODY_PURPOSE, election)
    record("take_nominations", subject=("nominating_body", str(body.pk)), by=by, now=now)


@transaction.atomic
def show_body_link(body_id: int, *, by: int | None, now: datetime) -> str:
    """Draw a body's link anew and return its secret, once, for an officer to hand over.

    Who has it can nominate for the body. So the public table says that it was handed over, and
    when, and a letter says it to the body's address where there is one.
    """
    body = NominatingBody.objects.get(pk=body_id)
    election = _open(body.election_id)
    cancel_letters_to(BODY_PURPOSE, recipients=[recipient(body)])
    NominatingBody.objects.filter(pk=body_id).update(link_shown_at=now)
    if body.address:
        queue_letter(BODY_SHOWN_PURPOSE, reference=election.public_id, recipient=recipient(body))
    record("take_nominations", subject=("nominating_body", str(body.pk)), by=by, now=now,
           parameters={"shown": True})
    return _draw(body)


@transaction.atomic
def ask_consent(
    candidate_id: int, *, address: str, by: int | None, now: datetime, of_second: bool = False
) -> None:
    """Ask a candidate for consent, by a link to this address; an earlier link dies.

    of_second: the second person of a joint ticket, whose link is one of their own.
    """
    asked = Candidate.objects.defer("photo").select_related("contest")
    election = _open(asked.get(pk=candidate_id).contest.election_id)
    candidate = asked.get(pk=candidate_id)
    if candidate.is_reopen_nominations or candidate.withdrawn_at is not None:
        raise Refusal("consent.nobody", f"{candidate} is nobody to ask.")
    if of_second and not candidate.second:
        raise Refusal("candidate.no-second", "This candidate stands alone.", status=404)
    others = candidate.address if of_second else candidate.second_address
    if address.casefold() == others.casefold():
        raise Refusal("consent.same-address", "Both would consent by one mailbox. Give each an "
                      "address of their own, or take the consent of both on paper.")
    column = "second_address" if of_second else "address"
    Candidate.objects.filter(pk=candidate_id).update(**{column: address})
    _send(candidate, SECOND_PURPOSE if of_second else CANDIDATE_PURPOSE, election)
    record("take_nominations", subject=("candidate", str(candidate_id)), by=by, now=now,
           parameters={"of_second": True} if of_second else {})


def end_links_of_exchanged(candidate: Candidate, *, first: str, second: str) -> None:
    """Let the link die, unsaved, of each person in whose place another name shall stand.

    Else they would consent in that other person's name. The address of who stands alone stays: it
    says that they have to consent.
    """
    if first != candidate.first:
        cancel_letters_to(CANDIDATE_PURPOSE, recipients=[recipient(candidate)])
        candidate.seat, candidate.address = None, "" if second else candidate.address
    if second != candidate.second:
        cancel_letters_to(SECOND_PURPOSE, recipients=[recipient(candidate)])
        candidate.second_seat, candidate.second_address = None, ""


def body_by_secret(election: Election, secret: str) -> NominatingBody | None:
    """The body whose link has this secret, or None."""
    return election.nominating_bodies.filter(seat=hash_of(secret)).first()


@dataclass(frozen=True, slots=True)
class Asked:
    """Who opened a link to consent: a candidate, or the second person of their joint ticket.

    seat: the hash of the link's secret.
    """

    candidate: Candidate
    is_second: bool
    seat: bytes


def asked_by_secret(election: Election, secret: str) -> Asked | None:
    """Whose link has this secret, or None; who withdrew has none any more."""
    asked = Candidate.objects.filter(contest__election=election, withdrawn_at__isnull=True)
    seat = hash_of(secret)
    found = asked.filter(Q(seat=seat) | Q(second_seat=seat)).select_related("contest__election")
    candidate = found.first()
    if candidate is None:
        return None
    return Asked(candidate, is_second=bytes(candidate.second_seat or b"") == seat, seat=seat)


def require_link(candidate_id: int, **column: bytes) -> None:
    """Refuse a link that died while the lock was waited for: another was sent, or they withdrew.

    column: `seat` or `second_seat`, and the hash that stands there while the link is alive.
    """
    if not Candidate.objects.filter(
        pk=candidate_id, withdrawn_at__isnull=True, **column
    ).exists():
        raise no_such_link()


def recipient(holder: NominatingBody | Candidate) -> str:
    """How a letter names whom it goes to."""
    kind = "body" if isinstance(holder, NominatingBody) else "candidate"
    return f"{kind}-{holder.pk}"


def bodies_by_recipient(recipients: Sequence[str]) -> dict[str, NominatingBody]:
    """The bodies to whom letters are addressed, by the letters' recipients."""
    rows = NominatingBody.objects.filter(pk__in=_ids(recipients)).select_related("election")
    return {recipient(row): row for row in rows}


def candidates_by_recipient(recipients: Sequence[str]) -> dict[str, Candidate]:
    """The candidates to whom letters are addressed, by the letters' recipients."""
    rows = Candidate.objects.filter(pk__in=_ids(recipients)).defer("photo")
    return {recipient(row): row for row in rows.select_related("contest__election")}


def no_such_link() -> Refusal:
    """What is said to whoever has no link, or an old one."""
    return Refusal("link.unknown", "This code is of no link, or a newer link has been sent since. "
                   "Open the link of the newest letter, or ask the returning officer for another.",
                   status=403)


def _ids(recipients: Sequence[str]) -> list[int]:
    return [int(one.rpartition("-")[2]) for one in recipients]


def _open(election_id: int) -> Election:
    election = lock_election(election_id)
    require_state(election, State.DRAFT, State.NOMINATING)
    return election


def _send(holder: NominatingBody | Candidate, purpose: str, election: Election) -> None:
    cancel_letters_to(purpose, recipients=[recipient(holder)])
    queue_letter(purpose, reference=election.public_id, recipient=recipient(holder),
                 enclosure=_draw(holder, _SEATS.get(purpose, "seat")).encode())


def _draw(holder: NominatingBody | Candidate, column: str = "seat") -> str:
    secret = draw_secret()
    type(holder).objects.filter(pk=holder.pk).update(**{column: hash_of(secret)})
    return secret


def _no_address(name: str) -> Refusal:
    return Refusal("link.no-address", f"No e-mail address is on file for {name}. Have the link "
                   "shown instead.")
