"""Tiles: names, bytes, growth and proofs. Spec: board §4.1, §4.2, §4.3, §4.4, §4.5."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.board.tiles import (
    ENTRIES,
    WIDTH,
    RightTiles,
    Tile,
    TileNodes,
    check_bundle,
    read_bundle,
    read_path,
    read_right,
    tile_at,
    tiles_between,
    write_bundle,
)
from ballot.board.tree import check_consistency, check_inclusion, leaf_hash, leaf_hashes, root_of
from tests.board.making import Board, board_of, refusal, some_entries

COUNT = 70_000
LARGE = board_of(COUNT)
"""One of each kind of tile: the example of tlog-tiles."""
LEAVES = leaf_hashes(LARGE.entries)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(1, 999, 255), "tile/1/999.p/255"),
        (Tile(2, 1000, 1), "tile/2/x001/000.p/1"),
        (Tile(63, 5), "tile/63/005"),
        (Tile(ENTRIES, 1_234_067, 7), "tile/entries/x001/x234/067.p/7"),
    ],
)
def test_paths_are_those_of_tlog_tiles_and_read_back(tile, path):
    assert tile.path == path
    assert read_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile", "tile/0", "tile/0/", "tile/0/1", "tile/0/0001", "tile/0/001/002"),
        *("tile/00/001", "tile/01/001", "tile/64/001", "tile/-1/001", "tile/data/001"),
        *("tile/0/x000/001", "tile/0/x001/x002", "tile/0/X001/002", "/tile/0/001", "tile/0/001/"),
        *("tile/0/001.p/0", "tile/0/001.p/256", "tile/0/001.p/01", "tile/0/001.p/", "tile/0/001.p"),
        *("tile/0/٠٠١", "tile/0/001\n", "tile/0/000/../001", "tile/0/" + "x999/" * 9 + "999"),
    ],
)
def test_another_spelling_of_a_path_is_refused(path):
    assert read_path("tile/0/001")

    assert refusal(read_path, path) == "tile.path"


@pytest.mark.parametrize("name", [(-2, 0, 1), (64, 0, 1), (0, -1, 1), (0, 0, 0), (0, 0, 257)])
def test_no_tile_has_a_name_outside_the_rules(name):
    assert refusal(Tile, *name) == "tile.name"


def test_the_tiles_of_a_tree_of_70000_are_those_that_tlog_tiles_counts():
    named = list(tiles_between(0, COUNT))

    of_level = {
        level: [tile.width for tile in named if tile.level == level] for level in range(-1, 3)
    }
    assert of_level[0] == of_level[ENTRIES] == [WIDTH] * 273 + [112]
    assert of_level[1] == [WIDTH, 17]
    assert of_level[2] == [1]
    assert len(named) == 2 * 274 + 2 + 1
    assert {tile.path for tile in named} <= set(LARGE.files)


def test_the_tiles_of_a_tree_of_256_are_a_full_one_and_one_above_of_width_1():
    named = [tile.path for tile in tiles_between(0, 256)]

    assert named == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"]


@given(st.integers(0, 70_000), st.integers(0, 70_000))
@settings(max_examples=40)
def test_what_changes_between_two_sizes_is_what_the_smaller_has_not(one, other):
    old, size = sorted((one, other))

    changed = set(tiles_between(old, size))

    assert changed == set(tiles_between(0, size)) - set(tiles_between(0, old))


def test_a_tree_does_not_shrink():
    assert refusal(lambda: list(tiles_between(5, 4))) == "proof.sizes"
    assert refusal(lambda: list(tiles_between(-1, 4))) == "proof.sizes"


@given(st.lists(st.integers(0, 700), max_size=6))
@settings(max_examples=30, deadline=None)
def test_tiles_grown_in_any_steps_are_those_of_one_step(steps):
    total = sum(steps)
    board, right, written, at = Board(), RightTiles(), {}, 0

    for step in steps:
        right, tiles = right.extended(LEAVES[32 * at : 32 * (at + step)])
        assert {tile for tile, _ in tiles} == {
            tile for tile in tiles_between(at, at + step) if tile.level != ENTRIES
        }
        written |= {tile.path: hashes for tile, hashes in tiles}
        at += step

    board.append(LARGE.entries[:total])
    assert right == board.right
    assert right.root() == root_of(LEAVES[: 32 * total])
    for tile in tiles_between(0, total):
        if tile.level != ENTRIES:
            assert written[tile.path] == board.files[tile.path]
    assert read_right(total, read=lambda tile: written[tile.path]) == right


def test_a_right_side_of_another_shape_than_its_size_is_refused():
    right = RightTiles().extended(LEAVES[: 32 * 300])[0]
    assert RightTiles(300, right.partial)

    assert refusal(RightTiles, 301, right.partial) == "tile.right"
    assert refusal(RightTiles, 300, right.partial[:1]) == "tile.right"
    assert refusal(right.extended, b"half a hash") == "tree.leaves"


def test_each_hash_of_a_higher_tile_is_the_root_of_a_full_tile_below():
    for number in range(256):
        below = LARGE.files[f"tile/0/{number:03d}"]
        assert root_of(below) == LARGE.files["tile/1/000"][32 * number : 32 * (number + 1)]
    assert LARGE.files["tile/2/000.p/1"] == root_of(LARGE.files["tile/1/000"])


@given(st.integers(1, COUNT), st.data())
@settings(max_examples=60, deadline=None)
def test_proofs_made_from_tiles_alone_hold_at_every_size(size, data):
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size))
    board = Board(LARGE.entries[:size], dict(LARGE.files))
    root = root_of(LEAVES[: 32 * size])
    # A tile that was partial then and is full, or wider, now stands in for it.
    board.read = wider

    check_inclusion(
        leaf_hash(board.entries[index]),
        index=index,
        size=size,
        proof=board.inclusion(index),
        root=root,
    )
    check_consistency(
        old=old,
        old_root=root_of(LEAVES[: 32 * old]),
        size=size,
        root=root,
        proof=board.consistency(old),
    )


def wider(tile: Tile) -> bytes:
    return LARGE.files[tile_at(tile.level, tile.number, size=COUNT).path]


def test_a_tile_is_asked_for_once():
    asked = []

    def read(tile):
        asked.append(tile)
        return LARGE.read(tile)

    node = TileNodes(COUNT, read=read)
    for height, number in ((0, 5), (3, 1), (7, 0), (8, 9), (0, 5)):
        node(height, number)

    assert asked == [Tile(0, 0), Tile(1, 0)]


def test_a_node_that_the_tree_has_not_is_refused():
    node = LARGE.nodes()
    assert node(0, COUNT - 1) == LEAVES[-32:]

    assert refusal(node, 0, COUNT) == "tile.absent"
    assert refusal(node, 4, COUNT // 16) == "tile.absent"
    assert refusal(node, 0, 1 << 20) == "tile.absent"
    assert refusal(tile_at, 0, -1, size=COUNT) == "tile.absent"


@pytest.mark.parametrize("octets", [b"", bytes(31), bytes(32 * 255), bytes(32 * 257), bytes(8191)])
def test_a_tile_of_another_length_is_refused(octets):
    assert TileNodes(COUNT, read=LARGE.read)(0, 0)

    assert refusal(TileNodes(COUNT, read=lambda _: octets), 0, 0) == "tile.length"


def test_a_tile_with_half_a_hash_too_many_is_refused():
    node = TileNodes(COUNT, read=lambda tile: LARGE.read(tile) + bytes(32))
    assert node(0, COUNT - 1) == LEAVES[-32:]

    node = TileNodes(COUNT, read=lambda tile: LARGE.read(tile) + bytes(16))
    assert refusal(node, 0, COUNT - 1) == "tile.length"


@given(st.lists(st.binary(max_size=400), max_size=20))
def test_a_bundle_gives_back_its_entries(entries):
    bundle = write_bundle(entries)

    assert read_bundle(bundle, width=len(entries)) == entries
    check_bundle(entries, leaf_hashes(entries))


def test_a_bundle_is_each_entry_behind_two_bytes_of_length():
    assert write_bundle([b"ab", b"", b"c" * 258]) == b"\0\2ab\0\0\1\2" + b"c" * 258


def test_an_entry_of_65535_bytes_goes_in_and_one_more_does_not():
    largest = bytes(65_535)
    assert read_bundle(write_bundle([largest]), width=1) == [largest]

    assert refusal(write_bundle, [largest + b"."]) == "entry.size"


@pytest.mark.parametrize("octets", [b"\0", b"\0\2a", b"\0\1ab", b"\0\1a\0"])
def test_a_bundle_that_ends_early_is_refused(octets):
    assert read_bundle(b"\0\2ab", width=1) == [b"ab"]

    assert refusal(read_bundle, octets, width=1) == "bundle.length"


def test_a_bundle_with_more_or_fewer_entries_than_its_name_says_is_refused():
    bundle = write_bundle([b"a", b"b"])
    assert read_bundle(bundle, width=2) == [b"a", b"b"]

    assert refusal(read_bundle, bundle, width=1) == "bundle.length"
    assert refusal(read_bundle, bundle, width=3) == "bundle.length"


def test_entries_other_than_those_of_the_tile_are_refused():
    entries = some_entries(3)
    check_bundle(entries, leaf_hashes(entries))

    assert refusal(check_bundle, entries[::-1], leaf_hashes(entries)) == "bundle.hashes"
    assert refusal(check_bundle, entries[:2], leaf_hashes(entries)) == "bundle.hashes"
