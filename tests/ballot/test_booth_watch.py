"""Watching the voting page from outside: what is not as the opening named it is found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import CommandError, call_command
from django.test import Client

from ballot.management import booth_watch
from ballot.management.booth_watch import Answer, CannotWatch, differences
from ballot.served_software import served_software
from ballot.services.open_poll import open_poll
from tests.ballot.factories import Run, election

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
    ],
)  # fmt: skip
def test_each_change_of_the_page_or_of_a_file_is_named(
    part: str, change: Callable[[bytes], bytes], said: str
) -> None:
    opened()

    found = differences(PAGE, BOARD, fetch=changing(part, change))

    assert any(said in sentence for sentence in found), found


def test_a_policy_that_lets_other_scripts_in_is_named() -> None:
    opened()

    def fetch(url: str) -> Answer:
        answer = fetched(url)
        loose = "default-src 'self'; script-src 'self' 'unsafe-inline'"
        return Answer(answer.body, {**answer.headers, "content-security-policy": loose})

    (found,) = differences(PAGE, BOARD, fetch=fetch)
    assert "'unsafe-inline'" in found


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
