"""Give a person the standing that was decided, and give back the one before: a decision's part.

Everything runs in the transaction of the act that calls it. A person may have several records;
all of them have the standing, and each remembers its own.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from members.models import Change, Decision, KeptStanding, Member
from members.models.decisions import STANDING_BY_KIND, Appeal, Kind
from members.models.people import Standing
from members.services.history import change_member


def impose(decision: Decision, *, now: datetime) -> None:
    """Give all the person's records the decided standing, and keep it against imports."""
    person = Q(pk=decision.member_id) | Q(merged_into=decision.member_id)
    for member in Member.objects.filter(person).order_by("pk"):
        kept = KeptStanding.objects.filter(member=member).first()
        if kept is None:
            kept = KeptStanding(member=member, before=member.standing)
        elif kept.against:
            # What was kept was a reinstatement: that one's past is over.
            kept.before = member.standing
        kept.decision, kept.against = decision, ""
        kept.save()
        _change(member, STANDING_BY_KIND[decision.kind], decision, now=now)


def lift(standing: Decision, *, by: Decision, now: datetime) -> None:
    """Give back what there was before any decision: two officers reinstate the person.

    Where the list itself had said what was decided, there is nothing to give back but good
    standing. Of imports, the lifted standing alone is no news from now on.
    """
    end(standing, now=now)
    for kept in KeptStanding.objects.filter(decision=standing).select_related("member"):
        lifted = kept.member.standing
        kept.decision, kept.against = by, lifted
        kept.save(update_fields=["decision", "against"])
        restored = kept.before if kept.before != lifted else Standing.GOOD.value
        _change(kept.member, restored, by, now=now)


def overturn(decision: Decision, *, by: int, now: datetime) -> bool:
    """Give back what there was before this decision: an appeal against it is upheld.

    The decision that it followed stands again, unless that one was overturned as well. A
    decision that no longer stands gives nothing back. Returns whether anything was given back.
    """
    if decision.ended_at is not None:
        return False
    end(decision, now=now)
    earlier = _followed(decision)
    if earlier is not None:
        earlier.ended_at = None
        earlier.save(update_fields=["ended_at"])
    for kept in KeptStanding.objects.filter(decision=decision).select_related("member"):
        if earlier is not None:
            restored, kept.decision = STANDING_BY_KIND[earlier.kind].value, earlier
        else:
            restored, kept.against = kept.before, kept.member.standing
        kept.save(update_fields=["decision", "against"])
        _change(kept.member, restored, decision, now=now, by=by)
    return True


def end(decision: Decision, *, now: datetime) -> None:
    decision.ended_at = now
    decision.save(update_fields=["ended_at"])


def _followed(decision: Decision) -> Decision | None:
    """The decision that stands again without this one."""
    earlier = decision.follows
    while earlier is not None and _is_overturned(earlier):
        earlier = earlier.follows
    return earlier


def _is_overturned(decision: Decision) -> bool:
    return Appeal.objects.filter(decision=decision, outcome=Appeal.Outcome.UPHELD).exists()


def _change(
    member: Member, standing: str, decision: Decision, *, now: datetime, by: int | None = None
) -> None:
    """by: who decided the appeal; left out, the two who made the decision."""
    words = Kind(decision.kind).label
    change_member(
        member.pk,
        fields={"standing": str(standing)},
        source=Change.Source.DECISION,
        by=by or decision.proposed_by_id,
        seconded_by=None if by else decision.approved_by_id,
        now=now,
        reason=f"Appeal against decision {decision.pk} ({words}) upheld." if by
        else f"Decision {decision.pk}: {words}.",
    )  # fmt: skip
