"""The tree against RFC 6962 word for word (tests/board/naive.py), and proofs that are refused.

Spec: board §3.1, §3.2, §3.3, §3.4.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ballot.board.tree import (
    EMPTY_ROOT,
    Edge,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    leaf_hashes,
    node_hash,
    parents,
    root_of,
)
from tests.board import naive
from tests.board.making import flips, refusal, some_entries

COUNT = 70
ENTRIES = some_entries(COUNT)
HEADS = [naive.head(ENTRIES[:size]) for size in range(COUNT + 1)]


def node(height: int, number: int) -> bytes:
    """The root of a complete subtree of ENTRIES."""
    return naive.head(ENTRIES[number << height : (number + 1) << height])


def sizes(draw) -> tuple[int, int]:
    size = draw(st.integers(1, COUNT))
    return draw(st.integers(0, size)), size


two_sizes = st.composite(sizes)()


@given(st.lists(st.binary(max_size=40), max_size=40))
def test_roots_are_those_of_the_recursion(entries):
    assert root_of(leaf_hashes(entries)) == naive.head(entries)


@given(st.lists(st.lists(st.binary(max_size=9), max_size=20), max_size=8))
def test_an_edge_grown_in_any_steps_has_the_root_of_all_entries(batches):
    edge, entries = Edge(), []
    assert edge.root() == EMPTY_ROOT

    for batch in batches:
        edge = edge.extended(leaf_hashes(batch))
        entries += batch

        assert edge.size == len(entries)
        assert edge.root() == naive.head(entries)


def test_an_edge_keeps_its_complete_subtrees_the_largest_first():
    edge = Edge().extended(leaf_hashes(ENTRIES[:7]))

    kept = [naive.head(ENTRIES[:4]), naive.head(ENTRIES[4:6]), naive.head(ENTRIES[6:7])]
    assert edge.hashes == b"".join(kept)


def test_an_edge_of_another_length_than_its_size_is_refused():
    hashes = Edge().extended(leaf_hashes(ENTRIES[:7])).hashes
    assert Edge(7, hashes)

    assert refusal(Edge, 8, hashes) == "tree.edge"
    assert refusal(Edge, 7, hashes[:-1]) == "tree.edge"
    assert refusal(Edge, -1, hashes[:32]) == "tree.edge"
    assert refusal(Edge().extended, hashes[:-1]) == "tree.leaves"


def test_a_leaf_is_no_node():
    left, right = leaf_hash(b"a"), leaf_hash(b"b")

    assert node_hash(left, right) == parents(left + right)
    assert node_hash(left, right) != leaf_hash(left + right)


@given(two_sizes)
def test_every_inclusion_proof_is_that_of_the_recursion_and_holds(chosen):
    index, size = chosen
    index = min(index, size - 1)

    proof = inclusion_proof(index, size, node=node)

    assert proof == naive.path(index, ENTRIES[:size])
    check_inclusion(
        leaf_hash(ENTRIES[index]), index=index, size=size, proof=proof, root=HEADS[size]
    )


@given(two_sizes)
def test_every_consistency_proof_is_that_of_the_recursion_and_holds(chosen):
    old, size = chosen

    proof = consistency_proof(old, size, node=node)

    assert proof == (naive.proof(old, ENTRIES[:size]) if old else [])
    check_consistency(old=old, old_root=HEADS[old], size=size, root=HEADS[size], proof=proof)


def test_every_size_is_consistent_with_every_later_one():
    for size in range(COUNT + 1):
        for old in range(size + 1):
            proof = consistency_proof(old, size, node=node)
            check_consistency(
                old=old, old_root=HEADS[old], size=size, root=HEADS[size], proof=proof
            )


@settings(max_examples=60)
@given(two_sizes, st.data())
def test_an_inclusion_holds_for_no_other_index_size_entry_or_proof(chosen, data):
    index, size = min(chosen[0], chosen[1] - 1), chosen[1]
    proof = inclusion_proof(index, size, node=node)
    leaf, root = leaf_hash(ENTRIES[index]), HEADS[size]

    def condition(**changed):
        case = {"index": index, "size": size, "proof": proof, "root": root, **changed}
        return refusal(check_inclusion, case.pop("leaf", leaf), **case)

    other = data.draw(st.integers(0, size - 1).filter(lambda one: one != index) | st.just(size))
    if other == size:
        assert condition(index=other) == "proof.index"
    else:
        assert condition(index=other) in ("proof.root", "proof.length")
    assert condition(index=-1) == "proof.index"
    assert condition(proof=[*proof, root]) == "proof.length"
    assert condition(leaf=data.draw(st.sampled_from(flips(leaf)))) == "proof.root"
    assert condition(root=data.draw(st.sampled_from(flips(root)))) == "proof.root"
    assert condition(leaf=leaf[:-1]) == "proof.hash"
    if proof:
        assert condition(proof=proof[:-1]) == "proof.length"
        assert condition(proof=[proof[0][:-1], *proof[1:]]) == "proof.hash"
    for at, one in enumerate(proof):
        changed = data.draw(st.sampled_from(flips(one)))
        assert condition(proof=[*proof[:at], changed, *proof[at + 1 :]]) == "proof.root"


@settings(max_examples=60)
@given(two_sizes, st.data())
def test_a_consistency_holds_for_no_other_sizes_roots_or_proof(chosen, data):
    old, size = chosen
    proof = consistency_proof(old, size, node=node)
    roots = {"old_root": HEADS[old], "root": HEADS[size]}

    def condition(**changed):
        return refusal(
            check_consistency, **{"old": old, "size": size, "proof": proof, **roots, **changed}
        )

    assert condition(old=size + 1) == "proof.sizes"
    assert condition(old=-1) == "proof.sizes"
    assert condition(proof=[*proof, HEADS[1]]) == "proof.length"
    for name, root in roots.items():
        changed = data.draw(st.sampled_from(flips(root)))
        if old or name == "old_root":  # With nothing before, any root is consistent.
            assert condition(**{name: changed}) in ("proof.root", "proof.old-root")
        assert condition(**{name: changed[:-1]}) == "proof.hash"
    if proof:
        assert condition(proof=proof[:-1]) in ("proof.length", "proof.old-root")
        assert condition(proof=[]) == "proof.length"
    for at, one in enumerate(proof):
        changed = data.draw(st.sampled_from(flips(one)))
        found = condition(proof=[*proof[:at], changed, *proof[at + 1 :]])
        assert found in ("proof.root", "proof.old-root")


def test_a_proof_of_one_old_size_proves_no_other():
    for old in range(1, 12):
        proof = consistency_proof(old, 12, node=node)
        for other in range(1, 12):
            if other != old:
                case = {"old": other, "old_root": HEADS[other], "size": 12, "root": HEADS[12]}
                assert refusal(check_consistency, **case, proof=proof).startswith("proof.")


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_is_made_of_an_entry_that_is_not_there(index, size):
    assert inclusion_proof(4, 5, node=node)

    assert refusal(inclusion_proof, index, size, node=node) == "proof.index"


@pytest.mark.parametrize(("old", "size"), [(6, 5), (-1, 5)])
def test_no_proof_is_made_between_sizes_that_do_not_follow(old, size):
    assert consistency_proof(4, 5, node=node)

    assert refusal(consistency_proof, old, size, node=node) == "proof.sizes"
