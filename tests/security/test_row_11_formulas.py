"""Row 11: cells that a spreadsheet would run. Prevents, in every file that a page hands out."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from members.models import Member
from tests.ballot.factories import election
from tests.members.factories import imported, listing, person, uploaded
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

    answer = client.post(reverse("import_refused", args=[batch]))
    text = (b"".join(answer.streaming_content) if answer.streaming  # type: ignore[attr-defined]
            else answer.content).decode()

    # Each payload is quoted there, where the row and its column are told.
    assert all("'" + payload.replace('"', '""') in text for payload in PAYLOADS)
    assert active(text) == []


# Names as no list would let them in: a guard at the door does not excuse an open window.
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from((*ACTIVE, "")), given_name=NAMES, family_name=NAMES)
def test_no_cell_of_an_export_of_members_is_active(
    client: Client, start: str, given_name: str, family_name: str
) -> None:
    by = officer(name=f"{start}Ash")
    if not Member.objects.exists():
        imported(person())
    Member.objects.update(given_name=start + given_name, family_name=start + family_name)
    sign_in(client, by)

    answer = client.post(reverse("exports"), {
        "columns": ["number", "given_name", "family_name"], "undertaking": "on",
        "purpose": f"{start}1+1 to see what a spreadsheet makes of it",
    })  # fmt: skip
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]

    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert start + family_name in (rows[2][2], rows[2][2][1:])
    assert [cell for row in rows for cell in row if cell.startswith(ACTIVE)] == []
