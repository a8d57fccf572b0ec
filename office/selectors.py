"""What the office can be asked. Nothing here writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet

from office.models import (
    Approval,
    AuditRecord,
    DevelopmentMail,
    Dispatch,
    Job,
    Letter,
    PrintBatch,
    StaffMember,
    WrittenAuthority,
)
from office.permissions import ACTS, Role, words_of_act
from office.postal import lapsed_dispatches

PAGE_ROWS = 50


# --- who may ---------------------------------------------------------------------------------


def roles_of(person_id: int) -> frozenset[Role]:
    """The roles of an active member of staff; none for a closed account."""
    names = StaffMember.objects.filter(pk=person_id, is_active=True).values_list(
        "groups__name", flat=True
    )
    known = {role.value for role in Role}
    return frozenset(Role(name) for name in names if name in known)


def has_authority(person_id: int, *, now: datetime) -> bool:
    """Whether a deputy holds a written authority that is in force."""
    return (
        WrittenAuthority.objects.filter(deputy_id=person_id, begins_at__lte=now)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=now))
        .filter(Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gt=now))
        .exists()
    )


def _holds(
    person_id: int, roles: frozenset[Role], *, on_authority: bool, now: datetime
) -> bool:
    held = roles_of(person_id) & roles
    if held - {Role.DEPUTY}:
        return True
    if Role.DEPUTY not in held:
        return False
    return not on_authority or has_authority(person_id, now=now)


def may(person_id: int, act: str, *, now: datetime) -> bool:
    """Whether this person may do (or, of an act of two officers, propose) the act."""
    row = ACTS.get(act)
    if row is None:
        return False
    return _holds(person_id, row.roles, on_authority=row.on_authority, now=now)


def may_second(person_id: int, act: str, *, now: datetime) -> bool:
    """Whether this person may approve another's proposal of the act."""
    row = ACTS.get(act)
    if row is None:
        return False
    return _holds(person_id, row.seconders, on_authority=row.on_authority, now=now)


def acts_of(person_id: int, *, now: datetime) -> frozenset[str]:
    """Every act this person may do: two queries, however long the table."""
    held = roles_of(person_id)
    is_authorised = Role.DEPUTY in held and has_authority(person_id, now=now)
    return frozenset(
        act.name
        for act in ACTS.values()
        if (held - {Role.DEPUTY}) & act.roles
        or (Role.DEPUTY in held & act.roles and (is_authorised or not act.on_authority))
    )


def is_deputy_without_authority(person_id: int, *, now: datetime) -> bool:
    """Whether this deputy can only look, for want of a written authority in force."""
    return Role.DEPUTY in roles_of(person_id) and not has_authority(person_id, now=now)


def authorities_of(person_id: int, *, now: datetime) -> list[tuple[WrittenAuthority, bool]]:
    """A deputy's written authorities, newest first, each with whether it is in force."""
    rows = WrittenAuthority.objects.filter(deputy_id=person_id).select_related("granted_by")
    return [(authority, authority.is_in_force(now)) for authority in rows.order_by("-pk")]


def has_second_factor(person_id: int) -> bool:
    """Whether somebody has one: an authenticator app or a passkey. Recovery codes are none."""
    factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=person_id, type__in=factors).exists())


def was_factor_renewed(person_id: int) -> bool:
    """Whether two officers ever renewed this person's second factor."""
    return StaffMember.objects.filter(pk=person_id, factor_renewed_at__isnull=False).exists()


def has_invited(one: int, other: int) -> bool:
    """Whether one person invited the other to the desk, or proposed to."""
    invitations = AuditRecord.objects.filter(act="invite_staff", subject_kind="staff")
    return invitations.filter(subject_id=str(other), by_id=one).exists()


def staff() -> QuerySet[StaffMember]:
    return StaffMember.objects.prefetch_related("groups", "authorities").order_by("name", "pk")


# --- approvals -------------------------------------------------------------------------------


def waiting_approvals(*, now: datetime) -> QuerySet[Approval]:
    return (
        Approval.objects.filter(state=Approval.State.WAITING, expires_at__gt=now)
        .select_related("proposed_by")
        .order_by("pk")
    )


def waiting_approval(
    act: str, *, subject: tuple[str, str], now: datetime
) -> Approval | None:
    """The proposal of this act on this subject that waits, if one does."""
    return (
        waiting_approvals(now=now)
        .filter(act=act, subject_kind=subject[0], subject_id=subject[1])
        .first()
    )


def decided_approvals(*, before: int | None = None) -> list[Approval]:
    rows = Approval.objects.exclude(state=Approval.State.WAITING)
    rows = rows.select_related("proposed_by", "decided_by").order_by("-pk")
    return list(rows.filter(pk__lt=before)[:PAGE_ROWS] if before else rows[:PAGE_ROWS])


# --- audit trail -----------------------------------------------------------------------------


def audit_trail(
    *,
    before: int | None = None,
    act: str | None = None,
    subject: tuple[str, str] | None = None,
) -> list[AuditRecord]:
    """One page of the trail, newest first, paged by key."""
    rows = AuditRecord.objects.select_related("by", "seconded_by").order_by("-pk")
    if act:
        rows = rows.filter(act=act)
    if subject:
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    return list(rows.filter(pk__lt=before)[:PAGE_ROWS] if before else rows[:PAGE_ROWS])


def acts_done() -> list[str]:
    """Every act of which the trail has a record, in the order of its words."""
    done = AuditRecord.objects.order_by().values_list("act", flat=True).distinct()
    return sorted(done, key=words_of_act)


# --- jobs ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """A job's progress, derived from its row and the time."""

    percent: int | None
    rate: float | None
    seconds_left: int | None
    seconds_taken: int | None


def last_records(subject: tuple[str, str]) -> dict[str, AuditRecord]:
    """The newest record of each act that was done to a subject, with who did it."""
    rows = AuditRecord.objects.filter(subject_kind=subject[0], subject_id=subject[1])
    newest = rows.order_by("act", "-pk").distinct("act").select_related("by", "seconded_by")
    return {one.act: one for one in newest}


def last_record(act: str, *, kind: str, ids: Iterable[int]) -> AuditRecord | None:
    """The newest record of an act that was done to any of these subjects of one kind."""
    rows = AuditRecord.objects.filter(act=act, subject_kind=kind, subject_id__in=map(str, ids))
    return rows.select_related("by", "seconded_by").order_by("-pk").first()


def progress_of(job: Job, *, now: datetime) -> Progress:
    """Derive share, rate and time left of the stage under way, and the time taken in all."""
    end = job.finished_at or now
    taken = int((end - job.started_at).total_seconds()) if job.started_at else None
    percent = None
    if job.total:
        percent = min(100, job.done * 100 // job.total)
    if job.state == Job.State.DONE:
        percent = 100
    rate = left = None
    # The last report's own time, not now: between two reports the rate must not sink.
    if job.stage_started_at and job.reported_at and job.done:
        in_stage_s = (job.reported_at - job.stage_started_at).total_seconds()
        if in_stage_s > 0:
            rate = job.done / in_stage_s
            if job.total and job.state == Job.State.CLAIMED:
                left = max(0, round((job.total - job.done) / rate))
    return Progress(percent=percent, rate=rate, seconds_left=left, seconds_taken=taken)


def job(job_id: int) -> Job | None:
    return Job.objects.filter(pk=job_id).first()


def latest_job(kind: str, *, subject: tuple[str, str]) -> Job | None:
    """The newest job of this kind about this subject, in whatever state."""
    return Job.objects.filter(
        kind=kind, subject_kind=subject[0], subject_id=subject[1]
    ).first()


def live_jobs(*, subject: tuple[str, str] | None = None) -> QuerySet[Job]:
    rows = Job.objects.filter(state__in=[Job.State.OPEN, Job.State.CLAIMED])
    if subject:
        rows = rows.filter(subject_kind=subject[0], subject_id=subject[1])
    return rows


# --- letters ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LetterCounts:
    """How many letters of a dispatch stand in each state."""

    waiting: int = 0
    claimed: int = 0
    handed_over: int = 0
    held: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.claimed + self.handed_over + self.held + self.cancelled


def letter_counts(dispatch_id: int) -> LetterCounts:
    rows = (
        Letter.objects.filter(dispatch_id=dispatch_id)
        .order_by()
        .values_list("state")
        .annotate(letters=Count("pk"))
    )
    return LetterCounts(**dict(rows))


def dispatch(dispatch_id: int) -> Dispatch | None:
    return Dispatch.objects.filter(pk=dispatch_id).first()


def has_unreleased(dispatch: Dispatch) -> bool:
    """Whether letters of a later tranche wait to be released."""
    if dispatch.at_once:
        return False
    return _waiting(dispatch).filter(tranche__gt=dispatch.released_tranche).exists()


def has_released(dispatch: Dispatch) -> bool:
    """Whether letters of a tranche that is released wait to be sent."""
    return _waiting(dispatch).filter(tranche__lte=dispatch.released_tranche).exists()


def _waiting(dispatch: Dispatch) -> QuerySet[Letter]:
    return Letter.objects.filter(dispatch=dispatch, state=Letter.State.WAITING)


def has_open_batch(dispatch_id: int) -> bool:
    """Whether letters of a dispatch are set for printing in a batch that nobody has closed."""
    rows = PrintBatch.objects.filter(dispatch_id=dispatch_id, handed_over_at__isnull=True)
    return rows.exists()


def dispatch_for(purpose: str, *, reference: UUID) -> Dispatch | None:
    return Dispatch.objects.filter(purpose=purpose, reference=reference).first()


def dispatches(*, references: Sequence[UUID] | None = None) -> QuerySet[Dispatch]:
    rows = Dispatch.objects.order_by("-pk")
    return rows if references is None else rows.filter(reference__in=references)


def letters_held() -> int:
    """How many letters are held, and something is to be done with them."""
    return _held().count()


def refused_letters(dispatch_id: int) -> QuerySet[Letter]:
    """The letters of a dispatch that are held since the mail server refused them."""
    return Letter.objects.filter(
        dispatch_id=dispatch_id, state=Letter.State.HELD, held_because="refused"
    )


def letters_to(recipient: str, *, purposes: Sequence[str]) -> list[Letter]:
    """The letters of some purposes to one recipient, in the order in which they were made."""
    return list(
        Letter.objects.filter(recipient=recipient, purpose__in=purposes).order_by("pk")
    )


def held_letters(*, after: int = 0) -> list[Letter]:
    """One page of them, oldest first, paged by key."""
    rows = _held().filter(pk__gt=after)
    return list(rows.select_related("dispatch").order_by("pk")[:PAGE_ROWS])


def _held() -> QuerySet[Letter]:
    rows = Letter.objects.filter(state=Letter.State.HELD)
    return rows.exclude(dispatch_id__in=lapsed_dispatches())


@dataclass(frozen=True, slots=True)
class Deliveries:
    """What the mail provider said of the letters of a dispatch that were handed to it."""

    deferred: int = 0
    delivered: int = 0
    bounced: int = 0
    complained: int = 0

    @property
    def total(self) -> int:
        return self.deferred + self.delivered + self.bounced + self.complained


def deliveries(dispatch_id: int) -> Deliveries:
    rows = (
        Letter.objects.filter(dispatch_id=dispatch_id)
        .exclude(delivery=Letter.Delivery.UNKNOWN)
        .order_by()
        .values_list("delivery")
        .annotate(letters=Count("pk"))
    )
    return Deliveries(**dict(rows))


def letters_returned() -> int:
    """How many letters came back, or were complained of, that nobody has dealt with."""
    return _returned().count()


def returned_letters(*, after: int = 0) -> list[Letter]:
    """One page of them, oldest first, paged by key."""
    rows = _returned().filter(pk__gt=after).select_related("dispatch")
    return list(rows.order_by("pk")[:PAGE_ROWS])


def _returned() -> QuerySet[Letter]:
    came_back = [Letter.Delivery.BOUNCED, Letter.Delivery.COMPLAINED]
    return Letter.objects.filter(delivery__in=came_back, return_settled=False)


# --- the development outbox ------------------------------------------------------------------


def development_mails(*, address: str = "", before: int | None = None) -> list[DevelopmentMail]:
    rows = DevelopmentMail.objects.order_by("-pk")
    if address:
        rows = rows.filter(recipients__icontains=address)
    return list(rows.filter(pk__lt=before)[:PAGE_ROWS] if before else rows[:PAGE_ROWS])


def development_mail(mail_id: int) -> DevelopmentMail | None:
    return DevelopmentMail.objects.filter(pk=mail_id).first()
