"""One box finds people by number, name, postcode or e-mail address, slips and all."""

from __future__ import annotations

import pytest
from django.db import connection

from members import selectors, services
from members.models import Change, Member, SearchDue, SearchRow, SearchWord
from members.services.history import change_member
from office.selectors import live_jobs
from office.services.working import work_job
from tests.members.factories import NOW, imported, people, person

pytestmark = pytest.mark.django_db

FALLOWES = person()
ONEILL = person(number="0042", given_name="Siân", family_name="O’Neill",
                email="s.oneill77@mail.example.org", postcode="ZY10 1OD")
BHRIAIN = person(number="7", given_name="Sian", family_name="Ní Bhriain",
                 email="bhriain@example.org", postcode="XA9 9XX")
MEER = person(number="8123456", given_name="John", family_name="Van der Meer", email="",
              postcode="VX1 1AA")
EVERYBODY = (FALLOWES, ONEILL, BHRIAIN, MEER)


@pytest.fixture
def a_list() -> None:
    imported(*EVERYBODY, person(number="77", given_name="Zebedee", family_name="Quayle",
             email="quayle@example.org", postcode="QZ2 2ZZ"))
    services.refresh_search()


def first_found(words: str) -> str:
    """The number of whoever stands first."""
    found = selectors.searching.search(words).found
    return found[0].member.number if found else ""


def ways(words: str) -> str:
    return selectors.searching.search(words).found[0].by


@pytest.mark.usefixtures("a_list")
@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("0000123", "0000123"), ("123", "0000123"), ("8 123 456", "8123456"),
        ("8123465", "8123456"), ("812345", "8123456"), ("81234567", "8123456"),
        ("Fallowes", "0000123"), ("fallowes carys", "0000123"), ("Carys Fallowes", "0000123"),
        ("Fallowes, Carys", "0000123"), ("Falowes Caris", "0000123"), ("carys", "0000123"),
        ("Fallwoes", "0000123"), ("fallow", "0000123"), ("C Fallowes", "0000123"),
        ("Ms Carys Fallowes", "0000123"),
        ("oneil", "0042"), ("O'Neill", "0042"), ("sian oneill", "0042"), ("o neill", "0042"),
        ("Sian Ní Bhriain", "7"), ("nibhriain", "7"), ("bhrain", "7"), ("hriai", "7"),
        ("vandermeer", "8123456"), ("van der meer", "8123456"), ("john meer", "8123456"),
        ("QA1 2BD", "0000123"), ("qa12bd", "0000123"), ("QAl 2BD", "0000123"),
        ("ZY1O 10D", "0042"), ("zy10", "0042"),
        ("carys@example.org", "0000123"), ("CARYS@EXAMPLE.ORG", "0000123"),
        ("carsy@example.org", "0000123"), ("s.oneill77", "0042"), ("s.oneil77@mail", "0042"),
        ("oneill77", "0042"), ("bhrian@example.org", "7"),
        ("fallowes QA1 2BD", "0000123"),
    ],
)  # fmt: skip
def test_somebody_is_found_first(words: str, number: str) -> None:
    assert first_found(words) == number


@pytest.mark.usefixtures("a_list")
@pytest.mark.parametrize("words", ["", "  ", "zzzzzz", "\x00", "%", "_", "'; DROP", "9" * 200,
                                   "@", "a@", "(", "💥", "x" * 3000])  # fmt: skip
def test_words_that_mean_nobody_find_nobody(words: str) -> None:
    assert first_found("carys") == "0000123"
    assert selectors.searching.search(words).found == ()


@pytest.mark.usefixtures("a_list")
def test_it_is_said_by_what_somebody_was_found() -> None:
    assert ways("0000123") == "number"
    assert ways("8123465") == "number, but for one slip"
    assert ways("Fallowes Carys") == "name"
    assert ways("Falowes") == "name, nearly"
    assert ways("QA1 2BD") == "postcode"
    assert ways("carys@example.org") == "e-mail"
    assert ways("carsy@example.org") == "e-mail, but for a slip"


@pytest.mark.usefixtures("a_list")
def test_a_name_and_a_postcode_together_stand_before_either_alone() -> None:
    imported(person(number="55", postcode="XA3 3AB"), scope="part")
    services.refresh_search()

    assert first_found("Carys Fallowes XA3 3AB") == "55"
    assert first_found("Carys Fallowes QA1 2BD") == "0000123"


def test_whoever_left_the_list_stands_after_whoever_is_on_it() -> None:
    imported(person(number="1"), person(number="2"))
    imported(person(number="2"))
    services.refresh_search()

    found = selectors.searching.search("fallowes carys").found

    assert [each.member.number for each in found] == ["2", "1"]


def test_a_new_member_is_found_at_once_by_number_and_beginning_and_soon_by_all_else() -> None:
    imported(person())

    assert SearchDue.objects.count() == 1
    assert first_found("123") == first_found("fallow") == "0000123"
    assert selectors.searching.search("falowes").found == ()
    assert selectors.searching.search("falowes").is_late

    assert services.ask_for_refresh(now=NOW)
    (job,) = live_jobs(subject=("search", "members"))
    work_job(job.pk)

    assert first_found("falowes") == "0000123"
    assert not selectors.searching.search("falowes").is_late
    assert not services.ask_for_refresh(now=NOW)


@pytest.mark.usefixtures("a_list")
def test_a_changed_name_is_found_and_the_old_one_leaves_no_word_behind() -> None:
    member = Member.objects.get(number="0000123")
    change_member(member.pk, fields={"family_name": "Pemberley"}, source=Change.Source.EDIT,
                  by=None, now=NOW)  # fmt: skip
    change_member(member.pk, fields={"email": ""}, source=Change.Source.EDIT, by=None, now=NOW)

    assert services.refresh_search() == 1

    assert first_found("pemberly") == "0000123"
    assert not SearchWord.objects.filter(word="fallowes").exists()
    assert not SearchRow.objects.filter(words__contains=["fallowes"]).exists()


@pytest.mark.usefixtures("a_list")
def test_what_is_not_searched_for_makes_nobody_due() -> None:
    imported(person(paid_until="2017-12-31"), scope="part")
    assert not SearchDue.objects.exists()

    imported(person(postcode="XA1 1AA"), scope="part")

    due = SearchDue.objects.get()
    member = Member.objects.get(number="0000123")
    assert (due.first, due.last) == (member.pk, member.pk)


def test_a_change_by_hand_in_the_database_is_searched_too() -> None:
    imported(person())
    services.refresh_search()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET email = 'thief@example.org'")
    services.refresh_search()

    assert ways("thief@example.org") == "e-mail"


def test_many_are_cut_off_at_fifty_and_that_is_said() -> None:
    imported(*people(60, given_name="Zebedee"))
    services.refresh_search()

    result = selectors.searching.search("zebedee")

    assert len(result.found) == 50
    assert result.is_more
    assert not selectors.searching.search("fallowes00007").is_more
