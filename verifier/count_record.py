"""What a count is: its stages, and who is elected (counting §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from verifier.papers import Heaps, Number
from verifier.ties import Tie


@dataclass(frozen=True, slots=True)
class Move:
    """Votes that passed from one candidate at a stage of the transferable vote (counting §13)."""

    candidate: int
    to: Mapping[int, Number]
    exhausted: Number


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the papers lie, in all and by section; then who is excluded, and by which tie.

    weighed: weighted votes, where sections are (counting §12.2).
    elected, moves: under the transferable vote, who is elected and why, and what made the stage.
    """

    total: Heaps
    sections: Mapping[str, Heaps]
    excluded: tuple[int, ...] = ()
    tie: Tie | None = None
    weighed: Mapping[int, Number] | None = None
    elected: Mapping[int, str] | None = None
    moves: tuple[Move, ...] = ()

    @property
    def decides(self) -> Mapping[int, Number]:
        """Return the votes that decide: weighted where sections are."""
        return self.total.votes if self.weighed is None else self.weighed

    def with_excluded(self, excluded: tuple[int, ...]) -> Stage:
        return replace(self, excluded=excluded)

    def with_tie(self, tie: Tie | None) -> Stage:
        return replace(self, tie=tie)

    def with_elected(self, more: Mapping[int, str]) -> Stage:
        return replace(self, elected={**(self.elected or {}), **more})

    def with_moves(self, moves: tuple[Move, ...]) -> Stage:
        return replace(self, moves=moves, elected={})


@dataclass(frozen=True, slots=True)
class Count:
    """A whole count. elected_by: majority, most votes or last remaining (counting §7.6)."""

    stages: tuple[Stage, ...]
    elected: tuple[int, ...]
    elected_by: str
