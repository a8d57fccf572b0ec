"""Plots as values: every mark lies within the picture, and the widths are the shares."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ballot.charts import Part, columns, series, stacked_bars


def percent(text: str) -> Fraction:
    return Fraction(text.rstrip("%")) / 100


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=9))
def test_the_parts_of_a_bar_lie_end_to_end_and_fill_it(values: list[int]) -> None:
    parts = [Part(value, series(place), str(place), "") for place, value in enumerate(values)]

    chart = stacked_bars([("Stage 1", parts)], whole=sum(values), chart_id="c", title="t",
                         description="d")

    segments = chart.bars[0].segments
    assert len(segments) == sum(1 for value in values if value)
    reached = Fraction(0)
    for segment in segments:
        # Each figure is rounded to the nearest thousandth of a hundredth.
        assert abs(percent(segment.x) - reached) <= Fraction(len(values), 100_000)
        reached += percent(segment.width)
    assert not segments or abs(reached - 1) <= Fraction(len(values), 50_000)


def test_a_mark_stands_on_a_part_only_where_it_fits() -> None:
    parts = [Part(95, series(0), "1", "Ash"), Part(5, series(1), "2", "Birch")]

    chart = stacked_bars([("Stage 1", parts)], whole=100, chart_id="c", title="t",
                         description="d")

    assert [segment.mark for segment in chart.bars[0].segments] == ["1", ""]


@given(st.lists(st.integers(0, 10**6), max_size=50))
def test_columns_are_as_tall_as_their_values_and_none_is_over_the_top(values: list[int]) -> None:
    points = [(str(place), value) for place, value in enumerate(values)]

    chart = columns(points, chart_id="c", title="t", description="d")

    greatest = max(values, default=0)
    for column, value in zip(chart.columns, values, strict=True):
        assert chart.top <= column.y <= chart.foot
        assert column.y + column.height == chart.foot
        assert (column.height == 0) == (value == 0)
        if greatest:
            assert abs(column.height - 200 * value / greatest) <= 1
