"""The right series and the right year of published figures."""

from datetime import date
from decimal import Decimal

import pytest

from dashboards import benchmarks
from dashboards.benchmarks import (
    ABSENCE,
    ACCREDITED,
    DAILY,
    DAILY_SUFFIX,
    PERSISTENT,
    SEVERE,
    Beside,
    latest_by,
    published,
    published_bands,
    published_weeks,
    side_by_side,
)


def test_published_is_the_year_asked_or_the_latest():
    assert published(PERSISTENT, phase=None, year="2023/24").value == Decimal("19.95")
    latest = published(PERSISTENT, phase=None)
    assert (latest.value, latest.academic_year, latest.series) == (
        Decimal("18.14"), "2024/25", ACCREDITED,
    )  # fmt: skip


def test_published_keeps_the_two_series_apart():
    daily = published(PERSISTENT + DAILY_SUFFIX, phase=None, year="2024/25")
    assert (daily.value, daily.series) == (Decimal("18.7"), DAILY)


@pytest.mark.parametrize("phase", ["nursery", "alternative"])
def test_published_of_a_phase_without_figures_is_none(phase):
    assert published(ABSENCE, phase=phase) is None
    assert latest_by(ABSENCE, phase=phase, on=date(2026, 3, 2)) is None
    assert published_bands(phase=phase, year=2025) is None
    assert published_weeks(phase=phase, year=2025, upto=date(2026, 3, 2)) == []


@pytest.mark.parametrize(
    ("on", "value", "published_on"),
    [
        (date(2026, 2, 18), "6.6414", date(2026, 2, 18)),  # on the day it came out
        (date(2026, 2, 17), "6.6099", date(2026, 2, 5)),  # the day before: the one before
        (date(2026, 3, 2), "6.6414", date(2026, 2, 18)),
    ],
)
def test_latest_by_is_the_year_to_date_last_published(on, value, published_on):
    found = latest_by(ABSENCE, phase=None, on=on)
    assert (found.value, found.published_on, found.series) == (Decimal(value), published_on, DAILY)


def test_latest_by_before_the_first_release_of_a_year_is_the_last_whole_year():
    found = latest_by(ABSENCE, phase=None, on=date(2025, 9, 24))
    assert (found.academic_year, found.series) == ("2024/25", ACCREDITED)


def test_latest_by_of_severe_absence_is_accredited_since_daily_data_have_none():
    found = latest_by(SEVERE, phase="secondary", on=date(2026, 3, 2))
    assert (found.value, found.series) == (Decimal("3.88"), ACCREDITED)


def test_latest_by_never_answers_with_the_year_itself_or_a_later_one():
    assert latest_by(SEVERE, phase=None, on=date(2025, 3, 3)).academic_year == "2023/24"
    assert latest_by(SEVERE, phase=None, on=date(2010, 3, 3)) is None


def test_published_bands_are_eleven_and_make_a_hundred():
    found = published_bands(phase=None, year=2025)
    assert len(found.percents) == 11
    assert abs(sum(found.percents) - 100) < Decimal("0.1")
    assert found.percents[0] == Decimal("51.36")
    assert found.academic_year == "2022/23"
    assert published_bands(phase=None, year=2022) is None


def test_published_weeks_end_with_the_day_asked():
    weeks = published_weeks(phase=None, year=2025, upto=date(2025, 9, 15))
    assert [(week.monday, week.value) for week in weeks] == [
        (date(2025, 9, 8), Decimal("4.7516")),
        (date(2025, 9, 15), Decimal("5.7627")),
    ]


@pytest.mark.parametrize(
    ("value", "shown"), [("18.14", "18.1%"), ("9.996", "just under 10%"), ("10", "10.0%")]
)
def test_published_figure_prints_like_ours(value, shown):
    figure = benchmarks.Published(Decimal(value), "2024/25", "source", ACCREDITED)
    assert figure.shown == shown


def test_published_year_to_date_names_its_day():
    found = latest_by(ABSENCE, phase=None, on=date(2026, 3, 2))
    assert found.of == "2025/26 to date, published 18 Feb 2026"
    assert published(SEVERE, phase=None).of == "2024/25"


def values(beside):
    return tuple(each.value if each else None for each in (
        beside.england, beside.region, beside.borough,
    ))  # fmt: skip


def test_three_places_stand_side_by_side_on_the_day_they_came_out():
    found = side_by_side(PERSISTENT, phase=None, on=date(2026, 3, 2))
    assert values(found.now)[1:] == (Decimal("20.5165"), Decimal("21.5748"))
    assert found.now.series == DAILY
    assert {each.published_on for each in found.now.known} == {date(2026, 2, 18)}
    assert found.now.source == (
        "DfE, Pupil attendance in schools: 2025/26 to date, published 18 Feb 2026 "
        "(provisional, daily data)"
    )


def test_last_year_stands_at_the_same_time_in_the_same_series():
    found = side_by_side(ABSENCE, phase="secondary", on=date(2026, 3, 2))
    assert found.last_year.series == found.now.series == DAILY
    assert {each.academic_year for each in found.last_year.known} == {"2024/25"}
    assert all(each.published_on <= date(2025, 3, 2) for each in found.last_year.known)


def test_borough_of_all_phases_has_no_daily_figure_before_2025_26():
    found = side_by_side(ABSENCE, phase=None, on=date(2026, 3, 2))
    assert found.now.borough is not None
    assert (found.last_year.borough, found.last_year.region is None) == (None, False)


@pytest.mark.parametrize(
    ("measure", "on", "now", "last_year"),
    [
        # Severe absence is in the accredited series only.
        (SEVERE, date(2026, 3, 2), ("2.39", "2.74", "2.92"), ("2.3", "2.68", "2.9")),
        # Persistent absence is in daily data from January on.
        (PERSISTENT, date(2025, 12, 1), ("18.14", "19.37", "19.54"), ("19.95", "22.06", "21.28")),
        # Before the first release of the year.
        (ABSENCE, date(2025, 9, 1), ("6.78", "7.17", "7.26"), ("7.15", "7.78", "7.64")),
    ],
)
def test_whole_years_are_the_published_ones_where_daily_data_have_none(measure, on, now, last_year):
    found = side_by_side(measure, phase=None, on=on)
    assert (found.now.series, found.last_year.series) == (ACCREDITED, ACCREDITED)
    assert (found.now.of, found.last_year.of) == ("2024/25", "2023/24")
    assert values(found.now) == tuple(map(Decimal, now))
    assert values(found.last_year) == tuple(map(Decimal, last_year))


@pytest.mark.parametrize("measure", [ABSENCE, benchmarks.UNAUTHORISED, PERSISTENT, SEVERE])
@pytest.mark.parametrize("phase", [None, "primary", "secondary", "special"])
@pytest.mark.parametrize("month", range(1, 13))
def test_series_are_never_mixed_and_nothing_comes_from_the_future(measure, phase, month):
    on = date(2026, month, 28)
    found = side_by_side(measure, phase=phase, on=on)
    for beside in (found.now, found.last_year):
        assert len({each.series for each in beside.known}) <= 1
        assert len({(each.academic_year, each.published_on) for each in beside.known}) <= 1
        assert all(each.published_on <= on for each in beside.known if each.published_on)
    assert found.last_year.series in {found.now.series, ""}


@pytest.mark.parametrize("phase", ["nursery", "alternative"])
def test_phase_that_is_not_published_has_nothing_beside_it(phase):
    found = side_by_side(ABSENCE, phase=phase, on=date(2026, 3, 2))
    assert (found.now, found.last_year) == (Beside(), Beside())
    assert (found.now.series, found.now.of, found.now.source) == ("", "", "")


def test_year_before_a_leap_day_ends_on_28_february():
    found = side_by_side(ABSENCE, phase="primary", on=date(2024, 2, 29))
    assert all(each.published_on <= date(2023, 2, 28) for each in found.last_year.known)
    assert found.last_year.england is not None
