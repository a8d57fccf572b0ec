"""The rehearsal: a whole contest in a scratch database, from a file of papers to its stages."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ballot.counting.papers_csv import parse_papers_csv
from ballot.counting.rules import Method
from ballot.models import Election
from ballot.rehearsal import election
from ballot.rehearsal.plan import Plan, require_rehearsable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.tables_owner]

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

    said, figures = rehearse(profile, "--processes", "1", "--trustees", "1/2", "--mixers", "3",
                             "--bundle", str(tmp_path / "all.zip"), monkeypatch=monkeypatch)

    assert "The count agrees with the profile in every stage and section." in said
    # The two sections in which fewer than ten voted are opened together.
    stage = "Stage 1: Ash Amin 13, Birch Bell 9, Cedar Cox 5; exhausted 0."
    assert said[said.index(stage):].splitlines()[:3] == [
        stage,
        "  Members (rehearsal): Ash Amin 9, Birch Bell 6, Cedar Cox 0; exhausted 0.",
        "  Affiliated (rehearsal), Registered (rehearsal): Ash Amin 4, Birch Bell 3, Cedar Cox 5;"
        " exhausted 0.",
    ]
    assert "Members (rehearsal): valid 15, blank 2, rejected 0." in said
    assert figures["agrees"] is True and figures["ballots"] == 29
    assert scratch_databases() == 0
    with zipfile.ZipFile(tmp_path / "all.zip") as bundle:
        everything = b"".join(bundle.read(name) for name in bundle.namelist())
    assert everything.count(b'"kind":"ballot"') == 29
    assert everything.count(b'"kind":"declaration"') == 1


def test_papers_that_changed_their_section_are_a_difference_though_the_totals_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "papers.csv"
    file.write_text(THREE_SECTIONS)
    moved = THREE_SECTIONS.replace("Members,9,", "Members,8,").replace("Members,6,", "Members,7,")
    registered = "Registered,2,Birch Bell\nRegistered,1,Ash Amin"
    moved = moved.replace("Registered,3,Birch Bell", registered)
    seal = election.seal_papers
    errors = io.StringIO()

    def seal_others(plan: Plan, *rest: Any) -> Any:
        return seal(dataclasses.replace(plan, profile=parse_papers_csv(moved.encode())), *rest)

    monkeypatch.setattr(election, "seal_papers", seal_others)
    monkeypatch.setattr("sys.stdout", io.StringIO())
    with pytest.raises(CommandError, match="not that of the profile"):
        call_command("rehearse", str(file), "--processes", "1", "--trustees", "1/1",
                     stdout=io.StringIO(), stderr=errors)

    differences = errors.getvalue().splitlines()
    assert [line.partition(": ")[2].partition(":")[0] for line in differences] == ["stages"]


A_TIE_IN_ANOTHER_ORDER = """\
section,papers,ranking
Members,8,Dot Dyer
Members,5,Cedar Cox
Members,3,Birch Bell>Cedar Cox
Members,4,Ash Amin>Birch Bell
Members,1,Eli Epps>Birch Bell
"""


def test_a_tie_settled_by_earlier_stages_is_the_same_in_whatever_order_the_file_names_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "papers.csv"
    file.write_text(A_TIE_IN_ANOTHER_ORDER)

    said, figures = rehearse(file, "--processes", "1", "--trustees", "1/1",
                             monkeypatch=monkeypatch)

    assert "Stage 2: Ash Amin 4, Birch Bell 4, Cedar Cox 5, Dot Dyer 8; exhausted 0." in said
    assert figures["agrees"] is True


BLT = "3 {places}\n{withdrawn}2 1 2 0\n1 2 0\n0\n\"Dot\"\n\"Ash\"\n\"Eli\"\n\"A post\"\n"


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("none.csv", "section,papers,ranking\nMembers,0,Ash Amin>Dot Dyer\n", "no paper"),
        ("one.csv", "section,papers,ranking\nMembers,2,Ash Amin\n", "Only one candidate"),
        ("tied.csv", "section,papers,ranking\nMembers,1,Ash Amin\nMembers,1,Dot Dyer\n", "tie"),
        ("alike.csv", f"section,papers,ranking\n{'x' * 60},2,Ash>Dot\n{'x' * 61},1,Dot\n",
         "differ"),
        ("two.blt", BLT.format(places=2, withdrawn=""), "fills one place"),
        ("withdrawn.blt", BLT.format(places=1, withdrawn="-3\n"), "have withdrawn"),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_before_anything_is_made(
    name: str, text: str, why: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_text(text)

    with pytest.raises(CommandError, match=f"cannot be rehearsed.*{why}"):
        call_command("rehearse", str(file), stdout=io.StringIO())
    assert scratch_databases() == 0

    require_rehearsable(
        Plan(parse_papers_csv(THREE_SECTIONS.encode()), Method("av"), electors=29)
    )


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--mixers", "1"), "2 or more"),
        (("--processes", "0"), "1 or more"),
        (("--method", "plurality"), "takes one mark"),
    ],
)
def test_what_no_rehearsal_can_do_is_refused_before_anything_is_made(
    tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    profile = tmp_path / "papers.csv"
    profile.write_text(THREE_SECTIONS)

    with pytest.raises(CommandError, match=words):
        call_command("rehearse", str(profile), *arguments)

    assert scratch_databases() == 0


def test_sections_of_any_script_and_length_and_a_long_title_are_rehearsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "papers.csv"
    profile.write_text(
        "section,papers,ranking\nЧлены партии,2,Ash\n会員,3,Birch\n"
        f"{'Registered and affiliated supporters ' * 2}too,2,Birch\n"
    )

    said, figures = rehearse(profile, "--processes", "1", "--trustees", "1/1", "--method",
                             "plurality", monkeypatch=monkeypatch)

    assert "Elected: Birch." in said
    assert figures["agrees"] is True and figures["ballots"] == 7


def test_a_title_longer_than_a_contests_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "long.blt"
    title = "Leader " * 20
    profile.write_text(f'2 1\n3 1 0\n2 2 0\n0\n"Ash"\n"Birch"\n"{title.strip()}"\n')

    said, figures = rehearse(profile, "--processes", "1", "--trustees", "1/1",
                             monkeypatch=monkeypatch)

    assert "Elected: Ash." in said
    assert figures["ballots"] == 5
