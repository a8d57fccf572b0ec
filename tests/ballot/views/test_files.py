"""Files to take away."""

from __future__ import annotations

from ballot.views.files import csv_to_keep


def test_a_text_that_a_spreadsheet_would_run_is_set_behind_an_apostrophe_and_a_number_is_not() -> (
    None
):
    rows = [("of", "ballots"), ("=HYPERLINK(1)", 3), ("@Arfon", -1), ("Arfon = 1", "+1")]

    answer = csv_to_keep(rows, "turnout.csv")

    assert answer.text.splitlines() == [
        "of,ballots", "'=HYPERLINK(1),3", "'@Arfon,-1", "Arfon = 1,'+1",
    ]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="turnout.csv"'
