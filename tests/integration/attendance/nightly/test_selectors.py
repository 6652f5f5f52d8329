"""The figures' date, what changed between two dates, and whose registers have not come."""

from datetime import date, timedelta

import pytest

from attendance.models import NightlyRun
from attendance.selectors import (
    changes_between,
    figures_date,
    marks_due_until,
    previous_figures_date,
    schools_behind,
)
from attendance.services.nightly import recompute_schools, run_for_everyone
from schools.models import Term

pytestmark = pytest.mark.django_db
MONDAY = date(2025, 9, 1)
FRIDAY = date(2025, 9, 26)
PRESENT = "/\\" * 5


@pytest.fixture
def enrolment(make_school, make_enrolment, write_weeks):
    enrolment = make_enrolment(make_school())
    write_weeks(enrolment, PRESENT, PRESENT, PRESENT, "OO" * 5)
    return enrolment


def test_figures_date_is_none_before_the_first_run(db):
    assert figures_date() is None


def test_figures_date_is_that_of_the_last_finished_run_for_everyone(enrolment):
    run_for_everyone(as_of=FRIDAY)
    run_for_everyone(as_of=FRIDAY + timedelta(days=3))
    recompute_schools([enrolment.school_id])
    NightlyRun.objects.create(
        as_of=date(2025, 12, 1), is_for_everyone=True, state="failed",
        started_at="2025-12-01T04:00:00Z",
    )  # fmt: skip
    assert figures_date() == FRIDAY + timedelta(days=3)
    assert previous_figures_date(figures_date()) == FRIDAY


def test_changes_are_those_after_the_first_date_and_by_the_second(
    enrolment, write_weeks, user_with
):
    officer = user_with("team_manager")
    run_for_everyone(as_of=FRIDAY)
    write_weeks(enrolment, PRESENT, PRESENT, PRESENT, PRESENT)
    run_for_everyone(as_of=FRIDAY + timedelta(days=1))
    before = FRIDAY - timedelta(days=1)
    first = changes_between(officer, before, FRIDAY)
    assert {flag.kind for flag in first.opened} == {
        "persistent_absence",
        "penalty_notice_threshold",
    }
    assert first.closed == ()
    second = changes_between(officer, FRIDAY, FRIDAY + timedelta(days=1))
    assert (second.opened, len(second.closed)) == ((), 2)
    both = changes_between(officer, before, FRIDAY + timedelta(days=1))
    assert (len(both.opened), len(both.closed)) == (2, 2)


def test_changes_elsewhere_are_not_shown(enrolment, make_school, user_with):
    run_for_everyone(as_of=FRIDAY)
    lead = user_with("school_lead", school=make_school(900002))
    assert changes_between(lead, MONDAY, FRIDAY).opened == ()


@pytest.mark.parametrize(
    ("as_of", "days"),
    [
        (date(2025, 9, 26), 0),
        (date(2025, 9, 28), 0),  # a weekend
        (date(2025, 9, 29), 1),
        (date(2025, 10, 3), 5),
        (date(2025, 10, 27), 20),  # in the holiday: Monday 29 September to Friday 24 October
    ],
)
def test_school_is_behind_by_its_school_days_since_the_last_mark(enrolment, user_with, as_of, days):
    Term.objects.create(academic_year=2025, half_term=1, starts_on=MONDAY, ends_on="2025-10-24")
    run_for_everyone(as_of=as_of)
    behind = schools_behind(user_with("team_manager"), as_of)
    assert [(feed.urn, feed.last_mark_on, feed.school_days_behind) for feed in behind] == (
        [(900001, FRIDAY, days)] if days else []
    )


@pytest.mark.parametrize(
    ("started_at", "due"),
    [
        ("2025-09-08T03:00:00Z", date(2025, 9, 7)),  # four in the morning of the Monday itself
        ("2025-09-07T23:30:00Z", date(2025, 9, 7)),  # half past midnight in London
        ("2025-09-07T22:30:00Z", date(2025, 9, 6)),  # before midnight: the day before is not over
        ("2025-09-09T03:00:00Z", date(2025, 9, 8)),  # the night after
    ],
)
def test_marks_are_due_for_the_days_before_the_run(enrolment, started_at, due):
    monday = date(2025, 9, 8)
    run_for_everyone(as_of=monday)
    NightlyRun.objects.update(started_at=started_at)

    assert marks_due_until(monday) == due
    assert marks_due_until(date(2025, 9, 1)) == date(2025, 9, 1)


def test_marks_are_due_to_the_day_asked_before_any_run(db):
    assert marks_due_until(FRIDAY) == FRIDAY


def test_nobody_is_behind_for_the_day_the_run_began(enrolment, user_with):
    monday = FRIDAY + timedelta(days=3)
    run_for_everyone(as_of=monday)
    manager = user_with("team_manager")
    assert [feed.school_days_behind for feed in schools_behind(manager, monday)] == [1]

    NightlyRun.objects.update(started_at=f"{monday}T03:00:00Z")

    assert schools_behind(manager, monday) == []


def test_bank_holiday_is_no_school_day(enrolment, write_weeks, user_with):
    write_weeks(enrolment, PRESENT, monday=date(2026, 4, 27))
    tuesday = date(2026, 5, 5)  # the day after the early May bank holiday
    run_for_everyone(as_of=tuesday)
    (feed,) = schools_behind(user_with("team_manager"), tuesday)
    assert feed.school_days_behind == 1


def test_school_without_any_mark_counts_from_the_first_term(make_school, make_enrolment, user_with):
    make_enrolment(make_school())
    Term.objects.create(academic_year=2025, half_term=1, starts_on=MONDAY, ends_on="2025-10-24")
    run_for_everyone(as_of=date(2025, 9, 5))
    (feed,) = schools_behind(user_with("team_manager"), date(2025, 9, 5))
    assert (feed.last_mark_on, feed.school_days_behind) == (None, 5)


def test_school_that_meets_on_saturday_is_behind_on_saturday(enrolment, user_with):
    type(enrolment.school).objects.update(meeting_days="123456")
    run_for_everyone(as_of=date(2025, 9, 27))
    (feed,) = schools_behind(user_with("team_manager"), date(2025, 9, 27))
    assert feed.school_days_behind == 1


def test_school_is_behind_on_a_past_date_by_what_had_come_by_then(
    enrolment, write_weeks, user_with
):
    write_weeks(enrolment, PRESENT, monday=date(2025, 10, 13))
    run_for_everyone(as_of=date(2025, 10, 17))
    officer = user_with("team_manager")
    assert schools_behind(officer, date(2025, 10, 17)) == []
    (feed,) = schools_behind(officer, date(2025, 10, 1))
    assert (feed.last_mark_on, feed.school_days_behind) == (FRIDAY, 3)


def test_closed_day_is_not_owed(enrolment, write_weeks, user_with):
    write_weeks(enrolment, "##", monday=date(2025, 9, 29))
    monday = date(2025, 9, 29)
    run_for_everyone(as_of=monday)
    assert schools_behind(user_with("team_manager"), monday) == []


def test_school_with_nobody_on_roll_owes_nothing(enrolment, user_with):
    enrolment.ends_on = FRIDAY
    enrolment.save()
    run_for_everyone(as_of=date(2025, 9, 29))
    assert schools_behind(user_with("team_manager"), date(2025, 9, 29)) == []


def test_closed_school_owes_nothing(enrolment, user_with):
    type(enrolment.school).objects.update(status="closed")
    run_for_everyone(as_of=date(2025, 9, 29))
    assert schools_behind(user_with("team_manager"), date(2025, 9, 29)) == []
