"""Gates: what they ask for, how they are written, and when they are met."""

from __future__ import annotations

import pytest

from ballot.gates import Body, GateRefused, kinds_named, read_gates, write_gates

MPS = [Body("MP", 1)] * 251
LABOUR_2020 = (
    "5% of CLP or 3 of affiliate and 2 of affiliate/union and 5% of the members of affiliate"
)


def is_met(line: str, nominators: list[Body], everybody: list[Body]) -> bool:
    (gate,) = read_gates(line)
    return gate.standing(nominators, gate.needed(everybody)).is_met


def test_a_fifth_of_251_members_of_parliament_are_51() -> None:
    assert not is_met("20% of MP", MPS[:50], MPS)
    assert is_met("20% of MP", MPS[:51], MPS)


def test_a_share_that_comes_out_whole_is_met_by_just_that() -> None:
    everybody = [Body("MP", 1)] * 200

    assert not is_met("12.5% of MP", everybody[:24], everybody)
    assert is_met("12.5% of MP", everybody[:25], everybody)


def test_a_number_asks_for_that_many_whatever_the_list_has() -> None:
    assert not is_met("3 of MP", MPS[:2], MPS)
    assert is_met("3 of MP", MPS[:3], MPS)


def test_bodies_of_another_kind_are_no_part_of_it_and_capitals_do_not_matter() -> None:
    clps = [Body("CLP", 500)] * 10

    assert not is_met("3 of mp", [*MPS[:2], *clps], [*MPS, *clps])
    assert is_met("3 of mp", [*MPS[:3], *clps], [*MPS, *clps])


def test_labours_gate_of_2020_is_met_by_parties_or_by_affiliates_of_which_two_are_unions() -> None:
    clps = [Body("CLP", 500)] * 640
    big, second = Body("affiliate", 60, "union"), Body("affiliate", 30, "union")
    society, other = Body("affiliate", 8, "society"), Body("affiliate", 2, "society")
    rest = Body("affiliate", 1900, "union")
    everybody = [*clps, big, second, society, other, rest]

    assert is_met(LABOUR_2020, clps[:32], everybody)
    assert not is_met(LABOUR_2020, clps[:31], everybody)
    # 100 of 2,000 affiliated members are 5 in a hundred; 92 with one union are not.
    assert is_met(LABOUR_2020, [big, second, society, other], everybody)
    assert not is_met(LABOUR_2020, [big, second, other], everybody)
    assert not is_met(LABOUR_2020, [rest, society, other], everybody)


def test_a_share_of_a_kind_that_nobody_is_of_is_met_by_nobody() -> None:
    assert not is_met("20% of MEP", MPS, MPS)
    assert is_met("20% of MP", MPS, MPS)


def test_gates_are_written_in_one_spelling() -> None:
    read = read_gates("\n20 %  of MP\n 5% OF CLP Or 2.50% of members of affiliate / union\n")

    assert write_gates(read) == ["20% of MP", "5% of CLP or 2.5% of the members of affiliate/union"]
    assert read_gates("\n".join(write_gates(read))) == read
    assert kinds_named(read) == {"mp", "clp", "affiliate"}
    assert write_gates(read_gates(LABOUR_2020)) == [LABOUR_2020]


def test_gates_are_told_in_words_and_a_mark_without_its_stroke() -> None:
    told = [gate.words for gate in read_gates(LABOUR_2020)]

    assert told == [
        "5% of CLP or 3 of affiliate and 2 of affiliate with the mark union and 5% of the members "
        "of affiliate"
    ]
    assert [gate.words for gate in read_gates("20% of MP")] == ["20% of MP"]


@pytest.mark.parametrize("line", [
    "a fifth of MP", "20 percent of MP", "0 of MP", "0% of MP", "101% of MP", "2.5 of MP", "5% of ",
    "of MP", "1 of a/b/c",
])  # fmt: skip
def test_a_line_that_is_no_gate_is_refused_by_its_words(line: str) -> None:
    with pytest.raises(GateRefused) as refused:
        read_gates(f"20% of MP\n{line}")

    assert refused.value.line == line.strip()


def test_no_contest_has_more_gates_than_anybody_reads() -> None:
    assert len(read_gates("1 of MP\n" * 6)) == 6
    with pytest.raises(GateRefused):
        read_gates("1 of MP\n" * 7)
