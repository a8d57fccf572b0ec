"""Documents and letters as PDF: the one package that knows reportlab.

A document is a list of parts in order: headings, text, tables, QR codes. The same parts give the
same bytes: the file bears no date of its own and no random id. What a part says is text, never
markup: reportlab's paragraphs read XML, so everything is escaped before it reaches one.

Letters to be printed are many pages with little on each, so they are drawn line by line, and what
all of them say is broken into lines once.

Not: tagged PDF, which reportlab does not write. Whoever reads by ear is served by the page.
"""

from office.pdf.documents import make_document
from office.pdf.letters import make_letters
from office.pdf.parts import Heading, NewPage, Part, PostalLetter, QrCode, Table, Text

__all__ = [
    "Heading",
    "NewPage",
    "Part",
    "PostalLetter",
    "QrCode",
    "Table",
    "Text",
    "make_document",
    "make_letters",
]
