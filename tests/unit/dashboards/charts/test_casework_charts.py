"""F13 and F15: title, summary, table and drawing say the same as the facts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings

from cases.rules.waits import ReferralDays, total_wait, waited_days
from dashboards import charts
from dashboards.charts import samples
from dashboards.charts.shapes import Dot, Line, Rect
from tests.factories import chart_facts, drawings

ON = date(2026, 3, 3)


def row(label="4 Facilitate support", usual=10, weeks=(), total=None, past=None):
    cases = [charts.StageCase(f"AT-{n}", "", w, f"/{n}/") for n, w in enumerate(weeks)]
    found = sum(w > usual for w in weeks)
    return charts.StageRow(
        label, usual, len(weeks) if total is None else total, found if past is None else past, cases
    )


def stages(*rows):
    return charts.cases_by_stage(charts.StageFacts("All schools", ON, rows))


@settings(max_examples=40)
@given(chart_facts.stages())
def test_each_case_is_a_dot_at_its_weeks(facts):
    chart = charts.cases_by_stage(facts)
    if chart is None:
        return
    wanted = sorted(case.weeks for row in facts.rows for case in row.cases)
    for svg in drawings.both(chart):
        ticks = drawings.of_role(svg, "tick")
        low, high = ticks[0], ticks[-1]
        a_week = (high.x - low.x) / (float(high.text) - float(low.text))
        drawn = sorted((dot.x - low.x) / a_week for dot in drawings.of_role(svg, "case", Dot))
        assert drawn == pytest.approx(wanted, abs=0.05)
        usual = [(line.points[0][0] - low.x) / a_week for line in drawings.of_role(svg, "usual")]
        assert usual == pytest.approx([row.usual_weeks for row in facts.rows], abs=0.05)


@settings(max_examples=40)
@given(chart_facts.stages())
def test_each_case_is_a_row_of_the_table_and_a_link(facts):
    chart = charts.cases_by_stage(facts)
    if chart is None:
        return
    cases = [(row, case) for row in facts.rows for case in row.cases]
    assert [(line[0], line[1], line[3]) for line in chart.rows] == [
        (case.reference, row.label, str(case.weeks)) for row, case in cases
    ]
    assert chart.links == [case.href for _, case in cases]


@settings(max_examples=40)
@given(chart_facts.stages())
def test_no_dot_leaves_its_row(facts):
    chart = charts.cases_by_stage(facts)
    if chart is None:
        return
    for svg in drawings.both(chart):
        spans = [(u.points[0][1], u.points[1][1]) for u in drawings.of_role(svg, "usual", Line)]
        for dot in drawings.of_role(svg, "case", Dot):
            assert any(
                top <= dot.y - dot.radius and dot.y + dot.radius <= end for top, end in spans
            )


def test_the_title_counts_those_past_the_usual_time_and_not_those_at_it():
    chart = stages(row(usual=10, weeks=(9, 10, 11, 22)), row("5 Formalise support", 8, (9,)))
    assert chart.title == "3 of 5 open cases have been longer in the stage than usual"
    assert chart.summary == (
        "Most of them are at 4 Facilitate support: 2 cases. "
        "The longest has been 22 weeks in its stage."
    )


def test_the_title_of_one_case():
    chart = stages(row(weeks=(11,)))
    assert chart.title == "1 of 1 open case has been longer in the stage than usual"


def test_nobody_is_stuck():
    chart = stages(row(weeks=(10, 1)))
    assert chart.title == "0 of 2 open cases have been longer in the stage than usual"
    assert chart.summary.startswith("No case is past the usual time.")


def test_where_not_all_are_shown_it_says_so():
    chart = stages(row(weeks=(30, 20), total=400, past=210))
    assert chart.title.startswith("210 of 400 open cases")
    assert chart.notes[-1] == "2 of 400 cases are shown: those longest in their stage."
    assert len(stages(row(weeks=(30, 20))).notes) == 1


def test_a_case_without_a_lead_says_nobody_yet():
    assert stages(row(weeks=(1,))).rows[0][2] == "Nobody yet"


@pytest.mark.parametrize(
    ("draw", "facts"),
    [(charts.cases_by_stage, samples.stages()), (charts.waiting_for_help, samples.referrals())],
)
def test_a_protected_view_has_neither(draw, facts):
    assert draw(facts) is not None
    assert draw(facts, protected=True) is None


def test_nothing_to_draw():
    assert stages(row(), row("5 Formalise support", 8)) is None
    assert charts.waiting_for_help(charts.ReferralFacts("AT-1", ON, [])) is None


def on(days: int) -> date:
    return date(2026, 1, 5) + timedelta(days=days)


def bar(service, *days, **more):
    return charts.ReferralBar(service, "Early help", ReferralDays(*days, **more), "/r/")


def waits(*bars):
    return charts.waiting_for_help(charts.ReferralFacts("AT-10001", ON, bars))


@settings(max_examples=40)
@given(chart_facts.referrals())
def test_a_bar_is_as_long_as_the_wait(facts):
    chart = charts.waiting_for_help(facts)
    first = min(one.days.sent_on for one in facts.referrals)
    span = max(1, (facts.on - first).days)
    for svg in drawings.both(chart):
        axis = drawings.of_role(svg, "axis", Line)[0]
        a_day = (axis.points[1][0] - axis.points[0][0]) / span
        bars = drawings.of_role(svg, "wait", Rect)
        wanted = [max(waited_days(one.days, facts.on) * a_day, 1) for one in facts.referrals]
        assert [one.width for one in bars] == pytest.approx(wanted, abs=0.01)
        declined = sum(one.days.declined_on is not None for one in facts.referrals)
        assert len(drawings.of_role(svg, "declined", Line)) == 2 * declined


@settings(max_examples=40)
@given(chart_facts.referrals())
def test_title_and_summary_say_the_same_total_as_the_rule(facts):
    chart = charts.waiting_for_help(facts)
    total = total_wait([one.days for one in facts.referrals], facts.on)
    words = f"{total:,} day" if total == 1 else f"{total:,} days"
    assert chart.title.startswith(f"{words} of waiting")
    assert f"waited {words} in all" in chart.summary


def test_three_refusals_show_the_whole_wait():
    chart = waits(
        bar("Family support", on(0), on(14)),
        bar("Counselling", on(14), on(30)),
        bar("Mentoring", on(40), on(50)),
    )
    assert chart.title == "40 days of waiting, over 3 referrals"
    assert "Help began after 0 of 3 referrals. Declined: 3; still waiting: 0." in chart.summary
    assert [line[-1] for line in chart.rows] == ["14", "16", "10"]
    assert chart.rows[0][3] == "Declined, 19 Jan 2026"


def test_a_wait_that_goes_on_says_so_far():
    chart = waits(bar("Family support", on(0)))
    assert chart.title == "57 days of waiting so far, over 1 referral"
    assert chart.rows[0][3:] == ["Not yet", "Not yet", "Not yet", "57"]


def test_help_that_came_and_was_told():
    chart = waits(
        bar("Family support", on(0), accepted_on=on(3), started_on=on(31), told_on=on(50))
    )
    assert chart.rows[0][2:] == [
        "5 Jan 2026", "Accepted, 8 Jan 2026", "5 Feb 2026", "24 Feb 2026", "31",
    ]  # fmt: skip


def test_a_long_name_is_cut_and_keeps_its_days():
    chart = waits(bar("A service with a very long name " * 4, on(0)))
    for svg in drawings.both(chart):
        assert drawings.of_role(svg, "words")[0].text.endswith("…: 57 days so far")
