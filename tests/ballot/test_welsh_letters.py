"""Letters in Welsh beside English, where an election has it turned on."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from ballot.letters import context_of
from ballot.models import Election
from ballot.printed_letters import parts_of
from ballot.sample_letters import KINDS, SAMPLE_CODE, sample_of
from ballot.services.notify_casts import PURPOSE as CAST_NOTICE
from ballot.services.set_up import edit_election
from ballot.times import in_welsh
from office.letters import words
from office.pdf import PostalLetter, QrCode, Text, make_letters
from tests.ballot.factories import Run, bring, content, election

pytestmark = pytest.mark.django_db


def bilingual() -> Run:
    run = election(electors=1)
    edit_election(run.election_id, letters_in_welsh=True, **run.by)
    return run


def links(words: str) -> set[str]:
    return set(re.findall(r"https?://[^\s\"<]+", words))


def test_a_time_is_said_in_welsh() -> None:
    moment = datetime(2026, 12, 11, 12, tzinfo=UTC)

    assert in_welsh(moment, "Europe/London") == "Dydd Gwener 11 Rhagfyr 2026 am 12:00 (GMT)"


@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_is_said_in_both_languages_with_the_same_links(kind: str) -> None:
    run = bilingual()
    both = sample_of(run.election, kind)

    Election.objects.filter(pk=run.election_id).update(letters_in_welsh=False)
    english = sample_of(run.election, kind)

    assert "Swyddog Canlyniadau" in both.text and "Swyddog Canlyniadau" in both.html
    assert "Swyddog Canlyniadau" not in english.text + english.html
    assert both.text.endswith(english.text)
    assert both.subject.endswith(f" / {english.subject}")
    assert '<div lang="cy">' in both.html and '<div lang="cy">' not in english.html
    welsh, _, rest = both.html.partition("</div>")
    assert links(welsh) == links(rest) == links(english.html)
    assert both.text.count(SAMPLE_CODE[:4]) == 2 * english.text.count(SAMPLE_CODE[:4])


def test_the_notice_of_an_envelope_is_said_in_both_languages_with_the_same_links() -> None:
    run = bilingual()
    context = context_of(run.election) | {"name": "Carys", "elector": "C. Sample"}

    subject, text, html = words("ballot/letters/envelope_issued", context, also="cy")

    assert subject.count(" / ") == 1
    assert "yn eich enw chi" in text and "in your name" in text
    welsh, _, rest = html.partition("</div>")
    assert links(welsh) == links(rest)


def test_the_notice_of_a_cast_says_in_both_that_it_may_have_come_by_post() -> None:
    both = sample_of(bilingual().election, CAST_NOTICE)

    for said in (both.text, both.html):
        assert said.count("ar-lein neu drwy’r post") == said.count("online or by post") == 1


@pytest.mark.parametrize("kind", ["voting_code_post", "voting_code_again_post"])
def test_a_printed_letter_says_both_and_has_one_square(kind: str) -> None:
    run = bilingual()

    parts = parts_of(run.election, f"ballot/letters/{kind}.txt", code=SAMPLE_CODE,
                     facts={"name": "Carys", "elector": "C. Sample"})

    said = " ".join(part.text for part in parts if isinstance(part, Text))
    assert sum(isinstance(part, QrCode) for part in parts) == 1
    assert "Pwyntiwch" in said or "pwyntiwch" in said
    assert "Point the camera" in said or "point the camera" in said
    assert make_letters([PostalLetter(["Carys"], parts)], title="T").startswith(b"%PDF")


def test_the_notice_says_whether_letters_are_in_welsh() -> None:
    assert content(bring(bilingual(), to="nominating"), "notice")["letters_in_welsh"] is True
