from __future__ import annotations

from itertools import product

import pytest
from django.db import IntegrityError, transaction

from ballot.lifecycle import ARROWS, ORDER, WORDS, State, is_before, may_move
from ballot.models import Election

pytestmark = pytest.mark.django_db


def _election(state: State) -> Election:
    return Election.objects.create(
        title="Leader", slug=f"at-{state.value}", party="P", state=state.value
    )


def test_the_database_allows_exactly_the_arrows_of_the_one_table() -> None:
    allowed = set()
    for before, after in product(State, State):
        if before == after:
            continue
        election = _election(before)
        try:
            with transaction.atomic():
                Election.objects.filter(pk=election.pk).update(state=after.value)
            allowed.add((before, after))
        except IntegrityError:
            pass
        Election.objects.filter(pk=election.pk).delete()

    assert allowed == set(ARROWS)


def test_an_unknown_state_is_refused_by_the_database() -> None:
    with pytest.raises(IntegrityError, match="election_state_is_known"):
        Election.objects.create(title="L", slug="l", party="P", state="halfway")


def test_the_fingerprint_of_an_opened_election_cannot_change() -> None:
    election = _election(State.POLLING)
    Election.objects.filter(pk=election.pk).update(fingerprint=b"\x01" * 32)

    with transaction.atomic(), pytest.raises(IntegrityError, match="fingerprint"):
        Election.objects.filter(pk=election.pk).update(fingerprint=b"\x02" * 32)

    election.refresh_from_db()
    assert bytes(election.fingerprint) == b"\x01" * 32


def test_every_state_has_its_words_and_a_place_in_the_order() -> None:
    assert set(WORDS) == set(State) == set(ORDER)


def test_void_comes_before_nothing_and_declared_leads_only_to_the_archive() -> None:
    assert not is_before(State.VOID, State.ARCHIVED)
    assert [after for before, after in ARROWS if before == State.DECLARED] == [State.ARCHIVED]
    assert may_move(State.COUNTED, State.VOID)
    assert not may_move(State.DECLARED, State.VOID)
