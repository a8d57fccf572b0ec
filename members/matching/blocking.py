"""Which records are compared at all: those that share something rare.

Comparing everybody with everybody would be 214 thousand million comparisons. A block is what two
records must share to meet; a pair that is missed by one meets in another:

- birth and given name: the surname has changed, or is misspelt;
- birth and family name: the given name is short, or misspelt;
- birth and sound: both names are misspelt a little;
- postcode: the date of birth is wrong or lost, at one address;
- e-mail, phone: moved house, or anything else has changed;
- name: everything else is lost; split by year of birth, and by unit, where the name is common;
- name and address: postcode and date of birth are lost.

Day and month of birth count in either order. A block of more than `MOST` records is split by
what its line names besides, once by each; what is too large still is skipped and said
(`Skipped`), because such a block would cost the square of its size, and what so many share
says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from members.matching.columns import Columns, Longs
from members.matching.names import root_of, sound_of

MOST: Final = 30


@dataclass(frozen=True, slots=True)
class Block:
    """What records must share to meet, and what besides where too many share it."""

    name: str
    key: tuple[str, ...]
    splits: tuple[tuple[str, ...], ...] = ()


BLOCKS: Final = (
    Block("date of birth and given name", ("born_either_way", "given_root"), (("sound",),)),
    Block("date of birth and family name", ("born_either_way", "family"), (("initial",),)),
    Block("date of birth and sound of the name", ("born_either_way", "sound", "initial")),
    Block("postcode", ("postcode",), (("family",), ("given_root",), ("born_either_way",))),
    Block("e-mail address", ("email",), (("given_root",), ("family",), ("born_either_way",))),
    Block("telephone", ("phone",), (("given_root",), ("family",), ("born_either_way",))),
    Block("name", ("family", "given_root"), (("year",), ("unit",))),
    Block("name and first line of the address", ("family", "given_root", "address")),
)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Blocks that were too large even when split: how many, and how many records were in them."""

    block: str
    blocks: int
    records: int


@dataclass(frozen=True, slots=True)
class Meeting:
    """Pairs of places in the columns, each left < right, or a block's account of what it left."""

    left: Longs
    right: Longs


def shared_parts(columns: Columns) -> dict[str, Longs]:
    """What blocks are made of: the columns, and what is derived from them. 0 is blank."""
    roots: dict[str, int] = {"": 0}
    root = np.array([roots.setdefault(root_of(n), len(roots)) for n in columns.names])
    sounds: dict[str, int] = {"": 0}
    sound = np.array([sounds.setdefault(sound_of(n), len(sounds)) for n in columns.names])
    initial = np.array([ord(name[0]) if name else 0 for name in columns.names])
    return {
        "family": columns.family,
        "given_root": root[columns.given],
        "sound": sound[columns.family],
        "initial": initial[columns.given],
        "born_either_way": _either_way(columns.born),
        "year": columns.born // 10_000,
        "postcode": columns.postcode,
        "address": columns.address,
        "email": columns.email,
        "phone": columns.phone,
        "unit": columns.unit,
    }


def meetings(block: Block, parts: dict[str, Longs], skipped: list[Skipped]) -> Iterator[Meeting]:
    """The pairs of one block, some at a time; what had to be skipped is added to `skipped`.

    Cost: a sort, and one pass over the list for each record of the largest block kept.
    """
    everybody = np.arange(len(parts["family"]), dtype=np.int64)
    key = _combined([parts[name] for name in block.key])
    small, large = _by_size(everybody, key)
    yield from _neighbours(small, key)
    left_over = np.zeros(len(everybody), dtype=bool)
    for split in block.splits:
        finer = _combined([parts[name] for name in (*block.key, *split)])
        parted, too_large = _by_size(large, finer)
        yield from _neighbours(parted, finer)
        left_over[too_large] = True
    if not block.splits:
        left_over[large] = True
    if left_over.any():
        groups = len(np.unique(key[left_over]))
        skipped.append(Skipped(block.name, groups, int(left_over.sum())))


def _either_way(born: Longs) -> Longs:
    """The date of birth with the smaller of day and month first."""
    year, month, day = born // 10_000, born // 100 % 100, born % 100
    either_way: Longs = year * 10_000 + np.minimum(month, day) * 100 + np.maximum(month, day)
    return either_way


def _combined(parts: list[Longs]) -> NDArray[np.uint64]:
    """One number for several; blank where one of them is. A collision is one more comparison."""
    mixed = np.zeros(len(parts[0]), dtype=np.uint64)
    for part in parts:
        mixed = (mixed ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    mixed[np.any([part == 0 for part in parts], axis=0)] = 0
    return mixed


def _by_size(places: Longs, key: NDArray[np.uint64]) -> tuple[Longs, Longs]:
    """The places in blocks of a good size, in the order of their key, and those in larger ones.

    A record without a key is in no block, and one that is alone in its block meets nobody.
    """
    places = places[key[places] != 0]
    places = places[np.argsort(key[places], kind="stable")]
    _, block, sizes = np.unique(key[places], return_inverse=True, return_counts=True)
    size = sizes[block]
    return places[(size > 1) & (size <= MOST)], places[size > MOST]


def _neighbours(places: Longs, key: NDArray[np.uint64]) -> Iterator[Meeting]:
    """Every pair that shares a key, among places in its order: first each with the next, then
    each with the one after it, until no block is that large."""
    sorted_key = key[places]
    for step in range(1, MOST):
        same = sorted_key[:-step] == sorted_key[step:]
        if not same.any():
            return
        one, other = places[:-step][same], places[step:][same]
        yield Meeting(np.minimum(one, other), np.maximum(one, other))
