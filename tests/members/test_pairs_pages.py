"""The queue of pairs and the affiliates' levy, as the people of the desk meet them."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from members import services
from members.models import Change, Member, Pair
from members.services.history import change_member
from office.models import AuditRecord
from office.permissions import Role
from office.selectors import live_jobs
from tests.members.factories import NOW, imported, person
from tests.office.factories import officer, sign_in, staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    return sign_in(client, staff(Role.MEMBERSHIP_ADMINISTRATOR))


def text_of(client: Client, name: str, *args: int, expected: int = 200) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == expected
    return response.content.decode()


def found(*rows: dict[str, str]) -> Pair:
    imported(*(rows or (person(number="1"), person(number="A2", section="affiliated",
                                                   email="other@example.org"))))  # fmt: skip
    services.find_pairs(by=None, now=NOW, is_whole=True)
    return Pair.objects.order_by("-score", "pk")[0]


def numbered(number: str) -> int:
    return Member.objects.get(number=number).pk


def test_before_the_first_search_the_page_offers_one(desk: Client) -> None:
    assert "The list has not been searched yet." in text_of(desk, "duplicates")

    desk.post(reverse("duplicates_search"))

    (job,) = live_jobs(subject=("members", "pairs"))
    assert job.parameters == {"whole": True}
    assert "Searching for records of one person" in text_of(desk, "duplicates")


def test_the_queue_and_the_pair_say_in_words_what_agrees(desk: Client) -> None:
    pair = found()

    queue = text_of(desk, "duplicates")
    page = text_of(desk, "duplicate", pair.pk)

    assert "1 pair waits for a decision." in queue
    assert "Very likely" in queue
    assert "family name, given name, date of birth, postcode" in queue
    assert "The same</strong>" in page and "Different</strong>" in page
    assert "Members go before Affiliated supporters" in page
    assert page.index("person: 1 stands<") < page.index("person: A2 stands<")


def verdict_on(page: str, field: str) -> str:
    """The last cell of a row of the table."""
    row = page.split(f'scope="row">{field}</th>')[1].split("</tr>", maxsplit=1)[0]
    return row.rsplit("<td", 1)[1]


def test_two_records_are_compared_as_they_are_now_and_not_as_they_were_found(
    desk: Client,
) -> None:
    pair = found()
    before = text_of(desk, "duplicate", pair.pk)
    assert "The same" in verdict_on(before, "First line of the address")
    assert "Different" in verdict_on(before, "E-mail")
    assert "The records have changed since" not in before

    for fields in ({"address_1": "2 13 Finchling Ascent"}, {"email": "carys@example.org"}):
        change_member(numbered("A2"), fields=fields, source=Change.Source.EDIT, by=None, now=NOW)
    page, queue = text_of(desk, "duplicate", pair.pk), text_of(desk, "duplicates")

    assert "Different" in verdict_on(page, "First line of the address")
    assert "The same" in verdict_on(page, "E-mail")
    assert "The records have changed since the search found them" in page
    assert "postcode, e-mail" in queue
    assert "first line of the address" not in queue


def test_the_first_page_of_members_says_that_a_pair_waits(desk: Client) -> None:
    assert "Records that may be one person</a></li>" in text_of(desk, "members")

    found(person(number="1"), person(number="2"))

    assert "Records that may be one person</a>: 1 waits</li>" in text_of(desk, "members")


def test_a_decision_leads_to_the_next_pair_and_then_to_the_queue(desk: Client) -> None:
    found(person(number="1"), person(number="2"), person(number="3"))
    first, second, _ = Pair.objects.order_by("-score", "pk")

    sent = desk.post(reverse("duplicate", args=[first.pk]), {"reason": "Mother and daughter"})
    assert sent.headers["Location"] == reverse("duplicate", args=[second.pk])
    while pair := Pair.objects.filter(state="open").first():
        sent = desk.post(reverse("duplicate", args=[pair.pk]))

    assert sent.headers["Location"] == reverse("duplicates")
    assert "No pair waits for a decision." in text_of(desk, "duplicates")
    first.refresh_from_db()
    assert (first.state, first.reason) == ("different", "Mother and daughter")


def test_a_merge_stands_under_decided_and_is_undone_there(desk: Client) -> None:
    pair = found()

    desk.post(reverse("duplicate", args=[pair.pk]), {"keep": str(numbered("A2"))})

    assert "A2 stands" in text_of(desk, "duplicates_settled")
    assert "Undo this decision" in text_of(desk, "duplicate", pair.pk)
    assert Member.objects.get(number="1").merged_into_id == numbered("A2")
    undone = desk.post(reverse("duplicate_undo", args=[pair.pk]), follow=True)
    assert "The pair waits for a decision again." in undone.content.decode()
    assert Member.objects.get(number="1").merged_into_id is None


def test_a_contradiction_is_told_and_nothing_is_merged(desk: Client) -> None:
    found(person(number="1"), person(number="2"), person(number="3"))
    one, two, three = Pair.objects.order_by("first", "second")
    services.settle_different(one.pk, by=None, now=NOW)
    services.settle_same(two.pk, keep=two.first_id, by=None, now=NOW)

    refused = desk.post(reverse("duplicate", args=[three.pk]), {"keep": str(three.first_id)})
    unreadable = desk.post(reverse("duplicate", args=[three.pk]), {"keep": "both"})

    assert (refused.status_code, unreadable.status_code) == (409, 409)
    assert "Undo one of the decisions first." in refused.content.decode()
    assert Member.objects.filter(merged_into__isnull=False).count() == 1


def test_what_follows_from_others_says_so_and_offers_no_undo(desk: Client) -> None:
    found(person(number="1"), person(number="2"), person(number="3"))
    one, two, three = Pair.objects.order_by("first", "second")
    services.settle_same(one.pk, keep=one.first_id, by=None, now=NOW)
    services.settle_same(two.pk, keep=two.first_id, by=None, now=NOW)

    page = text_of(desk, "duplicate", three.pk)
    refused = desk.post(reverse("duplicate_undo", args=[three.pk]), follow=True)

    assert "it follows from other decisions" in page
    assert "Undo this decision" not in page
    assert "Undo one of those." in refused.content.decode()
    settled = text_of(desk, "duplicates_settled")
    assert settled.count("Undo<span") == settled.count("a command on the server") == 2


def test_a_pair_that_came_back_says_what_changed(desk: Client) -> None:
    pair = found()
    services.settle_different(pair.pk, by=None, now=NOW, reason="Namesakes")
    change_member(numbered("A2"), fields={"email": "carys@example.org"},
                  source=Change.Source.EDIT, by=None, now=NOW)  # fmt: skip

    services.find_pairs(by=None, now=NOW)
    page = text_of(desk, "duplicate", pair.pk)

    assert "decided “not the same” before" in page
    assert "A2: E-mail: other@example.org → carys@example.org" in page
    assert "The reason given then: Namesakes" in page


def test_long_lists_go_on_to_the_next_page(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from members.selectors import pairs
    from members.views.administrator import duplicates

    for module in (pairs, duplicates):
        monkeypatch.setattr(module, "PAGE_ROWS", 2)
    found(person(number="1"), person(number="2"), person(number="3"))
    order = list(Pair.objects.order_by("-score", "pk").values_list("pk", flat=True))

    page = text_of(desk, "duplicates")
    rest = desk.get(reverse("duplicates"), {"after": order[1]}).content.decode()

    assert f"?after={order[1]}" in page
    assert reverse("duplicate", args=[order[2]]) in rest
    assert reverse("duplicate", args=[order[0]]) not in rest
    for each in order:
        services.settle_different(each, by=None, now=NOW)
    decided = desk.get(reverse("duplicates_settled"), {"after": order[1]}).content.decode()
    assert reverse("duplicate", args=[order[0]]) in decided
    assert reverse("duplicate", args=[order[2]]) not in decided


def test_what_was_not_compared_is_said(desk: Client) -> None:
    imported(*(person(number=str(n), given_name=f"{letter}{other}", family_name=f"Fallowes{n}")
               for n, (letter, other) in enumerate((a, b) for a in "ABCDEFG" for b in "aeiouy")))

    services.find_pairs(by=None, now=NOW, is_whole=True)

    assert "What was not compared" in text_of(desk, "duplicates")


def test_the_levy_is_shown_by_affiliate_and_the_download_is_written_down(desk: Client) -> None:
    imported(
        person(number="A1", section="affiliated", unit="Makers", levy_confirmed="yes"),
        person(number="A2", section="affiliated", unit="Makers"),
    )
    unit = Member.objects.get(number="A2").unit_id
    assert unit is not None

    page = text_of(desk, "levy")
    sent = desk.post(reverse("levy_unconfirmed", args=[unit]))

    assert "Makers" in page
    body = b"".join(sent.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(body)))
    assert [row["number"] for row in rows] == ["A2"]
    assert "email" not in rows[0]
    assert f"levy-{unit}-" in sent["Content-Disposition"]
    assert AuditRecord.objects.filter(act="list_levy", subject_id=str(unit)).count() == 1
    assert desk.get(reverse("levy_unconfirmed", args=[unit])).status_code == 405


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.SCRUTINEER, Role.TRUSTEE,
                                  Role.CANDIDATES_AGENT])  # fmt: skip
def test_nobody_without_the_list_in_their_charge_sees_or_decides_a_pair(
    role: Role, client: Client
) -> None:
    pair = found()
    other = sign_in(client, staff(role))

    pages = [reverse(name) for name in ("duplicates", "duplicates_settled", "levy")]
    pages.append(reverse("duplicate", args=[pair.pk]))
    assert {other.get(page).status_code for page in pages} == {404}
    acts = [reverse("duplicates_search"), reverse("duplicate", args=[pair.pk]),
            reverse("duplicate_undo", args=[pair.pk]), reverse("levy_unconfirmed", args=[0])]
    assert {other.post(act).status_code for act in acts} == {404}
    pair.refresh_from_db()
    assert pair.state == "open"


def test_a_pair_that_is_not_there_is_not_found(client: Client) -> None:
    desk = sign_in(client, officer())

    text_of(desk, "duplicate", 0, expected=404)
    assert desk.post(reverse("duplicate_undo", args=[0])).status_code == 404
