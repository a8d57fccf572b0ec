"""A whole election by its services: what each leaves on the board, and who it says did it."""

from __future__ import annotations

import pytest

from ballot.lifecycle import State
from ballot.models import Count
from tests.ballot.factories import content, election, kinds, recorded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("is_demonstration", [True, False])
def test_an_election_runs_from_the_draft_to_the_declaration(is_demonstration: bool) -> None:
    run = election(at="declared", demonstration=is_demonstration)

    assert run.state == State.DECLARED
    assert [kind for kind in kinds(run) if kind != "ballot"] == [
        "notice", "candidates", "roll", "ceremony", *["ceremony-message"] * 15, "key",
        *["share-held"] * 3, "credentials", "opening", "close",
        "reconciliation", "mix", "mix", "opening-commitment", "opening-commitment",
        "part", "part", "profile", "count", "declaration",
    ]
    assert kinds(run).count("ballot") == 7
    notice = content(run, "notice")
    assert (notice["rehearsal"], notice["issuer"]) == (is_demonstration, None)
    assert (content(run, "mix")["mixer"], content(run, "mix")["trustee"]) == ("Ann Lee", 1)
    (told,) = content(run, "declaration")["contests"]
    assert told["elected"] == ["Ash Amin"]
    assert Count.objects.get(contest=run.contest).sheet["valid"] == 6
    assert recorded("declare", subject=("election", str(run.election_id))) == [run.officers]
