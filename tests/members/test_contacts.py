"""Contact details: corrected with a reason, frozen at an hour, told to whoever was there before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from members import letters, services
from members.models import (
    Change,
    ContactChange,
    ContactDraft,
    ContactFlag,
    ContactFreeze,
    ImportBatch,
    Member,
)
from members.selectors import contacts as asked
from members.services.contact_notices import PURPOSE
from members.services.history import change_member
from office.models import Approval, AuditRecord, Letter, StaffMember
from office.permissions import Role
from office.purposes import Envelope, LetterToSend
from office.refusal import Refusal
from office.services.approvals import approve_act, propose_act
from tests.members.factories import NOW, imported, people, person, previewed
from tests.office.factories import officer, staff

pytestmark = pytest.mark.django_db

REASON = "Moved in with her sister."


def the_member() -> Member:
    return Member.objects.get(number="0000123")


def correct(by: StaffMember | None = None, **fields: str) -> None:
    services.edit_contact(
        the_member().pk, fields=fields, reason=REASON, by=(by or officer()).pk, now=NOW
    )


def frozen_since(moment: datetime | None = None) -> None:
    """A freeze that has passed, which no service would set."""
    ContactFreeze.objects.create(
        freezes_at=moment or timezone.now() - timedelta(minutes=1), set_by=officer(), set_at=NOW
    )


def recipients() -> list[str]:
    return list(Letter.objects.filter(purpose=PURPOSE).order_by("pk").values_list(
        "recipient", flat=True))  # fmt: skip


def sent() -> dict[str, Envelope]:
    """What the notices say, by recipient, rendered as a sender renders them."""
    rows = Letter.objects.filter(purpose=PURPOSE).select_related("dispatch")
    batch = [
        LetterToSend(row.pk, PURPOSE, row.dispatch.reference, row.recipient, row.attempt, None)
        for row in rows
    ]
    found = letters.contact_notices(batch)
    return {each.recipient.rpartition(":")[2]: found[each.letter_id] for each in batch}


# --- corrections -----------------------------------------------------------------------------


def test_a_correction_is_a_record_with_its_reason_and_who_made_it() -> None:
    imported(person())
    by = officer()

    correct(by, email="new@example.org", phone="01632 960001")

    change = Change.objects.get()
    assert (change.source, change.by, change.reason) == ("edit", by, REASON)
    assert change.before == {"email": "carys@example.org", "phone": ""}
    assert ContactChange.objects.get().kinds == ["email", "phone"]
    said = AuditRecord.objects.get(act="edit_contact")
    assert said.parameters == {"change": change.pk, "columns": "email, phone"}


def test_a_correction_without_a_reason_or_without_a_difference_is_refused() -> None:
    imported(person())

    with pytest.raises(Refusal, match="how the request came"):
        services.edit_contact(
            the_member().pk, fields={"email": "new@example.org"}, reason=" ", by=officer().pk,
            now=NOW,
        )  # fmt: skip
    with pytest.raises(Refusal, match="what is held already"):
        correct(email="carys@example.org")
    with pytest.raises(Refusal, match="no such member"):
        services.edit_contact(
            0, fields={"email": "a@example.org"}, reason=REASON, by=officer().pk, now=NOW
        )
    assert not Change.objects.exists()

    correct(email="new@example.org")
    assert Change.objects.count() == 1


@pytest.mark.parametrize(
    "fields",
    [{"email": "nobody"}, {"family_name": " "}, {"postcode": "x" * 17}, {"phone": "1\u202e2"}],
)
def test_a_detail_that_cannot_be_kept_is_refused(fields: dict[str, str]) -> None:
    imported(person())

    with pytest.raises(Refusal, match="cannot be kept"):
        correct(**fields)

    correct(address_1="  5  Inkle Row ")
    assert the_member().address_1 == "5 Inkle Row"


# --- what is a change of contact details -----------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"email": "CARYS@Example.org"}, None),
        ({"postcode": "qa12bd"}, None),
        ({"given_name": "CARYS"}, None),
        ({"address_1": "4, Inkle Row."}, None),
        ({"address_1": "4", "address_2": "Inkle Row"}, None),
        ({"address_1": "4 Inkle-Row"}, None),
        ({"address_1": "4 Inkle’s Row"}, ["address"]),
        ({"address_1": "4 Ink'le Row"}, None),
        ({"title": "Dr"}, None),
        ({"address_1": "5 Inkle Row"}, ["address"]),
        ({"country": "Ireland"}, ["address"]),
        ({"family_name": "Pemberley"}, ["name"]),
        ({"email": "", "postcode": "QA1 2BE"}, ["email", "address"]),
    ],
)
def test_case_spacing_and_punctuation_alone_are_no_change(
    fields: dict[str, str], kinds: list[str] | None
) -> None:
    imported(person())

    correct(**fields)

    assert Change.objects.count() == 1
    assert [each.kinds for each in ContactChange.objects.all()] == ([kinds] if kinds else [])
    assert bool(recipients()) == bool(kinds)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("Flat 1", "23 Inkle Row"), ("Flat 12", "3 Inkle Row")),
        (("1, 23 Inkle Row", ""), ("12-3 Inkle Row", "")),
        (("Unit 1/1", "1 Inkle Row"), ("Unit 1", "1/11 Inkle Row")),
    ],
)
def test_digits_that_move_to_another_number_are_another_address(
    before: tuple[str, str], after: tuple[str, str]
) -> None:
    imported(person(address_1=before[0], address_2=before[1]))
    told = Letter.objects.count()

    correct(address_1=after[0], address_2=after[1])

    assert ContactChange.objects.get().kinds == ["address"]
    assert Letter.objects.count() == told + 1


def test_a_telephone_number_is_one_with_its_country_s_code_and_without() -> None:
    imported(person(phone="01632 960001"))

    correct(phone="+44 1632-960001")
    assert not ContactChange.objects.exists()

    correct(phone="01632 960002")
    assert ContactChange.objects.get().kinds == ["phone"]


def test_a_change_that_is_no_contact_detail_is_not_counted() -> None:
    imported(person(), person(number="2"))

    imported(person(paid_until="2017-12-31"), person(number="2", postcode="QA1 2BE"))

    assert Change.objects.count() == 2
    assert ContactChange.objects.get().member == Member.objects.get(number="2")


# --- notices ---------------------------------------------------------------------------------


def test_a_new_address_is_told_to_the_old_one_and_the_old_one_is_not_told_the_new() -> None:
    imported(person())

    correct(email="thief@elsewhere.example")
    told = sent()

    assert told["old"].to == "carys@example.org"
    assert told["new"].to == "thief@elsewhere.example"
    for words in (told["old"].text, told["old"].html):
        assert "t…@elsewhere.example" in words
        assert "thief" not in words
        assert "/roll/not-me/" in words
        assert "e-mail address" in words
    for words in (told["new"].text, told["new"].html):
        assert "carys" not in words.lower()
        assert "Fallowes" not in words


def test_a_changed_postal_address_is_told_to_the_mailbox_that_stays() -> None:
    imported(person())

    correct(address_1="5 Inkle Row")

    assert recipients() == [f"change:{Change.objects.get().pk}:old"]
    assert sent()["old"].to == "carys@example.org"
    assert "5 Inkle Row" not in sent()["old"].text


def test_a_first_address_is_told_to_itself_and_the_person_by_post() -> None:
    imported(person(email=""))

    correct(email="new@example.org")

    assert recipients() == [f"change:{Change.objects.get().pk}:new"]
    (row,) = asked.printed(since=NOW)
    assert row[2:6] == ("e-mail address", "Ms Carys Fallowes", "4 Inkle Row", "")


def test_who_has_no_mailbox_is_written_to_by_post_at_the_address_of_before() -> None:
    imported(person(email=""), person(number="2", email=""))

    correct(address_1="5 Inkle Row", postcode="QA9 9ZZ")
    correct(address_1="6 Inkle Row")

    assert recipients() == []
    first, second = asked.printed(since=NOW)
    assert (first[4], first[8]) == ("4 Inkle Row", "QA1 2BD")
    assert (second[4], second[8]) == ("5 Inkle Row", "QA9 9ZZ")
    assert list(asked.printed(since=NOW + timedelta(days=1))) == []


def test_an_address_that_is_withheld_stands_on_no_list_of_letters() -> None:
    imported(person(email="", address_withheld="yes"))

    correct(address_1="5 Inkle Row")

    (row,) = asked.printed(since=NOW)
    assert "Inkle" not in "".join(row)
    assert "withheld" in row[4]


def test_a_second_change_does_not_divert_the_notice_of_the_first() -> None:
    imported(person())

    correct(phone="01632 960009")
    correct(email="thief@example.org")

    rows = Letter.objects.filter(purpose=PURPOSE).order_by("pk")
    batch = [LetterToSend(row.pk, PURPOSE, row.dispatch.reference, row.recipient, 1, None)
             for row in rows]  # fmt: skip
    assert [letters.contact_notices(batch)[row.pk].to for row in rows] == [
        "carys@example.org", "carys@example.org", "thief@example.org",
    ]  # fmt: skip


def test_an_import_tells_everybody_whose_details_it_changed_and_nobody_else() -> None:
    imported(*people(5), person(email=""))
    assert recipients() == []
    rows = people(5)
    rows[0]["email"], rows[1]["postcode"], rows[2]["paid_until"] = "z@example.org", "QA2", ""
    rows[3]["email"] = rows[3]["email"].upper()

    batch = imported(*rows, person(email=""))

    ids = dict(Change.objects.filter(batch=batch).values_list("member__number", "pk"))
    assert sorted(recipients()) == sorted(
        [f"change:{ids['1000']}:old", f"change:{ids['1000']}:new", f"change:{ids['1001']}:old"]
    )
    dispatch = Letter.objects.filter(purpose=PURPOSE)[0].dispatch
    assert (dispatch.state, dispatch.released_tranche) == ("sending", 1)


# --- this was not me -------------------------------------------------------------------------


def test_a_dispute_is_written_down_once_and_flagged() -> None:
    imported(person())
    by = officer()
    correct(by, email="thief@example.org")
    change = Change.objects.get()

    services.record_contact_dispute(change.pk, now=NOW)
    services.record_contact_dispute(change.pk, now=NOW)

    flag = ContactFlag.objects.get()
    assert (flag.kind, flag.change, flag.by, flag.state) == ("dispute", change, by, "open")
    assert the_member().email == "thief@example.org"
    with pytest.raises(Refusal, match="no such change"):
        services.record_contact_dispute(0, now=NOW)


def test_a_link_of_another_s_making_disputes_nothing() -> None:
    path = letters.dispute_path(7)

    assert letters.change_disputed(path.split("/")[-2]) == 7
    assert letters.change_disputed("7") is None
    assert letters.change_disputed("8:" + path.split("/")[-2].partition(":")[2]) is None


# --- the freeze ------------------------------------------------------------------------------


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


# --- imports after the freeze ----------------------------------------------------------------


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
