"""What stands outside: Go's sumdb packages check a board that our core wrote. Spec: board §9.2."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ballot.board.spelling import write_base64
from tests.board.building import build_oracle
from tests.board.making import MOMENT_S, Board, board_key, board_of, some_entries, witness_key

OLDER, SIZE = 300, 70_000
INDEXES = (0, 1, 255, 256, 299, 65_535, 65_536, 69_999)


@pytest.fixture(scope="module")
def oracle(tmp_path_factory) -> Callable[[Path], str]:
    command = build_oracle(tmp_path_factory.mktemp("go"))

    def ask(folder: Path) -> str:
        done = subprocess.run([command, folder], capture_output=True, text=True, check=False)
        assert done.returncode == (0 if done.stdout.startswith("accepted") else 1), done.stderr
        return done.stdout

    return ask


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> Path:
    """A board as files: one of each kind of tile, and proofs into every corner."""
    folder = tmp_path_factory.mktemp("served")
    board = Board().append(some_entries(OLDER))
    write_cosigned(folder / "older", board)
    board.append(some_entries(SIZE)[OLDER:])
    write_cosigned(folder / "checkpoint", board)
    for path, octets in board.files.items():
        write(folder / path, octets)
    write(folder / "key", board_key().public().text().encode())
    write(folder / "witness", witness_key().public().text().encode())
    write_hashes(folder / "consistency", board.consistency(OLDER))
    for index in INDEXES:
        write_hashes(folder / "inclusion" / str(index), board.inclusion(index))
    return folder


def write(file: Path, octets: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(octets)


def write_hashes(file: Path, hashes: list[bytes]) -> None:
    write(file, "".join(f"{write_base64(one)}\n" for one in hashes).encode())


def write_cosigned(file: Path, board: Board) -> None:
    note = board.signed()
    cosigned = witness_key().cosign(note.text, moment_s=MOMENT_S)
    write(file, note.with_signatures([cosigned]).octets())


def test_go_checks_signatures_inclusion_and_consistency_of_our_board(oracle, served):
    assert oracle(served) == f"accepted: {SIZE} entries, {len(INDEXES)} inclusions, from {OLDER}\n"


@pytest.mark.parametrize(
    ("file", "at"),
    [
        ("checkpoint", 40),  # its text
        ("checkpoint", -60),  # the witness's signature
        ("older", 40),
        ("older", -60),
        ("consistency", 3),
        *((f"inclusion/{index}", 3) for index in INDEXES),
        ("tile/0/000", 100),
        ("tile/0/273.p/112", 5),
        ("tile/1/000", 8000),
        ("tile/1/001.p/17", 540),
        ("tile/2/000.p/1", 31),
        ("tile/entries/000", 10),
        ("tile/entries/273.p/112", 1),  # a length
    ],
)
def test_go_refuses_a_board_with_a_flipped_bit(oracle, served, file, at):
    whole = (served / file).read_bytes()
    changed = bytearray(whole)
    changed[at] ^= 4

    (served / file).write_bytes(bytes(changed))
    said = oracle(served)
    (served / file).write_bytes(whole)

    assert said.startswith("refused: ")
    assert oracle(served).startswith("accepted: ")


def test_go_refuses_a_fork(oracle, served, tmp_path):
    fork = board_of(SIZE, mark="other")
    whole = (served / "checkpoint").read_bytes()
    write_cosigned(tmp_path / "checkpoint", fork)

    (served / "checkpoint").write_bytes((tmp_path / "checkpoint").read_bytes())
    said = oracle(served)
    (served / "checkpoint").write_bytes(whole)

    assert said.startswith("refused: ")
    assert oracle(served).startswith("accepted: ")
