"""Facts of charts go into JSON and come back the same."""

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given

from dashboards import charts
from dashboards.read_models.meetings.stored import as_json, from_json
from tests.factories.chart_facts import counts, groups, spreads, weekly


def again(facts):
    return from_json(type(facts), json.loads(json.dumps(as_json(facts))))


@given(weekly())
def test_weeks_draw_the_same_chart_again(facts):
    assert charts.absence_by_week(again(facts)) == charts.absence_by_week(facts)


@given(counts())
def test_counts_draw_the_same_chart_again(facts):
    assert charts.children_over_the_lines(again(facts)) == charts.children_over_the_lines(facts)


@given(spreads())
def test_bands_draw_the_same_chart_again(facts):
    assert charts.spread(again(facts)) == charts.spread(facts)


@given(groups())
def test_groups_draw_the_same_chart_again(facts):
    assert charts.group_gaps(again(facts)) == charts.group_gaps(facts)


@dataclass(frozen=True)
class Inner:
    on: date


@dataclass(frozen=True)
class Outer:
    number: int
    rate: Decimal | None
    inner: Inner | None
    pairs: list[tuple[str, int]]


WHOLE = Outer(3, Decimal("4.50"), Inner(date(2026, 3, 3)), [("a", 1)])


@pytest.mark.parametrize("value", [WHOLE, Outer(0, None, None, [])])
def test_each_field_comes_back_as_its_kind(value):
    assert again(value) == value


@pytest.mark.parametrize(
    "data",
    [
        {"number": 3},
        {**as_json(WHOLE), "more": 1},
        [],
        {**as_json(WHOLE), "inner": {"day": "2026-03-03"}},
    ],
)
def test_data_of_another_shape_are_refused(data):
    with pytest.raises(ValueError, match="This is no"):
        from_json(Outer, data)


def test_what_json_cannot_hold_is_an_error():
    with pytest.raises(TypeError, match="set is not kept"):
        as_json({1})
