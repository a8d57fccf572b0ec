"""Contact details: corrected with a reason, frozen at an hour, told to whoever was there before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from members import letters, services
from members.models import Change, ContactChange, ContactFlag, Member
from members.selectors import contacts as asked
from members.services.contact_notices import PURPOSE
from office.models import AuditRecord, Letter
from office.purposes import LetterToSend
from office.refusal import Refusal
from tests.members.correcting import REASON, correct, recipients, sent, the_member
from tests.members.factories import NOW, imported, people, person
from tests.office.factories import officer

pytestmark = pytest.mark.django_db


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
