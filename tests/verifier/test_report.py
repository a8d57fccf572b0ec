"""What is told: a line a check, what failed, and how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import cast

import pytest

from verifier import checks
from verifier.bundle import Folder
from verifier.checks import Check, run_checks
from verifier.failure import Failed, raise_all
from verifier.known import Known, NotYet
from verifier.outside import Outside
from verifier.report import Finding, Outcome, Progress, Report, count_of, figure_of, line_of
from verifier.workers import Workers


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def report_of(*results: str, declared: bool = True) -> Report:
    outcomes = [Outcome(n, f"check {n}", result) for n, result in enumerate(results, 1)]
    return Report(outcomes, declared=declared)


@pytest.mark.parametrize(
    ("report", "status", "verdict"),
    [
        (report_of("PASS", "PASS"), 0, "PASS"),
        (report_of("PASS", "FAIL", "NOT MADE"), 1, "FAIL"),
        (report_of("PASS", "NOT MADE"), 3, "NOT YET"),
        (report_of("PASS", "PASS", declared=False), 3, "NOT YET"),
    ],
)
def test_it_ends_in_pass_only_if_every_check_passed_and_there_is_a_declaration(
    report: Report, status: int, verdict: str
) -> None:
    assert report.status == status
    assert report.verdict.startswith(f"{verdict}:")
    assert json.loads(report.as_json())["verdict"] == verdict


@pytest.mark.parametrize("results", [("PASS",), ("FAIL",), ("NOT MADE",)])
def test_a_rehearsal_is_said_in_the_verdict_however_it_ends(results: tuple[str, ...]) -> None:
    report = report_of(*results)
    assert "REHEARSAL" not in report.verdict
    assert json.loads(report.as_json())["rehearsal"] is False

    report.rehearsal = True

    assert report.verdict.endswith("Its result counts for nothing.")
    assert json.loads(report.as_json())["rehearsal"] is True


# What a bundle could say to write a line of its own, hide what follows, or turn it round.
FORGED = "Leader\n16  declaration     PASS\x1b[8m \x9b2J \u202eSSAP\u200b"


def test_what_a_bundle_says_writes_no_line_of_its_own_and_hides_none() -> None:
    report = Report([Outcome(3, "notice", "PASS", FORGED)], notes=[FORGED])
    failed = Outcome(3, "notice", "FAIL", "", [Finding("name", FORGED, FORGED)])

    assert len(line_of(report.outcomes[0]).splitlines()) == 1
    assert len(line_of(failed).splitlines()) == 2
    assert len(report.as_ending().splitlines()) == 3
    for told in (line_of(report.outcomes[0]), line_of(failed), report.as_ending()):
        assert not [one for one in told if not one.isprintable() and one != "\n"]
    assert not [one for one in report.as_json() if not one.isprintable() and one != "\n"]
    assert json.loads(report.as_json())["notes"] == [FORGED]


def test_a_line_is_not_so_long_that_what_is_above_it_is_lost() -> None:
    line = line_of(Outcome(3, "notice", "PASS", "x" * 60_000))

    assert len(line) < 2_100
    assert line.endswith("…")


def test_a_line_says_the_first_of_what_failed_and_how_many_more_there_are() -> None:
    failures = [Finding("ballot.proof", f"ballot {n}", "False.") for n in range(1, 23)]

    lines = line_of(Outcome(8, "ballots", "FAIL", "", failures)).splitlines()

    assert lines[0] == " 8  ballots         FAIL"
    assert lines[1] == "      ballot.proof: ballot 1: False."
    assert lines[-1] == "      and 2 more"
    assert len(lines) == 22


def test_a_bar_is_drawn_on_a_terminal_and_nowhere_else() -> None:
    terminal, file = Terminal(), io.StringIO()
    for stream in (terminal, file):
        progress = Progress(stream)
        progress.begin("ballots", 200)
        progress.add(50)
        progress.clear()

    assert "ballots" in terminal.getvalue() and " 25 %" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")
    assert file.getvalue() == ""


def test_figures_are_said_as_people_do() -> None:
    assert figure_of([count_of(1, "entry", "entries"), "", count_of(1200, "ballot")]) == (
        "1 entry, 1,200 ballots"
    )


def outcomes(monkeypatch: pytest.MonkeyPatch, folder: Path, *some: Check) -> list[Outcome]:
    monkeypatch.setattr(checks, "CHECKS", (*some, Check("entries", ("log",), fails)))
    known = Known(Folder(folder), Outside(), Workers(), Progress())
    return run_checks(known, lambda _: None).outcomes


def passes(_: Known) -> str:
    return "all"


def fails(_: Known) -> str:
    raise Failed("a.condition", "somewhere", "Because.")


def fails_twice(_: Known) -> str:
    raise_all([Failed("one", "here", "So."), Failed("two", "there", "So.")], "two")
    return ""


def is_not_there(_: Known) -> str:
    raise NotYet("it is too early")


def stumbles(_: Known) -> str:
    return cast(str, {}["missing"])


def test_what_rests_on_a_failed_check_is_said_not_to_be_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = outcomes(
        monkeypatch,
        tmp_path,
        Check("log", (), fails_twice),
        Check("roll", (), passes),
        Check("count", ("roll", "log"), passes),
        Check("key", ("roll",), is_not_there),
    )

    assert [(one.result, one.figure) for one in made] == [
        ("FAIL", ""),
        ("PASS", "all"),
        ("NOT MADE", "it rests on log"),
        ("NOT MADE", "it is too early"),
        ("NOT MADE", "it rests on log"),
    ]
    assert [one.condition for one in made[0].failures] == ["one", "two"]


def test_no_check_is_made_behind_the_last_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    some = (Check("log", (), passes), Check("key", (), passes), Check("roll", (), fails))
    monkeypatch.setattr(checks, "CHECKS", some)
    known = Known(Folder(tmp_path), Outside(), Workers(), Progress())

    report = run_checks(known, lambda _: None, upto="key")

    assert [one.name for one in report.outcomes] == ["log", "key"]
    assert not report.failed


def test_what_nobody_foresaw_is_a_failure_and_no_crash(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made = outcomes(monkeypatch, tmp_path, Check("log", (), stumbles))

    assert made[0].result == "FAIL"
    assert made[0].failures[0].condition == "unforeseen"
    assert "KeyError" in made[0].failures[0].why
