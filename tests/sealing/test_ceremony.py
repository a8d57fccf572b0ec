"""The key ceremony, step by step, with everybody honest and with each cheat (sealing §9)."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from ballot.sealing import native
from ballot.sealing.ceremony import check_confirmation, check_reveals_so_far, make_key, outcome
from ballot.sealing.keys import ElectionKey, KeyShare, lagrange, whole_lagrange
from ballot.sealing.messages import (
    Commitment,
    Complaint,
    Confirmation,
    Dealing,
    Received,
    Reveal,
    TrusteeSecret,
)
from ballot.sealing.native import ORDER
from ballot.sealing.proofs import Equality, Knowledge
from tests.sealing.held import Run, deal_falsely, run
from tests.sealing.making import NAMES, ceremony, key, refusal, rng


def test_dealers_in_league_whose_polynomials_cancel_conclude_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter([(5, 6), (7, ORDER - 6)])
    monkeypatch.setattr("ballot.sealing.ceremony.random_scalars", lambda _rng, _n: next(drawn))
    made = run(trustees=2, quorum=2)
    finished = [made.finished(number) for number in made.frame.numbers]

    refused = refusal(made.concluded, [confirmation for _, confirmation in finished])

    assert refused.condition == "key.shares"
    # Each of the two holds the whole key alone.
    assert {share.secret for share, _ in finished} == {12}


@pytest.mark.parametrize(("trustees", "quorum"), [(1, 1), (2, 2), (3, 2), (5, 3), (9, 5)])
def test_every_quorum_holds_the_key_and_one_short_does_not(trustees, quorum):
    # sealing §9.6, §10.5
    election_key, shares = key(trustees, quorum)
    for size in (quorum, quorum - 1):
        for chosen in list(combinations(shares, size))[:12]:
            factors = lagrange([share.number for share in chosen])
            secret = sum(f * share.secret for f, share in zip(factors, chosen, strict=True))
            point = native.times(native.G, secret)
            same = point is not None and native.write_point(point) == election_key.public_key
            assert same == (size == quorum)
    assert [trustee.name for trustee in election_key.trustees] == list(NAMES[:trustees])
    assert ElectionKey.parse(election_key.to_json()) == election_key


def test_an_honest_ceremony_ends_with_one_key_that_nobody_computed_alone():
    made = run(5, 3)
    assert all(made.received(number) == () for number in made.frame.numbers)
    finished = [made.finished(number) for number in made.frame.numbers]
    election_key = made.concluded([confirmation for _, confirmation in finished])
    for share, _ in finished:
        assert share.public_key == election_key.public_key
        point = native.write_point(native.base_times(share.secret))
        assert election_key.trustee(share.number).point == point
        assert str(share.secret) not in repr(share)
    total = sum(secret.coefficients[0] for secret in made.secrets) % ORDER
    assert native.write_point(native.base_times(total)) == election_key.public_key


def test_whole_factors_are_the_factors_times_their_scale():
    for numbers in ([1], [1, 2, 3], [2, 4, 5], [5, 6, 7, 8, 9]):
        scale, whole = whole_lagrange(numbers)
        assert [w % ORDER for w in whole] == [scale * f % ORDER for f in lagrange(numbers)]
    assert whole_lagrange([1, 2, 3]) == (1, [3, -3, 1])


@pytest.mark.parametrize(
    ("message", "parse"),
    [
        (lambda made: made.commitments[0], Commitment.parse),
        (lambda made: made.reveals[2], Reveal.parse),
        (lambda made: made.dealings[1], Dealing.parse),
        (lambda made: made.finished(1)[1], Confirmation.parse),
        (lambda made: made.secrets[0], TrusteeSecret.parse),
        (lambda made: made.finished(1)[0], KeyShare.parse),
        (lambda made: made.received(2)[0], Complaint.parse),
    ],
)
def test_every_message_comes_back_from_its_form_and_no_other_is_read(message, parse):
    made = run()
    said = message(made) if parse != Complaint.parse else message(spoilt(made))
    form = said.to_json()
    assert parse(form) == said
    condition = "share.fields" if parse == KeyShare.parse else "ceremony."
    for name, value in form.items():
        wrong: list[Any] = [None, -1, 256, True, "zz", "AA" * 33, [1], ["zz"], [{}], "00" * 33]
        if isinstance(value, str):
            wrong += [value.upper() + "AB", value[:-2], value + "00"]
            wrong += ["ff" * (len(value) // 2)] if name != "digest" else []
        for bad in wrong:
            refused = refusal(parse, form | {name: bad})
            assert refused.condition.startswith(condition)
    assert refusal(parse, form | {"more": 1}).condition.startswith(condition)
    assert refusal(parse, []).condition.startswith(condition)


def test_what_was_received_is_read_back_and_holds_ones_own_complaints_in_order():
    # bundle §4.5
    made = run(4, 2)
    deal_falsely(made, 1, 3)
    deal_falsely(made, 2, 3)
    said = Received(3, made.received(3))
    assert [one.dealer for one in said.complaints] == [1, 2]
    assert Received.parse(said.to_json()) == said
    assert Received.parse(Received(1, ()).to_json()) == Received(1, ())
    first, second = said.complaints
    for number, complaints in ((3, (second, first)), (3, (first, first)), (1, (first,))):
        wrong = Received(number, complaints).to_json()
        assert refusal(Received.parse, wrong).condition == "ceremony.received-fields"
    more = said.to_json() | {"more": 1}
    assert refusal(Received.parse, more).condition == "ceremony.received-fields"
    broken = {"number": 3, "complaints": [{}]}
    assert refusal(Received.parse, broken).condition == "ceremony.complaint-fields"


def spoilt(made: Run) -> Run:
    deal_falsely(made, 1, 2)
    return made


def test_two_confirmations_of_one_trustee_are_refused_and_the_last_does_not_win():
    made = run()
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    false = replace(confirmations[2], holds_share=confirmations[1].holds_share)
    for twice in ([*confirmations[:2], false, confirmations[2]], [*confirmations, false]):
        refused = refusal(made.concluded, twice)
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.twice", 3)


def test_the_key_waits_for_every_confirmation_and_refuses_a_false_one():
    made = run()
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    missing = refusal(made.concluded, confirmations[:2])
    assert (missing.condition, missing.evidence["trustee"]) == ("ceremony.unconfirmed", 3)
    borrowed = replace(confirmations[2], holds_share=confirmations[1].holds_share)
    other_key = replace(confirmations[2], public_key=made.reveals[1].coefficients[0])
    for false in (borrowed, other_key):
        refused = refusal(made.concluded, [*confirmations[:2], false])
        assert (refused.condition, refused.evidence["trustee"]) == ("ceremony.confirmation", 3)


def test_the_board_s_keeper_checks_each_reveal_and_each_confirmation_as_it_comes():
    # sealing §9.2, §9.6
    made = run(4, 2)
    deal_falsely(made, 1, 2)
    made.complaints = list(made.received(2))
    reveals = [one.reveal for one in made.secrets]
    confirmations = {number: made.finished(number)[1] for number in (2, 3, 4)}
    said = {"dealings": made.dealings, "complaints": made.complaints}

    reached = outcome(made.frame, commitments=made.commitments, reveals=reveals, **said)
    for number in (2, 3, 4):
        check_confirmation(reached, confirmations[number])
    assert check_reveals_so_far(made.frame, made.commitments, reveals[1:3]).keys() == {2, 3}

    assert reached.key == made.concluded(list(confirmations.values()))
    twice = [reveals[0], replace(reveals[1], number=1)]
    assert refusal(
        check_reveals_so_far, made.frame, made.commitments, twice
    ).condition == "ceremony.twice"
    others = replace(confirmations[2], number=3)
    assert refusal(check_confirmation, reached, others).condition == "ceremony.confirmation"
    of_who_is_out = replace(confirmations[2], number=1)
    assert refusal(check_confirmation, reached, of_who_is_out).condition == "key.trustee"


def test_a_confirmation_binds_the_whole_ceremony():
    made, other = run(4, 2), run(4, 2)
    deal_falsely(other, 1, 2)
    other.complaints = list(other.received(2))
    confirmations = [made.finished(number)[1] for number in made.frame.numbers]
    assert made.concluded(confirmations)
    assert refusal(other.concluded, confirmations).condition == "ceremony.confirmation"


def test_parts_that_cancel_each_other_out_are_no_key(monkeypatch):
    # Proofs of possession and hashes before reveals leave no way to it but a chance of 2**-256.
    from ballot.sealing import ceremony as module

    made = run(2, 1)
    opposite = native.write_point(
        native.times(native.read_point(made.reveals[1].coefficients[0]), -1)
    )
    cancelling = {1: made.reveals[1], 2: replace(made.reveals[2], coefficients=(opposite,))}
    for compute in (module._public_key, lambda some: module._public_share(made.frame, some, 1)):
        assert refusal(compute, cancelling).condition == "ceremony.infinite"


# --- The key ---


def test_a_key_whose_shares_do_not_fit_is_refused():
    election_key, _ = key(4, 2)
    form = election_key.to_json()
    assert ElectionKey.parse(form) == election_key
    points = [trustee["point"] for trustee in form["trustees"]]

    def with_trustees(**changes):
        changed = [dict(trustee) for trustee in form["trustees"]]
        for name, values in changes.items():
            for trustee, value in zip(changed, values, strict=True):
                trustee[name] = value
        return form | {"trustees": changed}

    for bad, condition in [
        (form | {"quorum": 5}, "key.quorum"),
        (form | {"quorum": 0}, "key.quorum"),
        (form | {"quorum": 3}, "key.shares"),
        (form | {"public_key": points[0]}, "key.shares"),
        (with_trustees(point=[*points[:3], points[0]]), "key.shares"),
        (with_trustees(number=[1, 2, 2, 4]), "key.trustees"),
        (with_trustees(number=[2, 1, 3, 4]), "key.trustees"),
        (with_trustees(number=[1, 2, 3, 10]), "key.trustees"),
        (with_trustees(number=[0, 2, 3, 4]), "key.trustees"),
        (with_trustees(name=["a", "b", "c", ""]), "name"),
        (form | {"more": 1}, "key.fields"),
    ]:
        assert refusal(ElectionKey.parse, bad).condition == condition
    assert refusal(election_key.trustee, 7).condition == "key.trustee"


def test_small_proofs_are_read_with_their_shape():
    for parse, size in ((Knowledge.parse, 65), (Equality.parse, 98)):
        point = native.write_point(native.G)
        good = point * ((size - 32) // 33) + bytes(32)
        assert parse(good).to_bytes() == good
        assert refusal(parse, good[:-1]).condition == "proof.length"
        assert refusal(parse, b"\x05" + good[1:]).condition == "proof.point"
        assert refusal(parse, good[:-32] + b"\xff" * 32).condition == "proof.scalar"


def test_a_trustee_alone_is_a_ceremony_too():
    election_key, [share] = make_key(ceremony(1, 1), rng=rng())
    assert native.write_point(native.base_times(share.secret)) == election_key.public_key
