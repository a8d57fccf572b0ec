"""Opening the poll: what it demands, and what it fixes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ballot.mapping.entry import entry_digest
from ballot.models import Entry
from ballot.services.open_poll import open_poll
from ballot.services.withdraw_candidate import withdraw_candidate
from office.refusal import Refusal
from tests.ballot.factories import SOFTWARE, bring, content, election, now, recorded

pytestmark = pytest.mark.django_db


def test_the_fingerprint_is_the_hash_of_the_opening_which_names_all_before_it() -> None:
    run = election(at="polling")

    opening = Entry.objects.get(kind="opening")
    told = content(run, "opening")
    assert bytes(run.election.fingerprint or b"") == entry_digest("opening", bytes(opening.body))
    assert told["software"] == SOFTWARE
    assert told["entries"] == {
        kind: entry_digest(kind, bytes(Entry.objects.get(kind=kind).body)).hex()
        for kind in ("notice", "candidates", "roll", "key", "credentials")
    }
    assert recorded("open_poll", subject=("election", str(run.election_id))) == [run.officers]


def test_after_a_withdrawal_the_opening_names_the_newest_statement() -> None:
    run = election(at="coded")
    withdraw_candidate(run.contest.candidates.get(name="Birch Bell").pk, **run.by)

    bring(run, to="polling")

    newest = Entry.objects.filter(kind="candidates").order_by("-number").first()
    assert newest is not None
    named = content(run, "opening")["entries"]["candidates"]
    assert named == entry_digest(newest.kind, bytes(newest.body)).hex()


@pytest.mark.parametrize(
    ("at", "given", "lacking"),
    [
        ("frozen", {}, "key is set up"),
        ("keyed", {}, "A voting code has been made for every elector"),
        ("coded", {"opens_in": timedelta(hours=1)}, "The hour of the opening has come"),
        ("coded", {"candidates": ("Ash Amin",), "reopen_nominations": True}, "There is a choice"),
        ("coded", {"sections": ("member", "affiliated"), "electors": 7, "smallest_box": 4,
                   "weights": {"member": 1, "affiliated": 1}}, "Each section to which"),
    ],
)
def test_what_is_lacking_is_named_and_nothing_opens(
    at: str, given: dict[str, object], lacking: str
) -> None:
    run = election(at=at, **given)  # type: ignore[arg-type]
    if lacking == "There is a choice":
        withdraw_candidate(run.contest.candidates.get(name="Ash Amin").pk, **run.by)

    with pytest.raises(Refusal, match=lacking) as refused:
        open_poll(run.election_id, software=SOFTWARE, **run.by_two)

    assert refused.value.code == "election.not-ready"
    assert run.state == "frozen" and run.election.fingerprint is None


def test_a_poll_whose_time_has_passed_cannot_be_opened() -> None:
    run = election(at="coded")
    later = {**run.by_two, "now": now() + timedelta(days=8)}

    with pytest.raises(Refusal, match="The close lies ahead"):
        open_poll(run.election_id, software=SOFTWARE, **later)
    open_poll(run.election_id, software=SOFTWARE, **run.by_two)

    assert run.state == "polling"
