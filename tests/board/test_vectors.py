"""Published vectors, and those for other implementations, recomputed by other means.

Spec: board §2.2, §2.4, §3.1, §4.2, §4.3, §6.1, §7.1, §7.2, §8.1.
"""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ballot.board.checkpoint import open_checkpoint, read_checkpoint
from ballot.board.cosignature import check_cosignatures, read_witness_key
from ballot.board.errors import WitnessRefused
from ballot.board.logged import stand_in
from ballot.board.note import SigningKey, check_note, read_key, read_note, read_signatures
from ballot.board.proof_file import check_proof_file
from ballot.board.tree import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    root_of,
)
from ballot.board.witness import Watched, decide, read_request
from tests.board import naive
from tests.board.making import MOMENT_S, refusal
from tests.vectors import make_board

VECTORS = Path(__file__).parent.parent / "vectors"
OURS = json.loads((VECTORS / "board.json").read_text(encoding="utf-8"))
PUBLISHED = json.loads((VECTORS / "board-published.json").read_text(encoding="utf-8"))

CT = PUBLISHED["certificate_transparency"]
CT_LEAVES = [bytes.fromhex(leaf) for leaf in CT["leaves"]]
CT_ROOTS = [bytes.fromhex(root) for root in CT["roots"]]
ENTRIES = [f"entry {i}{'.' * (i % 5)}".encode() for i in range(OURS["board"]["entries"])]


def hashes_of(proof: list[str]) -> list[bytes]:
    return [bytes.fromhex(one) for one in proof]


def node(height: int, number: int) -> bytes:
    return naive.head(CT_LEAVES[number << height : (number + 1) << height])


# --- published ---


@pytest.mark.parametrize("size", range(9))
def test_the_roots_of_certificate_transparency(size):
    assert root_of(leaf_hashes(CT_LEAVES[:size])) == CT_ROOTS[size]


@pytest.mark.parametrize("case", CT["inclusion"])
def test_the_inclusion_proofs_of_certificate_transparency(case):
    proof = hashes_of(case["proof"])
    index, size = case["index"], case["size"]

    assert inclusion_proof(index, size, node=node) == proof
    leaf = leaf_hash(CT_LEAVES[index])
    check_inclusion(leaf, index=index, size=size, proof=proof, root=CT_ROOTS[size])


@pytest.mark.parametrize("case", CT["consistency"])
def test_the_consistency_proofs_of_certificate_transparency(case):
    proof = hashes_of(case["proof"])
    old, size = case["old"], case["size"]

    assert consistency_proof(old, size, node=node) == proof
    roots = {"old_root": CT_ROOTS[old], "root": CT_ROOTS[size]}
    check_consistency(old=old, size=size, proof=proof, **roots)


@pytest.mark.parametrize("case", PUBLISHED["notes"], ids=lambda case: case["source"])
def test_published_notes_hold_for_each_of_their_keys(case):
    note = read_note(case["note"].encode())
    keys = [read_key(text) for text in case["keys"]]

    assert [key for key, _ in check_note(note, keys)] == keys
    assert [key.text() for key in keys] == case["keys"]
    for key in keys:
        assert check_note(note, [key])


def test_the_checkpoint_that_c2sp_shows_with_a_cosignature():
    case = PUBLISHED["checkpoint"]

    note = read_note(case["note"].encode())

    checkpoint = read_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == (case["origin"], case["size"])
    assert base64.b64encode(checkpoint.root).decode() == case["root"]
    assert note.octets() == case["note"].encode()
    board, witness = note.signatures
    assert (board.name, len(board.content)) == (case["origin"], 64)
    assert (witness.name, len(witness.content)) == (case["witness"], 72)
    assert int.from_bytes(witness.content[:8], "big") == case["cosigned_at_s"]


def test_the_request_and_the_answer_that_c2sp_shows():
    case = PUBLISHED["request"]

    request = read_request(case["body"].encode())

    assert (request.old_size, len(request.proof)) == (case["old_size"], case["hashes"])
    assert request.octets() == case["body"].encode()
    lines = read_signatures(PUBLISHED["answer"]["lines"])
    assert [len(one.content) for one in lines] == [72, 72, 72]
    assert "".join(one.line() for one in lines) == PUBLISHED["answer"]["lines"]


# --- ours ---


def test_the_file_is_what_the_script_makes():
    assert make_board.vectors() == OURS


def test_keys_by_hand():
    for name, kind in (("board", b"\x01"), ("witness", b"\x04")):
        seed = bytes.fromhex(OURS["keys"][f"{name}_seed"])
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
        title, named_id, written = OURS["keys"][name].split("+", 2)
        assert base64.b64decode(written) == kind + public
        assert named_id == sha256(title.encode() + b"\n" + kind + public).hexdigest()[:8]


def test_roots_and_tiles_by_hand():
    board = OURS["board"]
    leaves = [sha256(b"\0" + entry).digest() for entry in ENTRIES]
    assert board["first_leaf"] == leaves[0].hex()
    for size, root in board["roots"].items():
        assert root == naive.head(ENTRIES[: int(size)]).hex()
    bundle = b"".join(len(one).to_bytes(2, "big") + one for one in ENTRIES[256:])
    assert board["tiles"] == {
        "tile/0/000": b"".join(leaves[:256]).hex(),
        "tile/0/001.p/44": b"".join(leaves[256:]).hex(),
        "tile/1/000.p/1": naive.head(ENTRIES[:256]).hex(),
        "tile/entries/001.p/44": bundle.hex(),
    }


def test_checkpoints_by_hand():
    public = {name: base64.b64decode(OURS["keys"][name].split("+", 2)[2])[1:] for name in (
        "board", "witness")}
    for name, size in (("checkpoint", 300), ("older", 256)):
        text, lines = OURS[name].rsplit("\n\n", 1)
        text += "\n"
        root = base64.b64encode(naive.head(ENTRIES[:size])).decode()
        assert text == f"votes.example/board/leader-2026\n{size}\n{root}\n"
        board, witness = (base64.b64decode(line.split(" ")[2]) for line in lines.splitlines())
        Ed25519PublicKey.from_public_bytes(public["board"]).verify(board[4:], text.encode())
        assert int.from_bytes(witness[4:12], "big") == MOMENT_S
        message = f"cosignature/v1\ntime {MOMENT_S}\n{text}".encode()
        Ed25519PublicKey.from_public_bytes(public["witness"]).verify(witness[12:], message)


def test_proofs_by_hand():
    assert hashes_of(OURS["consistency"]) == naive.proof(256, ENTRIES)
    proof = [base64.b64encode(one).decode() for one in naive.path(257, ENTRIES)]
    first = ["c2sp.org/tlog-proof@v1", "index 257", *proof, "", ""]
    assert OURS["proof_file"]["text"] == "\n".join(first) + OURS["checkpoint"]
    assert OURS["proof_file"]["entry"] == ENTRIES[257].hex()
    hashes = [base64.b64encode(one).decode() for one in naive.proof(256, ENTRIES)]
    own = OURS["checkpoint"].splitlines(keepends=True)[:-1]
    assert OURS["request"] == "\n".join(["old 256", *hashes, "", ""]) + "".join(own)


def test_the_stand_in_by_hand():
    case = OURS["stand_in"]
    entry = case["entry"].encode()
    named = f'{{"sha256":"{sha256(entry).hexdigest()}","size_bytes":{len(entry)}}}'
    pieces = case["entry"].replace('"content":{"reason":"a"}', f'"body":{named}')

    assert case["stand_in"] == pieces
    assert stand_in(entry).decode() == pieces


def proved(text: str) -> object:
    return check_proof_file(
        text.encode(),
        entry=bytes.fromhex(OURS["proof_file"]["entry"]),
        keys=[read_key(OURS["keys"]["board"])],
        witnesses=[read_witness_key(OURS["keys"]["witness"])],
        quorum=1,
    )


def decided(text: str) -> object:
    keys = [read_key(OURS["keys"]["board"])]
    seen = Watched(keys, 256, bytes.fromhex(OURS["board"]["roots"]["256"]))
    return decide(text.encode(), watched={keys[0].name: seen}.get)


def test_what_is_to_be_accepted_is():
    assert proved(OURS["proof_file"]["text"])
    assert decided(OURS["request"])
    for name in ("checkpoint", "older"):
        _, note = open_checkpoint(OURS[name].encode(), keys=[read_key(OURS["keys"]["board"])])
        assert check_cosignatures(note, [read_witness_key(OURS["keys"]["witness"])], quorum=1)
    seed = bytes.fromhex(OURS["keys"]["board_seed"])
    assert SigningKey("votes.example/board/leader-2026", seed).public().text() == (
        OURS["keys"]["board"]
    )


@pytest.mark.parametrize("case", OURS["refused"], ids=lambda case: case["condition"])
def test_what_is_to_be_refused_is_by_its_condition(case):
    if case["of"] == "proof_file":
        assert refusal(proved, case["text"]) == case["condition"]
    else:
        with pytest.raises(WitnessRefused) as found:
            decided(case["text"])
        assert (found.value.condition, found.value.status) == (case["condition"], case["status"])
