"""Correct one person's contact details at the desk, or as the person asked.

Before the freeze one person does it; from then on it is a draft that a second person reads and
carries out. Whoever did it, a notice goes to where the person could be reached before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from members import selectors
from members.models import Change, ContactDraft, Member
from members.models.contacts import CONTACT_COLUMNS, KIND_WORDS, KINDS
from members.rollfile.normal import tidy
from members.selectors.proposals import record_words
from members.services.answer_correction import accept_drafted
from members.services.contact_notices import queue_notices
from members.services.history import change_member, lock_register
from office.models import Approval
from office.refusal import Refusal
from office.services.approvals import demand_two_officers, propose_act
from office.services.audit import record

EDITABLE: Final = ("title", *CONTACT_COLUMNS)


def request_contact_edit(
    member_id: int,
    *,
    fields: Mapping[str, str],
    reason: str,
    by: int,
    now: datetime,
    source: Change.Source = Change.Source.EDIT,
) -> Approval | Change:
    """Correct the details now, or propose it to a second person where they are frozen.

    fields: columns of EDITABLE and their new values, as typed; what is left out stays.
    reason: how the request came and why, for whoever reads the history.
    Returns the proposal, or the record of the change.
    """
    if selectors.contacts.is_frozen():
        return propose_contact_edit(
            member_id, fields=fields, reason=reason, by=by, now=now, source=source
        )
    return edit_contact(member_id, fields=fields, reason=reason, by=by, now=now, source=source)


@transaction.atomic
def edit_contact(
    member_id: int,
    *,
    fields: Mapping[str, str],
    reason: str,
    by: int,
    now: datetime,
    source: Change.Source = Change.Source.EDIT,
) -> Change:
    """Correct the details at once, and queue the notices of it; refused after the freeze."""
    _, changed = _wanted(member_id, fields, reason)
    return _change(
        member_id, changed, reason=reason, by=by, seconded_by=None, now=now, source=source
    )


@transaction.atomic
def propose_contact_edit(
    member_id: int,
    *,
    fields: Mapping[str, str],
    reason: str,
    by: int,
    now: datetime,
    source: Change.Source = Change.Source.EDIT,
) -> Approval:
    """Write the correction down as a draft, and propose it to a second person."""
    member, changed = _wanted(member_id, fields, reason)
    draft = ContactDraft.objects.create(
        member=member,
        before={name: getattr(member, name) for name in changed},
        after=changed,
        source=source,
        reason=tidy(reason),
        drafted_by_id=by,
        drafted_at=now,
    )
    return propose_act(
        "edit_contact_late",
        subject=("member", str(member_id)),
        by=by,
        now=now,
        parameters={"draft": draft.pk, "digest": _digest(draft)},
    )


@transaction.atomic
def edit_contact_late(
    member_id: str, *, by: int, seconded_by: int, now: datetime, draft: int, digest: str
) -> None:
    """Carry out a draft that a second person has approved, if it still says what it said."""
    demand_two_officers(by=by, seconded_by=seconded_by)
    # Before the member's own row, as everybody who changes members does: else two would wait for
    # each other.
    lock_register()
    row = _draft(member_id, draft, digest)
    member = Member.objects.select_for_update().get(pk=row.member_id)
    _require_as_drafted(row, member)
    change = _change(
        member.pk, row.after, reason=row.reason, by=by, seconded_by=seconded_by, now=now,
        source=Change.Source(row.source),
    )  # fmt: skip
    accept_drafted(row, change, by=by, seconded_by=seconded_by, now=now)


def require_late_edit(member_id: str, *, now: datetime, draft: int, digest: str) -> None:
    """Refuse a draft that was overtaken by another change of what it changes."""
    del now
    row = _draft(member_id, draft, digest)
    _require_as_drafted(row, Member.objects.get(pk=row.member_id))


def _require_as_drafted(row: ContactDraft, member: Member) -> None:
    if any(getattr(member, name) != value for name, value in row.before.items()):
        raise Refusal("contacts.changed-meanwhile", "This person’s details have changed since it "
                      "was proposed. Remove it, and propose anew.")


def describe_late_edit(member_id: str, *, draft: int, digest: str) -> str:
    """What would change, without what to: that stands on the draft's own page."""
    row = _draft(member_id, draft, digest)
    kinds = [words for kind, words in KIND_WORDS.items() if set(KINDS[kind]) & set(row.after)]
    what = " and ".join(kinds) or "title"
    return (f"Contact details of {record_words(row.member_id)} are changed, though they are "
            f"frozen: {what}. Draft {draft}, checksum {digest[:8]}.")


def _draft(member_id: str, draft: int, digest: str) -> ContactDraft:
    row = ContactDraft.objects.filter(pk=draft, member_id=int(member_id)).first()
    if row is None or _digest(row) != digest:
        raise Refusal("contacts.no-draft", "There is no such draft of a correction.",
                      status=HTTPStatus.NOT_FOUND)
    return row


def _digest(draft: ContactDraft) -> str:
    said = [draft.member_id, draft.before, draft.after, draft.source, draft.reason]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _change(
    member_id: int,
    changed: Mapping[str, str],
    *,
    reason: str,
    by: int,
    seconded_by: int | None,
    now: datetime,
    source: Change.Source,
) -> Change:
    change = change_member(
        member_id, fields=dict(changed), source=source, by=by, seconded_by=seconded_by, now=now,
        reason=tidy(reason),
    )  # fmt: skip
    if change is None:
        raise _nothing_changed()
    record("edit_contact", subject=("member", str(member_id)), by=by, seconded_by=seconded_by,
           now=now, parameters={"change": change.pk, "columns": ", ".join(sorted(changed))})
    queue_notices(change.pk)
    return change


def _wanted(
    member_id: int, fields: Mapping[str, str], reason: str
) -> tuple[Member, dict[str, str]]:
    """The member, and the values that differ from what is held, cleaned."""
    if not tidy(reason):
        raise Refusal("contacts.no-reason", "Say how the request came and why.",
                      status=HTTPStatus.BAD_REQUEST)
    member = Member.objects.filter(pk=member_id).first()
    if member is None:
        raise Refusal("contacts.unknown", "There is no such member.", status=HTTPStatus.NOT_FOUND)
    given = {name: _cleaned(name, fields[name]) for name in EDITABLE if name in fields}
    changed = {name: value for name, value in given.items() if getattr(member, name) != value}
    if not changed:
        raise _nothing_changed()
    return member, changed


def _cleaned(name: str, value: str) -> str:
    kept = tidy(value)
    longest = getattr(Member._meta.get_field(name), "max_length", 0)
    if not kept.isprintable() or len(kept) > longest or (name == "family_name" and not kept):
        raise _malformed(name)
    if name == "email" and kept:
        try:
            validate_email(kept)
        except ValidationError:
            raise _malformed(name) from None
    return kept


def _malformed(name: str) -> Refusal:
    return Refusal("contacts.malformed", f"The {name.replace('_', ' ')} cannot be kept as it is "
                   "typed: look for hidden characters, a missing part, or too many letters.",
                   status=HTTPStatus.BAD_REQUEST)


def _nothing_changed() -> Refusal:
    return Refusal("contacts.nothing-changed", "What you typed is what is held already. Nothing "
                   "was changed.", status=HTTPStatus.BAD_REQUEST)
