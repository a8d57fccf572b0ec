"""Plots as values: every mark lies within the picture, and the widths are the shares."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from ballot.charts import Part, columns, series, stacked_bars, stairs


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

    chart = columns(points, unit="ballots", chart_id="c", title="t", description="d")

    greatest = max(values, default=0)
    for column, value in zip(chart.columns, values, strict=True):
        assert chart.axes.top <= column.y <= chart.axes.foot
        assert column.y + column.height == chart.axes.foot
        assert (column.height == 0) == (value == 0)
        if greatest:
            assert abs(column.height - 200 * value / greatest) <= 1


def test_stairs_rise_on_their_day_and_the_last_level_goes_on_to_the_end() -> None:
    drawn = stairs(
        [(10, "10 May", [1, 0]), (12, "12 May", [1, 2])],
        names=("Ash", "Birch"), chart_id="c", title="t", description="d",
    )

    ash, birch = drawn.lines
    level = [(step.x1, step.x2) for step in ash.steps]
    assert level == [("0.000%", "66.667%"), ("66.667%", "66.667%"), ("66.667%", "100.000%")]
    assert (birch.steps[0].y1, birch.steps[-1].y2) == (drawn.axes.foot, drawn.axes.top)
    assert (drawn.axes.greatest, drawn.axes.first, drawn.axes.last) == ("2", "10 May", "12 May")


def test_stairs_of_one_day_are_one_level_over_the_whole_width() -> None:
    drawn = stairs([(10, "10 May", [3])], names=("Ash",), chart_id="c", title="t",
                   description="d")

    (step,) = drawn.lines[0].steps
    top = drawn.axes.top
    assert (step.x1, step.x2, step.y1, step.y2) == ("0.000%", "100.000%", top, top)
    assert drawn.axes.last == ""
