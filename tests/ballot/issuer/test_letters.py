"""The issuer's letters say what the server's own say, but for who made the code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ballot.issuer.letters import Written, in_html, in_text, write
from ballot.issuer.outbox import ToWrite
from ballot.issuer.store import Made
from ballot.sealing.codes import make_code, show_code
from office.letters import words
from tests.ballot.issuer.files import PARTICULARS, contact
from tests.sealing.making import rng

CODE = make_code(rng=rng())
WHO = contact(1)


def written(kind: Made, *, demonstration: bool = False) -> Written:
    particulars = replace(PARTICULARS, demonstration=demonstration)
    return write(ToWrite(1, 1, kind, CODE, WHO), particulars, issuer="Ines Quill")


def of_the_server(template: str, link: str, *, demonstration: bool) -> tuple[str, str]:
    """Subject and text of the server's own letter."""
    said = PARTICULARS
    subject, text, _ = words(f"ballot/letters/{template}", {
        "title": said.title, "party": said.party, "returning_officer": said.returning_officer,
        "demonstration": demonstration, "closes": said.closes, "name": WHO.name,
        "elector": WHO.elector, "code": show_code(CODE), "link": link, "booth_link": said.booth,
        "notice_link": said.notice, "reissue_link": said.reissue,
        "helped_routes": [{"text": route} for route in said.helped_routes],
    })  # fmt: skip
    return subject, text


def plain(text: str) -> str:
    """Without line ends, and without the last words, which say who sends it."""
    return " ".join(text.split("Returning officer\n", maxsplit=1)[0].split())


@pytest.mark.parametrize("demonstration", [False, True])
@pytest.mark.parametrize(
    ("kind", "template"),
    [
        (Made.FIRST, "voting_code"),
        (Made.ADDED, "voting_code"),
        (Made.AGAIN, "voting_code_again"),
    ],
)
def test_the_words_are_those_of_the_servers_letter(
    kind: Made, template: str, demonstration: bool
) -> None:
    ours = written(kind, demonstration=demonstration)

    subject, text = of_the_server(template, ours.link, demonstration=demonstration)

    officer = "The returning officer will write to you"
    expected = plain(text).replace("We shall write to you", officer)
    assert ours.subject == subject.strip()
    assert sorted(plain(in_text(ours)).split(". ")) == sorted(expected.split(". "))
    assert "Your code was made by Ines Quill" in in_text(ours)


def test_text_and_html_say_the_same() -> None:
    for kind in Made:
        letter = written(kind)
        for one in letter.paragraphs:
            for line in one.words.split("\n"):
                assert line in in_text(letter) and line in in_html(letter)


def test_the_subject_carries_no_code() -> None:
    assert show_code(CODE)[:4] not in written(Made.FIRST).subject
