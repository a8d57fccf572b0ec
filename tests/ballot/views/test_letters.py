"""The letters of an election: to whom they go, what they carry, and what they never say."""

from __future__ import annotations

import re
import uuid
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.test import Client

from ballot.letters import names, render
from ballot.sealing.codes import ALPHABET, read_code, show_code
from ballot.services.codes import PURPOSE as VOTING_CODE
from ballot.services.notify_casts import PURPOSE as CAST_NOTICE
from ballot.services.notify_casts import notify_casts
from ballot.services.reissue_code import PURPOSE as CODE_AGAIN
from ballot.services.tell_of_envelopes import PURPOSE as ENVELOPE_ISSUED
from members.models import RollEntry
from office.models import Letter
from office.purposes import LetterToSend
from tests.ballot.views.world import World, world

pytestmark = pytest.mark.django_db

PURPOSES = (VOTING_CODE, CODE_AGAIN, CAST_NOTICE, ENVELOPE_ISSUED)


def letter(here: World, entry: RollEntry, purpose: str, **given: Any) -> LetterToSend:
    if "enclosure" not in given and purpose in (VOTING_CODE, CODE_AGAIN):
        given["enclosure"] = here.code(entry).encode()
    assert here.election.roll is not None
    values: dict[str, Any] = {
        "letter_id": 1, "purpose": purpose, "reference": here.election.roll.public_id,
        "recipient": str(entry.public_id), "attempt": 1, "enclosure": None,
    }
    return LetterToSend(**{**values, **given})


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_letter_goes_to_the_frozen_address_and_names_its_elector(purpose: str) -> None:
    here = world().to("polling")
    entry = here.entries()[2]

    envelope = render([letter(here, entry, purpose)])[1]

    assert envelope.to == "p2@example.org"
    for words in (envelope.text, envelope.html):
        assert "C. Fallowes2, number ending 002" in words
        assert "Leader 2026" in words
        assert "Ruth Adeyemi" in words


@pytest.mark.parametrize("purpose", [VOTING_CODE, CODE_AGAIN])
def test_the_code_stands_in_the_link_and_for_typing_and_never_in_the_subject(
    purpose: str, client: Client
) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    code = here.code(entry)

    envelope = render([letter(here, entry, purpose)])[1]

    shown = show_code(code)
    assert read_code(shown) == code
    link = f"{settings.ORIGIN}/vote/{here.slug}/#"
    for words in (envelope.text, envelope.html):
        assert re.search(rf"(^|>){re.escape(shown)}($|<)", unescape(words), re.MULTILINE)
        given = re.search(rf"{re.escape(link)}([^\s\"<]+)", words)
        assert given is not None
        assert unquote(given[1]) == shown
    assert shown not in envelope.subject
    assert code not in envelope.subject
    assert client.get(f"/vote/{here.slug}/").status_code == 200


@pytest.mark.parametrize("check", "*~$=U")
def test_a_link_ends_in_what_no_program_takes_for_a_full_stop(check: str) -> None:
    here = world().to("polling")
    # The check character stands for the number modulo 37; these numbers have each of the last five.
    number = next(n for n in range(37) if (ALPHABET + "*~$=U")[n % 37] == check)
    code = "0" * 18 + ALPHABET[number // 32] + ALPHABET[number % 32] + check

    text = render([letter(here, here.entries()[0], VOTING_CODE, enclosure=code.encode())])[1].text

    link = next(line for line in text.splitlines() if "/#" in line)
    assert link[-1].isalnum()
    assert read_code(unquote(link.partition("#")[2])) == code


def test_a_letter_with_a_new_code_names_the_button_as_the_booth_does(client: Client) -> None:
    here = world().to("polling")

    envelope = render([letter(here, here.entries()[0], CODE_AGAIN)])[1]

    booth = client.get(f"/vote/{here.slug}/").content.decode()
    assert ">Use this new code</button>" in booth
    for words in (envelope.text, envelope.html):
        assert "press “Use this new code”" in words


@pytest.mark.parametrize("purpose", [VOTING_CODE, CODE_AGAIN])
def test_whoever_types_the_code_is_told_that_it_may_end_in_a_sign(
    purpose: str, client: Client
) -> None:
    here = world().to("polling")

    envelope = render([letter(here, here.entries()[0], purpose)])[1]

    booth = client.get(f"/vote/{here.slug}/").content.decode()
    for words in (envelope.text, envelope.html, booth):
        assert "and one more, which may be a sign such as *" in words


@pytest.mark.parametrize("purpose", PURPOSES)
def test_the_text_closes_as_the_html_does(purpose: str) -> None:
    here = world().to("polling")

    envelope = render([letter(here, here.entries()[0], purpose)])[1]

    close = "This letter was sent by a machine at the returning officer’s order. Nobody reads"
    for words in (envelope.text, envelope.html):
        assert words.count(close) == 1


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_letter_of_a_demonstration_says_so_and_promises_no_secrecy(purpose: str) -> None:
    here = world().to("polling")
    sentence = "This is a demonstration: no result of it counts, and the server could see your vote"

    envelope = render([letter(here, here.entries()[0], purpose)])[1]

    for words in (envelope.text, envelope.html):
        assert sentence in words
        assert "can see how" not in words


@pytest.mark.parametrize("purpose", [VOTING_CODE, CAST_NOTICE])
def test_a_letter_of_a_real_election_promises_secrecy(purpose: str) -> None:
    here = world(demonstration=False).to("frozen")

    envelope = render([letter(here, here.entries()[0], purpose, enclosure=b"0" * 21)])[1]

    for words in (envelope.text, envelope.html):
        assert "can see how" in words
        assert "demonstration" not in words


@pytest.mark.parametrize("purpose", PURPOSES)
def test_links_lead_to_our_own_origin_alone_and_name_no_choice(purpose: str) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    here.cast(entry, (1, 0))

    envelope = render([letter(here, entry, purpose)])[1]

    for words in (envelope.text, envelope.html):
        assert words.count("http") == words.count(settings.ORIGIN)
        assert "Birch" not in words
        assert "Ash" not in words


def test_the_notice_of_a_cast_carries_no_code_and_the_way_to_dispute_it(client: Client) -> None:
    here = world().to("polling")
    entry = here.entries()[0]
    here.cast(entry, (0,))

    envelope = render([letter(here, entry, CAST_NOTICE)])[1]

    path = envelope.text.split(settings.ORIGIN)[1].split()[0]
    assert "/not-me/" in path
    assert client.get(path).status_code == 200
    assert "#" not in envelope.text


def test_a_batch_is_looked_up_in_one_question_and_who_has_no_address_is_left_out(
    django_assert_num_queries: Any,
) -> None:
    here = world().to("polling")
    entries = here.entries()
    batch = [letter(here, entry, VOTING_CODE, letter_id=number)
             for number, entry in enumerate(entries)]
    unknown = letter(here, entries[0], VOTING_CODE, letter_id=99, recipient=str(uuid.uuid4()))

    # The entries, what amendments say of them, the codes' elections: however many letters.
    with django_assert_num_queries(4):
        rendered = render([*batch, unknown])

    assert sorted(rendered) == list(range(len(entries)))


def test_a_recipient_is_named_as_on_the_roll_and_a_stranger_is_left_out() -> None:
    here = world().to("frozen")
    entry = here.entries()[2]

    named = names([str(entry.public_id), str(uuid.uuid4())])

    assert named == {str(entry.public_id): "Ms Carys Fallowes2, 1002"}


def test_every_cast_is_noticed_once_however_often_it_is_looked_at() -> None:
    here = world().to("polling")
    for entry in here.entries()[:3]:
        here.cast(entry, (0,))

    first = notify_casts(here.election)
    again = notify_casts(here.election)

    assert (first, again) == (3, 0)
    assert Letter.objects.filter(purpose=CAST_NOTICE).count() == 3


def test_names_with_markup_stay_words(client: Client) -> None:
    here = world(title="Leader <b>2026</b> & more").to("polling")

    envelope = render([letter(here, here.entries()[0], VOTING_CODE)])[1]

    assert "Leader <b>2026</b> & more" in envelope.text
    assert "<b>2026" not in envelope.html
    assert envelope.subject == "Leader <b>2026</b> & more: your link to vote"
