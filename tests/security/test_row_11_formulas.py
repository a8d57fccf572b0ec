"""Row 11: cells that a spreadsheet would run. Prevents, in every file that a page hands out."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse

from tests.ballot.factories import election
from tests.members.factories import listing, person, uploaded
from tests.office.factories import officer, sign_in

pytestmark = pytest.mark.django_db

ACTIVE = ("=", "+", "-", "@", "\t", "\r")
PAYLOADS = (
    "=HYPERLINK(\"http://evil.example\",\"Ash\")", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+9)*cmd|' /C calc'!A0",
)


def active(text: str) -> list[str]:
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    return [cell for cell in cells if cell.startswith(ACTIVE)]


def test_the_search_finds_active_cells() -> None:
    assert active('a,"=1+1"\r\n"\t=1",-x\r\n') == ["=1+1", "\t=1", "-x"]


def test_no_cell_of_a_count_sheet_is_active(client: Client) -> None:
    run = election(at="declared", candidates=PAYLOADS[:3], rankings=((0, 1), (1,), (0,)),
                   title="=1+1 title")

    sheet = client.get(reverse("count_csv", args=[run.election.slug, 1])).content.decode()

    assert "cmd|" in sheet
    assert active(sheet) == []


def test_no_cell_of_the_refused_rows_is_active(client: Client) -> None:
    from members import services
    from tests.members.factories import NOW

    rows = [person(number=f"{2000 + n}", given_name=payload, family_name=payload,
                   section=payload) for n, payload in enumerate(PAYLOADS)]
    batch = uploaded(listing(*rows))
    services.preview_import(batch, now=NOW)
    sign_in(client, officer())

    answer = client.get(reverse("import_refused", args=[batch]))
    text = (b"".join(answer.streaming_content) if answer.streaming  # type: ignore[attr-defined]
            else answer.content).decode()

    # Each payload is quoted there, where the row and its column are told.
    assert all("'" + payload.replace('"', '""') in text for payload in PAYLOADS)
    assert active(text) == []
