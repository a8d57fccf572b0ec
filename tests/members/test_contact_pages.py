"""The pages of contact details, as administrators, officers and strangers meet them."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from members import letters, services
from members.models import Change, ContactDispute, ContactFlag, ContactFreeze, Member
from members.services.history import change_member
from office.models import Approval, AuditRecord
from office.permissions import Role
from office.times import hour_words
from tests.members.factories import NOW, imported, people, person, previewed
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db

PAGES = ["contacts", "contact_changes", "contacts_shared", "odd_mailboxes", "contact_freeze"]


@pytest.fixture
def keeper(client: Client) -> Client:
    return sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR, name="Kit Keeper"))


def page(client: Client, name: str, *args: int, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def typed(**fields: str) -> dict[str, str]:
    """The form as it is sent in: what is held, but for what is given."""
    return {
        "title": "Ms", "given_name": "Carys", "family_name": "Fallowes",
        "email": "carys@example.org", "address_1": "4 Inkle Row", "postcode": "QA1 2BD",
        "came": "letter, signature compared", "reason": "Moved house.", **fields,
    }  # fmt: skip


def correct(client: Client, **fields: str) -> Any:
    member = Member.objects.get(number="0000123")
    return client.post(reverse("contact", args=[member.pk]), typed(**fields), follow=True)


def freeze(*, ago: timedelta) -> None:
    ContactFreeze.objects.create(
        freezes_at=timezone.now() - ago, set_by=officer(), set_at=NOW
    )


def rows_of(response: Any) -> list[list[str]]:
    raw = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(raw, newline="")))


# --- corrections -----------------------------------------------------------------------------


def test_a_correction_is_made_from_the_member_s_page_and_stands_in_the_history(
    keeper: Client,
) -> None:
    imported(person())
    member = Member.objects.get()
    assert reverse("contact", args=[member.pk]) in page(keeper, "member", member.pk)

    answer = correct(keeper, email="new@example.org")

    assert "A notice goes to the address that was on file." in answer.content.decode()
    shown = page(keeper, "contact", member.pk)
    assert "Kit Keeper" in shown
    assert "carys@example.org" in shown
    assert "Moved house. (Request: letter, signature compared.)" in shown


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"came": ""}, "Say how the request came."),
        ({"reason": ""}, "Say why it is changed."),
        ({"family_name": ""}, "Give the family name."),
        ({"email": "nobody"}, "Write an e-mail address like"),
        ({}, "Nothing was changed."),
    ],
)
def test_a_correction_that_is_not_whole_says_what_is_missing(
    keeper: Client, wrong: dict[str, str], words: str
) -> None:
    imported(person())

    answer = correct(keeper, **wrong)

    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Change.objects.exists()


def test_a_correction_demands_that_the_person_proves_who_they_are_anew(client: Client) -> None:
    imported(person())
    stale = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR), fresh=False)

    answer = stale.post(
        reverse("contact", args=[Member.objects.get().pk]), typed(email="new@example.org")
    )

    assert answer.status_code == 302
    assert "reauthenticate" in answer.headers["Location"]
    assert not Change.objects.exists()


def test_a_late_correction_is_proposed_read_from_and_to_and_approved(keeper: Client) -> None:
    imported(person())
    member = Member.objects.get()
    freeze(ago=timedelta(minutes=1))
    assert "Contact details are frozen." in page(keeper, "contact", member.pk)

    answer = correct(keeper, email="new@example.org")
    assert "Nothing changes until an officer has approved it." in answer.content.decode()
    assert "A correction waits" in page(keeper, "contact", member.pk)
    approval = Approval.objects.get()
    second = sign_in(Client(), officer())
    shown = page(second, "approvals")
    draft = reverse("contact_draft", args=[approval.parameters["draft"]])
    assert draft in shown
    words = "Contact details of membership number 0000123 are changed, though they are frozen"
    assert f"{words}: e-mail address. Draft" in shown
    assert "new@example.org" not in shown
    read = second.get(draft).content.decode()
    assert "carys@example.org" in read and "new@example.org" in read
    second.post(reverse("approve", args=[approval.pk]))

    member.refresh_from_db()
    assert member.email == "new@example.org"


def test_an_import_after_the_freeze_is_proposed_by_the_same_button(keeper: Client) -> None:
    imported(person())
    batch = previewed(person(email="new@example.org"))
    freeze(ago=timedelta(minutes=1))

    answer = keeper.post(reverse("import_apply", args=[batch.pk]), follow=True)

    batch.refresh_from_db()
    told = answer.content.decode()
    assert "Please note" in told and "Not applied yet: it is proposed to a second officer" in told
    assert batch.state == "previewed"
    assert f"Proposed by {Approval.objects.get().proposed_by.name}; waits for another" in told
    assert "Apply: change" not in told and reverse("import_apply", args=[batch.pk]) not in told
    second = sign_in(Client(), officer())
    assert reverse("import_apply", args=[batch.pk]) not in page(second, "import", batch.pk)
    assert reverse("import", args=[batch.pk]) in page(second, "approvals")
    second.post(reverse("approve", args=[Approval.objects.get().pk]))
    batch.refresh_from_db()
    assert batch.state == "applying"


# --- the freeze ------------------------------------------------------------------------------


def test_an_officer_sets_the_freeze_and_another_agrees_to_a_later_one(client: Client) -> None:
    desk = sign_in(client, officer())
    first = timezone.localtime() + timedelta(days=3)
    later = first + timedelta(days=1)

    def send(moment: Any, **more: str) -> Any:
        given = {"day": f"{moment:%Y-%m-%d}", "hour": f"{moment:%H:%M}", **more}
        return desk.post(reverse("contact_freeze"), given, follow=True)

    assert "No freeze is set" in page(desk, "contact_freeze")
    assert "Why it is moved" not in page(desk, "contact_freeze")
    assert "Set: contact details freeze on" in send(first).content.decode()
    moved = page(desk, "contact_freeze")
    assert "Why it is moved, if to a later hour" in moved and "(needed for a later hour)" in moved
    assert send(later).status_code == 400
    assert "Proposed." in send(later, reason="The court moved it.").content.decode()
    assert ContactFreeze.objects.count() == 1
    waiting = Approval.objects.get()
    assert f"#approval-{waiting.pk}" in page(desk, "contact_freeze")
    assert f", and not on {hour_words(ContactFreeze.objects.get().freezes_at)}" in waiting.sentence
    assert f'href="{reverse("contact_freeze")}">Read what' in page(desk, "approvals")
    sign_in(Client(), officer()).post(reverse("approve", args=[Approval.objects.get().pk]))

    assert "The court moved it." in page(desk, "contact_freeze")
    assert f"{later:%H:%M}" in page(desk, "contacts")


def test_a_membership_administrator_sees_the_freeze_and_does_not_set_it(keeper: Client) -> None:
    assert "Set the freeze" not in page(keeper, "contact_freeze")

    sent = {"day": "2099-01-01", "hour": "12:00"}
    assert keeper.post(reverse("contact_freeze"), sent).status_code == 404
    assert not ContactFreeze.objects.exists()


def test_the_hour_of_the_freeze_is_typed_and_shown_as_clocks_on_the_wall_have_it(
    client: Client,
) -> None:
    desk = sign_in(client, officer())

    desk.post(reverse("contact_freeze"), {"day": "2099-07-01", "hour": "12:00"})

    assert ContactFreeze.objects.get().freezes_at == datetime(2099, 7, 1, 11, tzinfo=UTC)
    assert "On the clocks of Europe/London." in page(desk, "contact_freeze")
    assert "1 Jul 2099, 12:00 (BST)" in page(desk, "contact_freeze")
    assert "freeze on 1 July 2099, 12:00 (BST)." in page(desk, "contacts")


def test_an_hour_that_has_passed_is_refused_on_the_page(client: Client) -> None:
    desk = sign_in(client, officer())

    answer = desk.post(reverse("contact_freeze"), {"day": "2016-01-01", "hour": "12:00"})

    assert answer.status_code == 400
    assert "That hour has passed." in answer.content.decode()


# --- reports ---------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["actor", "hour", "unit", "import", "source", "nonsense"])
def test_changes_are_added_up_by_people_and_not_by_changes(keeper: Client, by: str) -> None:
    imported(*people(3), person())
    batch = imported(*[person(number=f"{1000 + n}", email=f"q{n}@example.org",
                              family_name=f"Fallowes{n:05d}") for n in range(3)], person())
    correct(keeper, phone="01990 1")
    correct(keeper, phone="01990 2")
    Change.objects.all()

    shown = page(keeper, "contact_changes", days="366", by=by)

    # Corrected by a page are those of today; the import's are of 2016.
    named = {"actor": "Kit Keeper", "hour": hour_words(timezone.now().replace(minute=0)), "unit":
             "North Aldermoor", "source": "A correction at the desk", "nonsense": "Kit Keeper"}
    assert named.get(by, "No import changed anything") in shown
    assert batch.rows_changed == 3
    assert ">2</td>" not in shown


def test_the_changes_of_one_person_of_staff_are_downloaded_from_and_to(keeper: Client) -> None:
    imported(person(), person(number="2", email="", address_withheld="yes"))
    correct(keeper, email="=cmd@example.org")
    actor = Change.objects.get().by_id

    answer = keeper.post(reverse("contact_changes_download"), {"days": "7", "by": "actor",
                                                               "actor": str(actor)})  # fmt: skip
    (mark,), header, row = rows_of(answer)
    nobody = keeper.post(reverse("contact_changes_download"), {"days": "7", "by": "actor",
                                                               "actor": "999999"})  # fmt: skip

    assert header[6:10] == ["member", "detail", "from", "to"]
    assert row[3] == "Kit Keeper"
    assert row[6:10] == ["0000123", "E-mail", "carys@example.org", "'=cmd@example.org"]
    assert mark.startswith("Made for Kit Keeper on ")
    assert "To be destroyed by" in mark
    assert len(rows_of(nobody)) == 2
    noted = AuditRecord.objects.filter(act="download")
    assert noted[0].parameters["days"] == 7
    assert noted[0].parameters["source"] == ""
    assert noted.count() == 2


def test_what_no_person_of_staff_changed_is_downloaded_without_what_one_did(
    keeper: Client,
) -> None:
    imported(person(), person(number="2", email="two@example.org"))
    correct(keeper, email="new@example.org")
    change_member(Member.objects.get(number="2").pk, fields={"email": "by-hand@example.org"},
                  source=Change.Source.DATABASE, by=None, now=timezone.now())  # fmt: skip
    shown = page(keeper, "contact_changes", days="7", by="actor")
    assert 'name="actor" value="nobody"' in shown and "No member of staff" in shown

    answer = keeper.post(reverse("contact_changes_download"),
                         {"days": "7", "by": "actor", "actor": "nobody"})  # fmt: skip

    _, _, row = rows_of(answer)
    assert row[9] == "by-hand@example.org"
    assert AuditRecord.objects.get(act="download").parameters["actor"] == "nobody"


def test_letters_to_print_are_downloaded_and_written_down(keeper: Client) -> None:
    imported(person(email=""))
    correct(keeper, email="new@example.org")

    answer = keeper.post(reverse("contact_letters"), {"days": "7", "by": "actor"})

    _, row = rows_of(answer)
    assert row[3:5] == ["Ms Carys Fallowes", "4 Inkle Row"]
    assert "letters-to-print-kit-keeper-" in answer["Content-Disposition"]
    assert AuditRecord.objects.filter(act="download", subject_id="contact_letters").exists()
    assert keeper.get(reverse("contact_letters")).status_code == 405


@pytest.mark.parametrize("name", ["contact_changes_download", "contact_letters"])
def test_no_contact_details_leave_unless_one_proves_anew_who_one_is(
    client: Client, name: str
) -> None:
    imported(person(email=""))
    keeper = staff(Role.MEMBERSHIP_ADMINISTRATOR)
    given = {"days": "7", "by": "source", "source": "edit"}

    stale = sign_in(client, keeper, fresh=False).post(reverse(name), given)
    assert stale.status_code == 302
    assert not AuditRecord.objects.filter(act="download").exists()

    assert sign_in(client, keeper).post(reverse(name), given).status_code == 200
    assert AuditRecord.objects.get(act="download").parameters["days"] == 7


def test_more_people_at_one_address_than_a_household_are_shown(keeper: Client) -> None:
    households = [person(number=f"1{n}", email="four@example.org", phone="01990 4",
                         address_1="4 Row") for n in range(4)]  # fmt: skip
    many = [person(number=f"2{n}", email="Many@example.org", phone="01990 11", address_1="11 Row",
                   unit=f"Unit {n % 2}") for n in range(11)]  # fmt: skip
    imported(*households, *many)

    for kind, value, few in (
        ("email", "many@example.org", "four@"),
        ("phone", "01990 11", "01990 4"),
        ("address", "11 Row, QA1 2BD", "4 Row"),
        ("nonsense", "many@", "four@"),
    ):
        shown = page(keeper, "contacts_shared", what=kind)
        assert value in shown
        assert f">{few}" not in shown
        assert ">11</td>" in shown and ">2</td>" in shown


def test_role_and_disposable_addresses_are_shown(keeper: Client) -> None:
    imported(person(), person(number="2", email="Secretary@branch.example"),
             person(number="3", email="me@mailinator.com"))  # fmt: skip

    shown = page(keeper, "odd_mailboxes")

    assert "Secretary@branch.example" in shown and "me@mailinator.com" in shown
    assert "carys@example.org" not in shown
    last = Member.objects.get(number="3").pk
    assert "No listed member" in page(keeper, "odd_mailboxes", after=str(last))


def test_a_flag_is_looked_at_by_an_officer_with_a_note(client: Client) -> None:
    flag = ContactFlag.objects.create(kind="database", key="x", people=3, found_at=NOW,
                                      seen_at=NOW)  # fmt: skip
    desk = sign_in(client, officer())
    assert "Changed by hand in the database" in page(desk, "contacts")

    assert desk.post(reverse("contact_flag", args=[flag.pk]), {"note": ""}).status_code == 400
    desk.post(reverse("contact_flag", args=[flag.pk]), {"note": "A repair, filed as IT/7."})

    assert "A repair, filed as IT/7." in page(desk, "contact_flag", flag.pk)
    assert "Nothing waits to be looked at." in page(desk, "contacts")


def test_who_made_the_changes_is_told_that_another_officer_closes_the_flag(
    client: Client,
) -> None:
    imported(*people(12))
    by = officer()
    for member in Member.objects.all():
        change_member(member.pk, fields={"email": "office@mail.example"}, by=by.pk,
                      source=Change.Source.EDIT, now=NOW)  # fmt: skip
    services.flag_contacts(now=NOW)
    flag = ContactFlag.objects.get(kind="mailbox")

    own = page(sign_in(client, by), "contact_flag", flag.pk)
    others = page(sign_in(Client(), officer()), "contact_flag", flag.pk)

    assert "another officer must look at it" in own
    assert "It has been looked at" not in own
    assert "It has been looked at" in others


def test_a_membership_administrator_reads_flags_and_closes_none(keeper: Client) -> None:
    flag = ContactFlag.objects.create(kind="database", key="x", people=3, found_at=NOW,
                                      seen_at=NOW)  # fmt: skip

    assert "It has been looked at" not in page(keeper, "contact_flag", flag.pk)
    assert keeper.post(reverse("contact_flag", args=[flag.pk]), {"note": "x"}).status_code == 404


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE,
                                  Role.CANDIDATES_AGENT])  # fmt: skip
def test_nobody_without_the_roll_in_their_charge_sees_contact_details(
    role: Role, client: Client
) -> None:
    imported(person())
    other = sign_in(client, staff(role))
    addresses = [reverse(name) for name in PAGES]
    addresses.append(reverse("contact", args=[Member.objects.get().pk]))

    assert {other.get(address).status_code for address in addresses} == {404}
    for name in ("contact_changes_download", "contact_letters"):
        assert other.post(reverse(name)).status_code == 404


# --- this was not me -------------------------------------------------------------------------


def test_whoever_was_told_says_that_it_was_not_them_and_only_a_post_does(
    keeper: Client,
) -> None:
    imported(person())
    correct(keeper, email="thief@example.org")
    path = letters.dispute_path(Change.objects.get().pk)
    stranger = Client()

    shown = stranger.get(path)
    stranger.head(path)
    assert shown.status_code == 200
    assert "carys" not in shown.content.decode().lower()
    assert "thief" not in shown.content.decode()
    assert not ContactDispute.objects.exists()
    answer = stranger.post(path, follow=True)

    assert "The returning officer has been told" in answer.content.decode()
    assert ContactDispute.objects.count() == 1
    assert "A member says: this was not me" in page(keeper, "contacts")
    assert stranger.get(path.replace("not-me/", "not-me/9")).status_code == 404


# --- the freeze, where people meet it --------------------------------------------------------


def test_a_preview_warns_that_applying_proposes_once_contact_details_are_frozen(
    keeper: Client,
) -> None:
    imported(person(), person(number="9", email="other@example.org"))
    changing = previewed(person(email="new@example.org"), person(number="9", email="b@example.org"))
    assert "Contact details are frozen" not in page(keeper, "import", changing.pk)

    freeze(ago=timedelta(minutes=1))

    shown = page(keeper, "import", changing.pk)
    assert "this import changes those of 2 people. “Apply” proposes it" in shown
    keeper.post(reverse("import_apply", args=[changing.pk]))
    assert Approval.objects.get().act == "apply_import_by_two"
    other = previewed(person(standing="arrears"), person(number="9", email="other@example.org"))
    assert "this import changes those of" not in page(keeper, "import", other.pk)
