"""Decide whether two records are one person's, and take a decision back.

A person decides, always. Records that are one person's give one elector: which of several
entitlements that is, the freeze decides by the order of the sections. A merge may be taken back at
any time, after a freeze too: the frozen roll is a copy of what stood then and does not change with
the list, so that nothing depends on the merge; what it should have been is for an amendment.

Once contact details are frozen, to join records or to part them takes two people
(services.settle_pair_late): it changes which record, and so which address, is entered on the roll.

Neither is done while a standing decision is on one of the records, or waits: what two officers
decided of a person is not put on another, or taken off, by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus

from django.db import transaction
from django.db.models import Max

from members import selectors
from members.models import Change, Member, Pair
from members.services.contact_freeze import demand_contacts_open
from members.services.history import lock_register
from members.services.joined_notices import queue_joined_notices
from members.services.persons import decided_among, records_of, stand
from office.refusal import Refusal
from office.services.audit import record


@transaction.atomic
def settle_same(
    pair_id: int,
    *,
    keep: int,
    by: int | None,
    now: datetime,
    reason: str = "",
    seconded_by: int | None = None,
) -> None:
    """The two are one person, and the record `keep` stands for it. Deciding so twice is no error.

    Records that were merged with either before are the same person's too. What waited between any
    two of them follows from this and waits no longer. Every address among them is told.
    """
    pair = _locked(pair_id)
    if pair.state == Pair.State.SAME and pair.kept_id == keep:
        return
    _refuse_unless_open(pair)
    if keep not in (pair.first_id, pair.second_id):
        raise Refusal(
            "pair.keep", "Say which of the two records stands.", status=HTTPStatus.BAD_REQUEST
        )
    demand_contacts_open(seconded_by=seconded_by)
    records = records_of((pair.first_id, pair.second_id))
    _refuse_where_decided(records, now=now)
    contrary = decided_among(records, state=Pair.State.DIFFERENT)
    if contrary:
        raise Refusal(
            "pair.contradicts",
            "Among the records that would become one person are two of which somebody decided "
            f"that they are not the same: pair {contrary[0].pk}. Undo one of the decisions first.",
        )
    stand(dict.fromkeys(records, keep), by=by, seconded_by=seconded_by, now=now, reason=reason)
    queue_joined_notices(list(records))
    _decide(pair, Pair.State.SAME, by=by, now=now, reason=reason, kept=keep)
    for follows in decided_among(records, state=Pair.State.OPEN):
        _decide(follows, Pair.State.SAME, by=by, now=now, kept=keep, is_implied=True)
    _record("settle_same", pair, by=by, seconded_by=seconded_by, now=now, kept=keep)


@transaction.atomic
def settle_different(
    pair_id: int, *, by: int | None, now: datetime, reason: str = ""
) -> None:
    """The two are not the same person. Deciding so twice is no error."""
    pair = _locked(pair_id)
    if pair.state == Pair.State.DIFFERENT:
        return
    _refuse_unless_open(pair)
    _decide(pair, Pair.State.DIFFERENT, by=by, now=now, reason=reason)
    _record("settle_different", pair, by=by, now=now)


@transaction.atomic
def unsettle(
    pair_id: int, *, by: int | None, now: datetime, seconded_by: int | None = None
) -> None:
    """Take a decision back: the pair waits again. Taking it back twice is no error."""
    pair = _locked(pair_id)
    if pair.state == Pair.State.OPEN:
        return
    if pair.is_implied:
        raise Refusal(
            "pair.implied",
            "Nobody decided this pair: it follows from others of the same person. "
            "Undo one of those.",
        )
    was = pair.state
    if was == Pair.State.SAME:
        demand_contacts_open(seconded_by=seconded_by)
        _refuse_where_decided(records_of((pair.first_id, pair.second_id)), now=now)
    _reopen(pair)
    if was == Pair.State.SAME:
        _part(pair, by=by, seconded_by=seconded_by, now=now)
    _record("unsettle_pair", pair, by=by, seconded_by=seconded_by, now=now, was=was)


def _locked(pair_id: int) -> Pair:
    """The pair, with the list locked: no search and no other decision comes between."""
    lock_register()
    pair = Pair.objects.select_for_update().filter(pk=pair_id).first()
    if pair is None:
        raise Refusal("pair.unknown", "There is no such pair.", status=HTTPStatus.NOT_FOUND)
    return pair


def _refuse_unless_open(pair: Pair) -> None:
    if pair.state != Pair.State.OPEN:
        raise Refusal(
            "pair.decided",
            f"This pair was decided meanwhile: {pair.get_state_display()}. "
            "Undo that decision first.",
        )


def _refuse_where_decided(records: Iterable[int], *, now: datetime) -> None:
    """Refuse while a decision of two officers stands on, or waits for, one of these records.

    It would be moved to another person, or away from this one, by somebody who decides alone.
    """
    found = next(iter(selectors.decisions.holding_records(records, now=now)), None)
    if found is None:
        return
    stands = found.decided_at is not None
    mend = "Have it lifted first" if stands else "Have it approved or refused first"
    also = (
        " Records of one person on which the same was decided need no merging: none of them has "
        "a vote." if stands else ""
    )
    raise Refusal(
        "pair.decision-stands",
        f"Decision {found.pk} ({found.get_kind_display()}) "
        f"{'stands on' if stands else 'is proposed on'} one of these records, and two officers "
        f"decide whom it is on. {mend}.{also}",
    )


def _decide(
    pair: Pair, state: Pair.State, *, by: int | None, now: datetime, reason: str = "",
    kept: int | None = None, is_implied: bool = False,
) -> None:  # fmt: skip
    pair.state, pair.kept_id, pair.is_implied = state, kept, is_implied
    pair.settled_by_id, pair.settled_at, pair.reason = by, now, reason
    pair.returned_at = None
    pair.last_change = Change.objects.aggregate(last=Max("id"))["last"] or 0
    pair.save(update_fields=["state", "kept", "is_implied", "settled_by", "settled_at", "reason",
                             "returned_at", "last_change"])  # fmt: skip


def _reopen(pair: Pair) -> None:
    pair.state, pair.kept_id, pair.is_implied = Pair.State.OPEN, None, False
    pair.settled_by_id, pair.settled_at, pair.reason = None, None, ""
    pair.save(
        update_fields=["state", "kept", "is_implied", "settled_by", "settled_at", "reason"]
    )


def _part(
    pair: Pair, *, by: int | None, seconded_by: int | None, now: datetime
) -> None:
    """Part one person's records into those that decisions still hold together."""
    records = records_of((pair.first_id, pair.second_id))
    merged = decided_among(records, state=Pair.State.SAME)
    decided = [each for each in merged if not each.is_implied]
    standing = _standing_in_parts(records, decided, undone=pair)
    stand(standing, by=by, seconded_by=seconded_by, now=now, reason=f"undone: pair {pair.pk}")
    for follows in merged:
        if follows.is_implied and standing[follows.first_id] != standing[follows.second_id]:
            _reopen(follows)


def _standing_in_parts(
    records: dict[int, int], decided: list[Pair], *, undone: Pair
) -> dict[int, int]:
    """Which record stands for each, where only these decisions hold records together.

    A record that no pair names was merged by something else, and stays with the one that stood.

    The record that stood goes on standing for its part; in another part it is the one of the
    section that goes first, and of several the one that was listed first.
    """
    named = {pk for pair in (*decided, undone) for pk in (pair.first_id, pair.second_id)}
    part = {pk: pk if pk in named else stood for pk, stood in records.items()}
    for pair in decided:
        one, other = part[pair.first_id], part[pair.second_id]
        part = {pk: one if root == other else root for pk, root in part.items()}
    standing = set(records.values())
    order = Member.objects.filter(pk__in=records).order_by("section__precedence", "pk")
    kept: dict[int, int] = {}
    for pk in sorted(order.values_list("pk", flat=True), key=lambda pk: pk not in standing):
        kept.setdefault(part[pk], pk)
    return {pk: kept[root] for pk, root in part.items()}


def _record(
    act: str, pair: Pair, *, by: int | None, now: datetime, seconded_by: int | None = None,
    **parameters: int | str,
) -> None:
    record(
        act, subject=("pair", str(pair.pk)), by=by, seconded_by=seconded_by, now=now,
        parameters={"first": pair.first_id, "second": pair.second_id, **parameters},
    )  # fmt: skip
