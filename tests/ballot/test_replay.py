"""The replay of 2016: a small run of the very command, and what makes it fail."""

from __future__ import annotations

import io
import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ballot.management.commands import replay as command
from ballot.management.replay import contest
from ballot.management.replay.play import Play

PAPERS = Path(__file__).resolve().parents[1] / "elections" / "labour-2016-leader.csv"


def replay(report: Path, monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", io.StringIO())
    call_command("replay", str(PAPERS), report=report, stdout=out, **options)
    return out.getvalue()


def scratch_databases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'rehearsal%'")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_the_contest_at_a_two_thousandth_comes_out_as_it_was_played_and_the_verifier_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tests' own database is a scratch one already; the next test has the command make its own.
    monkeypatch.setattr(command, "scratch_database", lambda **_: nullcontext())
    said = replay(tmp_path / "report.md", monkeypatch, divisor=2000)

    report = (tmp_path / "report.md").read_text()
    assert "figures and refusals agree" in said
    assert "| Of these found otherwise | 0 |" in report
    for part in ("Nominations", "The roll", "The post", "Verification", "Declaration"):
        assert f"\n## {part}\n" in report
    assert "| exit status of the verifier | 0 | 0 |" in report
    assert "PASS" in report.rpartition("## The verifier’s lines")[2]


@pytest.mark.django_db(transaction=True)
def test_a_figure_that_is_found_otherwise_is_in_the_report_and_fails_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(found: int) -> Any:
        def play_part(play: Play) -> None:
            play.journal.begin("A part")
            play.journal.expect("voting codes", 3, found)

        return (play_part,)

    monkeypatch.setattr(contest, "PARTS", part(3))
    assert "1 figures and refusals agree" in replay(tmp_path / "right.md", monkeypatch)
    monkeypatch.setattr(contest, "PARTS", part(4))
    with pytest.raises(CommandError, match="not what was played"):
        replay(tmp_path / "wrong.md", monkeypatch)

    assert "| voting codes | 3 | 3 |" in (tmp_path / "right.md").read_text()
    assert "| voting codes | 3 | **4** |" in (tmp_path / "wrong.md").read_text()
    assert scratch_databases() == 0


def test_the_report_that_is_kept_is_of_envelopes_issued_by_two() -> None:
    report = Path("docs/replay-labour-2016.md").read_text("utf-8")

    assert re.search(r"\| two officers \| Issue \d+ envelopes \|", report)
    assert "| Of these found otherwise | 0 |" in report
