"""The command, in a process of its own with Django blocked, and in this one. Spec: counting §11."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ballot.counting.__main__ import main

ROOT = Path(__file__).parent.parent.parent
ELECTIONS = ROOT / "tests" / "elections"
SNP = str(ELECTIONS / "snp-2023-leader.blt")

BLOCKED = """
import runpy, sys

class NoDjango:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "celery", "config", "office", "members"}:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, NoDjango())
sys.argv = ["counting", *sys.argv[1:]]
runpy.run_module("ballot.counting", run_name="__main__", alter_sys=True)
"""


def in_a_process(*arguments):
    return subprocess.run(
        [sys.executable, "-c", BLOCKED, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    return main(arguments, out=out, err=err), out.getvalue(), err.getvalue()


@pytest.fixture
def tied(tmp_path):
    file = tmp_path / "tied.blt"
    file.write_text('3 1\n2 1 0\n2 2 0\n3 3 0\n0\n"Ann, A"\n"Bob"\n"Carol"\n"Chair"\n')
    return str(file)


def test_a_file_is_counted_without_django_and_printed_as_json():
    ended = in_a_process(SNP, "--method", "av", "--format", "json")

    assert (ended.returncode, ended.stderr) == (0, "")
    document = json.loads(ended.stdout)
    assert list(document) == ["method", "candidates", "valid", "stages", "elected"]
    assert document["stages"][-1] == {
        "votes": {"Humza Yousaf": 26032, "Kate Forbes": 23890},
        "exhausted": 572,
        "excluded": [],
        "tie": None,
    }


def test_an_unsettled_tie_ends_with_status_3_and_names_the_tied(tied):
    ended = in_a_process(tied, "--method", "av", "--ties", "earlier-stages")

    assert (ended.returncode, ended.stdout) == (3, "")
    assert "Ann, A" in ended.stderr
    assert "Bob" in ended.stderr
    assert "Carol" not in ended.stderr
    status, out, err = run(tied, "--method", "av", "--ties", "earlier-stages")
    assert (status, out, err) == (3, "", ended.stderr)


def test_a_refused_file_ends_with_status_2_and_its_line(tied):
    Path(tied).write_text("3 1\n2 9 0\n")

    ended = in_a_process(tied, "--method", "av")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.strip().endswith("line 2: there is no candidate 9")


def test_a_csv_is_counted_by_section():
    status, out, _ = run(str(ELECTIONS / "labour-2016-leader.csv"), "--method", "plurality")

    assert status == 0
    rows = [line.split() for line in out.splitlines()]
    assert ["Jeremy", "Corbyn", "168,216", "84,918", "60,075", "313,209", "61.8%"] in rows


@pytest.mark.parametrize(
    ("lot", "excluded"), [('lot:"Ann, A",Bob', "Ann, A"), ('lot:Bob, "Ann, A"', "Bob")]
)
def test_the_first_of_the_tied_in_the_lot_is_excluded(tied, lot, excluded):
    status, out, _ = run(
        tied, "--method", "av", "--ties", "earlier-stages", "--ties", lot, "--format", "json"
    )

    assert status == 0
    assert json.loads(out)["stages"][0]["excluded"] == [excluded]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        ("lot:Zed", "the lot names somebody who is not on the paper: Zed"),
        ("lot:", "a lot lists the candidates in the order drawn"),
        ("lot:Bob,Bob", "a lot draws a candidate twice"),
        ("lot:Bob\nCarol", "the names of the lot cannot be read"),
        ("age", "unknown tie rule: age"),
    ],
)
def test_a_tie_rule_that_makes_no_sense_is_refused(tied, rule, reason):
    assert run(tied, "--method", "av", "--ties", "lot:Bob")[0] == 0

    status, out, err = run(tied, "--method", "av", "--ties", rule)

    assert (status, out) == (2, "")
    assert reason in err


def test_the_other_options_are_the_rules_of_the_same_names():
    arguments = ["--method", "av", "--stop", "two", "--bulk-exclusion", "--percentages", "valid"]

    status, out, _ = run(SNP, *arguments, "--format", "sheet")

    rules = json.loads(out)["rules"]
    assert status == 0
    assert rules == {
        "method": "av", "stop": "two", "bulk_exclusion": True, "ties": [], "percentages": "valid"
    }


def test_the_sheet_is_printed_as_csv():
    status, out, _ = run(SNP, "--method", "av", "--format", "csv")

    assert status == 0
    assert out.startswith("stage,section,name,votes,percent,base\r\n")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    status, _, err = run(str(tmp_path / "none.blt"), "--method", "av")

    assert status == 2
    assert "No such file" in err


def test_a_command_line_without_a_method_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main([SNP], out=io.StringIO(), err=io.StringIO())

    assert ended.value.code == 2
    assert "--method" in capsys.readouterr().err


def test_sections_are_weighted_and_places_given_at_the_command_line(tmp_path):
    """Spec: counting §11, §12.1."""
    file = tmp_path / "papers.csv"
    file.write_text("section,papers,ranking\nnorth,3,Ann\nnorth,1,Bob\nsouth,40,Ann\nsouth,60,Bob\n")

    status, weighted, _ = run(
        str(file), "--method", "av", "--weight", "north=1", "--weight", "south=1",
        "--format", "json",
    )
    assert status == 0
    assert json.loads(weighted)["stages"][0]["weighted"] == {"Ann": "57.500", "Bob": "42.500"}
    _, points, _ = run(str(file), "--method", "av", "--points", "100", "--floor", "9")
    assert "43.00" in points
    _, several, _ = run(str(file), "--method", "stv", "--places", "2", "--format", "json")
    assert json.loads(several)["elected"] == ["Bob", "Ann"]


@pytest.mark.parametrize(
    "wrong", [["--weight", "north"], ["--weight", "north=1"], ["--points", "a"], ["--floor", "3"]]
)
def test_weights_that_make_no_sense_are_refused_at_the_command_line(tmp_path, wrong):
    file = tmp_path / "papers.csv"
    file.write_text("section,papers,ranking\nnorth,3,Ann\nsouth,60,Bob\nsouth,1,Ann\n")
    assert run(str(file), "--method", "av", "--points", "100")[0] == 0

    status, out, err = run(str(file), "--method", "av", *wrong)

    assert (status, out) == (2, "")
    assert err
