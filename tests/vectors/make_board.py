"""Write tests/vectors/board.json: run as `python -m tests.vectors.make_board`.

A board of 300 entries under fixed keys: what it serves, what is proved of it, and what must be
refused, by which condition. Every output is recomputed in tests/board/test_vectors.py by means
that share nothing with the core but Python's hashes and Ed25519.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ballot.board.logged import stand_in
from ballot.board.note import Note
from ballot.board.proof_file import ProofFile
from ballot.board.tree import leaf_hash
from ballot.board.witness import request_to_add
from tests.board.making import MOMENT_S, Board, board_key, board_of, witness_key

HERE = Path(__file__).parent
OLD, SIZE, INDEX = 256, 300, 257
TILES = ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/001.p/44")
ENTRY = (
    '{"at":"2026-11-26T09:00:00Z","content":{"reason":"a"},'
    '"election":"8c5d2a4b-e1f0-4c6f-9a7d-e3b1c0ffee01","kind":"suspension","number":7,'
    '"version":"hustings/v1"}'
)


def cosigned(board: Board) -> Note:
    note = board.signed()
    return note.with_signatures([witness_key().cosign(note.text, moment_s=MOMENT_S)])


def vectors() -> dict[str, Any]:
    """Give the whole file."""
    older, board = board_of(OLD), board_of(SIZE)
    note = cosigned(board)
    proof = ProofFile(INDEX, tuple(board.inclusion(INDEX)), note)
    request = request_to_add(board.signed(), old_size=OLD, proof=board.consistency(OLD))
    return {
        "origin": "Made by tests/vectors/make_board.py; recomputed by tests/board/test_vectors.py.",
        "about": "Entry i is `entry i` and i mod 5 full stops. Bytes are in hexadecimal.",
        "keys": keys(),
        "stand_in": {"entry": ENTRY, "stand_in": stand_in(ENTRY.encode()).decode()},
        "board": {
            "entries": SIZE,
            "first_leaf": leaf_hash(board.entries[0]).hex(),
            "roots": {str(size): board_of(size).right.root().hex() for size in (0, 1, OLD, SIZE)},
            "tiles": {path: board.files[path].hex() for path in TILES},
        },
        "checkpoint": note.octets().decode(),
        "older": cosigned(older).octets().decode(),
        "consistency": [one.hex() for one in board.consistency(OLD)],
        "proof_file": {"entry": board.entries[INDEX].hex(), "text": proof.octets().decode()},
        "request": request.octets().decode(),
        "refused": list(refused(proof.octets().decode(), request.octets().decode())),
    }


def keys() -> dict[str, str]:
    """Give the seeds, and the public keys as they are handed on."""
    board, witness = board_key(), witness_key()
    return {
        "board_seed": board.seed.hex(),
        "board": board.public().text(),
        "witness_seed": witness.seed.hex(),
        "witness": witness.public().text(),
    }


def refused(proof: str, request: str) -> Iterator[dict[str, Any]]:
    """Give changes to the proof file, and to the request where the witness has seen 256."""
    fork = board_of(SIZE, mark="fork")
    other = ProofFile(INDEX, tuple(board_of(SIZE).inclusion(INDEX)), fork.signed())
    for condition, text in (
        ("proof-file.form", proof.replace("@v1", "@v2")),
        ("proof-file.index", proof.replace("index 257", "index 0257")),
        ("proof-file.hash", proof.replace("index 257\n", "index 257\nAAAA\n")),
        ("proof.index", proof.replace("index 257", "index 300")),
        ("proof.root", proof.replace("index 257", "index 259")),
        ("proof.length", without_line(proof, 2)),
        ("checkpoint.size", proof.replace("\n300\n", "\n0300\n")),
        ("note.signature", proof.replace("\n300\n", "\n301\n")),
        ("note.unsigned", without_line(proof, proof.count("\n") - 2)),
        ("cosignature.quorum", without_line(proof, proof.count("\n") - 1)),
        ("note.form", proof[:-1]),
        ("proof.root", cosigned_file(other)),
    ):
        yield {"of": "proof_file", "condition": condition, "text": text}
    forked = request_to_add(fork.signed(), old_size=OLD, proof=fork.consistency(OLD))
    of_one_size = request_to_add(board_of(OLD, mark="fork").signed(), old_size=OLD, proof=())
    for status, condition, text in (
        (400, "witness.request", request.replace("old 256", "old 0256")),
        (400, "witness.old-size", request.replace("old 256", "old 301")),
        (403, "witness.signature", request.replace("\n300\n", "\n301\n")),
        (404, "witness.origin", request.replace("leader-2026\n", "leader-2027\n", 1)),
        (409, "witness.stale", request.replace("old 256", "old 255")),
        (409, "witness.fork", of_one_size.octets().decode()),
        (422, "witness.proof", without_line(request, 1)),
        (422, "witness.proof", forked.octets().decode()),
    ):
        yield {"of": "request", "status": status, "condition": condition, "text": text}


def cosigned_file(file: ProofFile) -> str:
    """Give a proof file with the witness's cosignature added."""
    line = witness_key().cosign(file.note.text, moment_s=MOMENT_S)
    note = file.note.with_signatures([line])
    return ProofFile(file.index, file.proof, note).octets().decode()


def without_line(text: str, number: int) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[:number] + lines[number + 1 :])


def main() -> None:
    text = json.dumps(vectors(), indent=1, ensure_ascii=False)
    (HERE / "board.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
