"""The booth as files for another origin: whole, the same software, and watched like our own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from ballot.management.booth_watch import Answer, CannotWatch, differences
from ballot.models import Candidate
from ballot.served_software import served_software
from ballot.services.open_poll import open_poll
from tests.ballot.factories import Run, bring, election

pytestmark = pytest.mark.django_db

ELSEWHERE = "https://scrutineer.example"


@pytest.fixture(autouse=True)
def _plain_names(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


def opened() -> Run:
    run = election(at="coded", electors=3)
    Candidate.objects.filter(name="Ash Amin").update(photo=b"a picture")
    open_poll(run.election_id, software=served_software(), **run.by_two)
    return run


def served_from(folder: Path, *, board: str) -> Any:
    """Fetch the exported files as a plain file server gives them, and the board from ours."""

    def fetch(url: str) -> Answer:
        if url.startswith(board):
            answer = Client().get(url.removeprefix(settings.ORIGIN))
            return Answer(answer.content, {})
        path = folder / url.removeprefix(f"{ELSEWHERE}/")
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            raise CannotWatch(f"no file {path}")
        return Answer(path.read_bytes(), {"content-type": "text/html"})

    return fetch


def test_the_exported_pages_are_whole_and_of_the_software_that_the_opening_named(
    tmp_path: Path,
) -> None:
    run = opened()
    slug = run.election.slug
    call_command("export_booth", tmp_path, "--election", slug)
    board = f"{settings.ORIGIN}/board/{slug}/"
    fetch = served_from(tmp_path, board=board)

    for page in (f"{ELSEWHERE}/vote/{slug}/", f"{ELSEWHERE}/check/{slug}/"):
        assert differences(page, board, fetch=fetch) == []
    for page in tmp_path.rglob("index.html"):
        text = page.read_text()
        assert "csrfmiddlewaretoken" not in text
        named = re.findall(r'(?:src|href|sealing-url)="/(static/[^"]+|[^"]+\.webp)"', text)
        assert named
        for path in named:
            assert (tmp_path / path).is_file(), path
    booth = (tmp_path / "vote" / slug / "index.html").read_text()
    for name in ("identify", "confirm", "cast", "challenge"):
        assert f'data-{name}-url="{settings.ORIGIN}/vote/{slug}/{name}"' in booth
    assert f'data-check-url="{settings.ORIGIN}/check/{slug}/"' in booth
    assert f"connect-src &#x27;self&#x27; {settings.ORIGIN}" not in booth
    assert f"connect-src 'self' {settings.ORIGIN}" in booth
    (photo,) = re.findall(r'src="/([^"]+\.webp)"', booth)
    assert (tmp_path / photo).read_bytes() == b"a picture"


def test_a_changed_file_or_a_looser_policy_of_an_exported_page_is_found(tmp_path: Path) -> None:
    run = opened()
    slug = run.election.slug
    call_command("export_booth", tmp_path)
    board = f"{settings.ORIGIN}/board/{slug}/"
    fetch = served_from(tmp_path, board=board)
    page = f"{ELSEWHERE}/check/{slug}/"
    assert differences(page, board, fetch=fetch) == []

    html = tmp_path / "check" / slug / "index.html"
    strict = html.read_text()
    html.write_text(strict.replace("script-src 'self'", "script-src 'self' https:"))
    (loose,) = differences(page, board, fetch=fetch)
    html.write_text(strict.replace("Content-Security-Policy", "refresh"))
    other = differences(page, board, fetch=fetch)
    html.write_text(strict)
    script = tmp_path / "static" / "build" / "device-check.js"
    script.write_bytes(script.read_bytes() + b" ")
    (changed,) = differences(page, board, fetch=fetch)

    assert "lets scripts come from: 'self' https:" in loose
    assert any("that is no policy" in sentence for sentence in other)
    assert any("anywhere" in sentence for sentence in other)
    assert "build/device-check.js is not the one" in changed


def test_there_is_nothing_to_export_but_an_open_poll(tmp_path: Path) -> None:
    run = election(at="coded", electors=3)
    with pytest.raises(CommandError, match="No poll is open"):
        call_command("export_booth", tmp_path)
    with pytest.raises(CommandError, match="not opened yet"):
        call_command("export_booth", tmp_path, "--election", run.election.slug)
    bring(run, to="polling")
    call_command("export_booth", tmp_path, "--election", run.election.slug)
    assert (tmp_path / "index.html").is_file()
