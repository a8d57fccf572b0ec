"""The pages of the membership list, as the people of the desk meet them."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from members import services
from members.models import DryRun, EligibilityRules, ImportBatch, Member, Section
from members.rollfile.mending import MENDING_HEADER
from members.views.downloads import harmless
from office.models import AuditRecord
from office.permissions import Role
from office.selectors import live_jobs
from office.services.working import work_job
from tests.members.factories import (
    NOW,
    frozen,
    imported,
    listing,
    people,
    person,
    previewed,
    rules,
    uploaded,
)
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    """A returning officer's desk."""
    return sign_in(client, officer())


def text_of(client: Client, name: str, *args: int, expected: int = 200, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == expected
    return response.content.decode()


def test_the_first_page_begins_with_an_empty_list_and_the_way_to_fill_it(desk: Client) -> None:
    page = text_of(desk, "members")

    assert "The list is empty." in page
    assert reverse("imports") in page


def test_a_list_goes_from_upload_to_preview_to_applied(client: Client) -> None:
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))
    content = listing(person(), *people(2), person(number="8", joined_on="1/2/14"))

    sent = keeper.post(
        reverse("imports"), {"file": SimpleUploadedFile("may.csv", content), "scope": "whole"}
    )
    batch = ImportBatch.objects.get()
    assert sent.headers["Location"] == reverse("import", args=[batch.pk])
    assert "Nothing changes until you have looked" in text_of(keeper, "import", batch.pk)

    services.preview_import(batch.pk, now=NOW)
    page = text_of(keeper, "import", batch.pk)
    assert "Apply: add 3, change 0, mark 0 as gone" in page
    assert "4 = 3 new + 0 changed + 0 unchanged + 1 refused" in page
    assert "Dates are read as year-month-day only" in page
    assert "Write it like 2016-01-12." in page
    assert not Member.objects.exists()

    keeper.post(reverse("import_apply", args=[batch.pk]))
    services.apply_import(batch.pk, now=NOW)
    page = text_of(keeper, "import", batch.pk)
    assert "3 people are on the list now" in page
    assert "What comes next" in page
    assert "1 of this file was left out" in page
    assert reverse("duplicates") in page
    assert "Apply: add" not in page
    assert "Fallowes, Carys" in text_of(keeper, "members")


def test_a_preview_can_be_discarded(desk: Client) -> None:
    batch = previewed(person())

    response = desk.post(reverse("import_discard", args=[batch.pk]), follow=True)

    assert "The membership list is as it was." in response.content.decode()
    assert "This import was discarded." in text_of(desk, "import", batch.pk)


def test_an_upload_without_a_file_or_a_section_says_what_is_missing(desk: Client) -> None:
    nothing = desk.post(reverse("imports"), {"scope": "whole"})
    empty = desk.post(
        reverse("imports"), {"file": SimpleUploadedFile("a.csv", b""), "scope": "whole"}
    )
    section = desk.post(
        reverse("imports"),
        {"file": SimpleUploadedFile("a.csv", listing(person())), "scope": "section"},
    )

    assert [each.status_code for each in (nothing, empty, section)] == [400] * 3
    assert "Choose the file." in nothing.content.decode()
    assert "The file is empty." in empty.content.decode()
    assert "Say which section the file lists." in section.content.decode()
    assert not ImportBatch.objects.exists()


def test_a_section_list_is_uploaded_as_such(desk: Client) -> None:
    affiliated = Section.objects.get(code="affiliated")

    desk.post(
        reverse("imports"),
        {
            "file": SimpleUploadedFile("a.csv", listing(person(section="affiliated"))),
            "scope": "section",
            "section": str(affiliated.pk),
        },
    )

    assert ImportBatch.objects.get().section == affiliated


def test_a_file_that_cannot_be_read_says_why_where_and_what_to_do(desk: Client) -> None:
    batch_id = uploaded(b"\xd0\xcf\x11\xe0" + bytes(512), file_name="list.xls")
    (job,) = live_jobs()

    work_job(job.pk)

    page = text_of(desk, "import", batch_id)
    assert "This is a workbook of the old kind (.xls)" in page
    assert "save it as .xlsx without a password" in page


def test_a_list_that_would_lose_many_is_shown_with_a_warning(desk: Client) -> None:
    imported(*people(40))

    few = previewed(*people(39))
    many = previewed(*people(30), person(number=""))

    assert "More than one member in twenty" not in text_of(desk, "import", few.pk)
    page = text_of(desk, "import", many.pk)
    assert "More than one member in twenty" in page
    assert "Some refused rows have no readable number." in page


def test_refused_rows_are_paged_and_all_of_them_can_be_downloaded(desk: Client) -> None:
    batch = previewed(
        *[person(number=str(n), standing="=cmd|' /C calc'!A0") for n in range(700)],
    )

    page = text_of(desk, "import", batch.pk)
    assert "?after=51#refused" in page
    assert "?after=101#refused" in text_of(desk, "import", batch.pk, after="51")
    response = desk.post(reverse("import_refused", args=[batch.pk]))
    raw = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(raw, newline="")))

    assert rows[0] == list(MENDING_HEADER)
    assert len(rows) == 701
    first = dict(zip(rows[0], rows[1], strict=True))
    assert first["standing"] == "'=cmd|' /C calc'!A0"
    assert first["what is wrong"] == "standing: This is a spreadsheet formula, not a value."
    assert first["what to do"] == "Replace it with the value that it shows."
    assert "attachment" in response.headers["Content-Disposition"]
    assert AuditRecord.objects.get(act="download").parameters == {"batch": batch.pk}
    assert desk.get(reverse("import_refused", args=[batch.pk])).status_code == 405


@pytest.mark.parametrize("cell", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_of_a_download_is_run_by_a_spreadsheet(cell: str) -> None:
    assert harmless("O'Neill") == "O'Neill"
    assert harmless("") == ""

    assert harmless(cell) == f"'{cell}"


def test_markup_in_a_list_is_shown_and_never_run(desk: Client) -> None:
    nasty = "<script>alert(1)</script>"
    batch = previewed(
        person(family_name=nasty, unit=nasty), person(number="2", standing=nasty),
    )
    page = text_of(desk, "import", batch.pk)
    assert nasty not in page
    assert "&lt;script&gt;" in page
    services.request_apply(batch.pk, by=None, now=NOW)
    services.apply_import(batch.pk, now=NOW)

    for page in (
        text_of(desk, "members"),
        text_of(desk, "member", Member.objects.get().pk),
        text_of(desk, "members", q=nasty),
    ):
        assert nasty not in page


def test_members_are_searched_and_paged(desk: Client) -> None:
    imported(person(family_name="O’Neill"), *people(60))

    assert "O’Neill, Carys" in text_of(desk, "members", q="oneill")
    assert "Nobody has this number" in text_of(desk, "members", q="zzz")
    nearest = text_of(desk, "members", q="fallowes")
    assert "These are the 50 nearest." in nearest
    assert "?q=fallowes&amp;by=name" in nearest
    first = text_of(desk, "members", q="fallowes", by="name")
    assert "Fallowes00049" in first
    assert "Fallowes00050" not in first
    last = Member.objects.get(family_name="Fallowes00049").pk
    assert f"after={last}&quot;" in first or f"after={last}\"" in first
    second = text_of(desk, "members", q="fallowes", by="name", after=str(last))
    assert "Fallowes00050" in second
    assert "Fallowes00049" not in second


@pytest.mark.parametrize("after", ["nonsense", "\x00|1", "-1", "9" * 40, "²"])
def test_an_address_that_names_no_row_begins_at_the_beginning(desk: Client, after: str) -> None:
    imported(*people(2))
    batch = previewed(person(number="?"))

    assert "Fallowes00000" in text_of(desk, "members", after=after)
    assert "number" in text_of(desk, "import", batch.pk, after=after)
    assert "Fallowes00000" not in text_of(
        desk, "members", after=str(Member.objects.get(family_name="Fallowes00000").pk)
    )


def test_one_person_is_shown_with_what_is_held_and_the_verdicts(desk: Client) -> None:
    imported(person(joined_on="2016-03-01"), person(number="9"))
    frozen()

    page = text_of(desk, "member", Member.objects.get(number="0000123").pk)

    assert "29 February 1980" in page
    assert "Not on the roll" in page
    assert "you joined on 1 March 2016" in page
    text_of(desk, "member", 0, expected=404)


def test_rules_are_written_in_words_and_dates_and_corrected_as_a_next_version(
    desk: Client,
) -> None:
    imported(person(unit="North Aldermoor"))
    form = {
        "name": "Leadership 2016",
        "sections": ["member", "registered"],
        "standings": ["good"],
        "joined_by": "2016-01-12",
        "paid_up_on": "",
        "minimum_age": "14",
        "age_on": "2016-09-21",
        "units": "north  aldermoor\n",
    }

    desk.post(reverse("rules_new"), form)
    first = EligibilityRules.objects.get()
    page = text_of(desk, "rules_version", first.pk)
    assert "Have joined on or before 12 January 2016." in page
    assert "Belong to one of these units: North Aldermoor." in page
    assert "You joined on 13 January 2016" in page

    taken = desk.post(reverse("rules_new"), {**form, "name": " Leadership  2016"})
    assert "There are rules named “Leadership 2016” already." in taken.text
    next_version = f"{reverse('rules_new')}?from={first.pk}"
    desk.post(next_version, {**form, "joined_by_registered": "2016-07-20",
                                     "paid_up_on_free_registered": "on", "grace_days": "28",
                                     "paid_up_on": "2016-08-22",
                                     "levy_sections": ["registered"]})  # fmt: skip
    own = EligibilityRules.objects.get(version=2)
    assert own.body["joined_by_in"] == {"registered": "2016-07-20"}
    assert own.body["paid_up_on_in"] == {"registered": None}
    page = text_of(desk, "rules_version", own.pk)
    assert "In the section Registered supporters: have joined on or before 20 July 2016." in page
    assert "In the section Registered supporters: need not be paid up." in page
    assert "Have the levy confirmed by the affiliate" in page
    from_own = desk.get(reverse("rules_new"), {"from": str(own.pk)}).content.decode()
    assert 'value="2016-07-20"' in from_own
    assert 'name="paid_up_on_free_registered"' in from_own

    again = desk.get(reverse("rules_new"), {"from": str(first.pk)}).content.decode()
    assert 'value="2016-01-12"' in again
    assert "Saved under this name, what you change becomes the next version of “Lead" in again
    assert "It begins from version 1" in again
    assert "becomes the next version" not in text_of(desk, "rules_new")
    assert "North Aldermoor" in again
    desk.post(next_version, {**form, "joined_by": "2016-06-24"})
    assert [row.version for row in EligibilityRules.objects.order_by("pk")] == [1, 2, 3]
    assert "Leadership 2016, version 3" in text_of(desk, "rules")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "Give the rules a name."),
        ({"sections": []}, "Choose at least one section."),
        ({"minimum_age": "14", "age_on": ""}, "Say on which day that age must be reached."),
        ({"minimum_age": "", "age_on": "2016-09-21"}, "Say which age must be reached"),
        ({"units": "Atlantis"}, "No unit is called Atlantis."),
        ({"joined_by": "12/13/2016"}, "Enter a valid date."),
        ({"joined_by": "1016-01-12"}, "Write a year from 1900"),
        ({"joined_by_member": "2016-07-20", "joined_by_free_member": "on"},
         "Give a day or tick the box, not both."),
        ({"joined_by_registered": "2016-07-20"}, "This section is not one that may vote."),
        ({"levy_sections": ["affiliated"]}, "Affiliated supporters is not a section that may"),
        ({"grace_days": "28"}, "Days of grace need a day on which to be paid up."),
    ],
)
def test_rules_that_are_not_whole_say_what_is_missing(
    desk: Client, wrong: dict[str, object], words: str
) -> None:
    form = {"name": "Rules", "sections": ["member"], "standings": ["good"]}

    response = desk.post(reverse("rules_new"), {**form, **wrong})

    assert response.status_code == 400
    assert words in response.content.decode()
    assert not EligibilityRules.objects.exists()


def test_whoever_came_from_a_set_up_is_led_back_to_it_and_to_no_other_site(desk: Client) -> None:
    form = {"name": "Rules", "sections": ["member"], "standings": ["good"]}
    there = "/desk/elections/leader/set-up/"

    saved = desk.post(f"{reverse('rules_new')}?back={there}", form, follow=True)
    version = EligibilityRules.objects.get().pk

    assert f'href="{there}">Back to the set-up of the election</a>' in saved.text
    assert "&amp;back=/desk/elections/leader/set-up/" in saved.text
    trying = f"{reverse('dry_run_new', args=[version])}?back={there}"
    assert f'action="{trying}"' in saved.text
    tried = desk.post(trying)
    assert tried.headers["Location"].endswith("?back=%2Fdesk%2Felections%2Fleader%2Fset-up%2F")
    run = DryRun.objects.get().pk
    services.work_dry_run(run, now=NOW)
    judged = text_of(desk, "dry_run", run, back=there)
    assert f'href="{there}">set-up page of the election</a>' in judged
    assert f'{reverse("rules_version", args=[version])}?back={there}">Back to the rules' in judged
    assert "set-up page of the election</a>" not in text_of(desk, "dry_run", run)
    assert "Back to the set-up" not in text_of(desk, "rules_version", version)
    elsewhere = text_of(desk, "rules_version", version, back="https://elsewhere.example/")
    assert "Back to the set-up" not in elsewhere


def test_the_dead_are_not_offered_a_vote_and_rules_that_gave_them_one_are_still_told(
    desk: Client,
) -> None:
    old = rules(standings=["good", "deceased"])
    form = {"name": "Others", "sections": ["member"], "standings": ["deceased"]}

    page = text_of(desk, "rules_new", **{"from": str(old)})
    refused = desk.post(reverse("rules_new"), form)

    assert 'value="resigned"' in page and 'value="deceased"' not in page
    assert refused.status_code == 400
    assert "Have this standing: deceased or good standing." in text_of(desk, "rules_version", old)
    assert desk.post(reverse("rules_new"), {**form, "standings": ["good"]}).status_code == 302


def test_a_roll_is_shown_with_totals_that_add_up(desk: Client) -> None:
    imported(*people(3), person(joined_on="2016-03-01"), person(number="9", section="affiliated"))
    roll_id = frozen()

    page = text_of(desk, "roll", roll_id)

    assert "Joined after the freeze date" in page
    assert "Members: 3 on the roll, 1 not eligible" in page
    assert "Leadership 2016, roll 1" in text_of(desk, "rolls")
    text_of(desk, "roll", 0, expected=404)


def test_a_section_is_added_by_an_officer(desk: Client) -> None:
    desk.post(reverse("sections"), {"name": "Youth section", "code": "youth"})
    taken = desk.post(reverse("sections"), {"name": "Youth section", "code": "youth"})

    assert "Youth section" in text_of(desk, "sections")
    assert taken.status_code == 400
    assert "already a section" in taken.content.decode()


def test_sections_are_added_several_at_once_in_their_order_or_none_of_them(desk: Client) -> None:
    address = reverse("sections")
    added = desk.post(address, {"lines": "durham = Durham\n\n yukon=Yukon \n"})

    again = desk.post(address, {"lines": "halifax = Halifax\ndurham = Durham"})
    wrong = desk.post(address, {"lines": "halifax"})

    assert added.status_code == 302
    assert again.status_code == wrong.status_code == 400
    assert "“durham = Durham”: There is already a section" in again.content.decode()
    assert "“halifax” is not a code, an equals sign and a name." in wrong.content.decode()
    codes = list(Section.objects.values_list("code", flat=True))
    assert codes[-2:] == ["durham", "yukon"] and "halifax" not in codes


EVERY_PAGE = ["members", "imports", "sections", "rules", "rules_new", "rolls"]


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE,
                                  Role.CANDIDATES_AGENT])  # fmt: skip
def test_nobody_without_the_roll_in_their_charge_sees_a_member(role: Role, client: Client) -> None:
    batch = imported(person())
    roll_id = frozen()
    rules_id = rules()
    other = sign_in(client, staff(role))

    pages = [reverse(name) for name in EVERY_PAGE] + [
        reverse("member", args=[Member.objects.get().pk]),
        reverse("import", args=[batch.pk]),
        reverse("roll", args=[roll_id]),
        reverse("rules_version", args=[rules_id]),
    ]
    assert {other.get(page).status_code for page in pages} == {404}
    acts = [reverse(name, args=[batch.pk])
            for name in ("import_apply", "import_discard", "import_refused")]  # fmt: skip
    assert {other.post(act).status_code for act in acts} == {404}


def test_without_signing_in_there_is_no_desk(client: Client) -> None:
    for name in EVERY_PAGE:
        response = client.get(reverse(name))
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("account_login"))


def test_a_membership_administrator_reads_rules_and_does_not_write_them(client: Client) -> None:
    keeper = sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))

    assert "Write rules" not in text_of(keeper, "rules")
    text_of(keeper, "rules_new", expected=404)
    assert keeper.post(reverse("sections"), {"name": "Y", "code": "y"}).status_code == 404


def test_a_get_never_applies_or_discards(desk: Client) -> None:
    batch = previewed(person())

    for name in ("import_apply", "import_discard", "import_refused"):
        assert desk.get(reverse(name, args=[batch.pk])).status_code == 405
    batch.refresh_from_db()
    assert batch.state == "previewed"
