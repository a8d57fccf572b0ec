"""The lot for the order of names: drawn once, once the names are known; the paper follows."""

from __future__ import annotations

import pytest

from ballot.models import Candidate
from ballot.names_order import by_lot
from ballot.selectors import on_paper
from ballot.services.draw_names import draw_names
from ballot.services.open_poll import open_poll
from ballot.services.publish_candidates import publish_candidates, reopen_nominations
from ballot.services.withdraw_candidate import withdraw_candidate
from tests.ballot.factories import (
    CANDIDATES,
    SOFTWARE,
    Run,
    bring,
    code_of_refusal,
    content,
    election,
    kinds,
)

pytestmark = pytest.mark.django_db

# Under this one Ash comes neither first nor last.
SEED = "26143 55216 43312 66154"
SOURCE = "Twenty dice, thrown by the scrutineer before both agents."


def draw(run: Run, seed: str = SEED) -> None:
    draw_names(run.election_id, seed=seed, source=SOURCE, **run.by)


def named(run: Run) -> list[str]:
    return list(content(run, "candidates")["contests"][0]["candidates"])


def test_the_statement_and_the_paper_have_the_order_of_the_lot_and_ron_comes_last() -> None:
    run = election(at="nominated", names_order="lot", reopen_nominations=True)
    before = named(run)

    draw(run)

    wanted = [*by_lot(CANDIDATES, contest="Leader", seed=SEED), "Re-open nominations"]
    assert before == [*CANDIDATES, "Re-open nominations"] != wanted
    assert kinds(run)[-2:] == ["names-drawn", "candidates"]
    assert content(run, "names-drawn") == {"seed": SEED, "source": SOURCE}
    assert named(run) == wanted
    bring(run, to="polling")
    assert [one.name for one in on_paper(run.contest)] == wanted


def test_the_poll_does_not_open_before_the_lot_is_drawn() -> None:
    run = election(at="coded", names_order="lot")

    code = code_of_refusal(
        lambda: open_poll(run.election_id, software=SOFTWARE, **run.by_two)
    )
    draw(run)
    open_poll(run.election_id, software=SOFTWARE, **run.by_two)

    assert code == "election.not-ready"


def test_a_lot_is_drawn_once_and_anew_only_if_nominations_open_again() -> None:
    run = election(at="nominated", names_order="lot")
    draw(run)

    assert code_of_refusal(lambda: draw(run, "another seed")) == "names.drawn"
    reopen_nominations(run.election_id, **run.by)
    publish_candidates(run.election_id, **run.by)
    assert named(run) == list(CANDIDATES)
    draw(run, "another seed")

    assert named(run) == by_lot(CANDIDATES, contest="Leader", seed="another seed")


def test_a_withdrawal_leaves_the_others_in_their_order() -> None:
    run = election(at="nominated", names_order="lot")
    draw(run)
    order = named(run)

    withdraw_candidate(Candidate.objects.get(name=order[0]).pk, **run.by)

    assert named(run) == order[1:]


def test_no_lot_is_recorded_where_the_alphabet_orders_the_names_or_nothing_was_drawn() -> None:
    alphabet = election(at="nominated")
    run = election(at="nominated", title="Another", names_order="lot")

    assert code_of_refusal(lambda: draw(alphabet)) == "names.not-by-lot"
    assert code_of_refusal(lambda: draw(run, "1 2")) == "names.seed-length"
    assert code_of_refusal(lambda: draw(run, "12345\u202e6")) == "text.hidden-character"
    draw(run)

    assert kinds(run).count("names-drawn") == 1
