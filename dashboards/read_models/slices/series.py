"""A slice over time: absence by week, and enrolments over the lines at each half-term's end.

Whole schools have stored weeks; a choice of children is counted by the same statements, for those
enrolments only.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attendance.read_models.by_school import YearSums
from attendance.read_models.figures import ABSENT
from attendance.sql.working import (
    MILESTONE_STATEMENTS,
    TEMPORARY,
    WEEK_STATEMENTS,
    Question,
    answers,
)
from dashboards.charts.facts import HalfTermPoint, Share, WeekPoint
from dashboards.read_models.series import (
    Ground,
    half_term_points_from,
    half_terms_of,
    milestone_days,
    week_points_from,
    weeks_of,
)
from dashboards.read_models.slices.slice import Slice
from schools.rules.calendar import academic_year, academic_year_end, academic_year_start, week_start

_DAY: Final = timedelta(days=1)
#: Kinds of absence that are counted by week.
BY_WEEK: Final = {
    ABSENT: "sum(authorised + unauthorised)",
    "authorised": "sum(authorised)",
    "unauthorised": "sum(unauthorised)",
}


def weekly(asked: Slice, ground: Ground) -> list[WeekPoint]:
    """Sessions missed of possible, one point a school week of the year of the slice's day.

    Of a kind of absence in `BY_WEEK`: illness is not counted by week.
    """
    if asked.is_of_whole_schools and asked.missed == ABSENT:
        return weeks_of(ground, year=academic_year(asked.as_of), as_of=asked.as_of)
    year = academic_year(asked.as_of)
    until = min(asked.as_of, week_start(academic_year_end(year)) + 6 * _DAY)
    shares = asked.kept("weekly", lambda: _week_shares(asked, year))
    return week_points_from(ground, shares, year=year, until=until)


def _week_shares(asked: Slice, year: int) -> dict[date, Share]:
    first = week_start(academic_year_start(year) + 6 * _DAY)
    question = Question(as_of=asked.as_of, enrolments=_ids(asked), weeks_from=first)
    with answers(question, WEEK_STATEMENTS) as cursor:
        cursor.execute(
            f"SELECT week_start, {BY_WEEK[asked.missed]}, sum(possible) "  # noqa: S608 - our own names
            f"FROM {TEMPORARY.name('week')} GROUP BY week_start"
        )
        return {monday: Share(int(part), int(whole)) for monday, part, whole in cursor.fetchall()}


def half_terms(asked: Slice, ground: Ground) -> list[HalfTermPoint]:
    """Enrolments over the lines in the year so far, at the end of each half-term begun."""
    if asked.is_of_whole_schools:
        return half_terms_of(ground, as_of=asked.as_of)
    days = milestone_days(ground.half_terms, asked.as_of)
    found = asked.kept("half-terms", lambda: _sums_on(asked, days))
    return half_term_points_from(ground.half_terms, asked.as_of, found)


def _sums_on(asked: Slice, days: list[date]) -> dict[date, YearSums]:
    """The slice's enrolments in the year of each day, up to it."""
    counted = dict.fromkeys(days, YearSums())
    if not days:
        return counted
    question = Question(as_of=max(days), enrolments=_ids(asked), milestones=days)
    with answers(question, MILESTONE_STATEMENTS) as cursor:
        cursor.execute(
            "SELECT milestone, sum(enrolments), sum(possible), sum(attended), sum(authorised), "  # noqa: S608 - our own names
            "sum(unauthorised), sum(persistent), sum(severe) "
            f"FROM {TEMPORARY.name('milestone')} GROUP BY milestone"
        )
        for day, *found in cursor.fetchall():
            counted[day] = YearSums(*(int(each) for each in found))
    return counted


def _ids(asked: Slice) -> list[int]:
    return list(asked.rows.order_by().values_list("pk", flat=True))
