"""The rehearsal: a whole contest in a scratch database, from a file of papers to its stages."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ballot.models import Election

pytestmark = pytest.mark.django_db(transaction=True)

ELECTIONS = Path(__file__).resolve().parents[2] / "elections"

THREE_SECTIONS = """\
section,papers,ranking
Members,9,Ash Amin>Birch Bell>Cedar Cox
Members,6,Birch Bell>Ash Amin
Members,2,
Affiliated,5,Cedar Cox>Birch Bell
Affiliated,4,Ash Amin
Registered,3,Birch Bell
"""


def rehearse(profile: Path, *arguments: str, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Any]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdout", io.StringIO())
    call_command("rehearse", str(profile), *arguments, stdout=out)
    said = out.getvalue()
    return said, json.loads(said.strip().splitlines()[-1])


def scratch_databases() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE 'rehearsal%'")
        return int(cursor.fetchone()[0])


def test_the_declared_stages_of_a_real_contest_come_out_and_the_scratch_database_is_dropped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said, figures = rehearse(
        ELECTIONS / "labour-2010-parliamentary.blt", "--processes", "2", "--electors", "300",
        monkeypatch=monkeypatch,
    )

    published = json.loads((ELECTIONS / "declared-results.json").read_text())
    (stages,) = (one["stages"] for one in published if one["id"] == "labour-2010-parliamentary")
    lines = [line for line in said.splitlines() if line.startswith("Stage ")]
    assert len(lines) == len(stages) == 4
    for line, stage in zip(lines, stages, strict=True):
        for name, papers in stage.items():
            assert f"{name} {papers:,}" in line
    assert "Elected: David Miliband." in said
    assert figures["agrees"] is True and figures["ballots"] == 266
    assert scratch_databases() == 0
    assert not Election.objects.exists()


def test_a_contest_in_three_sections_is_rehearsed_section_by_section(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "papers.csv"
    profile.write_text(THREE_SECTIONS)

    said, figures = rehearse(profile, "--processes", "1", "--trustees", "1/1", "--mixers", "3",
                             monkeypatch=monkeypatch)

    assert "The count agrees with the profile in every stage and section." in said
    assert figures["agrees"] is True and figures["ballots"] == 29
    assert scratch_databases() == 0


def test_a_file_that_is_no_profile_makes_no_scratch_database(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.blt"
    nonsense.write_text("this is no election")

    with pytest.raises(CommandError, match="is not a profile"):
        call_command("rehearse", str(nonsense))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("rehearse", str(tmp_path / "nowhere.blt"))
    with pytest.raises(CommandError, match="quorum/number"):
        call_command("rehearse", str(ELECTIONS / "labour-2010-parliamentary.blt"),
                     "--trustees", "4/3")

    assert scratch_databases() == 0
