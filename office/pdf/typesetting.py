"""Typefaces, styles and lines: how a text of any part is set."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from html import escape
from http import HTTPStatus
from typing import Final

from django.conf import settings
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph

from office.pdf.parts import Heading, Text
from office.refusal import Refusal

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MARGIN: Final = 20 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
_HEADING_SIZES: Final = {1: 18.0, 2: 13.0, 3: 10.5}
_SIZE: Final = 9.5
_SMALL: Final = 8.0
# Streams as they are: written as text (ASCII85) they are a quarter larger, and take longer.
rl_config.useA85 = 0


@lru_cache(maxsize=1)
def load_typefaces() -> None:
    """Have reportlab read the two typefaces, once a process."""
    for name in (PLAIN, BOLD):
        path = settings.PDF_TYPEFACES / f"{name}.ttf"
        if not path.is_file():
            raise Refusal(
                "pdf.no-typeface",
                f"The typeface {name}.ttf is not among the built files of this installation, so "
                "nothing can be made for printing. Have “make static” run, and try again.",
                status=HTTPStatus.SERVICE_UNAVAILABLE,
            )
        pdfmetrics.registerFont(TTFont(name, str(path)))


def style_of(part: Heading | Text) -> ParagraphStyle:
    """How a heading or a paragraph is set."""
    if isinstance(part, Heading):
        size = _HEADING_SIZES[part.level]
        return ParagraphStyle("heading", fontName=BOLD, fontSize=size, leading=size * 1.3,
                              spaceBefore=size * 0.6, spaceAfter=size * 0.4, keepWithNext=1)
    size = _SMALL if part.is_small else _SIZE
    return ParagraphStyle("text", fontName=BOLD if part.is_bold else PLAIN, fontSize=size,
                          leading=size * 1.4, spaceAfter=size * 0.7)


def cell_style(*, is_head: bool, is_figure: bool) -> ParagraphStyle:
    """How a cell of a table is set; figures flush right."""
    return ParagraphStyle("cell", fontName=BOLD if is_head else PLAIN, fontSize=_SMALL,
                          leading=_SMALL * 1.3, alignment=2 if is_figure else 0)


def clean(text: str) -> str:
    """Without the characters that control a terminal or turn text round; line breaks stay."""
    return "".join(
        letter for letter in text
        if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )


def paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """A text set in a style, nothing in it read as markup."""
    return Paragraph(escape(clean(text)).replace("\n", "<br/>"), style)


def lines_of(text: str, typeface: str, size: float, width: float) -> tuple[str, ...]:
    """Break text into lines of a width; a word longer than one is broken anywhere."""
    lines: list[str] = []
    for written in clean(text).split("\n"):
        for line in simpleSplit(written, typeface, size, width) or [""]:
            lines += _chopped(line, typeface, size, width)
    return tuple(lines)


def _chopped(line: str, typeface: str, size: float, width: float) -> list[str]:
    pieces = []
    while pdfmetrics.stringWidth(line, typeface, size) > width:
        fits = next(
            (many for many in range(len(line) - 1, 1, -1)
             if pdfmetrics.stringWidth(line[:many], typeface, size) <= width),
            1,
        )
        pieces.append(line[:fits])
        line = line[fits:]
    return [*pieces, line]
