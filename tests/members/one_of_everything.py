"""A person of whom every table that names a member holds something, for tests of what is held."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from members import services
from members.models import (
    Change,
    ContactDraft,
    ContactFlag,
    CorrectionRequest,
    Decision,
    DryRun,
    DryRunMove,
    Member,
    Pair,
    Roll,
    UndoneMember,
)
from members.services.delete_the_gone import references_to
from members.services.own_page import make_link
from office.models import Approval
from office.permissions import Role
from office.services.approvals import approve_act
from tests.members.factories import NOW, frozen, imported, officers, person, rules
from tests.office.factories import officer, staff

LATER: Final = NOW + timedelta(days=1)
NUMBER: Final = "77O0QZ"
"""A number with the letter O among its digits, which an import remarks on."""

CANARY: Final = {
    "number": NUMBER,
    "title": "Brigadier",
    "given_name": "Quillon",
    "family_name": "Zephyrine",
    "email": "quillon.z@warbler.example",
    "address_1": "13 Finchling Ascent",
    "postcode": "QZ7 9ZQ",
    "phone": "+44 7700 900777",
}
WORDS: Final = {
    "evidence": "The minute says that Nightjar was there.",
    "grounds": "The panel heard Wheatear on it.",
    "appeal": "Redpoll was me, not him.",
    "answer": "Another Siskin was meant.",
    "wanted": "write me at Dunnock House",
    "reason": "rang from Pipit Lane",
    "draft": "Whinchat Close",
    "access": "showed a Bunting passport",
    "note": "spoke to Mr Ortolan",
    "pair": "Garganey said so",
}
TRACES: Final = (
    *(value for name, value in CANARY.items() if name != "title"),
    "quillon", "zephyrine", "warbler", "Finchling", "Nightjar",
    "Wheatear", "Redpoll", "Siskin", "Dunnock", "Pipit", "Whinchat", "Bunting", "Ortolan",
    "Garganey", "QZ79ZQ",
)  # fmt: skip
"""What must stand nowhere once the person is destroyed, in each form that a table may have."""


def one_of_everything() -> tuple[Member, Roll]:
    """The person, with a second record that is merged into theirs, and the roll they are on."""
    affiliate = person(**{**CANARY, "number": "77O0QZ-A", "section": "affiliated"})
    imported(person(), person(**CANARY), affiliate)
    batch = imported(person(number="2"), person(**{**CANARY, "standing": "unheard"}), scope="part")
    UndoneMember.objects.create(member_key=7, number=NUMBER, batch=batch, at=NOW)
    member = Member.objects.get(number=NUMBER)
    _pair(member)
    roll = Roll.objects.get(pk=frozen(sections=["member", "affiliated"]))
    _on_the_roll(member, roll)
    _contacts(member)
    _decided(member)
    _asked(member)
    services.refresh_search()
    member.refresh_from_db()
    return member, roll


def gone() -> None:
    """They leave the list, as a next list of everybody else finds."""
    imported(person())


def _pair(member: Member) -> None:
    """Their second record is merged into the first, by a person's decision."""
    services.find_pairs(by=None, now=NOW)
    pair = Pair.objects.get(first=member, second__number="77O0QZ-A")
    services.settle_same(pair.pk, keep=member.pk, by=None, now=NOW, reason=WORDS["pair"])


def _on_the_roll(member: Member, roll: Roll) -> None:
    by, seconded_by = officers()
    _drafted(roll, NUMBER)
    services.amend_roll(
        roll.pk, kind="remove", reason="excluded", grounds=WORDS["grounds"], members=[member.pk],
        by=by, seconded_by=seconded_by, now=NOW,
    )  # fmt: skip
    # They are off the roll now, so that this set refuses their number.
    _drafted(roll, f"{NUMBER}\n0000123")
    run = DryRun.objects.get(pk=services.request_dry_run(rules("Deputy 2016"), by=None, now=NOW))
    DryRunMove.objects.create(
        run=run, against="rules", member=member, section=member.section, becomes="eligible",
        still_votes=False,
    )  # fmt: skip


def _drafted(roll: Roll, numbers: str) -> None:
    services.draft_bulk(
        roll.pk, kind="remove", reason="excluded", grounds=WORDS["grounds"],
        content=numbers.encode(), by=officer().pk, now=NOW,
    )  # fmt: skip


def _contacts(member: Member) -> None:
    by = officer().pk
    services.edit_contact(
        member.pk, fields={"address_1": f"2 {CANARY['address_1']}"}, reason=WORDS["reason"], by=by,
        now=NOW,
    )  # fmt: skip
    change = Change.objects.filter(member=member).latest("pk")
    services.record_contact_dispute(change.pk, now=NOW)
    services.look_at_flag(ContactFlag.objects.get().pk, note=WORDS["note"], by=officer().pk,
                          now=NOW)  # fmt: skip
    ContactFlag.objects.create(
        kind="mailbox", key=f"mailbox:{CANARY['email']}", subject=CANARY["email"], people=6,
        found_at=NOW, seen_at=NOW,
    )  # fmt: skip
    ContactDraft.objects.create(
        member=member, before={"address_1": CANARY["address_1"]},
        after={"address_1": WORDS["draft"]}, source="edit", reason=WORDS["reason"],
        drafted_by_id=by, drafted_at=NOW,
    )  # fmt: skip


def _decided(member: Member) -> None:
    decision = services.propose_standing(
        member.pk, kind="suspension", reason="abuse", evidence=WORDS["evidence"],
        by=staff(Role.MEMBERSHIP_ADMINISTRATOR).pk, now=NOW,
    )  # fmt: skip
    approve_act(Approval.objects.latest("pk").pk, by=officer().pk, now=NOW)
    appeal = services.lodge_appeal(decision, grounds=WORDS["appeal"], by=None, now=LATER)
    services.decide_appeal(appeal, upheld=False, answer=WORDS["answer"], by=officer().pk,
                           now=LATER)  # fmt: skip
    assert Decision.objects.get().decided_at


def _asked(member: Member) -> None:
    by = officer().pk
    services.record_lookup(member.pk, by=by, now=NOW)
    services.record_search("Zephyrine", hits=2, by=by, now=NOW)
    make_link(member, now=NOW)
    asked = services.ask_correction(
        member.pk, detail="address", wanted=WORDS["wanted"], why=WORDS["reason"], now=NOW
    )
    services.refuse_correction(asked, answer=WORDS["answer"], by=by, now=NOW)
    assert CorrectionRequest.objects.get().answer
    request = services.request_access(
        member.pk, asked_on=NOW.date(), proof="document", note=WORDS["access"], by=by, now=NOW
    )
    services.make_access_file(request, now=NOW)


def tables_that_name(member: Member) -> set[str]:
    """Each column that refers to members and does refer to this one or what is merged into it."""
    keys = [member.pk, *Member.objects.filter(merged_into=member).values_list("pk", flat=True)]
    return {
        _named(column) for column in references_to(Member)
        if column.model._default_manager.filter(**{f"{column.name}__in": keys}).exists()
    }  # fmt: skip


def columns_that_name_members() -> set[str]:
    return {_named(column) for column in references_to(Member)}


def _named(column: Any) -> str:
    return f"{column.model.__name__}.{column.name}"
