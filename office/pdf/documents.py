"""Documents: numbered pages, on which the parts flow one after the other."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from reportlab.lib.colors import black, grey
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from office.pdf.parts import NewPage, Part, QrCode, Table, Text
from office.pdf.squares import draw_qr
from office.pdf.typesetting import (
    MARGIN,
    PLAIN,
    WIDTH,
    cell_style,
    clean,
    lines_of,
    load_typefaces,
    paragraph,
    style_of,
)


def make_document(
    parts: Sequence[Part], *, title: str, language: str = "en-GB", running: str = ""
) -> bytes:
    """Set a document on A4 pages, numbered "Page 2 of 5".

    title:   in the file's own information, which a reader shows in its title bar.
    running: the line at the foot of every page, beside its number; the title where empty.
    Raises Refusal where the typefaces are not built.
    """
    load_typefaces()
    out = io.BytesIO()
    template = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN + 5 * mm, title=clean(title), author="", lang=language, invariant=1,
        creator="Hustings", initialFontName=PLAIN,
    )
    story = [flowable for part in parts for flowable in _flowables(part)]
    foot = clean(running or title)

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
    return [paragraph(part.text, style_of(part))]


def _grid(table: Table) -> Grid:
    columns = len(table.head)
    shares = list(table.shares) or [1.0] * columns
    if len(shares) != columns or any(len(row) != columns for row in table.rows):
        raise ValueError("every row of a table has as many cells as its head")
    head, body = (
        [cell_style(is_head=is_head, is_figure=column in table.figures)
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
    return [paragraph(cell, style) for cell, style in zip(row, styles, strict=True)]


class _Square(Flowable):
    """A QR code among paragraphs."""

    def __init__(self, content: str, *, side: float) -> None:
        super().__init__()
        self._content = content
        self.width = self.height = side
        self.spaceAfter = 2 * mm

    def draw(self) -> None:
        draw_qr(self.canv, self._content, x=0, y=0, side=self.width)


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
            line = lines_of(self.running, PLAIN, 7, WIDTH - 30 * mm)[:1]
            self.drawString(MARGIN, 12 * mm, line[0] if line else "")
            self.drawRightString(A4[0] - MARGIN, 12 * mm, f"Page {number} of {len(self._held)}")
            super().showPage()
        super().save()
