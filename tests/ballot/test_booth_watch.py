"""Watching the voting page from outside: what is not as the opening named it is found."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.test import Client

from ballot.management import booth_watch
from ballot.management.booth_page import Page
from ballot.management.booth_watch import Answer, CannotWatch, differences
from ballot.served_software import served_software
from ballot.services.open_poll import open_poll
from ballot.services.withdraw_candidate import withdraw_candidate
from ballot.showing.booth import PaperCandidate, PaperContest
from tests.ballot.factories import Run, election, kinds
from tests.ballot.tickets import ash, tickets

pytestmark = pytest.mark.django_db

PAGE = "http://testserver/vote/leader-2026/"
BOARD = "http://testserver/board/leader-2026/"


def opened() -> Run:
    run = election(at="coded", electors=3)
    open_poll(run.election_id, software=served_software(), **run.by_two)
    return run


def fetched(url: str) -> Answer:
    """As the server answers; a static file as the built one."""
    path = url.removeprefix("http://testserver")
    if "/static/" in path:
        found = finders.find(booth_watch._name(url))
        return Answer(Path(str(found)).read_bytes(), {})
    answer = Client().get(path)
    if answer.status_code != 200:
        raise CannotWatch(f"{url}: {answer.status_code}")
    return Answer(answer.content, {name.lower(): value for name, value in answer.items()})


def changing(part: str, change: Callable[[bytes], bytes]) -> booth_watch.Fetch:
    def fetch(url: str) -> Answer:
        answer = fetched(url)
        return Answer(change(answer.body), answer.headers) if part in url else answer

    return fetch


def swapped(body: bytes, one: bytes, other: bytes) -> bytes:
    """The page with two of its parts each in the place of the other."""
    assert one in body and other in body
    return body.replace(one, b"\0").replace(other, one).replace(b"\0", other)


def test_the_page_that_the_opening_named_has_no_difference() -> None:
    opened()

    assert differences(PAGE, BOARD, fetch=fetched) == []


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("booth", lambda body: body + b" ", "booth.js is not the one"),
        ("sealing", lambda body: body[:-1], "sealing.js is not the one"),
        ("app", lambda body: body + b"/**/", "app.css is not the one"),
        ("theme", lambda body: body + b"/**/", "theme.css is not the one"),
        ("/vote/", lambda body: body.replace(b"</head>", b"<script>1</script></head>"),
         "a script written into it"),
        ("/vote/", lambda body: body.replace(b"<body", b"<body onload=1", 1), "in an attribute"),
        ("/vote/", lambda body: body.replace(b"</head>", b"<base href='/x/'></head>"), "<base>"),
        ("/vote/", lambda body: body.replace(b"</main>", b"<iframe src='/x'></iframe></main>"),
         "<iframe>"),
        ("/vote/", lambda body: body.replace(b"</main>", b"<a href='javascript:1'>x</a></main>"),
         "in an attribute"),
        ("/vote/",
         lambda body: body.replace(b"</head>", b"<script src='//evil.example/x.js'></script>"),
         "of another server"),
        ("/vote/",
         lambda body: body.replace(b"</head>", b"<script src='/static/build/x.js'></script>"),
         "does not name: build/x.js"),
        ("/vote/", lambda body: body.replace(b"data-fingerprint=\"", b"data-fingerprint=\"0"),
         "another opening"),
        ("/vote/", lambda body: b"<p>Come back later", "no voting page"),
        ("/vote/", lambda body: body.replace(b"data-public-key=\"", b"data-public-key=\"0"),
         "another key"),
        ("/vote/", lambda body: body.replace(b"<main", b"<p id=booth data-public-key=00><main", 1),
         "another key"),
        ("/vote/", lambda body: body.replace(b'data-cast-url="', b'data-cast-url="//evil.example'),
         "cast to another server: http://evil.example/vote"),
        ("/vote/", lambda body: swapped(body, b'data-name="Ash Amin"', b'data-name="Birch Bell"'),
         "The paper of"),
        ("/vote/", lambda body: swapped(body, b">Ash Amin</h3>", b">Birch Bell</h3>"),
         "The paper of"),
        ("/vote/", lambda body: swapped(body, b'data-position="0"', b'data-position="1"'),
         "The paper of"),
        ("/vote/", lambda body: body.replace(b'class="booth-row ', b'hidden class="booth-row ', 1),
         "look as the others"),
        ("/vote/", lambda body: body.replace(b'"booth-row ', b'"app-print-only booth-row ', 1),
         "look as the others"),
        ("/vote/", lambda body: body.replace(b"data-contest=", b"data-x=", 1), "other contests"),
        ("/vote/", lambda body: body.replace(b"</head>", b"<style>li{order:1}</style></head>"),
         "<style>"),
        ("/vote/", lambda body: body.replace(b"<main", b"<main style='order:1'", 1), "a style"),
        ("/vote/", lambda body: body.replace(
            b"</head>", b"<link rel='Next STYLESHEET' href='/static/x.css'></head>"),
         "does not name: x.css"),
        ("/vote/", lambda body: body.replace(
            b"</main>", b"<svg><script href='/static/x.js'></script></svg></main>"),
         "not loaded as ours"),
        ("/vote/", lambda body: body.replace(b"<script ", b"<script src='/x.js' ", 1), "twice"),
        ("/vote/", lambda body: body.replace(
            b"</main>", b"<!--><script src='/static/x.js'></script>--></main>"),
         "a comment"),
        ("/vote/", lambda body: body.replace(
            b"</main>", b"<svg><![CDATA[><script src='/static/x.js'></script>]]></svg></main>"),
         "a comment"),
        ("/vote/", lambda body: body.replace(
            b"</main>",
            b"<textarea><a title=\"</textarea><script src='/static/x.js'></script>\"></main>"),
         "a tag in an attribute"),
    ],
)  # fmt: skip
def test_each_change_of_the_page_or_of_a_file_is_named(
    part: str, change: Callable[[bytes], bytes], said: str
) -> None:
    opened()

    found = differences(PAGE, BOARD, fetch=changing(part, change))

    assert any(said in sentence for sentence in found), found


def test_one_choice_is_read_with_the_number_that_its_button_stands_for() -> None:
    candidates = tuple(PaperCandidate(at, name, "", "", False) for at, name in enumerate("AB"))
    contest = PaperContest("chair", "Chair", "", True, 2, False, "", False, candidates)
    named = {"candidates": ["A", "B"], "code": "chair", "max_preferences": None, "ticket": None,
             "method": "plurality", "names_order": "alphabet", "title": "Chair"}  # fmt: skip
    printed = render_to_string(
        "ballot/_booth_contest.html", {"contest": contest, "number": 1, "total": 1}
    )

    def said(text: str) -> list[str]:
        page = Page()
        page.feed(f'<div id="booth">{text}</div>')
        return [*page.wrong, *booth_watch._paper(page, [named], gone={})]

    assert said(printed) == []
    assert said(printed.replace('value="0"', 'value="1"')) != []
    assert said(printed.replace(" data-plurality", "")) != []


def test_the_posts_of_joint_tickets_stand_on_the_page_as_the_opening_names_them() -> None:
    run = tickets(at="coded", electors=3)
    open_poll(run.election_id, software=served_software(), **run.by_two)
    withdraw_candidate(ash().pk, who="second", **run.by)
    assert differences(PAGE, BOARD, fetch=fetched) == []

    changes: list[tuple[Callable[[bytes], bytes], str]] = [
        (lambda body: swapped(body, b"be Leader,", b"second Deputy leader."), "The paper of"),
        (lambda body: body.replace(b" data-ticket>", b">"), "The paper of"),
        (lambda body: body.replace(b" data-ticket>", b" data-ticket hidden>"), "as ours do"),
    ]
    for change, said in changes:
        assert said in " ".join(differences(PAGE, BOARD, fetch=changing("/vote/", change)))


def test_a_row_that_nobody_can_mark_needs_the_withdrawal_that_the_board_has() -> None:
    run = opened()
    birch = run.contest.candidates.get(name="Birch Bell")
    withdraw_candidate(birch.pk, **run.by)

    assert differences(PAGE, BOARD, fetch=fetched) == []
    number = len(kinds(run)) - 1
    told = f'data-withdrawal="{number}"'.encode()
    for other in (b'data-withdrawal="1"', b'data-withdrawal="x"', b'data-withdrawal="9999"'):
        fetch = changing("/vote/", lambda body, other=other: body.replace(told, other))
        assert "is not the one" in " ".join(differences(PAGE, BOARD, fetch=fetch))


def test_a_candidate_whom_the_page_lets_nobody_choose_without_ground_is_named() -> None:
    opened()
    fetch = changing("/vote/", lambda body: re.sub(rb"<select.*?</select>", b"", body, count=1))

    assert "is not the one" in " ".join(differences(PAGE, BOARD, fetch=fetch))


def test_a_policy_that_lets_other_scripts_in_is_named() -> None:
    opened()

    def fetch(url: str) -> Answer:
        answer = fetched(url)
        loose = "default-src 'self'; script-src 'self' 'unsafe-inline'"
        return Answer(answer.body, {**answer.headers, "content-security-policy": loose})

    (found,) = differences(PAGE, BOARD, fetch=fetch)
    assert "'unsafe-inline'" in found


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("link", "</static/x.css>; rel=stylesheet", "a header Link"),
        ("refresh", "0; url=https://evil.example/", "a header Refresh"),
        ("content-type", "text/html; charset=utf-16", "other letters"),
    ],
)
def test_a_header_that_changes_what_the_page_is_is_named(name: str, value: str, said: str) -> None:
    opened()

    def fetch(url: str) -> Answer:
        answer = fetched(url)
        return Answer(answer.body, {**answer.headers, name: value})

    (found,) = differences(PAGE, BOARD, fetch=fetch)
    assert said in found


def test_before_the_opening_there_is_nothing_to_compare_with() -> None:
    election(at="coded", electors=3)

    with pytest.raises(CannotWatch):
        differences(PAGE, BOARD, fetch=fetched)


def test_the_command_says_what_it_saw_and_ends_with_an_error_where_something_differs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened()
    command = "ballot.management.commands.watch_booth.over_the_network"
    monkeypatch.setattr(command, fetched)
    call_command("watch_booth", PAGE)
    assert "are those that the opening named" in capsys.readouterr().out

    monkeypatch.setattr(command, changing("booth", lambda body: body + b" "))
    with pytest.raises(CommandError, match="not the one"):
        call_command("watch_booth", PAGE)
    assert "DIFFERS  The file build/booth.js" in capsys.readouterr().err


def test_an_address_that_is_no_web_server_is_not_asked() -> None:
    for url in ("file:///etc/passwd", "ftp://127.0.0.1/x"):
        with pytest.raises(CannotWatch, match="no address of a web server"):
            booth_watch.over_the_network(url)
    with pytest.raises(CannotWatch, match="cannot be read"):
        booth_watch.over_the_network("http://127.0.0.1:9/")
