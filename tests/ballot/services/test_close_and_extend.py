"""Suspending, extending, closing and voiding a poll."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ballot.mapping.entry import utc
from ballot.models import Election, Entry, SealedBallot
from ballot.services.close_poll import close_poll
from ballot.services.codes import cancel_codes, destroy_codes_left
from ballot.services.extend_poll import extend_poll
from ballot.services.reissue_code import reissue_code
from ballot.services.tend_polls import tend_polls
from ballot.services.void_election import void_election
from ballot.tasks import tend
from office.models import Dispatch, Job, Letter
from office.services.jobs import stop_job
from tests.ballot.factories import (
    REASON,
    Run,
    cast,
    cast_all,
    code_of_refusal,
    content,
    election,
    entries,
    kinds,
    now,
    recorded,
)
from tests.ballot.services.acts import ACTS

pytestmark = pytest.mark.django_db


def past_its_hour(run: Run) -> None:
    """The election as it stands when its hour has come."""
    Election.objects.filter(pk=run.election_id).update(
        opens_at=now() - timedelta(days=2), closes_at=now() - timedelta(seconds=1)
    )


def test_a_poll_closes_at_its_hour_with_every_ballot_on_the_board_before_the_close() -> None:
    run = election(at="polling")
    cast_all(run)
    assert code_of_refusal(lambda: close_poll(run.election_id, **run.by)) == "election.not-ready"
    past_its_hour(run)

    close_poll(run.election_id, **run.by)

    assert run.state == "closed"
    assert kinds(run)[-8:] == ["ballot"] * 7 + ["close"]
    assert content(run, "close") == {"early": False, "was_due_at": utc(run.election.closes_at)}
    done = recorded("close_poll", subject=("election", str(run.election_id)))
    assert done == [(run.officers[0], None)]


def test_a_suspended_poll_closes_too() -> None:
    run = election(at="polling")
    cast(run, entries(run)[0], (0,))
    ACTS["suspend_poll"](run)

    ACTS["close_poll_early"](run)

    assert run.state == "closed"
    assert Entry.objects.filter(kind="ballot").count() == 1
    assert content(run, "close")["early"] is True


def test_no_close_is_early_once_its_hour_has_passed() -> None:
    run = election(at="polling")
    closes_at = run.election.closes_at
    past_its_hour(run)

    for suspended in (False, True):
        if suspended:
            Election.objects.filter(pk=run.election_id).update(state="suspended")
        assert code_of_refusal(lambda: ACTS["close_poll_early"](run)) == "poll.closed"
    Election.objects.filter(pk=run.election_id).update(closes_at=closes_at)
    ACTS["close_poll_early"](run)

    assert run.state == "closed"


def test_an_extension_is_later_than_the_close_and_comes_before_it() -> None:
    run = election(at="polling")
    closes_at = run.election.closes_at
    assert closes_at is not None

    def extend(to: str) -> None:
        extend_poll(run.election_id, closes_at=to, reason=REASON, **run.by_two)

    assert code_of_refusal(lambda: extend(closes_at.isoformat())) == "poll.not-later"
    naive = (closes_at + timedelta(days=1)).replace(tzinfo=None)
    assert code_of_refusal(lambda: extend(naive.isoformat())) == "poll.not-later"
    later = closes_at + timedelta(hours=5)
    extend(later.isoformat())

    assert run.election.closes_at == later
    assert content(run, "extension") == {
        "closed_before_at": utc(closes_at), "closes_at": utc(later), "reason": REASON
    }
    past_its_hour(run)
    code = code_of_refusal(lambda: extend((now() + timedelta(days=1)).isoformat()))
    assert code == "poll.closed"


def test_an_extension_that_waited_past_the_close_is_judged_by_the_databases_clock() -> None:
    run = election(at="polling")
    later = (now() + timedelta(days=9)).isoformat()

    def extend(before: timedelta) -> None:
        """As approved so long before the close, whatever the clock says by now."""
        closes_at = run.election.closes_at
        assert closes_at is not None
        extend_poll(run.election_id, closes_at=later, reason=REASON,
                    **{**run.by_two, "now": closes_at - before})

    past_its_hour(run)
    assert code_of_refusal(lambda: extend(timedelta(seconds=1))) == "poll.closed"
    Election.objects.filter(pk=run.election_id).update(closes_at=now() + timedelta(minutes=1))
    extend(timedelta(minutes=1))

    assert kinds(run).count("extension") == 1


def test_a_poll_suspended_before_its_close_is_extended_after_it_and_goes_on_only_then() -> None:
    run = election(at="polling")
    ACTS["suspend_poll"](run)
    past_its_hour(run)
    was_due = run.election.closes_at
    assert was_due is not None
    passed, ahead = was_due + timedelta(milliseconds=1), now() + timedelta(days=1)

    assert code_of_refusal(lambda: ACTS["resume_poll"](run)) == "poll.extend-first"
    too_early = code_of_refusal(lambda: ACTS["extend_poll"](run, closes_at=passed.isoformat()))
    assert (too_early, run.state) == ("poll.not-later", "suspended")
    ACTS["extend_poll"](run, closes_at=ahead.isoformat())
    assert run.state == "suspended"
    ACTS["resume_poll"](run)
    cast(run, entries(run)[0], (0,))

    assert content(run, "extension")["closed_before_at"] == utc(was_due)
    assert kinds(run)[-3:] == ["suspension", "extension", "resumption"]
    assert SealedBallot.objects.count() == 1


def test_a_poll_whose_close_came_while_it_took_ballots_is_not_suspended_to_be_extended() -> None:
    run = election(at="polling")
    closes_at = run.election.closes_at
    past_its_hour(run)

    assert code_of_refusal(lambda: ACTS["suspend_poll"](run)) == "poll.closed"
    assert run.state == "polling"
    Election.objects.filter(pk=run.election_id).update(closes_at=closes_at)
    ACTS["suspend_poll"](run)

    assert run.state == "suspended"


def test_no_clock_closes_a_suspended_poll_and_an_officer_may() -> None:
    run = election(at="polling")
    ACTS["suspend_poll"](run)
    past_its_hour(run)

    tend_polls()
    assert run.state == "suspended"
    ACTS["close_poll"](run)

    assert run.state == "closed"
    assert content(run, "close")["early"] is False


@pytest.mark.parametrize("point", ["draft", "coded", "polling", "closed"])
def test_a_void_election_ends_where_it_stands_and_loses_nothing(point: str) -> None:
    run = election(at=point)
    before = kinds(run)
    ballots = SealedBallot.objects.count()

    void_election(run.election_id, reason=REASON, **run.by_two)

    assert run.state == "void"
    assert kinds(run) == [*before, "void"]
    assert SealedBallot.objects.count() == ballots
    codes = Letter.objects.filter(purpose="voting-code", enclosure__isnull=False)
    assert set(Dispatch.objects.filter(purpose="voting-code").values_list("state", flat=True)) <= {
        "cancelled"
    }
    # A worker destroys the codes, as many as there are electors.
    assert Job.objects.filter(kind="cancel_codes", state="open").exists() == codes.exists()
    cancel_codes(run.election, by=None, now=now())
    assert not codes.exists()
    for name, act in ACTS.items():
        assert code_of_refusal(lambda one=act: one(run)) in {
            "election.wrong-state", "election.no-such-move", "key.too-late"
        }, name


def test_a_new_code_that_waits_is_destroyed_with_the_others_of_a_void_election() -> None:
    run = election(at="polling")
    reissue_code(run.election_id, recipient=entries(run)[0].public_id, **run.by)
    codes = Letter.objects.filter(purpose="voting-code-again", enclosure__isnull=False)
    assert codes.exists()

    void_election(run.election_id, reason=REASON, **run.by_two)
    cancel_codes(run.election, by=None, now=now())

    assert not codes.exists()


def test_the_destruction_of_a_void_elections_codes_that_somebody_stopped_goes_on() -> None:
    run = election(at="coded")
    void_election(run.election_id, reason=REASON, **run.by_two)
    jobs = Job.objects.filter(kind="cancel_codes")
    assert stop_job(jobs.get().pk, **run.by)
    soon, later = now() + timedelta(minutes=5), now() + timedelta(minutes=15)

    assert [destroy_codes_left(now=at) for at in (soon, later, later)] == [0, 1, 0]
    jobs.update(state="stopped", finished_at=now() - timedelta(hours=1))
    tend()
    assert jobs.filter(state="open").count() == 1

    cancel_codes(run.election, by=None, now=now())
    jobs.update(state="stopped", finished_at=now())
    assert destroy_codes_left(now=later + timedelta(days=1)) == 0


def test_codes_of_a_poll_that_will_not_be_held_are_destroyed_at_the_declaration() -> None:
    from ballot.services.withdraw_candidate import withdraw_candidate

    run = election(at="coded", candidates=("Ash Amin", "Birch Bell"))
    withdraw_candidate(run.contest.candidates.get(name="Birch Bell").pk, **run.by)

    ACTS["declare"](run)

    assert run.state == "declared"
    assert Job.objects.filter(kind="cancel_codes", state="open").exists()
    cancel_codes(run.election, by=None, now=now())
    assert set(Letter.objects.values_list("state", "enclosure")) == {("cancelled", None)}
