"""What the demonstration prints at every start: the ways in, as they are now."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from ballot.management import demonstration
from tests.ballot.factories import Run, bring, election

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A poll to vote in, and what an earlier start kept of it."""
    run = election(at="coded")
    kept = tmp_path / "demonstration.json"
    kept.write_text(json.dumps({
        "staff": [],
        "election": run.election.slug,
        "electors": demonstration.voting_paths(run.election, 2),
    }))
    bring(run, to="polling")
    monkeypatch.setattr(demonstration, "KEPT", kept)
    return run


def printed() -> str:
    out = io.StringIO()
    call_command("demonstration", stdout=out)
    return out.getvalue()


def test_the_voting_links_lead_to_where_this_start_listens(run: Run, settings: Any) -> None:
    for origin in ("http://localhost:8000", "http://localhost:8010"):
        settings.ORIGIN = origin

        assert printed().count(f": {origin}/vote/{run.election.slug}/#") == 2


def test_a_start_over_what_an_earlier_version_kept_says_where_the_links_are(run: Run) -> None:
    demonstration.KEPT.write_text(json.dumps({"staff": [], "links": ["http://localhost/vote/"]}))

    said = printed()

    assert "The links to vote stand in the letters:" in said
    assert "/outbox/" in said


@pytest.mark.parametrize("is_by_an_officer", [True, False])
def test_a_poll_that_has_closed_is_said_to_be_and_no_dead_link_is_printed(
    is_by_an_officer: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "has closed" not in printed()

    if is_by_an_officer:
        bring(run, to="closed")
    else:
        later = timezone.now() + timedelta(days=8)
        monkeypatch.setattr("ballot.management.commands.demonstration.timezone.now", lambda: later)

    assert "has closed" in printed()
    assert "/vote/" not in printed()
