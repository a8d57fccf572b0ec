"""Letters to be printed: many pages with little on each, drawn line by line."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from office.pdf.parts import Heading, PostalLetter, QrCode, Text
from office.pdf.squares import draw_qr
from office.pdf.typesetting import (
    MARGIN,
    PLAIN,
    WIDTH,
    clean,
    lines_of,
    load_typefaces,
    style_of,
)

_WINDOW_TOP: Final = A4[1] - 45 * mm
_LINES_IN_WINDOW: Final = 7
_BEGIN: Final = A4[1] - 95 * mm


def make_letters(letters: Iterable[PostalLetter], *, title: str, language: str = "en-GB") -> bytes:
    """Set letters one after another, each from a page of its own, the address as for a window.

    The letters are read once and none is kept; the file is in memory until it is whole, some
    1.5 kB a letter, so whoever makes many makes several files.
    Raises Refusal where the typefaces are not built.
    """
    load_typefaces()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, lang=language,
                    initialFontName=PLAIN)  # type: ignore[arg-type] # (the stubs say a number)
    canvas.setTitle(clean(title))
    canvas.setAuthor("")
    canvas.setCreator("Hustings")
    # Kept as long as this file is set and no longer: some of the lines are codes.
    breaks = lru_cache(maxsize=4096)(lines_of)
    for letter in letters:
        _Pages(canvas, breaks).draw(letter)
    canvas.save()
    return out.getvalue()


class _Pages:
    """The page that a letter is being drawn on, and how far down it is full."""

    def __init__(self, canvas: Canvas, breaks: Callable[..., tuple[str, ...]]) -> None:
        self._canvas, self._breaks = canvas, breaks
        self._y = _BEGIN

    def draw(self, letter: PostalLetter) -> None:
        self._draw_address(letter.address)
        for part in letter.parts:
            if isinstance(part, QrCode):
                self._draw_square(part)
            else:
                self._draw_text(part)
        self._canvas.showPage()

    def _draw_address(self, address: Sequence[str]) -> None:
        self._canvas.setFont(PLAIN, 10)
        y = _WINDOW_TOP
        lines = [line for one in address for line in self._breaks(one, PLAIN, 10, 85 * mm)]
        for line in lines[:_LINES_IN_WINDOW]:
            self._canvas.drawString(MARGIN, y, line)
            y -= 13

    def _draw_text(self, part: Heading | Text) -> None:
        style = style_of(part)
        for line in self._breaks(part.text, style.fontName, style.fontSize, WIDTH):
            self._make_room(style.leading)
            self._canvas.setFont(style.fontName, style.fontSize)
            self._canvas.drawString(MARGIN, self._y, line)
        self._y -= style.spaceAfter

    def _draw_square(self, part: QrCode) -> None:
        side = part.side_mm * mm
        self._make_room(side)
        draw_qr(self._canvas, part.content, x=MARGIN, y=self._y, side=side)
        self._y -= 2 * mm
        if part.caption:
            self._draw_text(Text(part.caption, is_small=True))

    def _make_room(self, height: float) -> None:
        """Go down by so much, upon a further page where this one is full."""
        if self._y - height < MARGIN:
            self._canvas.showPage()
            self._y = A4[1] - MARGIN
        self._y -= height
