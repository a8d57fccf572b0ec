"""The log, its notes and what a reader brings, by the published vectors (board §3 to §8)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.verifier.given import failure, turned, vectors
from verifier.bundle import Folder
from verifier.failure import Failed
from verifier.log import Log, tile_path
from verifier.notes import (
    BOARD,
    WITNESS,
    check_quorum,
    open_checkpoint,
    read_key,
    read_note,
)
from verifier.outside import Outside, check_log
from verifier.tree import Roots, leaf_hash, root_of

GIVEN = vectors("board")
KEYS = GIVEN["keys"]
BOARD_KEY = read_key(KEYS["board"], BOARD, "key")
WITNESS_KEY = read_key(KEYS["witness"], WITNESS, "key")
ENTRIES = [f"entry {i}{'.' * (i % 5)}".encode() for i in range(300)]
CHECKPOINT = GIVEN["checkpoint"].encode()


def joined(entries: list[bytes]) -> bytes:
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def a_board(folder: Path, entries: list[bytes] = ENTRIES) -> Path:
    """Write the board of the vectors as a folder of files."""
    leaves = [leaf_hash(entry) for entry in entries]
    files = {
        "checkpoint": CHECKPOINT,
        "tile/0/000": b"".join(leaves[:256]),
        "tile/0/001.p/44": b"".join(leaves[256:]),
        "tile/1/000.p/1": root_of(leaves[:256]),
        "tile/entries/000": joined(entries[:256]),
        "tile/entries/001.p/44": joined(entries[256:]),
    }
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def checked(folder: Path, **outside: object) -> Log:
    given = Outside(**{"key": BOARD_KEY, **outside})  # type: ignore[arg-type]
    return check_log(Folder(folder), given, [])


def test_roots_are_those_of_the_vectors() -> None:
    for size, root in GIVEN["board"]["roots"].items():
        assert root_of([leaf_hash(entry) for entry in ENTRIES[: int(size)]]).hex() == root


def test_a_board_and_all_that_a_reader_brings_holds(tmp_path: Path) -> None:
    log = checked(
        a_board(tmp_path),
        witnesses=[WITNESS_KEY],
        quorum=1,
        since=("older", GIVEN["older"].encode()),
        proofs=[("proof", GIVEN["proof_file"]["text"].encode())],
    )

    assert log.checkpoint.size == 300
    assert list(log.held()) == ENTRIES


@pytest.mark.parametrize(
    ("path", "at", "condition"),
    [
        ("tile/entries/000", 5, "bundle.hashes"),
        ("tile/entries/001.p/44", 0, "bundle.length"),
        ("tile/0/000", 40, "bundle.hashes"),
        ("tile/1/000.p/1", 3, "tile.hashes"),
        ("checkpoint", 3, "checkpoint.other-origin"),
        ("checkpoint", 33, "note.signature"),
    ],
)
def test_a_turned_bit_is_found(tmp_path: Path, path: str, at: int, condition: str) -> None:
    file = a_board(tmp_path) / path
    checked(tmp_path)

    file.write_bytes(turned(file.read_bytes(), at))

    assert failure(checked, tmp_path).check == condition


@pytest.mark.parametrize(
    ("change", "condition"),
    [(lambda e: e[:-1], "bundle.length"), (lambda e: [*e, e[-1]], "bundle.length"),
     (lambda e: [e[1], e[0], *e[2:]], "checkpoint.root")],
)  # fmt: skip
def test_entries_that_are_fewer_more_or_swapped_are_found(
    tmp_path: Path, change: object, condition: str
) -> None:
    checked(a_board(tmp_path))

    a_board(tmp_path, change(list(ENTRIES)))  # type: ignore[operator]

    assert failure(checked, tmp_path).check == condition


@pytest.mark.parametrize("path", ["tile/0/001.p/44", "tile/entries/000", "tile/1/000.p/1"])
def test_a_file_that_is_missing_is_named(tmp_path: Path, path: str) -> None:
    checked(a_board(tmp_path))

    (tmp_path / path).unlink()

    found = failure(checked, tmp_path)
    assert (found.check, found.where) == ("file.missing", path)


@pytest.mark.parametrize("case", [one for one in GIVEN["refused"] if one["of"] == "proof_file"])
def test_a_false_proof_file_is_refused_by_its_condition(
    tmp_path: Path, case: dict[str, str]
) -> None:
    given = {"witnesses": [WITNESS_KEY], "quorum": 1}
    a_board(tmp_path)

    with pytest.raises(Failed) as caught:
        checked(tmp_path, proofs=[("proof", case["text"].encode())], **given)

    assert caught.value.check == case["condition"]
    assert caught.value.where.startswith("proof")


def test_an_older_checkpoint_that_the_board_does_not_continue_is_evidence(tmp_path: Path) -> None:
    (fork,) = (one for one in GIVEN["refused"] if one.get("condition") == "witness.fork")
    signed = fork["text"].partition("\n\n")[2].encode()
    checked(a_board(tmp_path), since=("kept", GIVEN["older"].encode()))

    found = failure(checked, tmp_path, since=("kept", signed))

    assert (found.check, found.where) == ("proof.old-root", "kept")


def test_a_quorum_of_witnesses_must_have_cosigned() -> None:
    _, note = open_checkpoint(CHECKPOINT, BOARD_KEY, "checkpoint")
    assert check_quorum(note, [WITNESS_KEY], 1, "checkpoint") == 1

    alone = read_note(CHECKPOINT[: CHECKPOINT.rindex("—".encode())], "checkpoint")

    assert failure(check_quorum, alone, [WITNESS_KEY], 1, "x").check == "cosignature.quorum"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (KEYS["witness"], "key.type"),
        (KEYS["board"].replace("5da3", "5da4"), "key.id"),
        (KEYS["board"][:-4], "key.length"),
        (KEYS["board"].replace("+", "-"), "key.form"),
        (KEYS["board"].replace(".", " "), "name"),
    ],
)
def test_a_key_in_another_form_is_refused(text: str, condition: str) -> None:
    assert read_key(KEYS["board"], BOARD, "key").text == KEYS["board"]

    assert failure(read_key, text, BOARD, "key").check == condition


@pytest.mark.parametrize(
    ("content", "condition"),
    [
        (b"x" * 1_000_001, "note.size"),
        (b"\xff\n\n", "note.characters"),
        (CHECKPOINT.replace(b"300", b"30\x07"), "note.characters"),
        (CHECKPOINT.replace(b"\n\n", b"\n"), "note.form"),
        (CHECKPOINT + CHECKPOINT.splitlines(keepends=True)[-1] * 100, "note.signatures"),
        (CHECKPOINT.replace("—".encode(), b"-"), "note.signature-line"),
    ],
)
def test_a_note_in_another_form_is_refused(content: bytes, condition: str) -> None:
    read_note(CHECKPOINT, "note")

    assert failure(read_note, content, "note").check == condition


def test_paths_are_spelt_in_groups_of_three() -> None:
    assert tile_path("0", 1_234_067, 256) == "tile/0/x001/x234/067"
    assert tile_path("1", 1, 17) == "tile/1/001.p/17"
    assert tile_path("entries", 1000, 256) == "tile/entries/x001/000"


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 13])
def test_the_roots_of_what_a_log_began_with_are_those_of_its_leaves(size: int) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(13)]

    assert Roots(leaves).at(size) == root_of(leaves[:size])
