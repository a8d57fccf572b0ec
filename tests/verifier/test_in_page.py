"""The checks as a page hears them: the command's own, without processes and without a terminal."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.ballot.factories import election
from tests.verifier.bundles import ROOT, failures, verified, written
from verifier.checks import CHECKS
from verifier.in_page import check
from verifier.report import REHEARSAL

pytestmark = pytest.mark.django_db

AS_IN_A_BROWSER = """
import sys
for name in ("_multiprocessing", "_posixsubprocess", "multiprocessing", "concurrent.futures"):
    sys.modules[name] = None
sys.path.insert(0, sys.argv[1])
from verifier.in_page import check
check(sys.argv[2:], print)
"""


def heard(*arguments: str) -> list[dict[str, Any]]:
    lines: list[str] = []
    check(arguments, lines.append)
    return [json.loads(line) for line in lines]


def of(said: list[dict[str, Any]], what: str) -> list[Any]:
    return [one[what] for one in said if what in one]


def test_a_page_hears_each_check_as_it_ends_and_at_last_what_the_command_writes(
    tmp_path: Path,
) -> None:
    archive = written(election(at="declared", electors=3, rankings=((0,), (0,), (1,))), tmp_path)

    said = heard(str(archive))

    report = verified(archive)
    assert report["verdict"] == "PASS"
    assert said[-1] == {"report": report}
    assert of(said, "outcome") == report["checks"]
    assert [one["name"] for one in of(said, "outcome")] == [one.name for one in CHECKS]
    # The last word of work that takes long is that all of it is done.
    for name in ("ballots", "mixes", "openings", "profile"):
        last = [one for one in of(said, "work") if one["name"] == name][-1]
        assert last["done"] == last["rows"] > 0


def test_it_asks_for_nothing_that_a_browser_has_not(tmp_path: Path) -> None:
    archive = written(election(at="declared", electors=2, rankings=((0,), (0,))), tmp_path)

    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c", AS_IN_A_BROWSER, str(ROOT), str(archive)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout.splitlines()[-1])["report"]["verdict"] == "PASS"


def test_what_fails_is_told_with_its_condition_and_place(tmp_path: Path) -> None:
    archive = written(election(at="closed", electors=2, rankings=((0,),)), tmp_path)
    other = tmp_path / "receipt"
    other.write_text("no receipt")

    (report,) = of(heard(str(archive), "--receipt", str(other)), "report")

    assert report["verdict"] == "FAIL"
    assert failures(report)[0][::2] == ("log", str(other))


def test_a_rehearsal_is_told_before_all_else_and_with_the_report(tmp_path: Path) -> None:
    # bundle §5.3
    for is_one in (True, False):
        run = election(at="nominated", title=f"Leader {is_one}", demonstration=is_one)
        said = heard(str(written(run, tmp_path, f"{is_one}.zip")))

        assert of(said, "rehearsal") == [REHEARSAL] * is_one
        assert of(said, "report")[0]["rehearsal"] is is_one
        assert ("rehearsal" in said[0]) is is_one


@pytest.mark.parametrize(
    ("arguments", "condition", "where"),
    [
        (["--key", "nonsense"], "key.form", "--key"),
        (["--witness", "nonsense"], "key.form", "--witness"),
        (["--quorum", "1"], "bundle.unreadable", ""),
    ],
)
def test_what_cannot_be_read_is_told_with_the_option_that_it_came_with(
    arguments: list[str], condition: str, where: str, tmp_path: Path
) -> None:
    archive = written(election(at="polling"), tmp_path)
    assert "report" in heard(str(archive))[-1]

    (said,) = heard(str(archive), *arguments)

    assert (said["unreadable"]["condition"], said["unreadable"]["where"]) == (condition, where)
    assert said["unreadable"]["why"]


def test_a_file_that_is_no_bundle_is_unreadable(tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"PK nonsense")

    (said,) = heard(str(tmp_path / "no.zip"))

    assert said["unreadable"]["condition"] == "bundle.unreadable"
    assert "is no zip file" in said["unreadable"]["why"]
