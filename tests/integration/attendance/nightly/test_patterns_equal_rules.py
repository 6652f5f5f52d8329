"""The statements of the named cohorts and the rules in Python agree on every row."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest
from django.conf import settings as portal
from django.db import transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.codes import CODE_OF_SYMBOL, NO_MARK
from attendance.models import EnrolmentCohort
from attendance.rules.marks import Mark
from attendance.rules.patterns import CohortKey, Lines, cohorts_of
from attendance.services.nightly import recompute_schools, run_for_everyone
from schools.rules.calendar import TermDates
from tests.factories.boroughs import (
    URNS,
    Borough,
    Child,
    boroughs,
    facts_on,
    store,
    store_marks,
)

pytestmark = pytest.mark.django_db

# Around 1 August, so that the year cuts a week and the windows, and in a plain autumn.
_FIRST_MONDAYS = (date(2025, 4, 28), date(2025, 6, 9), date(2025, 9, 1))
_PAGES = (
    *["/\\" * 5] * 5,
    "//////////",
    "/\\/\\/\\/\\II",
    "/\\/\\/\\/\\/I",
    "U\\U\\/\\/\\/\\",
    "I\\/\\I\\/\\/\\",
    "IIIIIIIIII",
    "OOOOOO/\\/\\",
    "/\\/\\OOOOOO",
    "/MIIIIIIII",
    "##########",
    "/\\##/\\C\\XX",
    "          ",
    "NN/\\/\\  /\\",
    "II////I/II",
)
# Low lines, so that chance registers cross them; and ours.
_LINES = (
    Lines(),
    Lines(
        long_spell_days=3,
        short_spells=2,
        short_spell_days=1,
        short_spell_weeks=3,
        same_days_absences=2,
        same_days_weeks=2,
        same_days_deviations=1,
        late_sessions=1,
        late_weeks=2,
        drifting_points=1,
        drifting_weeks=2,
        over_the_line_below_percent=30,
        coming_back_points=1,
        coming_back_weeks=1,
    ),
    Lines(same_days_absences=5, same_days_weeks=3, same_days_deviations=2, short_spells=3),
)


def examples(number):
    """So many random boroughs; a failing one is not shrunk."""
    return settings(
        max_examples=number,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def marks_of(monday, weeks):
    return tuple(
        Mark(monday + timedelta(weeks=number, days=place // 2), place % 2, CODE_OF_SYMBOL[symbol])
        for number, page in enumerate(weeks)
        for place, symbol in enumerate(page)
        if symbol != NO_MARK
    )


@st.composite
def children(draw, monday, upn, urn):
    """A child with habits: two pages that come up time and again, and any others."""
    usual = draw(st.lists(st.sampled_from(_PAGES), min_size=1, max_size=2))
    page = st.one_of(st.sampled_from(usual), st.sampled_from(_PAGES))
    weeks = draw(st.lists(page, min_size=4, max_size=26))
    start = monday + timedelta(days=draw(st.sampled_from((0, 0, 0, 2, 9, 37))))
    end = draw(st.sampled_from((None, None, start + timedelta(days=draw(st.integers(0, 160))))))
    return Child(upn, urn, start, end, marks_of(monday, weeks))


@st.composite
def habits(draw):
    """Two schools of up to four children whose weeks repeat themselves."""
    monday = draw(st.sampled_from(_FIRST_MONDAYS))
    rolls = [("A1", URNS[0]), ("A2", URNS[0]), ("A1", URNS[1]), ("A3", URNS[1])]
    found = tuple(draw(children(monday, upn, urn)) for upn, urn in rolls)
    last = max([mark.date for child in found for mark in child.marks] + [monday])
    return Borough(found, TermDates.of([]), monday, last)


def stored_cohorts():
    return {(row.enrolment_id, row.cohort): row.evidence for row in EnrolmentCohort.objects.all()}


def expected_cohorts(stored, as_of, minimum, lines):
    return {
        (pk, str(key)): dict(figures)
        for pk, facts in facts_on(stored, as_of, minimum).items()
        for key, figures in cohorts_of(facts, lines).items()
    }


def check(data, borough, *, late=0):
    lines = data.draw(st.sampled_from(_LINES))
    minimum = data.draw(st.sampled_from((20, 4, 0)))
    spread = (borough.last - borough.first).days
    as_of = borough.last - timedelta(days=data.draw(st.integers(-9, spread)) * late)
    with override_settings(MINIMUM_POSSIBLE_SESSIONS=minimum, COHORT_LINES=asdict(lines)):
        stored = store(borough)
        run_for_everyone(as_of=as_of)
        expected = expected_cohorts(stored, as_of, minimum, lines)
        assert stored_cohorts() == expected
        assert run_for_everyone(as_of=as_of).counts["rows_written"] == 0
    return expected


@examples(40)
@given(data=st.data(), borough=habits())
def test_cohorts_of_children_with_habits_equal_the_rules(data, borough):
    with transaction.atomic():
        check(data, borough, late=data.draw(st.sampled_from((0, 0, 1))))
        transaction.set_rollback(True)


@examples(20)
@given(data=st.data(), borough=boroughs())
def test_cohorts_of_random_registers_equal_the_rules(data, borough):
    with transaction.atomic():
        check(data, borough, late=1)
        transaction.set_rollback(True)


@examples(8)
@given(data=st.data(), borough=habits())
def test_cohorts_of_schools_recomputed_one_by_one_equal_a_full_rebuild(data, borough):
    with transaction.atomic(), override_settings(COHORT_LINES=asdict(_LINES[1])):
        stored = store(borough)
        run_for_everyone(as_of=borough.last)
        for pk, child in stored.items():
            kept = child.marks[: data.draw(st.integers(0, len(child.marks)))]
            store_marks(pk, child.urn, kept)
        for urn in data.draw(st.permutations(URNS)):
            recompute_schools([urn])
        one_by_one = stored_cohorts()
        run_for_everyone(as_of=borough.last, full=True)
        assert stored_cohorts() == one_by_one
        transaction.set_rollback(True)


def test_settings_hold_the_lines_that_the_rules_start_from():
    assert Lines(**portal.COHORT_LINES) == Lines()


# Each register crosses one line; the last week is the school's latest.
_FULL = "/\\" * 5
ONE_OF_EACH = {
    CohortKey.SEVERELY_ABSENT: [_FULL] * 2 + ["OOOOOOOOOO"] * 2,
    CohortKey.ONE_LONG_ABSENCE: [_FULL, "IIIIIIIIII", "IIIIIIIIII", *[_FULL] * 9],
    CohortKey.MANY_SHORT_ABSENCES: ["/I/\\/I/\\/I", "/I/\\/I/\\/\\", *[_FULL] * 10],
    CohortKey.SAME_DAYS_MISSED: ["/\\/\\/\\/\\II"] * 6 + [_FULL] * 6,
    CohortKey.LATE_AFTER_REGISTER: [_FULL] * 8 + ["U\\U\\U\\U\\U\\"],
    CohortKey.DRIFTING_UP: [_FULL] * 6 + ["III/\\/\\/\\/"] * 2 + [_FULL] * 4,
    CohortKey.JUST_OVER_THE_LINE: ["II/\\/\\/\\/\\", "/\\" * 5],
    CohortKey.COMING_BACK: ["III/\\/\\/\\/", *[_FULL] * 3, *[_FULL] * 4],
}


@pytest.mark.parametrize("key", list(CohortKey))
def test_each_cohort_is_found_by_the_run_and_by_the_rule(key):
    monday = date(2025, 9, 1)
    marks = marks_of(monday, ONE_OF_EACH[key])
    child = Child("A1", URNS[0], monday, None, marks)
    last = max(mark.date for mark in marks)
    stored = store(Borough((child,), TermDates.of([]), monday, last))
    run_for_everyone(as_of=last)

    found = stored_cohorts()

    assert key in {cohort for _, cohort in found}
    assert found == expected_cohorts(stored, last, 20, Lines())


def test_a_leaver_is_in_no_cohort():
    monday = date(2025, 9, 1)
    marks = marks_of(monday, ONE_OF_EACH[CohortKey.SEVERELY_ABSENT])
    last = max(mark.date for mark in marks)
    child = Child("A1", URNS[0], monday, last, marks)
    store(Borough((child,), TermDates.of([]), monday, last))

    run_for_everyone(as_of=last)
    on_the_last_day = stored_cohorts()
    run_for_everyone(as_of=last + timedelta(days=1))

    assert on_the_last_day
    assert stored_cohorts() == {}


def test_long_spell_lines_below_ten_days_find_every_spell():
    monday = date(2025, 9, 1)
    pages = ["/\\/III/\\/\\", *["/\\" * 5] * 3]
    child = Child("A1", URNS[0], monday, None, marks_of(monday, pages))
    last = max(mark.date for mark in child.marks)
    lines = replace(Lines(), long_spell_days=2)
    with override_settings(COHORT_LINES=asdict(lines)):
        stored = store(Borough((child,), TermDates.of([]), monday, last))
        run_for_everyone(as_of=last)

    assert (next(iter(stored)), "one_long_absence") in stored_cohorts()
