"""The witness's own arithmetic, tree and notes, held against the core's and the vectors.

Spec: board §3.4, §4.1, §4.5, §5, §7.1; RFC 8032 §7.1.
"""

from __future__ import annotations

import ast
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.board.note import is_signed, public_bytes, sign_octets
from ballot.board.tiles import Tile
from ballot.board.tree import consistency_proof, root_of
from tests.board.making import Board, board_key, board_of, witness_key
from tests.witness.boards import PROGRAM
from witness import hustings_witness as own

SEEDS = st.binary(min_size=32, max_size=32)


def test_the_program_is_one_file_that_imports_the_standard_library_alone() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }

    assert len(imported) > 15
    assert imported <= sys.stdlib_module_names


def test_the_first_vectors_of_the_rfc_are_signed_as_printed() -> None:
    # RFC 8032 §7.1, tests 1 and 2.
    for secret, public, message, signature in (
        ("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
         "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
         "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
         "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
        ("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
         "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ):
        seed = bytes.fromhex(secret)
        assert own.public_of(seed).hex() == public
        assert own.sign(seed, bytes.fromhex(message)).hex() == signature


@settings(deadline=None, max_examples=25)
@given(SEEDS, st.binary(max_size=200))
def test_it_signs_and_checks_as_the_core_does(seed: bytes, message: bytes) -> None:
    signature = own.sign(seed, message)

    assert own.public_of(seed) == public_bytes(seed)
    assert signature == sign_octets(seed, message)
    assert own.is_signed(public_bytes(seed), message, signature)


@settings(deadline=None, max_examples=25)
@given(st.data())
def test_a_changed_signature_key_or_message_is_refused_as_the_core_refuses_it(
    data: st.DataObject,
) -> None:
    public, message = public_bytes(b"7" * 32), b"what was signed"
    parts = [public, message, sign_octets(b"7" * 32, message)]
    assert own.is_signed(*parts)

    which = data.draw(st.integers(0, 2))
    at = data.draw(st.integers(0, 8 * len(parts[which]) - 1))
    changed = bytearray(parts[which])
    changed[at // 8] ^= 1 << at % 8
    parts[which] = bytes(changed)

    assert not own.is_signed(*parts)
    assert not is_signed(*parts)


@pytest.mark.parametrize("length", [0, 31, 63, 65])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    assert not own.is_signed(public_bytes(b"7" * 32), b"", bytes(length))
    assert not own.is_signed(bytes(31), b"", bytes(64))


@settings(deadline=None)
@given(st.integers(0, 700), st.integers(1, 700))
def test_the_proof_that_it_works_out_from_tiles_is_the_cores(old: int, more: int) -> None:
    size = old + more
    board = BOARD_OF[size]
    tiles = own.Tiles(Files(board), size)

    proof = own.consistency_proof(old, size, tiles.node)

    assert proof == consistency_proof(old, size, node=board.nodes())
    assert own.is_continued(old, BOARD_OF[old].right.root(), size, board.right.root(), proof)
    was, now = BOARD_OF[old].right.root(), board.right.root()
    wrong = [[*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))]
    assert not any(own.is_continued(old, was, size, now, one) for one in [*wrong, [*proof, now]])
    assert not own.is_continued(old, bytes(32), size, now, proof)
    assert not own.is_continued(old, was, size, bytes(32), proof) or not old


class Files:
    """The files of a board, as a source."""

    def __init__(self, board: Board) -> None:
        self.board = board

    def get(self, path: str, *, most: int) -> bytes:
        assert len(self.board.files[path]) <= most
        return self.board.files[path]


class _Boards(dict[int, Board]):
    def __missing__(self, size: int) -> Board:
        self[size] = board_of(size)
        return self[size]


BOARD_OF = _Boards()


@given(st.lists(st.binary(min_size=32, max_size=32), max_size=40))
def test_its_root_is_the_cores(hashes: list[bytes]) -> None:
    assert own.root_of(hashes) == root_of(b"".join(hashes))


@given(st.integers(0, 63), st.integers(0, 10**10), st.integers(1, 256))
def test_it_spells_paths_as_the_core_does(level: int, number: int, width: int) -> None:
    assert own.tile_path(str(level), number, width) == Tile(level, number, width).path
    assert own.tile_path("entries", number, width) == Tile(-1, number, width).path


def test_a_full_tile_serves_for_a_partial_one_that_is_gone() -> None:
    whole = board_of(300)
    files = {path: octets for path, octets in whole.files.items() if path == "tile/0/000"}
    tiles = own.Tiles(Gone(files), 200)

    assert own.stretch_root(0, 200, tiles.node) == board_of(200).right.root()
    with pytest.raises(own.Trouble):
        own.Tiles(Gone({}), 200).node(0, 0)


class Gone:
    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def get(self, path: str, *, most: int) -> bytes:
        if path not in self.files:
            raise own.Trouble(path)
        return self.files[path]


def test_keys_and_notes_are_read_as_the_core_writes_them() -> None:
    # §5.2, §5.3
    board, witness = board_key().public(), witness_key().public()
    assert own.read_key(board.text(), kind=own.BOARD).text() == board.text()
    assert own.read_key(witness.text(), kind=own.WITNESS).key_id == witness.key_id
    for wrong in ("", "a", board.text()[:-1], witness.text(), board.text().replace("+", "-", 1),
                  "a b" + board.text()):  # fmt: skip
        with pytest.raises(own.Malformed):
            own.read_key(wrong, kind=own.BOARD)

    octets = board_of(5).signed().octets()
    assert own.read_checkpoint(octets).octets() == octets
    assert own.is_by_board(own.read_checkpoint(octets), own.read_key(board.text(), kind=own.BOARD))
    for wrong in (b"", octets[:-1], octets.replace(b"\n\n", b"\n"), octets.replace(b"5\n", b"05\n"),
                  octets.replace("—".encode(), b"-"), octets + b"\n", b"\xff" + octets,
                  octets.replace(b"example", b"exa\tple", 1)):  # fmt: skip
        with pytest.raises(own.Malformed):
            own.read_checkpoint(wrong)


def test_a_cosignature_of_its_is_one_that_the_core_takes() -> None:
    # §7.1
    made = witness_key()
    mine = own.OwnKey(made.name, made.seed)
    text = board_of(5).checkpoint().text()

    assert mine.cosign(text, moment_s=99).text() == made.cosign(text, moment_s=99).line()
    assert mine.public().text() == made.public().text()
    assert made.seed.hex() not in repr(mine) and str(made.seed) not in repr(mine)
