"""Documents and letters as PDF, read back by another's software and looked at as pictures."""

from __future__ import annotations

import io
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pypdf
import pypdfium2
import pytest
import segno

from office import pdf
from office.pdf import (
    Heading,
    NewPage,
    PostalLetter,
    QrCode,
    Table,
    Text,
    make_document,
    make_letters,
)
from office.refusal import Refusal


def pages(made: bytes) -> list[str]:
    """The words of each page, with every run of spaces and line breaks as one space."""
    reader = pypdf.PdfReader(io.BytesIO(made))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_a_document_bears_its_title_its_language_and_its_numbered_pages() -> None:
    made = make_document(
        [Heading("Notice of poll"), Text("Pleidlais Llŷn"), NewPage(), Text("The end")],
        title="Notice of poll, 2016", language="cy",
    )

    reader = pypdf.PdfReader(io.BytesIO(made))
    first, second = pages(made)
    assert reader.metadata is not None
    assert reader.metadata.title == "Notice of poll, 2016"
    assert reader.trailer["/Root"]["/Lang"] == "cy"
    assert [round(float(side)) for side in reader.pages[0].mediabox[2:]] == [595, 842]
    assert "Pleidlais Llŷn" in first and "Page 1 of 2" in first
    assert "The end" in second and "Page 2 of 2" in second


def test_the_same_parts_give_the_same_bytes_and_others_give_others() -> None:
    def document(words: str) -> bytes:
        return make_document([Text(words), QrCode("https://vote.example.org/")], title="T")

    def letters(name: str) -> bytes:
        return make_letters([PostalLetter([name], [Text("Dear elector")])], title="T")

    assert document("one") == document("one") != document("two")
    assert letters("Ann") == letters("Ann") != letters("Bob")


def test_markup_in_a_name_is_printed_and_never_interpreted() -> None:
    hostile = '<b>Ann</b> & <img src="file:///etc/passwd"/> <para>'

    (document,) = pages(
        make_document([Text(hostile), Heading(hostile), Table([hostile], [[hostile]])], title="T")
    )
    (letter,) = pages(make_letters([PostalLetter([], [Text(hostile)])], title="T"))

    assert document.count("<b>Ann</b>") == 4
    assert letter.count('<img src="file:///etc/passwd"/>') == 1


def test_a_text_turned_round_or_with_control_characters_is_printed_straight() -> None:
    (page,) = pages(make_document([Text("Ann\u202e\x00\x07 Bevan")], title="T"))

    assert "Ann Bevan" in page


def test_the_head_of_a_long_table_stands_on_every_page() -> None:
    rows = [[f"Ward {number}", f"{number:,}"] for number in range(200)]

    made = pages(make_document([Table(["Ward", "Votes"], rows, [3, 1], frozenset({1}))], title="T"))

    assert len(made) > 2
    assert all("Ward Votes" in page for page in made)
    assert sum(page.count("Ward 1 ") for page in made) == 1


def test_a_cell_longer_than_a_page_goes_on_upon_the_next() -> None:
    made = pages(make_document([Table(["Reason"], [["because " * 3000]])], title="T"))

    assert len(made) > 1
    assert sum(page.count("because") for page in made) == 3000


def test_a_row_with_too_few_cells_is_refused() -> None:
    make_document([Table(["A", "B"], [["1", "2"]])], title="T")

    with pytest.raises(ValueError, match="as many cells"):
        make_document([Table(["A", "B"], [["1"]])], title="T")


def test_a_qr_code_is_drawn_module_by_module_with_its_quiet_zone() -> None:
    content = "https://vote.example.org/leader/vote#7K3M-QX2A-99ZZ-ABCD-EFGH-*"
    made_by_segno = segno.make(content, error="m", micro=False, mask=0)
    matrix = [list(map(bool, row)) for row in made_by_segno.matrix]
    side_mm = 4.0 * (len(matrix) + 8)

    made = make_letters([PostalLetter([], [QrCode(content, side_mm=side_mm)])], title="T")

    # 4 mm a module; the square begins at the left margin (20 mm) and 95 mm from the top.
    picture = pypdfium2.PdfDocument(made)[0].render(scale=1, grayscale=True).to_pil()

    def is_dark(column: float, row: float) -> bool:
        at_mm = 20 + 4 * (column + 4.5), 95 + 4 * (row + 4.5)
        return picture.getpixel(tuple(round(one * 72 / 25.4) for one in at_mm)) < 128

    size = range(len(matrix))
    assert [[is_dark(column, row) for column in size] for row in size] == matrix
    assert not any(is_dark(edge, place) for edge in (-1, len(matrix)) for place in size)


def test_each_letter_begins_on_a_page_of_its_own_with_its_address_on_top() -> None:
    letters = [
        PostalLetter([f"Elector {number}", "1 High Street"], [Text("The code follows.")])
        for number in range(3)
    ]

    made = pages(make_letters(iter(letters), title="Letters"))

    assert [page.split(" 1 High")[0] for page in made] == ["Elector 0", "Elector 1", "Elector 2"]


def test_a_long_letter_goes_on_upon_a_second_page_and_a_long_word_is_broken() -> None:
    letter = PostalLetter(["Ann"], [Text("word " * 1500), Text("x" * 400)])

    made = pages(make_letters([letter], title="Letters"))

    assert len(made) == 2
    assert sum(page.count("word") for page in made) == 1500
    assert "".join(made).replace(" ", "").count("x") == 400


def test_without_its_typefaces_nothing_is_made(settings, tmp_path: Path) -> None:
    from office.pdf import typesetting

    built = settings.PDF_TYPEFACES
    typesetting.load_typefaces.cache_clear()
    settings.PDF_TYPEFACES = tmp_path
    try:
        with pytest.raises(Refusal) as refused:
            make_document([Text("words")], title="T")
    finally:
        typesetting.load_typefaces.cache_clear()
    settings.PDF_TYPEFACES = built

    assert refused.value.code == "pdf.no-typeface"
    assert make_document([Text("words")], title="T").startswith(b"%PDF")


def test_of_a_letter_that_was_set_no_text_stays_in_the_process() -> None:
    made = make_letters([PostalLetter(["Ann"], [Text("7K3M-QX2A")])], title="T")

    assert "7K3M-QX2A" in pages(made)[0]
    modules = [import_module(f"office.pdf.{one.name}") for one in iter_modules(pdf.__path__)]
    kept = {name for module in modules
            for name, one in vars(module).items() if hasattr(one, "cache_info")}
    assert len(modules) >= 5 and kept == {"load_typefaces"}
