"""Hours are those of the clocks on the wall, and every one names its clocks."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.template import Context, Template

from office.times import day_words, hour_words

FORMAT = re.compile(r"""\|(date|clock):["']([^"']*)["']""")


@pytest.mark.parametrize(
    ("moment", "hour"),
    [
        (datetime(2026, 11, 26, 9, 30, tzinfo=UTC), "26 November 2026, 09:30 (GMT)"),
        (datetime(2026, 7, 31, 23, 30, tzinfo=UTC), "1 August 2026, 00:30 (BST)"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "25 October 2026, 01:30 (BST)"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "25 October 2026, 01:30 (GMT)"),
    ],
)
def test_an_hour_is_said_alike_by_a_sentence_and_by_a_page(moment: datetime, hour: str) -> None:
    on_a_page = Template('{{ moment|clock:"j F Y, H:i" }}')

    assert hour_words(moment) == on_a_page.render(Context({"moment": moment})) == hour
    assert day_words(moment) == hour.partition(",")[0]


def test_every_hour_that_a_template_writes_names_its_clocks() -> None:
    folder = settings.BASE_DIR / "templates"
    written = [
        (path.relative_to(folder).as_posix(), name)
        for path in sorted(folder.rglob("*.*"))
        for name, form in FORMAT.findall(path.read_text("utf-8"))
        if "H" in form
    ]

    assert len(written) > 60
    assert not [path for path, name in written if name == "date"]
