"""What a member's own page shows: what is held, what was judged, what was asked and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from django.db.models import QuerySet

from members.models import Change, CorrectionRequest, EligibilityRules, Member, OwnPageLink, Roll
from members.models.people import Standing
from members.models.requests import LINK_LASTS
from members.selectors.contacts import draft_waiting, freezes_at, is_in_the_past
from members.selectors.decisions import person_of, standing_decision
from members.selectors.rolls import standing_rolls
from members.selectors.verdicts import Why, judge_today, why
from office.times import hour_words

# The columns of the list that each detail of a request is about.
FIELDS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "name": ("title", "given_name", "family_name"),
    "email": ("email",),
    "phone": ("phone",),
    "address": ("address_1", "address_2", "address_3", "address_4", "postcode", "country"),
    "joined_on": ("joined_on",),
    "paid_until": ("paid_until",),
    "date_of_birth": ("date_of_birth",),
    "other": (),
}


def hash_of(token: str) -> str:
    """What is kept of a link. A token has 256 random bits: a plain hash cannot be searched."""
    return sha256(token.encode()).hexdigest()


def opened(token: str, *, now: datetime) -> OwnPageLink | None:
    """The link that a token opens; None where it is over or was never one.

    It is over, too, once the address that it was mailed to is no longer the member's: whoever
    reads the old mailbox may be why it was changed.
    """
    rows = OwnPageLink.objects.select_related("member__section", "member__unit")
    link = rows.filter(token_hash=hash_of(token), expires_at__gt=now).first()
    return None if link is None or _has_moved(link) else link


def _has_moved(link: OwnPageLink) -> bool:
    """Whether the member's e-mail address changed since the link was made."""
    made_at = link.expires_at - LINK_LASTS
    since = Change.objects.filter(member=link.member_id, at__gte=made_at)
    return since.filter(contact__is_email=True).exists()


@dataclass(frozen=True, slots=True)
class Judged:
    """What a roll says of a member, or would say if it were frozen now.

    why:   None where the member was not on the membership list when the roll was frozen.
    today: of a frozen roll, what it would say now, where that is something else.
    """

    name: str
    frozen_at: datetime | None
    why: Why | None
    today: Why | None = None

    @property
    def has_vote(self) -> bool:
        return self.why is not None and self.why.has_vote


def judged(member_id: int) -> list[Judged]:
    """The verdict of each frozen roll; and of rules not frozen under, what it would be."""
    found = judged_on_rolls(member_id)
    latest = EligibilityRules.objects.exclude(name__in=standing_rolls().values("name"))
    for rules in latest.order_by("name", "-version").distinct("name"):
        found.append(Judged(rules.name, None, judge_today(member_id, rules_id=rules.pk)))
    return found


def judged_on_rolls(member_id: int) -> list[Judged]:
    """What each frozen roll says of a member. One that is destroyed says nothing of anybody."""
    rolls = standing_rolls().filter(destruction__isnull=True)
    return [_judged_on(roll, member_id) for roll in rolls]


def _judged_on(roll: Roll, member_id: int) -> Judged:
    """What a frozen roll says of a member, who may have joined since."""
    then = why(member_id, roll_id=roll.pk)
    today = judge_today(member_id, rules_id=roll.rules_id)
    is_otherwise = then is None or today.has_vote != then.has_vote
    return Judged(roll.name, roll.frozen_at, then, today if is_otherwise else None)


def said_by_list(member: Member) -> str:
    """What of a member's exclusion rests on the party's list alone, and on no decision made here.

    Empty where the list has them in good standing, or two officers decided it: a decision is
    shown with its reason and the right of appeal.
    """
    if not member.is_listed:
        return "The party’s membership list does not have you any more."
    barring = member.standing not in ("", Standing.GOOD)
    if not barring or standing_decision(person_of(member)) is not None:
        return ""
    return f"The party’s membership list says of you: {member.get_standing_display()}."


def held(member: Member, *, in_part: bool) -> list[dict[str, str]]:
    """What is held of a member, by name; in part, where others read the same mailbox."""
    personal = {
        "E-mail": _email(member.email) if in_part else member.email,
        "Telephone": _end(member.phone) if in_part else member.phone,
        "Postal address": _postal(member, in_part=in_part),
        "Date of birth": _birth(member.date_of_birth, in_part=in_part),
    }
    rows = {
        "Membership number": member.number,
        "Name": member.full_name,
        "On the membership list": "Yes" if member.is_listed else "No longer",
        "Section": member.section.name,
        "Unit": member.unit.name if member.unit else "",
        "Standing": member.get_standing_display().capitalize() if member.standing else "",
        "Joined": _day(member.joined_on),
        "Paid until": _day(member.paid_until),
        **personal,
    }
    return [{"name": name, "value": value or "Not recorded"} for name, value in rows.items()]


def _email(email: str) -> str:
    name, at, domain = email.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else ""


def _end(phone: str) -> str:
    return f"… {phone[-2:]}" if len(phone) > 4 else "…" * bool(phone)


def _postal(member: Member, *, in_part: bool) -> str:
    if not in_part:
        return ", ".join(member.postal_lines)
    district = member.postcode.split(" ")[0] if " " in member.postcode else ""
    return f"… {district}".strip() if member.postal_lines else ""


def _birth(day: date | None, *, in_part: bool) -> str:
    return f"in {day.year}" if day and in_part else _day(day)


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def correction_deadline() -> str:
    """Until when a correction of contact details counts for the papers; empty: no hour is set."""
    hour = freezes_at()
    if hour is None:
        return ""
    when = hour_words(hour)
    if is_in_the_past(hour):
        return (
            f"Names, addresses and telephone numbers were frozen for the voting papers on {when}. "
            "A correction of them takes two people now, and may come too late for the papers."
        )
    return (
        f"Names, addresses and telephone numbers freeze for the voting papers on {when}. Ask in "
        "time for the office to put them right before that: a later correction takes two people, "
        "and may come too late for the papers."
    )


def corrections_of(member_id: int) -> QuerySet[CorrectionRequest]:
    """What a member asked for, the newest first."""
    return CorrectionRequest.objects.filter(member_id=member_id).order_by("-pk")


def is_proposed(asked: CorrectionRequest, *, now: datetime) -> bool:
    """Whether a correction was found right, and waits for a second person to agree."""
    return (
        asked.state == CorrectionRequest.State.WAITING
        and asked.draft_id is not None
        and asked.draft_id == draft_waiting(asked.member_id, now=now)
    )


def waiting_corrections(*, after: int = 0) -> QuerySet[CorrectionRequest]:
    """The desk's queue, the oldest first, from the one after the given."""
    rows = CorrectionRequest.objects.select_related("member__section")
    return rows.filter(state=CorrectionRequest.State.WAITING, pk__gt=after).order_by("pk")


def correction(request_id: int) -> CorrectionRequest | None:
    rows = CorrectionRequest.objects.select_related("member__section", "settled_by", "change")
    return rows.filter(pk=request_id).first()
