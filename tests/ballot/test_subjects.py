"""What acts on a contest were done to is told by the title of its election, and leads there."""

from __future__ import annotations

import pytest

from ballot.models import NominatingBody, Ruling, Trustee
from ballot.subjects import _KINDS, _PARTS
from office.subjects import subjects_told
from tests.ballot.factories import Run, election, now

pytestmark = pytest.mark.django_db
SEES = frozenset({"see_election"})


@pytest.fixture
def run() -> Run:
    return election(at="keyed")


def subjects_of(run: Run) -> dict[tuple[str, str], str]:
    """Subjects of the run, and what each is called after the title."""
    trustee = Trustee.objects.filter(election=run.election_id).earliest("number")
    ceremony = run.election.ceremonies.get()
    candidate = run.contest.candidates.get(name="Ash Amin")
    return {
        ("election", str(run.election_id)): "",
        ("contest", str(run.contest.pk)): ": contest “Leader”",
        ("candidate", str(candidate.pk)): ": candidate Ash Amin",
        ("ceremony", str(ceremony.pk)): ": key ceremony",
        ("trustee", str(trustee.pk)): f": trustee {trustee.name}",
        ("roll", str(run.election.roll_id)): ": roll",
        ("incident", f"{run.election_id}-3"): ": incident 3",
        ("elector", f"{run.election_id}-77"): ": an elector",
        ("difference", f"{run.election_id}:disputed:member"): ": a difference",
    }


def test_a_subject_is_told_by_its_election_and_leads_to_its_page(run: Run) -> None:
    named = subjects_of(run)

    told = subjects_told(named, acts=SEES)

    assert {one: subject.words for one, subject in told.items()} == {
        one: f"Leader 2026{words}" for one, words in named.items()
    }
    assert {subject.path for subject in told.values()} == {f"/desk/elections/{run.election.slug}/"}


def test_a_ruling_and_a_nominating_body_are_told_by_name(run: Run) -> None:
    ash = run.contest.candidates.get(name="Ash Amin")
    ruling = Ruling.objects.create(candidate=ash, is_valid=True, reason="In order.", ruled_at=now())
    body = NominatingBody.objects.create(election=run.election, kind="CLP", name="Barking")

    told = subjects_told(
        [("ruling", str(ruling.pk)), ("nominating_body", str(body.pk))], acts=SEES
    )

    assert [subject.words for subject in told.values()] == [
        "Leader 2026: ruling on the papers of Ash Amin", "Leader 2026: nominating body Barking",
    ]


@pytest.mark.parametrize("kind", [*_KINDS, *_PARTS])
@pytest.mark.parametrize("subject_id", ["987654", "by-post", "٣", ""])
def test_a_subject_that_is_not_there_is_no_error_and_leads_nowhere(
    kind: str, subject_id: str
) -> None:
    [subject] = subjects_told([(kind, subject_id)], acts=SEES).values()

    assert subject.words and not subject.path
