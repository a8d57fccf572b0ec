"""The order of names by lot: one function, written twice, and worked out beforehand."""

from __future__ import annotations

import hashlib

from ballot.names_order import by_lot
from verifier import names

SEED = "26143 55216 43312 66154"
PEOPLE = ("Ash Amin", "Birch Bell", "Cedar Cox")


def test_the_order_is_that_of_the_hashes_of_the_specification() -> None:
    def key(name: str) -> bytes:
        text = (
            f'{{"contest":"Leader","label":"hustings/v1/names-order","name":"{name}",'
            f'"seed":"{SEED}"}}'
        )
        return hashlib.sha256(text.encode()).digest()

    assert by_lot(PEOPLE, contest="Leader", seed=SEED) == sorted(PEOPLE, key=key)


def test_another_seed_and_another_contest_give_other_orders() -> None:
    orders = {tuple(by_lot(PEOPLE, contest="Leader", seed=f"{n:06}")) for n in range(60)}
    posts = {tuple(by_lot(PEOPLE, contest=f"Post {n}", seed=SEED)) for n in range(60)}

    assert len(orders) == len(posts) == 6


def test_the_verifier_calls_its_label_by_the_same_name() -> None:
    assert names.LABEL == "hustings/v1/names-order"
