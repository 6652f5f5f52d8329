"""Title, summary, table and drawing say the same figures as the facts: by worked examples and,
for what is drawn, by reading positions back to values."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from attendance.rules.percent import shown_percent
from dashboards import charts
from dashboards.charts import samples
from dashboards.charts.shapes import Dot, Line, Rect
from tests.factories import chart_facts, drawings

HEADING = chart_facts.HEADING
CLOSE = 0.05  # of the axis' unit: positions are kept to a hundredth of a pixel


def week(half, number, part, whole, is_finished=True):
    monday = chart_facts.FIRST_MONDAYS[half - 1] + timedelta(weeks=number - 1)
    return charts.WeekPoint(monday, half, number, charts.Share(part, whole), is_finished)


def by_week(*weeks, protected=False, **others):
    return charts.absence_by_week(charts.WeeklyFacts(HEADING, weeks, **others), protected=protected)


@settings(max_examples=40)
@given(chart_facts.weekly())
def test_weekly_line_stands_where_its_shares_say(facts):
    chart = charts.absence_by_week(facts)
    if chart is None:
        return
    wanted = [100 * p.share.part / p.share.whole for p in facts.this_year if p.share.whole]
    for svg in drawings.both(chart):
        drawn = drawings.values_of_lines(svg, "this-year")
        assert drawn == pytest.approx(wanted, abs=CLOSE)


@settings(max_examples=40)
@given(chart_facts.weekly())
def test_weekly_table_has_the_counts_and_the_shown_percent(facts):
    chart = charts.absence_by_week(facts)
    if chart is None:
        return
    rows = {row[1]: row for row in chart.rows}
    for point in facts.this_year:
        if point.share.whole:
            name = f"{charts_half(point.half_term)}, week {point.week_of_half_term}"
            part, whole = point.share.part, point.share.whole
            assert rows[name][2:5] == [f"{part:,}", f"{whole:,}", shown_percent(part, whole)]


def charts_half(half_term):
    return f"{('Autumn', 'Spring', 'Summer')[(half_term - 1) // 2]} {2 - half_term % 2}"


def test_weekly_title_says_a_rise_between_half_terms_from_their_sums():
    chart = by_week(week(1, 1, 8100, 100_000), week(2, 1, 4000, 50_000), week(2, 2, 5400, 50_000))

    assert chart.title == "Absence in Year 9 rose from 8.1% to 9.4% this half-term"


def test_weekly_title_says_a_fall():
    chart = by_week(week(1, 1, 9400, 100_000), week(2, 1, 8100, 100_000))

    assert chart.title == "Absence in Year 9 fell from 9.4% to 8.1% this half-term"


def test_weekly_title_of_what_chance_explains_is_about_the_same():
    chart = by_week(week(1, 1, 810, 10_000), week(2, 1, 840, 10_000))

    assert chart.title == "Absence in Year 9 was about the same, near 8%"


def test_weekly_title_of_one_half_term_has_nothing_to_compare():
    assert by_week(week(1, 1, 81, 1000)).title == "Absence in Year 9 was 8.1% this half-term"


def test_weekly_title_leaves_a_long_name_to_the_subtitle():
    long = replace(HEADING, who="The Church of England School of St Mary and St John")
    chart = charts.absence_by_week(charts.WeeklyFacts(long, [week(1, 1, 81, 1000)]))

    assert chart.title == "Absence was 8.1% this half-term"
    assert long.who in chart.subtitle


def test_weekly_summary_is_the_last_week_beside_the_others():
    chart = by_week(
        week(1, 1, 81, 1000),
        last_year=[week(1, 1, 7, 100)],
        england=[charts.PublishedPoint(1, 1, Decimal("6.9"))],
    )

    assert chart.summary == (
        "Week of 1 Sep 2025: 8.1% missed, 81 of 1,000 sessions; last year 7.0% and England 6.9%."
    )


def test_weekly_line_breaks_where_nothing_was_possible():
    sessions = (100, 100, 0, 100, 100)
    chart = by_week(*(week(1, n, whole // 20, whole) for n, whole in enumerate(sessions, 1)))

    assert [len(line.points) for line in drawings.of_role(chart.wide, "this-year", Line)] == [2, 2]
    assert chart.rows[2][2:5] == ["0", "0", "z"]


@pytest.mark.parametrize("is_finished", [True, False])
def test_weekly_last_point_is_hollow_only_while_its_week_is_not_finished(is_finished):
    chart = by_week(week(1, 1, 5, 100), week(1, 2, 5, 100, is_finished))

    assert drawings.of_role(chart.wide, "last-point")[0].is_hollow is not is_finished


def test_weekly_lines_bear_their_colours_and_dashes():
    svg = charts.absence_by_week(samples.weekly()).wide
    looks = {line.role: (line.stroke, line.dashes) for line in svg.shapes if isinstance(line, Line)}

    assert looks["this-year"] == ("#12436D", "")
    assert looks["england"] == ("#484949", "8 4")
    assert looks["last-year"] == ("#2073BC", "2 4")
    assert looks["borough"] == ("#28A197", "")


def test_weekly_without_a_possible_session_is_nothing_to_draw():
    assert by_week(week(1, 1, 0, 0)) is None
    assert by_week() is None


def test_weekly_protected_drops_small_points_and_says_how_many():
    chart = by_week(week(1, 1, 3, 400), week(1, 2, 40, 400), protected=True)

    assert drawings.values_of_lines(chart.wide, "this-year") == pytest.approx([10], abs=CLOSE)
    assert chart.rows[0][2:5] == ["c", "400", "c"]
    assert "1 point is not drawn, to protect children." in chart.notes


@settings(max_examples=40)
@given(chart_facts.counts())
def test_columns_are_as_tall_as_their_counts(facts):
    chart = charts.children_over_the_lines(facts)
    if chart is None:
        return
    for svg in drawings.both(chart):
        for role, top in (("severe", lambda p: p.severe), ("other", lambda p: p.persistent)):
            drawn = [drawings.value_at(svg, bar.y) for bar in drawings.of_role(svg, role, Rect)]
            wanted = [top(point) for point in facts.points if point.enrolments]
            assert drawn == pytest.approx(wanted, abs=CLOSE * max(*wanted, 1))
        totals = [text.text for text in drawings.of_role(svg, "total")]
        persistent = [f"{point.persistent:,}" for point in facts.points if point.enrolments]
        assert totals[0] == persistent[-1]
        assert set(totals) <= set(persistent)
    assert [row[3] for row in chart.rows] == persistent


def test_columns_title_and_summary_are_the_last_point():
    point = charts.HalfTermPoint(1, "Autumn 1", 5, 38, 370, 41, 4)
    chart = charts.children_over_the_lines(charts.CountFacts(HEADING, [point]))

    assert chart.title == "38 of 370 enrolments missed 10% or more, 5 of them half or more"
    assert chart.summary == (
        "At Autumn 1, 10.3% of 370 enrolments had missed 10% or more: 38, "
        "and 41 at the same point last year."
    )
    assert chart.rows == [["Autumn 1", "5", "33", "38", "370", "41", "4"]]


def test_columns_protected_hide_a_small_part_and_its_total():
    point = charts.HalfTermPoint(1, "Autumn 1", 2, 38, 370)
    chart = charts.children_over_the_lines(charts.CountFacts(HEADING, [point]), protected=True)

    assert chart.rows == [["Autumn 1", "c", "c", "c", "370", "x", "x"]]
    assert drawings.of_role(chart.wide, "severe") == []
    assert "38" not in chart.title + chart.summary


@settings(max_examples=40)
@given(chart_facts.spreads())
def test_bars_are_as_long_as_their_shares(facts):
    chart = charts.spread(facts)
    if chart is None:
        return
    total = sum(band.enrolments for band in facts.bands)
    for svg in drawings.both(chart):
        lengths = [bar.width for bar in drawings.of_role(svg, "bar", Rect)]
        longest = max(band.enrolments for band in facts.bands)
        wanted = [band.enrolments / longest * max(lengths) for band in facts.bands]
        assert lengths == pytest.approx(wanted, abs=CLOSE)
        printed = [text.text for text in drawings.of_role(svg, "value")]
        assert printed == [shown_percent(band.enrolments, total) for band in facts.bands]
    assert [row[2] for row in chart.rows] == printed


def test_bars_title_adds_the_bands_from_ten_percent():
    chart = charts.spread(samples.bands())

    assert chart.title.startswith("101 of 617 enrolments in Sample School missed 10% or more")
    assert [text.text for text in drawings.of_role(chart.wide, "label")] == [
        "England",
        "Persistent: 10% or more",
        "Severe: 50% or more",
    ]


def test_bars_protected_never_give_the_sum_of_bands_with_one_hidden():
    chart = charts.spread(samples.bands(), protected=True)

    assert [row[1] for row in chart.rows].count("c") == 3
    assert chart.title == "Enrolments by how much was missed"
    assert "3 bars are not drawn, to protect children." in chart.notes


@settings(max_examples=40)
@given(chart_facts.pupil_weeks())
def test_week_bars_are_as_tall_as_the_sessions_missed(facts):
    chart = charts.weeks_missed(facts)
    if chart is None:
        return
    weeks = [week for week in facts.weeks if week.possible]
    for svg in drawings.both(chart):
        for role, wanted in (
            ("unauthorised", [week.unauthorised for week in weeks]),
            ("authorised", [week.unauthorised + week.authorised for week in weeks]),
            ("possible", [week.possible for week in weeks]),
        ):
            bars = drawings.of_role(svg, role, Rect)
            assert [drawings.value_at(svg, bar.y) for bar in bars] == pytest.approx(
                wanted, abs=CLOSE
            )


def test_week_bars_words_count_weeks_and_sessions():
    chart = charts.weeks_missed(samples.child_weeks())

    assert chart.title == "Sessions were missed in 9 of 22 school weeks"
    assert sum(int(row[3]) + int(row[4]) for row in chart.rows) == 38
    assert "27 sessions authorised, 11 unauthorised" in chart.summary
    assert "Plan agreed, Thu 27 Nov" in [cell for row in chart.rows for cell in row]


def test_week_bars_show_an_event_of_a_holiday_in_the_week_after_it():
    weeks = [
        charts.PupilWeek(date(2025, 10, 20), 1, 10, 0, 0),
        charts.PupilWeek(date(2025, 11, 3), 2, 10, 2, 0),
    ]
    events = [charts.Event(date(2025, 10, 29), "Plan agreed")]
    chart = charts.weeks_missed(charts.PupilWeeksFacts(HEADING, weeks, events))

    assert [row[-1] for row in chart.rows] == ["Nothing recorded", "Plan agreed, Wed 29 Oct"]
    bar = drawings.of_role(chart.wide, "possible")[1]
    line = drawings.of_role(chart.wide, "event")[0]
    assert line.points[0][0] < bar.x


@settings(max_examples=40)
@given(chart_facts.running())
def test_running_line_stands_where_its_counts_say(facts):
    chart = charts.running_absence(facts)
    if chart is None:
        return
    wanted = [100 * p.absent / p.possible for p in facts.points if p.possible]
    for svg in drawings.both(chart):
        assert drawings.value_at(
            svg, drawings.of_role(svg, "last-point", Dot)[0].y
        ) == pytest.approx(wanted[-1], abs=CLOSE)
        drawn = drawings.values_of_lines(svg, "too-early") + drawings.values_of_lines(
            svg, "running"
        )
        assert len(wanted) == 1 or {round(value) for value in wanted} <= {
            near for value in drawn for near in (round(value - CLOSE), round(value + CLOSE))
        }


@pytest.mark.parametrize(
    ("absent", "top"), [(0, "20%"), (20, "20%"), (21, "60%"), (60, "60%"), (61, "100%")]
)
def test_running_axis_ends_at_the_next_of_20_60_and_100(absent, top):
    points = [charts.RunningPoint(date(2025, 9, 5), 100, absent)]
    chart = charts.running_absence(charts.RunningFacts(HEADING, points))

    assert drawings.of_role(chart.wide, "tick")[-1].text == top


@pytest.mark.parametrize(
    ("possible", "title"),
    [
        (19, "Too early to say: 2 of 19 possible sessions missed so far"),
        (20, "2 of 20 possible sessions were missed, 10.0%"),
    ],
)
def test_running_title_under_twenty_sessions_is_too_early(possible, title):
    points = [charts.RunningPoint(date(2025, 9, 12), possible, 2)]

    assert charts.running_absence(charts.RunningFacts(HEADING, points)).title == title


def test_pattern_title_names_the_session_only_beyond_chance():
    facts = samples.pattern()
    quiet = replace(facts, slots=[replace(slot, is_beyond_chance=False) for slot in facts.slots])

    assert charts.weekday_pattern(facts).title == (
        "Mon AM was missed more than chance allows: 9 of 22"
    )
    assert charts.weekday_pattern(quiet).title == (
        "No weekday session stands out from what chance allows"
    )


@settings(max_examples=40)
@given(chart_facts.patterns())
def test_pattern_dots_stand_in_the_order_of_their_shares(facts):
    chart = charts.weekday_pattern(facts)
    if chart is None:
        return
    shares = [100 * s.share.part / s.share.whole for s in facts.slots if s.share.whole]
    for svg in drawings.both(chart):
        dots = drawings.of_role(svg, "slot", Dot)
        grid = [line.points[0][0] for line in drawings.of_role(svg, "grid", Line)]
        top = float(drawings.texts(svg)[-1].text.rstrip("%"))
        pixels = (grid[-1] - grid[0]) / top
        wanted = [grid[0] + share * pixels for share in shares]
        assert [dot.x for dot in dots] == pytest.approx(wanted, abs=CLOSE)


def test_groups_title_is_the_widest_gap_beyond_chance():
    chart = charts.group_gaps(samples.groups())

    assert chart.title == "Absence, EHC plan: 14.8%, everyone else 6.9%"
    assert chart.rows[-1][3] == "14.8%"
    assert chart.rows[-1][7] == "6.9%"
    assert [text.text for text in drawings.of_role(chart.wide, "n")][-1] == "n 2,350"


@pytest.mark.parametrize(("size", "is_named"), [(9, False), (10, True)])
def test_groups_of_a_handful_of_children_are_not_named_in_the_title(size, is_named):
    row = charts.GroupRow(
        "Social care",
        "Looked after",
        charts.Share(size, size),
        charts.Share(80, 1000),
        (Decimal(70), Decimal(100)),
    )

    chart = charts.group_gaps(charts.GroupFacts(HEADING, [row]))

    assert ("Looked after" in chart.title) == is_named
    assert len(chart.rows) == 1


def test_groups_within_chance_are_about_the_same():
    row = charts.GroupRow("Sex", "Girls", charts.Share(80, 1000), charts.Share(82, 1000))

    chart = charts.group_gaps(charts.GroupFacts(HEADING, [row]))

    assert chart.title == "Absence in Year 9 was about the same in each group, near 8%"


def test_groups_protected_hide_both_sides_and_never_one_row_of_a_dimension_alone():
    small = charts.GroupRow("Need", "EHC plan", charts.Share(3, 40), charts.Share(50, 400))
    next_one = charts.GroupRow("Need", "SEN support", charts.Share(20, 90), charts.Share(33, 350))
    large = charts.GroupRow("Need", "No need", charts.Share(30, 310), charts.Share(23, 130))

    chart = charts.group_gaps(charts.GroupFacts(HEADING, [small, next_one, large]), protected=True)

    assert [row[1] for row in chart.rows] == ["c", "c", "30"]
    assert [row[5] for row in chart.rows] == ["c", "c", "25"]
    assert len(drawings.of_role(chart.wide, "group", Dot)) == 1
    assert "2 rows are not drawn, to protect children." in chart.notes


def test_feed_grid_counts_open_schools_and_draws_a_cell_for_each_state():
    chart = charts.feed_grid(samples.feeds())

    assert chart.title == "3 of 4 schools sent full registers for Fri 27 Feb"
    assert chart.summary == (
        "Of 39 school days when these schools met, 33 came in full, 2 in part, "
        "and for 4 nothing came."
    )
    cells = [cell for row in chart.rows for cell in row[1:]]
    assert [cells.count(state) for state in ("Full", "Part", "?", "Closed")] == [33, 2, 4, 1]
    for svg in drawings.both(chart):
        in_key = 1
        assert len(drawings.of_role(svg, "full", Rect)) == 33 + in_key
        assert len(drawings.of_role(svg, "part", Rect)) == 2 + in_key
        assert len(drawings.of_role(svg, "none", Rect)) == 4 + in_key


def test_feed_grid_of_a_day_nobody_spoke_of_is_a_gap():
    row = charts.FeedRow("Sample School", "#", [])
    chart = charts.feed_grid(charts.FeedFacts(HEADING, [date(2026, 2, 9)], [row]))

    assert chart.rows == [["Sample School", "?"]]


def test_feed_grid_links_each_school():
    cells = charts.feed_grid(samples.feeds()).table

    assert cells[0][0].href == "#"
    assert cells[0][1].href == ""
