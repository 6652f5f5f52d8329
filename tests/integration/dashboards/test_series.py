"""Series, bands and groups equal the exports of the same day, whatever the day."""

from __future__ import annotations

import csv
import uuid
from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance.exports.dashboard import export_dashboard
from attendance.exports.periods import export_periods
from attendance.models import BatchSchool, RegisterBatch
from attendance.read_models import by_school, school_totals
from attendance.services.nightly import recompute_schools, run_for_everyone
from dashboards.read_models.groups import group_rows
from dashboards.read_models.series import england_points, half_term_points, weekly_points
from dashboards.read_models.spread import BAND_LABELS, bands
from schools.models import Term
from schools.rules.calendar import academic_year
from tests.factories import boroughs
from tests.factories.classes import LATEST, child, keep_register
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import SchoolFactory, make_terms

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
DAYS = [LATEST, date(2026, 2, 4), date(2026, 1, 11), date(2026, 1, 5), date(2026, 2, 20)]


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


def exported(tmp_path, as_of, dimension="LA"):
    """The rows of `export_dashboard` for one dimension in the year of `as_of`, by value."""
    path = tmp_path / "dashboard.csv"
    export_dashboard(as_of=as_of, path=path, by=None, at=NOON)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["value"]: {k: int(v) for k, v in row.items() if k not in ("dimension", "value")}
            for row in csv.DictReader(file)
            if row["dimension"] == dimension and row["academic_year"] == str(academic_year(as_of))
        }


def weeks_exported(tmp_path, as_of):
    """Academic year of the Monday to Monday to sessions missed and possible."""
    path = tmp_path / "periods.csv"
    export_periods(as_of=as_of, path=path, by=None, at=NOON)
    found: dict = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "week":
                weeks = found.setdefault(academic_year(date.fromisoformat(row["key"])), {})
                part, whole = weeks.get(row["key"], (0, 0))
                missed = int(row["authorised"]) + int(row["unauthorised"])
                weeks[row["key"]] = (part + missed, whole + int(row["possible"]))
    return found


def weeks_shown(points):
    return {
        point.monday.isoformat(): (point.share.part, point.share.whole)
        for point in points
        if point.share.whole
    }


@pytest.mark.parametrize("as_of", DAYS)
def test_everything_equals_the_exports_of_the_day(borough, manager, tmp_path, as_of):
    (la,) = exported(tmp_path, as_of).values()
    points = weekly_points(manager, urns=None, year=2025, as_of=as_of)
    last = half_term_points(manager, urns=None, as_of=as_of)[-1]

    assert weeks_shown(points) == weeks_exported(tmp_path, as_of).get(2025, {})
    assert sum(point.share.whole for point in points) == la["possible"]
    assert sum(point.share.part for point in points) == la["authorised"] + la["unauthorised"]
    assert (last.severe, last.persistent, last.enrolments) == (
        la["severe"], la["persistent"], la["enrolments"],
    )  # fmt: skip
    spread = bands(manager, urns=None, phase=None, as_of=as_of)
    assert sum(band.enrolments for band in spread) == la["enrolments"]
    assert sum(band.enrolments for band in spread[2:]) == la["persistent"]
    assert spread[-1].enrolments == la["severe"]


@pytest.mark.parametrize("as_of", [LATEST, date(2026, 2, 4)])
def test_groups_equal_the_export_and_add_up_to_the_borough(borough, manager, tmp_path, as_of):
    (la,) = exported(tmp_path, as_of).values()
    years = exported(tmp_path, as_of, "year_group")
    rows = group_rows(manager, urns=None, as_of=as_of)
    absence = group_rows(manager, urns=None, as_of=as_of, measure="absence")

    assert {row.label: (row.group.part, row.group.whole) for row in rows
            if row.dimension == "Year group"} == {
        f"Year {value}": (row["persistent"], row["enrolments"]) for value, row in years.items()
    }  # fmt: skip
    for dimension in {row.dimension for row in rows}:
        mine = [row for row in rows if row.dimension == dimension]
        assert sum(row.group.whole for row in mine) == la["enrolments"]
        assert all(row.group.whole + row.others.whole == la["enrolments"] for row in mine)
        assert all(row.group.part + row.others.part == la["persistent"] for row in mine)
        sessions = [row for row in absence if row.dimension == dimension]
        assert sum(row.group.whole for row in sessions) == la["possible"]


@pytest.mark.django_db
@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(borough=boroughs.boroughs(), back=st.integers(0, 90))
def test_random_boroughs_at_any_day_equal_the_exports(borough, back, manager, tmp_path):
    with transaction.atomic():
        boroughs.store(borough)
        run_for_everyone(as_of=borough.last)
        for days in (0, back):
            as_of = max(borough.last - timedelta(days=days), borough.first)
            exported_weeks = weeks_exported(tmp_path, as_of)
            year = academic_year(as_of)
            for each in (year, year - 1):
                points = weekly_points(manager, urns=None, year=each, as_of=as_of)
                assert weeks_shown(points) == exported_weeks.get(each, {})
            _assert_year_equals(manager, as_of, next(iter(exported(tmp_path, as_of).values()), {}))
        caches["default"].key_prefix = f"test-{uuid.uuid4().hex}"  # the next borough is another
        transaction.set_rollback(True)


def _assert_year_equals(manager, as_of, la):
    urns = list(boroughs.URNS)
    sums = by_school.sums_on(urns, [as_of])[as_of]
    for name in ("enrolments", "possible", "attended", "authorised", "persistent", "severe"):
        assert getattr(sums, name) == la.get(name, 0)
    spread = bands(manager, urns=None, phase=None, as_of=as_of)
    assert sum(band.enrolments for band in spread) == la.get("enrolments", 0)
    for point in half_term_points(manager, urns=None, as_of=as_of)[-1:]:
        assert point.persistent == la.get("persistent", 0)


def test_half_term_points_equal_the_export_of_each_half_terms_end(manager, tmp_path):
    make_terms()
    school = SchoolFactory()
    for number in range(6):
        pages = ["O" * (3 * number) + PRESENT_WEEK[3 * number :]] if number < 4 else ["O" * 10]
        enrolment = child(school, f"Child{number}", starts_on=date(2024, 9, 2))
        for first in (date(2024, 9, 2), date(2024, 10, 21), date(2024, 12, 2), date(2025, 1, 6),
                      date(2025, 9, 1), date(2025, 10, 20), date(2025, 11, 24)):  # fmt: skip
            keep_register(enrolment, *pages, first=first)
    run_for_everyone(as_of=LATEST)

    points = half_term_points(manager, urns=None, as_of=LATEST)

    assert [point.label for point in points] == ["Autumn 1", "Autumn 2", "Spring 1 so far"]
    ends = [date(2025, 10, 24), date(2025, 12, 19), LATEST]
    befores = [date(2024, 10, 25), date(2024, 12, 20), date(2025, 2, 7)]
    for point, end, before in zip(points, ends, befores, strict=True):
        (now,) = exported(tmp_path, end).values()
        (then,) = exported(tmp_path, before).values()
        assert (point.severe, point.persistent) == (now["severe"], now["persistent"])
        assert point.last_year_severe == then["severe"]
        assert point.last_year_persistent == then["persistent"]
        assert point.persistent > 0


def test_half_term_points_without_last_years_figures_say_none(borough, manager):
    for point in half_term_points(manager, urns=None, as_of=LATEST):
        assert (point.last_year_persistent, point.last_year_severe) == (None, None)


def test_series_show_only_the_schools_in_scope(borough, user_with):
    lead = user_with("school_lead", school=borough.elm)
    assert sum(p.share.whole for p in weekly_points(lead, urns=None, year=2025, as_of=LATEST)) == 50
    elsewhere = [borough.ash.urn]
    assert weeks_shown(weekly_points(lead, urns=elsewhere, year=2025, as_of=LATEST)) == {}
    assert half_term_points(lead, urns=elsewhere, as_of=LATEST)[-1].enrolments == 0
    assert sum(b.enrolments for b in bands(lead, urns=elsewhere, phase=None, as_of=LATEST)) == 0
    assert group_rows(lead, urns=elsewhere, as_of=LATEST) == []


def test_groups_leave_sensitive_facts_out_for_whoever_may_not_see_them(borough, user_with):
    worker = user_with("early_help_worker", school=borough.ash)
    shown = {row.dimension for row in group_rows(worker, urns=None, as_of=LATEST)}
    assert shown == {"Sex", "Year group"}


def test_weeks_without_a_session_stand_in_the_series_with_nothing_possible(borough, manager):
    points = weekly_points(manager, urns=None, year=2025, as_of=LATEST)
    empty = [point for point in points if point.share.whole == 0]
    assert date(2025, 9, 1) in {point.monday for point in empty}
    assert (points[-1].half_term, points[-1].week_of_half_term) == (3, 5)
    assert points[-1].is_finished
    thursday = weekly_points(manager, urns=None, year=2025, as_of=date(2026, 2, 5))
    assert not thursday[-1].is_finished


def test_past_sums_are_kept_until_an_import_touches_the_school(borough, manager):
    asked = date(2026, 1, 30)
    urns = [borough.ash.urn, borough.elm.urn]
    before = by_school.sums_on(urns, [asked])[asked]
    keep_register(child(borough.elm, "Fay"), "O" * 10, first=date(2026, 2, 9))
    assert by_school.sums_on(urns, [asked])[asked] == before  # nothing says that it changed
    batch = RegisterBatch.objects.create(route="api")
    BatchSchool.objects.create(batch=batch, school=borough.elm)
    recompute_schools([borough.elm.urn])
    assert by_school.sums_on(urns, [asked])[asked].enrolments == before.enrolments + 1


def test_band_edges_fall_on_the_side_of_the_line(manager):
    make_terms()
    school = SchoolFactory()
    pages = {0: 0, 1: 0, 3: 1, 4: 1, 5: 2, 24: 9, 25: 10}  # missed of 50 to band
    for missed in pages:
        weeks = ["O" * min(10, max(0, missed - 10 * week)) for week in range(5)]
        child(school, f"C{missed}", *(page + PRESENT_WEEK[len(page) :] for page in weeks))
    run_for_everyone(as_of=LATEST)
    found = bands(manager, urns=[school.urn], phase=None, as_of=LATEST)
    assert [band.label for band in found] == list(BAND_LABELS)
    counts = Counter(pages.values())
    assert [band.enrolments for band in found] == [counts[place] for place in range(11)]


def test_bands_carry_the_percentages_of_england(borough, manager):
    found = bands(manager, urns=None, phase="primary", as_of=LATEST)
    assert str(found[0].england_percent) == "56.12"
    assert bands(manager, urns=None, phase="nursery", as_of=LATEST)[0].england_percent is None


def test_england_by_week_stands_in_our_half_terms_without_our_holidays(db):
    make_terms()
    points = england_points(phase=None, year=2025, as_of=date(2025, 11, 30))
    assert (points[0].half_term, points[0].week_of_half_term) == (1, 2)
    assert (points[-1].half_term, points[-1].week_of_half_term) == (2, 1)
    assert len(points) == 8
    Term.objects.filter(academic_year=2025, half_term=2).delete()
    assert len(england_points(phase=None, year=2025, as_of=date(2025, 11, 30))) == 7


def test_totals_of_schools_equal_the_sums(borough, manager):
    rows = school_totals(manager, as_of=date(2026, 2, 4))
    sums = by_school.sums_on([row.urn for row in rows], [date(2026, 2, 4)])[date(2026, 2, 4)]
    assert sums.possible == sum(row.possible for row in rows)
