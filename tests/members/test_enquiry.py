"""Am I on the roll? The page says the same to everybody; the answer goes to the address on file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from members import letters, services
from members.models import Member, RollEnquiry
from members.services.answer_enquiry import PURPOSE
from office.models import Letter
from office.purposes import LetterToSend
from office.selectors import live_jobs
from tests.members.factories import NOW, frozen, imported, merged, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_limit_left_over() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def ask(client: Client, number: str = "0000123", proof: str = "qa12bd") -> object:
    return client.post("/roll/", {"number": number, "proof": proof})


def test_a_question_is_taken_while_the_cache_is_away(client: Client, settings: Any) -> None:
    assert ask(client).status_code == 302  # type: ignore[attr-defined]

    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/redis.sock"}
    }

    assert ask(client).status_code == 302  # type: ignore[attr-defined]


def answered() -> list[str]:
    """Work every question there is, and return who is written to."""
    for enquiry_id in list(RollEnquiry.objects.values_list("pk", flat=True)):
        services.answer_enquiry(enquiry_id, now=NOW)
    return list(Letter.objects.filter(purpose=PURPOSE).values_list("recipient", flat=True))


ASKED = [
    ("0000123", "QA1 2BD"),
    ("0000123", "ZZ9 9ZZ"),
    ("9999999", "QA1 2BD"),
    ("' OR 1=1", "carys@example.org"),
]


def test_the_page_is_the_same_byte_for_byte_whoever_asks_and_whatever() -> None:
    imported(person())
    answers = []

    for number, proof in ASKED:
        response = Client().post("/roll/", {"number": number, "proof": proof}, follow=True)
        headers = {
            name: value for name, value in response.headers.items() if name.lower() != "date"
        }
        answers.append((response.status_code, response.redirect_chain, headers, response.content))

    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)


def test_the_page_does_the_same_work_whoever_asks_and_looks_nobody_up() -> None:
    imported(person())
    client = Client()
    work = []

    for number, proof in ASKED:
        with CaptureQueriesContext(connection) as queries:
            ask(client, number, proof)
        # The first words and the table: values and the numbers of savepoints differ.
        work.append([re.sub(r"[0-9].*", "", query["sql"])[:60] for query in queries])

    assert all(each == work[0] for each in work)
    assert not any("members_member" in sql for each in work for sql in each)
    asked = [job for job in live_jobs() if job.kind == "answer_enquiry"]
    assert RollEnquiry.objects.count() == len(asked) == len(ASKED)


def test_the_answer_goes_to_the_member_whose_number_and_proof_they_are() -> None:
    imported(person())
    member = Member.objects.get()

    for proof in ("qa1 2bd", "QA12BD", "CARYS@example.org"):
        services.record_enquiry("123", proof=proof, now=NOW)

    assert answered() == [f"member:{member.pk}"] * 3


@pytest.mark.parametrize(
    ("number", "proof"),
    [("0000123", "QA1 2BE"), ("0000123", "other@example.org"), ("124", "QA1 2BD"),
     ("0000123", ""), ("0000123", "-"), ("x" * 40, "QA1 2BD")],
)  # fmt: skip
def test_nobody_is_written_to_where_number_and_proof_are_not_one_members(
    number: str, proof: str
) -> None:
    imported(person())
    services.record_enquiry(number, proof=proof, now=NOW)

    assert answered() == []


def test_a_blank_postcode_on_file_proves_nothing() -> None:
    imported(person(postcode=""), person(number="9", email=""))
    services.record_enquiry("123", proof="", now=NOW)
    services.record_enquiry("9", proof="QA1 2BD", now=NOW)

    assert answered() == []


def test_the_question_is_forgotten_whether_or_not_there_was_an_answer() -> None:
    imported(person())
    services.record_enquiry("123", proof="QA1 2BD", now=NOW)
    services.record_enquiry("124", proof="QA1 2BD", now=NOW)

    answered()

    assert not RollEnquiry.objects.exists()


def test_answering_twice_writes_once() -> None:
    imported(person())
    services.record_enquiry("123", proof="QA1 2BD", now=NOW)
    enquiry = RollEnquiry.objects.get()

    for _ in range(3):
        services.answer_enquiry(enquiry.pk, now=NOW)

    assert Letter.objects.filter(purpose=PURPOSE).count() == 1


def letter_to(member: Member) -> LetterToSend:
    from members.services.answer_enquiry import REFERENCE

    return LetterToSend(1, PURPOSE, REFERENCE, f"member:{member.pk}", 1, None)


def test_the_letter_says_for_each_roll_whether_and_why() -> None:
    imported(person(joined_on="2016-03-01", family_name="<b>O’Neill"), person(number="9"))
    frozen()
    member = Member.objects.get(number="0000123")

    (envelope,) = letters.roll_answers([letter_to(member)], now=NOW).values()

    assert envelope.to == "carys@example.org"
    assert envelope.subject == "Are you on the roll?"
    assert "You are on the membership list (Members, North Aldermoor)." in envelope.text
    assert "Leadership 2016, roll frozen on 22 August 2016" in envelope.text
    assert "you joined on 1 March 2016" in envelope.text
    assert "Dear Ms Carys <b>O’Neill" in envelope.text
    assert "&lt;b&gt;O’Neill" in envelope.html


def test_before_a_freeze_the_letter_says_so_and_a_lost_address_gets_none() -> None:
    imported(person())
    member = Member.objects.get()

    (envelope,) = letters.roll_answers([letter_to(member)], now=NOW).values()
    assert "No roll has been frozen yet" in envelope.text

    Member.objects.update(email="")
    assert letters.roll_answers([letter_to(member)], now=NOW) == {}


def test_what_is_missing_is_asked_for_and_nothing_is_kept() -> None:
    response = Client().post("/roll/", {"number": "", "proof": ""})

    assert response.status_code == 400
    assert "Enter your membership number." in response.content.decode()
    assert not RollEnquiry.objects.exists()


def test_too_many_questions_about_one_number_wait_whether_or_not_it_exists() -> None:
    imported(person())
    client = Client()

    for number in ("0000123", "9999999"):
        codes = [ask(client, number).status_code for _ in range(6)]  # type: ignore[attr-defined]
        assert codes == [302] * 5 + [429]
    assert RollEnquiry.objects.count() == 10


def test_too_many_questions_from_one_address_wait() -> None:
    client = Client()

    codes = [ask(client, str(n)).status_code for n in range(62)]  # type: ignore[attr-defined]

    assert codes == [302] * 60 + [429] * 2
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert ask(elsewhere, "70").status_code == 302  # type: ignore[attr-defined]


def test_an_address_over_its_limit_uses_up_nobodys_number() -> None:
    imported(person())
    client = Client()
    for n in range(60):
        ask(client, str(n))

    for _ in range(6):
        assert ask(client).status_code == 429  # type: ignore[attr-defined]

    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assert ask(elsewhere).status_code == 302  # type: ignore[attr-defined]


def test_whoever_joined_after_the_freeze_is_told_so_and_what_it_would_be_today() -> None:
    imported(person(number="9"))
    frozen()
    imported(person(number="9"), person())
    member = Member.objects.get(number="0000123")

    (envelope,) = letters.roll_answers([letter_to(member)], now=NOW).values()

    assert "No roll has been frozen yet" not in envelope.text
    assert "You were not on the membership list when this roll was frozen" in envelope.text
    assert "If it were frozen now: You are eligible to vote" in envelope.text
    assert "You were not on the membership list" in envelope.html


def test_the_letter_says_under_which_number_somebody_votes() -> None:
    imported(person(section="affiliated"), person(number="9"))
    merged("0000123", into="9")
    frozen(sections=["member", "affiliated"])
    member = Member.objects.get(number="0000123")

    (envelope,) = letters.roll_answers([letter_to(member)], now=NOW).values()

    assert "You are on it under your other number, 9." in envelope.text
    assert "You are on it under your other number, 9." in envelope.html


def test_a_get_asks_nothing() -> None:
    response = Client().get("/roll/?number=0000123&proof=QA1+2BD")

    assert response.status_code == 200
    assert b"0000123" not in response.content
    assert not RollEnquiry.objects.exists()
