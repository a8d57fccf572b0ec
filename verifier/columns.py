"""Columns of one width whose items stand end to end in bytes: points, scalars, short numbers."""

from __future__ import annotations

from verifier.group import POINT_BYTES, SCALAR_BYTES, Point, point, scalar


def pieces(column: bytes, width: int) -> list[bytes]:
    """Cut a column into its items, each `width` bytes."""
    return [column[i : i + width] for i in range(0, len(column), width)]


def points(column: bytes, check: str, where: str, start: int = 0) -> list[Point]:
    """Read points; `start` is the number of the first row, from 0.

    Raises: Failed, under the name of the check that reads them.
    """
    return [
        point(piece, check, f"{where}, row {number}")
        for number, piece in enumerate(pieces(column, POINT_BYTES), start + 1)
    ]


def scalars(column: bytes, check: str, where: str, start: int = 0) -> list[int]:
    """Read numbers below the group's order; `start` is the number of the first row, from 0.

    Raises: Failed, under the name of the check that reads them.
    """
    return [
        scalar(piece, check, f"{where}, row {number}")
        for number, piece in enumerate(pieces(column, SCALAR_BYTES), start + 1)
    ]


def numbers(column: bytes, width: int) -> list[int]:
    """Read big-endian numbers of this many bytes: the weights drawn from a stream."""
    return [int.from_bytes(piece, "big") for piece in pieces(column, width)]
