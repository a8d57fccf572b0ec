"""What the board's core costs an entry: `make bench-board`, or `python -m benchmarks.board N`.

Entries of the size of a ballot's are hashed into tiles in one process, in batches, with a
checkpoint signed after each; then proofs are made from the tiles alone, as files are read: nothing
is kept between two proofs. It ends with one line of JSON of all figures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from hashlib import shake_128
from typing import TypeVar

from ballot.board.checkpoint import Checkpoint, sign_checkpoint
from ballot.board.note import SigningKey
from ballot.board.tiles import RightTiles, Tile, TileNodes, write_bundle
from ballot.board.tree import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hashes,
    root_of,
)
from benchmarks.memory import PeakMemory

ORIGIN = "votes.example/board/bench"
ENTRY_BYTES = 700
BATCH = 20_000
PROOFS = 200
GOAL_ENTRIES_A_S = 3_000  # with storage and fsync, which this does not measure
GOAL_PROOF_MS = 5

Given = TypeVar("Given")
Result = TypeVar("Result")


def entries_of(first: int, count: int) -> list[bytes]:
    """Entries that do not repeat; making them is not measured."""
    size = ENTRY_BYTES // 2
    return [shake_128(b"%d" % at).hexdigest(size).encode() for at in range(first, first + count)]


class Bench:
    """A board of so many entries, with its tiles in memory, and what each step took."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.tiles: dict[Tile, bytes] = {}
        self.leaves = bytearray()
        self.right = RightTiles()
        self.checkpoints = 0
        self.seconds = {"hash entries": 0.0, "grow tiles": 0.0, "write bundles": 0.0, "sign": 0.0}

    def append(self) -> None:
        key = SigningKey(ORIGIN, bytes(32))
        for first in range(0, self.count, BATCH):
            entries = entries_of(first, min(BATCH, self.count - first))
            leaves = self._timed("hash entries", leaf_hashes, entries)
            self.leaves += leaves
            self.right, written = self._timed("grow tiles", self.right.extended, leaves)
            self.tiles |= dict(written)
            self._timed("write bundles", write_bundle, entries)
            checkpoint = Checkpoint(ORIGIN, self.right.size, self.right.root())
            self._timed("sign", partial(sign_checkpoint, key=key), checkpoint)
            self.checkpoints += 1

    def prove(self) -> dict[str, float]:
        """Give the slowest and the mean time of a proof, in milliseconds."""
        root = self.right.root()
        inclusions, consistencies = [], []
        for number in range(PROOFS):
            index = number * 7_919_777 % self.count
            begun = time.perf_counter()
            nodes = TileNodes(self.count, read=self.tiles.__getitem__)
            proof = inclusion_proof(index, self.count, node=nodes)
            inclusions.append(1000 * (time.perf_counter() - begun))
            leaf = bytes(self.leaves[32 * index : 32 * (index + 1)])
            check_inclusion(leaf, index=index, size=self.count, proof=proof, root=root)
            begun = time.perf_counter()
            nodes = TileNodes(self.count, read=self.tiles.__getitem__)
            proof = consistency_proof(index, self.count, node=nodes)
            consistencies.append(1000 * (time.perf_counter() - begun))
            if number < 3:
                old_root = root_of(bytes(self.leaves[: 32 * index]))
                check_consistency(
                    old=index, old_root=old_root, size=self.count, root=root, proof=proof
                )
        return {
            "inclusion": sum(inclusions) / PROOFS,
            "slowest inclusion": max(inclusions),
            "consistency": sum(consistencies) / PROOFS,
            "slowest consistency": max(consistencies),
        }

    def whole_root(self) -> float:
        """Give the seconds that the root of all leaves takes at once, as a checker makes it."""
        begun = time.perf_counter()
        root = root_of(bytes(self.leaves))
        took = time.perf_counter() - begun
        if root != self.right.root():
            raise SystemExit("The root of the tiles is not that of the leaves.")
        return took

    def _timed(self, step: str, act: Callable[[Given], Result], given: Given) -> Result:
        begun = time.perf_counter()
        found = act(given)
        self.seconds[step] += time.perf_counter() - begun
        return found


def main() -> None:
    """Run, print the table, and end with a line of JSON."""
    parser = argparse.ArgumentParser(description="What the board's core costs an entry.")
    parser.add_argument("entries", type=int, nargs="?", default=506_438)
    bench = Bench(parser.parse_args().entries)
    with PeakMemory() as peak:
        bench.append()
        proofs_ms = bench.prove()
        root_s = bench.whole_root()
    total = sum(bench.seconds.values())
    print(f"{bench.count:,} entries of {ENTRY_BYTES} bytes, batches of {BATCH:,}, one process")
    for step, seconds in bench.seconds.items():
        print(f"{step:20} {1e6 * seconds / bench.count:8.2f} µs an entry {seconds:8.2f} s")
    print(f"{'together':20} {1e6 * total / bench.count:8.2f} µs an entry {total:8.2f} s")
    print(f"Entries a second: {bench.count / total:,.0f} (goal with storage {GOAL_ENTRIES_A_S:,})")
    print(f"Root of all leaves at once: {root_s:.2f} s")
    for name, took in proofs_ms.items():
        print(f"{name:20} {took:8.2f} ms (goal {GOAL_PROOF_MS})")
    print(f"Most memory at once: {peak.bytes / 1e6:,.0f} MB, the tiles among it")
    figures = {
        "bench": "board",
        "entries": bench.count,
        "seconds": bench.seconds,
        "entries_a_s": bench.count / total,
        "root_s": root_s,
        "proofs_ms": proofs_ms,
        "peak_bytes": peak.bytes,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
