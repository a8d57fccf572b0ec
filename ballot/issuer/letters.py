"""The words of a letter with a code: as a mail in text and HTML, and as a page to be printed.

The words are those of the server's own letters (templates/ballot/letters), but for who made the
code and sends it.  A letter is a list of paragraphs, so that its forms cannot say different things.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final
from urllib.parse import quote

from ballot.issuance.lists import Particulars
from ballot.issuer.outbox import ToWrite
from ballot.issuer.store import Made
from ballot.sealing.codes import show_code

_HOW_TO_TYPE: Final = (
    "type this code: five groups of four characters, and one more, which may be a sign such as *."
)
_NEVER_ASKED: Final = "Nobody will ever ask you for {it}, by telephone or otherwise."


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some words, then an address or a list, or neither.  is_loud: the code, or a grave sentence.

    link:  an address, shown in full.
    items: a list below the words.
    """

    words: str
    link: str = field(default="", repr=False)
    items: tuple[str, ...] = ()
    is_loud: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A letter: its subject, the address of its link to vote, and what it says."""

    subject: str
    link: str = field(repr=False)
    paragraphs: tuple[Paragraph, ...] = field(repr=False)


def write(letter: ToWrite, particulars: Particulars, *, issuer: str) -> Written:
    """Write an elector's letter. issuer: the issuer's name."""
    code = show_code(letter.code)
    link = f"{particulars.booth}#{_in_fragment(code)}"
    if letter.kind == Made.AGAIN:
        subject, body = f"{particulars.title}: a new link to vote", _again(particulars, link, code)
    else:
        subject, body = f"{particulars.title}: your link to vote", _first(particulars, link, code)
    greeting = Paragraph(f"To {letter.contact.name}\n({letter.contact.elector})")
    return Written(subject, link, (greeting, *body, *_close(particulars, issuer)))


def _first(said: Particulars, link: str, code: str) -> list[Paragraph]:
    seen = (
        "This is a demonstration: no result of it counts, and the server could see your vote."
        if said.demonstration
        else "Nobody, not even the returning officer, can see how you voted."
    )
    return [
        Paragraph(
            f"You may vote in {said.title}, {said.party}. The poll closes on {said.closes}."
        ),
        Paragraph(
            "Open this link to mark your paper. It is yours alone: whoever has it can cast your "
            "one ballot. Do not forward this letter.", link=link,
        ),
        Paragraph(f"Or go to {said.booth} and {_HOW_TO_TYPE}"),
        Paragraph(code, is_loud=True),
        Paragraph(
            f"Your choices are sealed on your own device before they are sent. {seen} A ballot "
            "that is cast cannot be changed. The returning officer will write to you when one is "
            "cast in your name."
        ),
        Paragraph(_NEVER_ASKED.format(it="this code")),
        Paragraph("Lost this link, or it does not work? Ask for a new one:", link=said.reissue),
        *_other_ways(said),
        Paragraph("The candidates and the rules:", link=said.notice),
    ]  # fmt: skip


def _again(said: Particulars, link: str, code: str) -> list[Paragraph]:
    shown = "This is a demonstration: no result of it counts, and the server could see your vote."
    return [
        Paragraph(
            f"Somebody asked for a new link for you to vote in {said.title}, {said.party}. The "
            f"poll closes on {said.closes}."
        ),
        Paragraph(
            "If it was not you, do nothing: the code you were sent before stays good, and this one "
            "does nothing until it is confirmed."
        ),
        Paragraph(
            "If it was you, open this link and press “Use this new code”. From then on the code "
            "you were sent before does not work.", link=link,
        ),
        Paragraph(f"Or go to {said.booth} and {_HOW_TO_TYPE}"),
        Paragraph(code, is_loud=True),
        Paragraph(
            "It is yours alone: whoever has it can cast your one ballot. "
            + _NEVER_ASKED.format(it="it")
        ),
        *([Paragraph(shown)] if said.demonstration else []),
        *_other_ways(said),
    ]  # fmt: skip


def _other_ways(said: Particulars) -> list[Paragraph]:
    return [Paragraph("Other ways to vote:", items=said.helped_routes)] if (
        said.helped_routes
    ) else []  # fmt: skip


def _close(said: Particulars, issuer: str) -> list[Paragraph]:
    return [
        Paragraph(f"{said.returning_officer}\nReturning officer"),
        Paragraph(
            f"Your code was made by {issuer}, and not by the server that takes the ballots. This "
            "letter was sent by a machine at the returning officer’s order. Nobody reads replies "
            "to it."
        ),
    ]


def in_text(written: Written) -> str:
    """Give the letter as plain text."""
    parts = []
    for one in written.paragraphs:
        parts.append(one.words + "".join(f"\n- {item}" for item in one.items))
        parts += [one.link] if one.link else []
    return "\n\n".join(parts) + "\n"


def in_html(written: Written) -> str:
    """Give the letter as a whole page of HTML."""
    return (
        '<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(written.subject)}</title></head>\n<body>\n"
        f"{paragraphs_in_html(written.paragraphs)}</body>\n</html>\n"
    )


def paragraphs_in_html(paragraphs: Sequence[Paragraph]) -> str:
    """Give the paragraphs of a letter in HTML."""
    return "".join(_in_html(one) for one in paragraphs)


def _in_html(one: Paragraph) -> str:
    words = escape(one.words).replace("\n", "<br>")
    said = f"<p><strong>{words}</strong></p>\n" if one.is_loud else f"<p>{words}</p>\n"
    if one.link:
        link = escape(one.link)
        said += f'<p><a href="{link}">{link}</a></p>\n'
    if one.items:
        said += "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in one.items) + "</ul>\n"
    return said


def _in_fragment(code: str) -> str:
    """A code as the end of a link. Its check character may be one of *~$=, which programs that
    make links out of plain text take for the end of the sentence; escaped, it is no sign to them.
    """
    return quote(code, safe="").replace("~", "%7E")
