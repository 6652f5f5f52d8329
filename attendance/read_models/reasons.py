"""Sessions that still owe a reason (code N), with the school days left to give it.

Same rule as `attendance.rules.returns.overdue_sessions` (REG-07 to REG-09): overdue with more than
five of the school's days after the session. Here those that are not overdue yet are named too.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Q, QuerySet

from attendance.codes import SYMBOLS_UNEXPLAINED
from attendance.models import EnrolmentCheck, RegisterWeek, SchoolDay
from attendance.rules.returns import REASON_DUE_SCHOOL_DAYS
from schools.models import Enrolment
from schools.rules.calendar import week_start

_SLOTS = 14


@dataclass(frozen=True)
class ReasonOwed:
    """One session coded N. `days_left` counts school days; below 0 it is overdue."""

    enrolment: Enrolment
    date: date
    session: int
    days_left: int


def reasons_owed(enrolments: QuerySet[Enrolment], *, as_of: date) -> list[ReasonOwed]:
    """Every session of these enrolments still coded N by `as_of`, the least time left first."""
    found = [row for week in _weeks(enrolments, as_of) for row in _sessions(week, as_of)]
    days = _school_days({week.school_id for week, _, _ in found}, found, as_of)
    rows = [
        ReasonOwed(week.enrolment, day, session, _left(days[week.school_id], day))
        for week, day, session in found
    ]
    return sorted(
        rows,
        key=lambda row: (row.date, row.session, row.enrolment.pupil.folded_name, row.enrolment.pk),
    )


def _weeks(enrolments: QuerySet[Enrolment], as_of: date) -> QuerySet[RegisterWeek]:
    """Weeks that may hold one: recent ones, and any week of a child who has one overdue."""
    last = SchoolDay.objects.filter(
        school__in=enrolments.values("school"), date__lte=as_of
    ).aggregate(last=Max("date"))["last"]
    # Five school days lie within three weeks of school; a holiday may lie between.
    recent = week_start((last or as_of) - timedelta(weeks=3))
    overdue = EnrolmentCheck.objects.filter(
        enrolment__in=enrolments.values("pk"), n_overdue__gt=0
    ).values("enrolment")
    return (
        RegisterWeek.objects.filter(
            Q(week_start__gte=recent) | Q(enrolment__in=overdue),
            enrolment__in=enrolments.values("pk"),
            week_start__lte=as_of,
            unexplained__gt=0,
        )
        .select_related("enrolment__pupil", "enrolment__school")
        .order_by("week_start", "enrolment_id")
    )


def _sessions(week: RegisterWeek, as_of: date) -> Iterator[tuple[RegisterWeek, date, int]]:
    for slot in range(_SLOTS):
        day = week.week_start + timedelta(days=slot // 2)
        if week.marks[slot] in SYMBOLS_UNEXPLAINED and _counts(week.enrolment, day, as_of):
            yield week, day, slot % 2


def _counts(enrolment: Enrolment, day: date, as_of: date) -> bool:
    """Marks outside the enrolment's dates stay stored and do not count (STAT-13)."""
    last = min(enrolment.ends_on or as_of, as_of)
    return enrolment.starts_on <= day <= last


def _school_days(
    urns: set[int], found: list[tuple[RegisterWeek, date, int]], as_of: date
) -> dict[int, list[date]]:
    """Each school's days from the oldest such session on."""
    days: dict[int, list[date]] = defaultdict(list)
    if found:
        oldest = min(day for _, day, _ in found)
        rows = SchoolDay.objects.filter(school__in=urns, date__gte=oldest, date__lte=as_of)
        for urn, day in rows.order_by("date").values_list("school_id", "date"):
            days[urn].append(day)
    return days


def _left(days: list[date], day: date) -> int:
    return REASON_DUE_SCHOOL_DAYS - (len(days) - bisect_right(days, day))
