"""What every chart owes its readers, whatever the facts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards import charts
from dashboards.charts import samples, shapes
from tests.factories import chart_facts, drawings

EVERY = (
    (charts.absence_by_week, chart_facts.weekly()),
    (charts.children_over_the_lines, chart_facts.counts()),
    (charts.spread, chart_facts.spreads()),
    (charts.weeks_missed, chart_facts.pupil_weeks()),
    (charts.running_absence, chart_facts.running()),
    (charts.weekday_pattern, chart_facts.patterns()),
    (charts.group_gaps, chart_facts.groups()),
    (charts.feed_grid, chart_facts.feeds()),
    (charts.cases_by_stage, chart_facts.stages()),
    (charts.waiting_for_help, chart_facts.referrals()),
    (charts.absence_held_by_few, chart_facts.concentrations()),
    (charts.compared_with_others, chart_facts.comparisons()),
    (charts.before_and_after, chart_facts.before_after()),
    (charts.wards_on_a_map, chart_facts.wards()),
)
NAMES = [draw.__name__ for draw, _ in EVERY]


@pytest.mark.parametrize(("draw", "facts"), EVERY, ids=NAMES)
@settings(max_examples=40)
@given(data=st.data())
def test_chart_of_any_facts_is_inside_its_drawing_and_no_text_lies_on_another(draw, facts, data):
    chart = draw(data.draw(facts), protected=data.draw(st.booleans()))

    if chart is not None:
        drawings.assert_fit_to_be_seen(chart)
        drawings.assert_words_are_fit(chart)


@pytest.mark.parametrize("chart", [*samples.charts(), *samples.protected_charts()])
def test_sample_is_inside_its_drawing_and_its_words_are_fit(chart):
    drawings.assert_fit_to_be_seen(chart)
    drawings.assert_words_are_fit(chart)


def _luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colour", [shapes.INK, shapes.GREY])
@pytest.mark.parametrize("ground", [shapes.WHITE, shapes.BAND])
def test_text_has_a_contrast_of_four_and_a_half(colour, ground):
    assert contrast(colour, ground) >= 4.5


def test_text_inside_a_light_column_has_a_contrast_of_four_and_a_half():
    assert contrast(shapes.INK, shapes.LIGHT) >= 4.5


@pytest.mark.parametrize(
    "colour", [shapes.SUBJECT, shapes.ENGLAND, shapes.LAST_YEAR, shapes.BOROUGH, shapes.LIGHT]
)
def test_what_is_drawn_has_a_contrast_of_three_on_white(colour):
    assert contrast(colour, shapes.WHITE) >= 3


def test_the_pair_of_a_stack_has_a_contrast_of_three():
    assert contrast(shapes.SUBJECT, shapes.LIGHT) >= 3


def test_colours_are_those_of_the_design():
    assert (shapes.SUBJECT, shapes.ENGLAND, shapes.LAST_YEAR, shapes.BOROUGH, shapes.LIGHT) == (
        "#12436D",
        "#484949",
        "#2073BC",
        "#28A197",
        "#5694CA",
    )


@pytest.mark.parametrize("draw", [charts.weeks_missed, charts.running_absence])
def test_protected_view_has_no_chart_of_one_child(draw):
    facts = samples.child_weeks() if draw is charts.weeks_missed else samples.running()

    assert draw(facts) is not None
    assert draw(facts, protected=True) is None


def test_protected_view_leaves_the_weekday_pattern_out():
    assert charts.weekday_pattern(samples.pattern()) is not None
    assert charts.weekday_pattern(samples.pattern(), protected=True) is None
