"""`verifier BUNDLE --challenge TEXT`: what a challenged device had sealed (sealing §6.7)."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from ballot.board.tree import leaf_hash
from ballot.canonical import canonical
from ballot.sealing.ballot import tracker_words
from ballot.sealing.challenge import make_again, read_opening
from ballot.sealing.rankings import RankingSpace
from ballot.sealing.setting import Setting
from tests.verifier.bundles import ROOT
from tests.verifier.good import Good
from tests.verifier.tampered import Board, Files, put

pytestmark = pytest.mark.django_db

CREDENTIAL = bytes(range(32))
# Rankings of three candidates, and of two under plurality, by number: Birch alone; nobody.
DRAWN = ((2, 8001, 8002), (0, 8003, 8004))


def setting_of(board: Board) -> Setting:
    opening = leaf_hash(canonical(board.entries[board.at("opening")]))
    return Setting(opening, bytes.fromhex(board.content("key")["public_key"]))


def opening_text(board: Board, drawn: tuple[tuple[int, int, int], ...] = DRAWN) -> str:
    """Write the opening of a paper of section `member`, as a device would."""
    wire = b"\1" + setting_of(board).fingerprint + CREDENTIAL + b"\x06member\0"
    for v, r, k in drawn:
        wire += v.to_bytes(4, "big") + r.to_bytes(32, "big") + k.to_bytes(32, "big")
    return base64.urlsafe_b64encode(wire).rstrip(b"=").decode()


def ask(files: Files, folder: Path, text: str, *arguments: str, typed: str = "") -> tuple[int, str]:
    """Run the command as a stranger would; return its exit status and what it printed."""
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, octets in files.items():
            archive.writestr(name, octets)
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-c",
         f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
         "from verifier.__main__ import main\nsys.exit(main())",
         str(path), "--challenge", text, *arguments],
        capture_output=True, text=True, input=typed, check=False,
    )  # fmt: skip
    assert ran.stderr == ""
    return ran.returncode, ran.stdout


def told(files: Files, folder: Path, text: str) -> dict[str, Any]:
    status, said = ask(files, folder, text, "--json")
    report: dict[str, Any] = json.loads(said)
    assert report["status"] == status
    return report


def test_the_words_are_the_cores_and_the_rankings_are_told_by_name(
    good: Good, tmp_path: Path
) -> None:
    text = opening_text(good.board)
    setting = setting_of(good.board)
    spaces = [RankingSpace(3, 3), RankingSpace(2, 1)]
    theirs = make_again(
        read_opening(text, setting=setting, spaces=spaces),
        setting=setting,
        contests=["contest-1", "contest-2"],
    )

    status, said = ask(good.files, tmp_path, text)
    paper = told(good.files, tmp_path, text)["paper"]

    lines = said.splitlines()
    assert status == 0
    assert f"Tracker: {' '.join(tracker_words(theirs.tracker))}" in lines
    assert "Leader: 1. Birch Bell" in lines
    assert "Deputy: blank, nobody is ranked" in lines
    assert paper["tracker"] == theirs.tracker.hex()
    assert [contest["ranking"] for contest in paper["contests"]] == [["Birch Bell"], []]


def test_the_opening_may_be_typed_in_so_that_it_stands_in_no_list_of_commands(
    good: Good, tmp_path: Path
) -> None:
    text = opening_text(good.board)

    typed = ask(good.files, tmp_path, "-", typed=f"https://check.example/#{text}\n")

    assert typed == ask(good.files, tmp_path, text)


@pytest.mark.parametrize(
    ("change", "condition"),
    [
        (lambda text: text[:-4], "challenge.form"),
        (lambda text: "nonsense", "challenge.form"),
        (lambda text: f"{text[:10]}{'B' if text[10] == 'A' else 'A'}{text[11:]}", "challenge.form"),
    ],
)
def test_an_opening_that_is_none_of_this_poll_is_refused(
    good: Good, tmp_path: Path, change: Any, condition: str
) -> None:
    text = opening_text(good.board)

    report = told(good.files, tmp_path, change(text))

    assert (report["status"], report["paper"]) == (1, None)
    assert report["refused"]["condition"] == condition


def test_a_ranking_that_is_none_is_refused_by_name(good: Good, tmp_path: Path) -> None:
    text = opening_text(good.board, ((16, 8001, 8002), DRAWN[1]))

    status, said = ask(good.files, tmp_path, text)

    assert status == 1
    assert "REFUSED: ranking.index: the challenged paper, contest-1" in said
    assert "could not show what it sealed" in said


def test_nothing_is_said_of_a_paper_where_the_bundle_does_not_hold(
    good: Good, tmp_path: Path
) -> None:
    changed = good.board.edited("key", put("quorum", to=1)).linked().signed()
    before = good.board.in_order(list(range(good.board.at("opening")))).signed()
    text = opening_text(good.board)

    for files, status, verdict in ((changed, 1, "FAIL: "), (before, 3, "NOT YET: ")):
        ended, said = ask(files, tmp_path, text)

        assert ended == status
        assert said.splitlines()[-1].startswith(verdict)
        assert "Tracker" not in said
