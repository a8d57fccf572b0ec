"""Documents and letters as PDF: the one module that knows reportlab.

A document is a list of parts in order: headings, text, tables, QR codes. The same parts give the
same bytes: the file bears no date of its own and no random id. What a part says is text, never
markup: reportlab's paragraphs read XML, so everything is escaped before it reaches one.

Letters to be printed are many pages with little on each, so they are drawn line by line, and what
all of them say is broken into lines once.

Not: tagged PDF, which reportlab does not write. Whoever reads by ear is served by the page.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from http import HTTPStatus
from typing import Any, Final

import segno
from django.conf import settings
from reportlab import rl_config
from reportlab.lib.colors import black, grey
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from office.refusal import Refusal

PLAIN: Final = "DejaVuSans"
BOLD: Final = "DejaVuSans-Bold"
MARGIN: Final = 20 * mm
WIDTH: Final = A4[0] - 2 * MARGIN
MASK: Final = 0
"""The mask of every QR code: a chequerboard."""
# Streams as they are: written as text (ASCII85) they are a quarter larger, and take longer.
rl_config.useA85 = 0


# --- what a document is made of ---


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. level: 1 (the title of the whole) to 3."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. A line break in the text is one on paper."""

    text: str
    is_bold: bool = False
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page.

    shares:  how wide the columns are beside each other, as [3, 1, 1]; empty: all alike.
    figures: the columns, from 0, that are set flush right.
    """

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    shares: Sequence[float] = ()
    figures: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code, with its words underneath. side_mm: how large it is printed."""

    content: str
    caption: str = ""
    side_mm: float = 35


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins on a page of its own."""


Part = Heading | Text | Table | QrCode | NewPage


@dataclass(frozen=True, slots=True)
class PostalLetter:
    """A letter to be printed: whom it goes to, line by line as in a window, and what it says."""

    address: Sequence[str]
    parts: Sequence[Heading | Text | QrCode]


# --- typefaces and styles ---


@lru_cache(maxsize=1)
def _load_typefaces() -> None:
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


_HEADING_SIZES: Final = {1: 18.0, 2: 13.0, 3: 10.5}
_SIZE: Final = 9.5
_SMALL: Final = 8.0


def _style(part: Heading | Text) -> ParagraphStyle:
    """How a heading or a paragraph is set."""
    if isinstance(part, Heading):
        size = _HEADING_SIZES[part.level]
        return ParagraphStyle("heading", fontName=BOLD, fontSize=size, leading=size * 1.3,
                              spaceBefore=size * 0.6, spaceAfter=size * 0.4, keepWithNext=1)
    size = _SMALL if part.is_small else _SIZE
    return ParagraphStyle("text", fontName=BOLD if part.is_bold else PLAIN, fontSize=size,
                          leading=size * 1.4, spaceAfter=size * 0.7)


def _cell_style(*, is_head: bool, is_figure: bool) -> ParagraphStyle:
    return ParagraphStyle("cell", fontName=BOLD if is_head else PLAIN, fontSize=_SMALL,
                          leading=_SMALL * 1.3, alignment=2 if is_figure else 0)


def _clean(text: str) -> str:
    """Without the characters that control a terminal or turn text round; line breaks stay."""
    return "".join(
        letter for letter in text
        if letter == "\n" or unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph(escape(_clean(text)).replace("\n", "<br/>"), style)


# --- documents ---


def make_document(
    parts: Sequence[Part], *, title: str, language: str = "en-GB", running: str = ""
) -> bytes:
    """Set a document on A4 pages, numbered "Page 2 of 5".

    title:   in the file's own information, which a reader shows in its title bar.
    running: the line at the foot of every page, beside its number; the title where empty.
    Raises Refusal where the typefaces are not built.
    """
    _load_typefaces()
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN + 5 * mm, title=_clean(title), author="", lang=language, invariant=1,
        creator="Hustings", initialFontName=PLAIN,
    )
    story = [flowable for part in parts for flowable in _flowables(part)]
    foot = _clean(running or title)

    class Numbered(_NumberedCanvas):
        running = foot

    template.build(story or [Spacer(0, 0)], canvasmaker=Numbered)
    return out.getvalue()


def _flowables(part: Part) -> list[Flowable]:
    if isinstance(part, NewPage):
        return [PageBreak()]
    if isinstance(part, Table):
        return [_grid(part), Spacer(0, 4 * mm)]
    if isinstance(part, QrCode):
        square = _Square(part.content, side=part.side_mm * mm)
        caption = Text(part.caption, is_small=True)
        return [square, *_flowables(caption)] if part.caption else [square]
    return [_paragraph(part.text, _style(part))]


def _grid(table: Table) -> Grid:
    columns = len(table.head)
    shares = list(table.shares) or [1.0] * columns
    if len(shares) != columns or any(len(row) != columns for row in table.rows):
        raise ValueError("every row of a table has as many cells as its head")
    head, body = (
        [_cell_style(is_head=is_head, is_figure=column in table.figures)
         for column in range(columns)]
        for is_head in (True, False)
    )
    cells = [_cells(table.head, head), *(_cells(row, body) for row in table.rows)]
    return Grid(
        cells, colWidths=[WIDTH * share / sum(shares) for share in shares], repeatRows=1,
        splitInRow=1, hAlign="LEFT",
        style=[
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LINEBELOW", (0, 0), (-1, 0), 1, black),
            ("LINEBELOW", (0, 1), (-1, -1), 0.25, grey),
            ("LEFTPADDING", (0, 0), (-1, -1), 2),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ],
    )


def _cells(row: Sequence[str], styles: Sequence[ParagraphStyle]) -> list[Paragraph]:
    return [_paragraph(cell, style) for cell, style in zip(row, styles, strict=True)]


class _Square(Flowable):
    """A QR code among paragraphs."""

    def __init__(self, content: str, *, side: float) -> None:
        super().__init__()
        self._content = content
        self.width = self.height = side
        self.spaceAfter = 2 * mm

    def draw(self) -> None:
        _draw_qr(self.canv, self._content, x=0, y=0, side=self.width)


class _NumberedCanvas(Canvas):
    """Holds the pages back until it is known how many there are, and then numbers them."""

    running = ""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._held: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (reportlab calls it so)
        self._held.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined] # (the stubs leave it out)

    def save(self) -> None:
        for number, page in enumerate(self._held, 1):
            self.__dict__.update(page)
            self.setFont(PLAIN, 7)
            line = _lines(self.running, PLAIN, 7, WIDTH - 30 * mm)[:1]
            self.drawString(MARGIN, 12 * mm, line[0] if line else "")
            self.drawRightString(A4[0] - MARGIN, 12 * mm, f"Page {number} of {len(self._held)}")
            super().showPage()
        super().save()


# --- letters to be printed ---


def make_letters(letters: Iterable[PostalLetter], *, title: str, language: str = "en-GB") -> bytes:
    """Set letters one after another, each from a page of its own, the address as for a window.

    The letters are read once and none is kept; the file is in memory until it is whole, some
    1.5 kB a letter, so whoever makes many makes several files.
    Raises Refusal where the typefaces are not built.
    """
    _load_typefaces()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1, invariant=1, lang=language,
                    initialFontName=PLAIN)  # type: ignore[arg-type] # (the stubs say a number)
    canvas.setTitle(_clean(title))
    canvas.setAuthor("")
    canvas.setCreator("Hustings")
    for letter in letters:
        _Pages(canvas).draw(letter)
    canvas.save()
    return out.getvalue()


_WINDOW_TOP: Final = A4[1] - 45 * mm
_LINES_IN_WINDOW: Final = 7
_BEGIN: Final = A4[1] - 95 * mm


class _Pages:
    """The page that a letter is being drawn on, and how far down it is full."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
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
        lines = [line for one in address for line in _lines(one, PLAIN, 10, 85 * mm)]
        for line in lines[:_LINES_IN_WINDOW]:
            self._canvas.drawString(MARGIN, y, line)
            y -= 13

    def _draw_text(self, part: Heading | Text) -> None:
        style = _style(part)
        for line in _lines(part.text, style.fontName, style.fontSize, WIDTH):
            self._make_room(style.leading)
            self._canvas.setFont(style.fontName, style.fontSize)
            self._canvas.drawString(MARGIN, self._y, line)
        self._y -= style.spaceAfter

    def _draw_square(self, part: QrCode) -> None:
        side = part.side_mm * mm
        self._make_room(side)
        _draw_qr(self._canvas, part.content, x=MARGIN, y=self._y, side=side)
        self._y -= 2 * mm
        if part.caption:
            self._draw_text(Text(part.caption, is_small=True))

    def _make_room(self, height: float) -> None:
        """Go down by so much, upon a further page where this one is full."""
        if self._y - height < MARGIN:
            self._canvas.showPage()
            self._y = A4[1] - MARGIN
        self._y -= height


@lru_cache(maxsize=4096)
def _lines(text: str, typeface: str, size: float, width: float) -> tuple[str, ...]:
    """Break text into lines of a width; a word longer than one is broken anywhere."""
    lines: list[str] = []
    for written in _clean(text).split("\n"):
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


def _draw_qr(canvas: Canvas, content: str, *, x: float, y: float, side: float) -> None:
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
