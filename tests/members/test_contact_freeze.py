"""Once contact details are frozen: what one person may not do alone, by hand or by a list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import services
from members.models import Change, ContactDraft, ImportBatch, Member
from members.selectors import contacts as asked
from members.services.history import change_member
from office.models import Approval
from office.permissions import Role
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act
from tests.members.correcting import REASON, correct, frozen_since, recipients, the_member
from tests.members.factories import NOW, imported, person, previewed
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db


def test_one_officer_sets_the_freeze_and_brings_it_forward() -> None:
    later = timezone.now() + timedelta(days=9)

    services.set_contact_freeze(later, by=officer().pk, now=NOW)
    services.set_contact_freeze(later - timedelta(days=2), by=officer().pk, now=NOW)

    standing = asked.freeze()
    assert standing is not None
    assert standing.freezes_at == later - timedelta(days=2)
    assert not asked.is_frozen()
    with pytest.raises(Refusal, match="has passed"):
        services.set_contact_freeze(timezone.now(), by=officer().pk, now=NOW)


def test_to_move_the_freeze_to_a_later_hour_takes_two() -> None:
    by, second = officer(), officer()
    services.set_contact_freeze(timezone.now() + timedelta(days=2), by=by.pk, now=NOW)
    later = timezone.now() + timedelta(days=3)

    with pytest.raises(Refusal, match="takes two"):
        services.set_contact_freeze(later, by=by.pk, now=NOW)
    approval = propose_act(
        "move_contact_freeze", subject=("contact_freeze", "1"), by=by.pk, now=NOW,
        parameters={"at": later.isoformat(), "reason": "The court moved the close."},
    )  # fmt: skip
    approve_act(approval.pk, by=second.pk, now=NOW)

    standing = asked.freeze()
    assert standing is not None
    assert (standing.freezes_at, standing.seconded_by) == (later, second)
    with pytest.raises(Refusal, match="two officers"):
        services.move_contact_freeze(
            "1", by=by.pk, seconded_by=by.pk, now=NOW, at=later.isoformat(), reason="x"
        )


def test_a_change_by_one_hand_is_refused_once_details_are_frozen() -> None:
    imported(person())
    correct(email="before@example.org")
    by = officer().pk
    frozen_since()

    with pytest.raises(Refusal) as refused:
        correct(email="late@example.org")
    assert refused.value.code == "contacts.frozen"
    with pytest.raises(Refusal):
        change_member(the_member().pk, fields={"phone": "1"}, source=Change.Source.REQUEST,
                      by=by, now=NOW)  # fmt: skip

    assert the_member().email == "before@example.org"
    change_member(the_member().pk, fields={"standing": "arrears"}, source=Change.Source.EDIT,
                  by=by, now=NOW)  # fmt: skip
    assert the_member().standing == "arrears"


def test_a_late_correction_is_carried_out_by_a_second_person_and_told() -> None:
    imported(person())
    keeper, second = staff(Role.MEMBERSHIP_ADMINISTRATOR), officer()
    frozen_since()

    approval = services.request_contact_edit(
        the_member().pk, fields={"email": "new@example.org"}, reason=REASON, by=keeper.pk, now=NOW
    )
    assert approval is not None
    assert "new@example.org" not in approval.sentence + str(approval.parameters)
    assert the_member().email == "carys@example.org"
    approve_act(approval.pk, by=second.pk, now=NOW)

    change = Change.objects.get()
    assert the_member().email == "new@example.org"
    assert (change.by, change.seconded_by, change.source) == (keeper, second, "edit")
    assert recipients() == [f"change:{change.pk}:old", f"change:{change.pk}:new"]


def test_a_late_correction_is_not_approved_by_whoever_proposed_it_nor_by_an_administrator() -> None:
    imported(person())
    by = officer()
    frozen_since()
    approval = services.propose_contact_edit(
        the_member().pk, fields={"phone": "1"}, reason=REASON, by=by.pk, now=NOW
    )

    for person_id in (by.pk, staff(Role.MEMBERSHIP_ADMINISTRATOR).pk):
        with pytest.raises(Refusal):
            approve_act(approval.pk, by=person_id, now=NOW)

    approve_act(approval.pk, by=officer().pk, now=NOW)
    assert the_member().phone == "1"


def test_a_draft_is_not_carried_out_over_what_has_changed_since() -> None:
    imported(person())
    by, second = officer(), officer()
    approval = services.propose_contact_edit(
        the_member().pk, fields={"email": "new@example.org"}, reason=REASON, by=by.pk, now=NOW
    )
    correct(email="other@example.org")

    with pytest.raises(Refusal, match="have changed since"):
        approve_act(approval.pk, by=second.pk, now=NOW)

    assert the_member().email == "other@example.org"
    draft = ContactDraft.objects.get()
    with pytest.raises(Refusal, match="no such draft"):
        services.edit_contact_late(
            str(the_member().pk), by=by.pk, seconded_by=second.pk, now=NOW, draft=draft.pk,
            digest="0" * 64,
        )  # fmt: skip


def test_whoever_carries_out_a_correction_locks_the_list_before_anything_of_it() -> None:
    imported(person())
    by, second = officer().pk, officer().pk
    member = the_member()
    services.propose_contact_edit(
        member.pk, fields={"phone": "01632 960001"}, reason=REASON, by=by, now=NOW
    )
    proposed = Approval.objects.latest("pk").parameters
    asked = services.ask_correction(member.pk, detail="phone", wanted="2", why="", now=NOW)

    assert first_locked(lambda: services.edit_contact_late(
        str(member.pk), by=by, seconded_by=second, now=NOW, **proposed
    )) == "members_register"
    assert first_locked(lambda: services.accept_correction(
        asked, fields={"phone": "01632 960002"}, answer="", by=by, now=NOW
    )) == "members_register"
    assert the_member().phone == "01632 960002"


def first_locked(act: Callable[[], object]) -> str:
    """The table of which an act locks rows first: in one order everywhere, two never wait for
    each other."""
    with CaptureQueriesContext(connection) as queries:
        act()
    locking = next(each["sql"] for each in queries if "FOR UPDATE" in each["sql"])
    return locking.partition('FROM "')[2].partition('"')[0]


def test_an_import_that_changes_frozen_details_waits_for_a_second_person() -> None:
    imported(person())
    by, second = officer(), officer()
    frozen_since()
    batch = previewed(person(email="new@example.org"))

    with pytest.raises(Refusal) as refused:
        services.request_apply(batch.pk, by=by.pk, now=NOW)
    assert refused.value.code == "import.takes-two"
    approval = services.propose_import(batch.pk, by=by.pk, now=NOW)
    assert "this import changes those of one person." in approval.sentence
    approve_act(approval.pk, by=second.pk, now=NOW)
    services.apply_import(batch.pk, now=NOW, seconded_by=second.pk)

    change = Change.objects.get()
    assert (change.by, change.seconded_by, change.batch) == (by, second, batch)
    assert the_member().email == "new@example.org"


def test_an_import_that_leaves_contact_details_alone_takes_one_person_after_the_freeze() -> None:
    imported(person())
    frozen_since()

    imported(person(paid_until="2017-12-31"))

    assert the_member().paid_until is not None


def test_a_list_that_has_somebody_under_another_number_waits_for_a_second_person() -> None:
    """The address of who is dropped and added is a new one, though no change of it is recorded."""
    imported(person(), person(number="2", email="two@example.org"))
    imported(person())
    frozen_since()
    swapped = previewed(person(number="9999", email="thief@example.com"))
    back = previewed(person(), person(number="2", email="two@example.org"))

    for batch in (swapped, back):
        with pytest.raises(Refusal) as refused:
            services.request_apply(batch.pk, by=officer().pk, now=NOW)
        assert refused.value.code == "import.takes-two"
        assert "adds or brings back one person with theirs" in refused.value.sentence
    assert not Member.objects.filter(number="9999").exists()


def test_details_that_freeze_between_the_request_and_the_work_are_not_changed_by_it() -> None:
    imported(person())
    batch = previewed(person(email="new@example.org"))
    services.request_apply(batch.pk, by=officer().pk, now=NOW)
    frozen_since()

    with pytest.raises(Refusal) as refused:
        services.apply_import(batch.pk, now=NOW)

    batch.refresh_from_db()
    assert refused.value.code == "import.takes-two"
    assert batch.state == ImportBatch.State.PREVIEWED
    assert the_member().email == "carys@example.org"
    assert not Approval.objects.exists()
