"""F9, F10 and F11: title, summary, table and drawing say the same as the facts."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given, settings

from attendance.rules import concentration
from dashboards import charts
from dashboards.charts import samples_insight
from dashboards.charts.concentration import FEWEST_PROTECTED, FEWEST_PUPILS
from dashboards.charts.shapes import Dot, Line, Rect
from tests.factories import chart_facts, drawings

UNAUTHORISED = charts.Heading(
    "Sample School", "2025/26", date(2026, 3, 2), measure="Unauthorised absence"
)
PLANTED = {20: 48, 4: 60, 0: 292}


def few(enrolments, *, protected=False):
    facts = charts.ConcentrationFacts(UNAUTHORISED, enrolments)
    return charts.absence_held_by_few(facts, protected=protected)


def test_planted_twelve_percent_hold_eighty_percent():
    chart = few(PLANTED)

    assert chart.title == "12% of pupils account for 80% of unauthorised absence"
    assert chart.summary == (
        "48 of 400 pupils (12%) missed 960 of 1,200 sessions of unauthorised absence (80%)."
    )
    assert chart.rows == [
        ["1%", "4", "1%", "80", "6.7%"],
        ["5%", "20", "5%", "400", "33.3%"],
        ["10%", "40", "10%", "800", "66.7%"],
        ["12%", "48", "12%", "960", "80%"],
        ["20%", "80", "20%", "1,088", "90.7%"],
        ["50%", "200", "50%", "1,200", "100%"],
        ["Smallest number with 80%", "48", "12%", "960", "80%"],
    ]
    for svg in drawings.both(chart):
        words = [text.text for text in drawings.of_role(svg, "most") if not isinstance(text, Dot)]
        assert words == ["12% of pupils,", "80% of sessions"]


@pytest.mark.parametrize(
    ("pupils", "protected", "is_drawn"),
    [
        (FEWEST_PUPILS - 1, False, False),
        (FEWEST_PUPILS, False, True),
        (FEWEST_PROTECTED - 1, False, True),
        (FEWEST_PROTECTED - 1, True, False),
        (FEWEST_PROTECTED, True, True),
    ],
)
def test_a_curve_needs_thirty_pupils_and_a_protected_one_a_hundred(pupils, protected, is_drawn):
    assert (few({3: 20, 0: pupils - 20}, protected=protected) is not None) == is_drawn


def test_where_nothing_was_missed_there_is_no_curve():
    assert few({0: 400}) is None


def places(svg, role):
    """The corners of a line in percent across and up, by the drawn straight line of equals."""
    (left, bottom), (right, top) = drawings.of_role(svg, "equal", Line)[0].points
    return [
        (100 * (x - left) / (right - left), 100 * (bottom - y) / (bottom - top))
        for shape in drawings.of_role(svg, role, Line)
        for x, y in shape.points
    ]


@settings(max_examples=40)
@given(chart_facts.concentrations())
def test_curve_is_drawn_at_the_rules_corners(facts):
    chart = charts.absence_held_by_few(facts)
    if chart is None:
        return
    corners = concentration.curve(facts.enrolments)
    pupils, sessions = corners[-1]
    wanted = [
        (100 * x / pupils, 100 * y / sessions) for x, y in concentration.curve(facts.enrolments)
    ]
    for svg in drawings.both(chart):
        drawn = places(svg, "curve")
        assert [x for x, _ in drawn] == pytest.approx([x for x, _ in wanted], abs=0.01)
        assert [y for _, y in drawn] == pytest.approx([y for _, y in wanted], abs=0.01)


@settings(max_examples=60)
@given(chart_facts.concentrations())
def test_protected_points_lie_a_group_of_pupils_apart(facts):
    chart = charts.absence_held_by_few(facts, protected=True)
    if chart is None:
        return
    pupils = concentration.pupils_in(facts.enrolments)
    most = concentration.smallest_holding(facts.enrolments)
    holdings = [
        concentration.most_absent_percent(facts.enrolments, p) for p in concentration.TABLED
    ]
    shown = [
        held.pupils
        for held, row in zip([*holdings, most], chart.rows, strict=True)
        if row[1] != "c"
    ]
    apart = sorted({0, pupils, *shown})
    assert len(apart) == len(shown) + 2
    assert all(b - a >= 10 for a, b in pairwise(apart))
    assert all(row[1:] == ["c"] * 4 for row in chart.rows if "c" in row)
    assert len(drawings.of_role(chart.wide, "curve", Line)[0].points) == len(shown) + 2


def test_protected_point_of_few_children_is_not_told():
    chart = few({90: 5, 0: 395}, protected=True)

    assert chart.title == "How unauthorised absence is shared among pupils"
    assert chart.summary == (
        "The pupils who account for 80% of unauthorised absence are too few to show."
    )
    assert not drawings.of_role(chart.wide, "most")


def test_protected_figures_are_whole_and_to_the_nearest_five():
    chart = few({20: 48, 4: 63, 0: 292}, protected=True)

    assert chart.title.startswith("12% of pupils account for 80%")
    assert chart.rows[-1][1:] == ["50", "12%", "970", "80%"]
    assert chart.rows[0][1:] == ["c"] * 4


def row(phase="Primary", us=(520, 10_000), **beside):
    found = {name: Decimal(value) for name, value in beside.items() if name != "similar"}
    similar = beside.get("similar")
    band = similar and tuple(Decimal(value) for value in similar)
    return charts.ComparedRow(phase, charts.Share(*us), band, **found)


def compared(*rows, protected=False):
    heading = charts.Heading("The borough", "2025/26", date(2026, 3, 2))
    facts = charts.ComparedFacts(heading, rows, us="The borough", region="North East")
    return charts.compared_with_others(facts, protected=protected)


ALL = {"similar": ("4.9", "6.4"), "borough": "5.5", "region": "5.4", "england": "5.1"}


def test_a_phase_with_everything_beside_it():
    chart = compared(row(**ALL))

    assert chart.title == "Absence, Primary: 5.2%, England 5.1%"
    assert chart.rows == [
        ["Primary", "520", "10,000", "5.2%", "4.9% to 6.4%", "5.5%", "5.4%", "5.1%"]
    ]
    assert chart.notes == []
    assert chart.summary == (
        "Primary: The borough 5.2%; middle half of similar schools 4.9% to 6.4%; borough 5.5%; "
        "North East 5.4%; England 5.1%."
    )


@pytest.mark.parametrize(
    ("left_out", "words", "column"),
    [
        ("similar", "similar schools", 4),
        ("borough", "the borough", 5),
        ("region", "North East", 6),
        ("england", "England", 7),
    ],
)
def test_each_part_that_is_missing_is_named(left_out, words, column):
    beside = {name: value for name, value in ALL.items() if name != left_out}
    chart = compared(row(**beside))

    assert chart.rows[0][column] == "x"
    assert f"Primary: no figure for {words}." in chart.notes
    role = "band" if left_out == "similar" else left_out
    assert not drawings.of_role(chart.wide, role)
    others = {"band", "borough", "region", "england"} - {role}
    assert all(drawings.of_role(chart.wide, other) for other in others)


def test_more_phases_are_counted_beside_england():
    chart = compared(
        row(england="5.1"), row("Secondary", (810, 10_000), england="8.1"), row("Special")
    )

    assert chart.title == "Absence is higher than in England in 1 of 2 phases"


def test_without_england_the_title_says_only_what_it_is():
    assert compared(row(region="5.4")).title == "Absence beside published figures"


def test_nothing_of_ours_is_nothing_to_compare():
    assert compared(row(us=(0, 0), **ALL)) is None


def test_protected_figure_of_few_is_hidden_and_what_is_published_stays():
    chart = compared(row(us=(3, 40), **ALL), protected=True)

    assert chart.rows[0][1:4] == ["c", "40", "c"]
    assert not drawings.of_role(chart.wide, "us")
    assert drawings.of_role(chart.wide, "england", Line)
    assert "1 dot is not drawn, to protect children." in chart.notes
    assert chart.summary == "Our figures are hidden to protect children."


@settings(max_examples=40)
@given(chart_facts.comparisons())
def test_dots_bands_and_ticks_stand_at_their_percentages(facts):
    chart = charts.compared_with_others(facts)
    if chart is None:
        return
    for svg in drawings.both(chart):
        ticks = drawings.of_role(svg, "tick")
        grid = drawings.of_role(svg, "grid", Line)
        low, high = grid[0].points[0][0], grid[-1].points[0][0]
        top = float(ticks[-1].text.rstrip("%"))

        def value(x, low=low, high=high, top=top):
            return (x - low) / (high - low) * top

        dots = [value(dot.x) for dot in drawings.of_role(svg, "us", Dot)]
        wanted = [100 * r.us.part / r.us.whole for r in facts.rows if r.us.whole]
        assert dots == pytest.approx(wanted, abs=0.01)
        for name in ("borough", "region", "england"):
            drawn = [value(line.points[0][0]) for line in drawings.of_role(svg, name, Line)]
            known = [getattr(r, name) for r in facts.rows]
            assert drawn == pytest.approx([float(v) for v in known if v is not None], abs=0.01)
        bands = drawings.of_role(svg, "band", Rect)
        edges = [(value(b.x), value(b.x + b.width)) for b in bands]
        similar = [r.similar for r in facts.rows if r.similar]
        assert [one for edge in edges for one in edge] == pytest.approx(
            [float(one) for edge in similar for one in edge], abs=0.01
        )


def slopes(*pairs, whole=60):
    return [charts.Slope(charts.Share(a, whole), charts.Share(b, whole)) for a, b in pairs]


def slope_chart(pupils, matched=()):
    return charts.before_and_after(
        charts.BeforeAfterFacts(
            charts.Heading("Mentoring", "autumn 2025", date(2026, 3, 2)), 60, pupils, matched
        )
    )


def test_a_fall_beyond_chance():
    chart = slope_chart(slopes(*[(18, 12)] * 5, (30, 6)), slopes((18, 18), (24, 24)))

    assert chart.title == "Absence of the middle of 6 pupils fell from 30.0% to 20.0%"
    assert chart.summary == (
        "Of 6 pupils, 6 missed less, 0 more, 0 the same share. "
        "The middle went from 30.0% to 20.0%; that of matched pupils from 35.0% to 35.0%."
    )
    assert chart.rows[:3] == [
        ["Middle of 6 pupils", "30.0%", "20.0%"],
        ["Middle of 2 matched pupils", "35.0%", "35.0%"],
        ["Pupil 1", "30.0%, 18 of 60", "20.0%, 12 of 60"],
    ]
    assert "60 sessions before and after" in chart.subtitle


def test_five_that_fell_are_no_more_than_chance():
    assert slope_chart(slopes(*[(18, 12)] * 5)).title == (
        "Absence of 5 pupils was about the same: middle 30.0%, then 20.0%"
    )


def test_a_rise_says_so():
    assert slope_chart(slopes(*[(12, 18)] * 6)).title.endswith("rose from 20.0% to 30.0%")


def test_the_middle_of_an_even_number_is_exact():
    chart = slope_chart(slopes((1, 1), (2, 2), whole=3))

    assert chart.rows[0] == ["Middle of 2 pupils", "50.0%", "50.0%"]


def test_a_pupil_without_sessions_in_a_window_is_left_out_and_counted():
    one = charts.Slope(charts.Share(0, 0), charts.Share(3, 60))
    chart = slope_chart([*slopes((18, 12)), one])

    assert len(chart.rows) == 2
    assert "1 pupil without sessions in one of the windows is left out." in chart.notes
    assert slope_chart([one]) is None


def test_a_protected_view_has_no_slopes():
    facts = samples_insight.before_after()

    assert charts.before_and_after(facts) is not None
    assert charts.before_and_after(facts, protected=True) is None


@settings(max_examples=40)
@given(chart_facts.before_after())
def test_each_line_runs_from_before_to_after(facts):
    chart = charts.before_and_after(facts)
    if chart is None:
        return
    pupils = [
        (Fraction(100 * s.before.part, s.before.whole), Fraction(100 * s.after.part, s.after.whole))
        for s in facts.pupils
        if s.is_whole
    ]
    middle = [median(before for before, _ in pupils), median(after for _, after in pupils)]
    for svg in drawings.both(chart):
        drawn = drawings.values_of_lines(svg, "pupil")
        assert drawn == pytest.approx([float(v) for pair in pupils for v in pair], abs=0.01)
        thick = drawings.values_of_lines(svg, "middle")
        assert thick == pytest.approx([float(value) for value in middle], abs=0.01)
        matched = drawings.of_role(svg, "matched", Line)
        assert bool(matched) == any(slope.is_whole for slope in facts.matched)
        assert all(line.dashes for line in matched)
