"""The page of the check, how to watch a board, and the programs that are handed out with them."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import load_command_class
from django.test import Client

from ballot.services.board import append_ballots
from ballot.services.publish_board import publish_board
from ballot.showing import check as showing
from tests.ballot.factories import Run, cast_all, election, now
from verifier import in_page
from verifier.__main__ import command_line
from verifier.checks import CHECKS
from witness import hustings_witness

pytestmark = pytest.mark.django_db


def signed(at: str = "polling", **options: object) -> Run:
    run = election(at=at, electors=3, **options)  # type: ignore[arg-type]
    publish_board(run.election_id, now=now())
    return run


def page(run: Run, name: str) -> str:
    return Client().get(f"/board/{run.election.slug}/{name}/").content.decode()


def test_the_page_names_the_sixteen_checks_of_the_verifier_in_their_order() -> None:
    assert [name for name, _ in showing.CHECKS] == [check.name for check in CHECKS]

    names = re.findall(r'<li class="app-check-row" data-name="([^"]+)">', page(signed(), "check"))

    assert names == [check.name for check in CHECKS]


def test_the_page_says_what_the_check_does_not_show_and_how_to_be_independent_of_it() -> None:
    text = page(signed(), "check")

    assert "come from the same server as the board" in text
    assert 'href="/board/verifier.zip"' in text
    assert "python3 -m verifier everything.zip" in text


def test_a_contest_with_too_many_ballots_is_sent_to_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = election(at="polling", electors=3, rankings=((0,), (0,)))
    cast_all(run)
    append_ballots(run.election)
    publish_board(run.election_id, now=now())
    monkeypatch.setattr(showing, "MOST_BALLOTS", 2)
    assert 'id="check-form"' in page(run, "check")

    monkeypatch.setattr(showing, "MOST_BALLOTS", 1)
    text = page(run, "check")

    assert "too large for a page" in text and "2 ballots are on the board" in text
    assert 'id="check-form"' not in text and "build/check.js" not in text
    assert "python3 -m verifier everything.zip" in text


def test_before_the_first_signature_it_says_to_wait() -> None:
    run = election(at="nominated")

    text = page(run, "check")

    assert "not been signed yet" in text and 'id="check-form"' not in text


def test_a_draft_has_no_such_page() -> None:
    run = election(at="draft")

    for name in ("check", "watch"):
        assert Client().get(f"/board/{run.election.slug}/{name}/").status_code == 404


def test_the_board_and_the_result_lead_to_the_check_and_to_how_to_watch() -> None:
    run = signed("declared", rankings=((0,), (0,)))
    slug = run.election.slug

    board = Client().get(f"/board/{slug}/").content.decode()
    result = Client().get(f"/elections/{slug}/result/").content.decode()

    assert f'href="/board/{slug}/check/"' in board
    assert f'href="/board/{slug}/watch/"' in board
    assert f'href="/board/{slug}/check/"' in result


def test_webassembly_is_let_in_for_the_worker_alone() -> None:
    run = signed()
    policies = {
        path: Client().get(path).headers["Content-Security-Policy"]
        for path in (f"/board/{run.election.slug}/check/", "/board/check-worker.js")
    }

    of_page, of_worker = policies.values()
    assert "unsafe" not in of_page
    assert re.findall("'unsafe[^']*'|'wasm[^']*'", of_worker) == ["'wasm-unsafe-eval'"]
    assert of_worker.startswith("default-src 'none'; script-src 'self' ")
    assert of_worker.endswith("connect-src 'self'")


def test_the_verifier_in_the_zip_is_the_folder_and_runs_from_it(tmp_path: Path) -> None:
    answer = Client().get("/board/verifier.zip")
    (tmp_path / "verifier.zip").write_bytes(answer.content)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}

    folder = settings.BASE_DIR / "verifier"
    assert found == {
        f"verifier/{path.name}": path.read_bytes()
        for path in [*folder.glob("*.py"), folder / "README.md"]
    }
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import sys; sys.path.insert(0, {str(tmp_path / 'verifier.zip')!r})\n"
         "from verifier.in_page import check; print(check.__module__)"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert ran.stdout.strip() == in_page.__name__


def test_the_witness_is_handed_out_as_it_stands_in_the_source() -> None:
    answer = Client().get("/board/hustings_witness.py")

    assert answer.content == Path(hustings_witness.__file__).read_bytes()
    assert 'filename="hustings_witness.py"' in answer.headers["Content-Disposition"]


def test_every_command_on_the_page_of_watching_is_one() -> None:
    run = signed()
    text = page(run, "watch")
    blocks = re.findall(r"<pre [^>]*><code>(.*?)</code></pre>", text, re.DOTALL)
    lines = [line for block in blocks for line in unescape(block).splitlines()]

    of = {
        start: [shlex.split(line.removeprefix(start)) for line in lines if line.startswith(start)]
        for start in ("python3 hustings_witness.py ", "python3 -m verifier ", "python manage.py ")
    }

    assert [len(found) for found in of.values()] == [3, 1, 1]
    for words in of["python3 hustings_witness.py "]:
        assert hustings_witness.read_arguments(words).act
    assert command_line().parse_args(of["python3 -m verifier "][0]).key == "KEY"
    ((name, *rest),) = of["python manage.py "]
    given = load_command_class("ballot", name).create_parser("manage.py", name).parse_args(rest)
    assert given.every == 300
    assert f"{settings.ORIGIN}/board/{run.election.slug}/" in text


def test_all_of_the_browsers_python_is_collected_and_the_build_script_is_not() -> None:
    ignored = apps.get_app_config("staticfiles").ignore_patterns  # type: ignore[attr-defined]
    collected = {path for finder in get_finders() for path, _ in finder.list(ignored)}

    python = {path for path in collected if path.startswith("build/python/")}
    assert {Path(path).suffix for path in python} == {".mjs", ".wasm", ".json", ".zip"}
    assert len(python) == 5
    assert "build.mjs" not in collected
    assert "build/check.js" in collected
