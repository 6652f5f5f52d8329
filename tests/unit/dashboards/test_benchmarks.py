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
    latest_by,
    published,
    published_bands,
    published_weeks,
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
