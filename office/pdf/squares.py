"""QR codes, as dark bars on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import segno
from reportlab.lib.colors import black
from reportlab.pdfgen.canvas import Canvas

MASK: Final = 0
"""The mask of every QR code: a chequerboard."""


def draw_qr(canvas: Canvas, content: str, *, x: float, y: float, side: float) -> None:
    """Draw a code as dark bars, one for each run of modules, with the quiet zone within its side.

    ISO/IEC 18004 asks for four light modules on every side. Of its eight masks one is taken for
    all: to weigh them takes longer than everything else of a letter, and what is encoded here (a
    code) is as good as random, so that none is much better than another.
    """
    matrix = segno.make(content, error="m", micro=False, mask=MASK).matrix
    module = side / (len(matrix) + 8)
    path = canvas.beginPath()
    for row, modules in enumerate(matrix):
        for start, length in _runs(modules):
            path.rect(x + (start + 4) * module, y + side - (row + 5) * module,
                      length * module, module)
    canvas.setFillColor(black)
    canvas.drawPath(path, stroke=0, fill=1)


def _runs(modules: Sequence[int]) -> list[tuple[int, int]]:
    """The dark runs of one row, as (first, length)."""
    runs: list[tuple[int, int]] = []
    for place, is_dark in enumerate(modules):
        if not is_dark:
            continue
        if runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((place, 1))
    return runs
