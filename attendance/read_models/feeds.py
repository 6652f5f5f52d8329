"""Which schools' registers are coming: each school's last days, its last mark and how it sends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from django.db import connection
from django.db.models import Max, Sum

from attendance.models import RegisterBatch
from attendance.models.registers import BatchSchool
from attendance.rules.feeds import DayState, day_state, feed_state
from attendance.selectors import (
    is_expected_school_day,
    last_import_id,
    last_marks,
    marks_due_until,
    school_days,
)
from attendance.sql import working
from attendance.states import ROUTES, FeedState
from schools.models import School, Term
from schools.rules.calendar import academic_year, academic_year_start

DAYS_SHOWN: Final = 10
_FURTHEST_BACK: Final = 60  # days: ten school days across the longest holiday
_KEPT_SECONDS: Final = 24 * 3600


@dataclass(frozen=True)
class DayFeed:
    """What one school sent for one day: marks of both sessions, out of two for each on roll."""

    day: date
    state: DayState
    came: int
    expected: int


@dataclass(frozen=True)
class Feed:
    """One school's feed as of a day. `days` are the last ten it was expected to meet on."""

    urn: int
    school: str
    state: FeedState
    last_mark_on: date | None
    school_days_behind: int
    route: str
    refused: int
    days: Sequence[DayFeed]

    @property
    def sessions_missing(self) -> int:
        """Marks of children on roll that have not come, over the days shown."""
        return sum(max(day.expected - day.came, 0) for day in self.days)


class _Sent(NamedTuple):
    """The marks of a day's morning and afternoon, and how many say closed."""

    morning: int = 0
    afternoon: int = 0
    closed: int = 0


def feeds(schools: Sequence[School], *, as_of: date) -> list[Feed]:
    """The feeds of these schools, in their order, up to a day. Kept until the next import."""
    key = f"feeds:{as_of.isoformat()}:{last_import_id()}"
    kept: dict[int, Feed] = cache.get(key) or {}
    missing = [school for school in schools if school.pk not in kept]
    if missing:
        kept |= {feed.urn: feed for feed in _work_out(missing, as_of)}
        cache.set(key, kept, _KEPT_SECONDS)
    return [kept[school.pk] for school in schools]


def _work_out(schools: Sequence[School], as_of: date) -> list[Feed]:
    terms = tuple(Term.objects.filter(starts_on__lte=as_of).values_list("starts_on", "ends_on"))
    urns = [school.pk for school in schools]
    until = marks_due_until(as_of)
    asked = {school.pk: _last_days(school, until, terms) for school in schools}
    every_day = sorted({day for days in asked.values() for day in days})
    sent, rolls = (_sent(urns, every_day), _rolls(urns, every_day)) if every_day else ({}, {})
    routes, refused = _routes(urns), _refused(urns)
    marks = last_marks(as_of)
    year_start = academic_year_start(academic_year(as_of))
    never = min((start for start, _ in terms if start >= year_start), default=year_start)
    found = []
    for school in schools:
        last = marks.get(school.pk)
        after = last or never - timedelta(days=1)
        behind = school_days(after, until, school.meeting_days, terms)
        days = [
            _day(day, rolls.get((school.pk, day), 0), sent.get((school.pk, day), _Sent()))
            for day in asked[school.pk]
        ]
        found.append(
            Feed(
                urn=school.pk,
                school=school.name,
                state=feed_state(last, behind),
                last_mark_on=last,
                school_days_behind=behind,
                route=routes.get(school.pk, ""),
                refused=refused.get(school.pk, 0),
                days=days,
            )
        )
    return found


def _day(day: date, on_roll: int, sent: _Sent) -> DayFeed:
    state = day_state(
        day,
        on_roll=on_roll,
        morning=sent.morning,
        afternoon=sent.afternoon,
        closed=sent.closed,
    )
    if state == DayState.CLOSED:
        return DayFeed(day, state, 0, 0)
    is_half_day = state == DayState.FULL and not (sent.morning and sent.afternoon)
    expected = on_roll if is_half_day else 2 * on_roll
    return DayFeed(day, state, sent.morning + sent.afternoon, expected)


def _last_days(school: School, until: date, terms: tuple[tuple[date, date], ...]) -> list[date]:
    """The last ten days, up to one, on which a school was expected to meet; oldest first."""
    days = (until - timedelta(days=back) for back in range(_FURTHEST_BACK))
    expected = [day for day in days if is_expected_school_day(day, school.meeting_days, terms)]
    return expected[:DAYS_SHOWN][::-1]


def _sent(urns: list[int], days: Sequence[date]) -> dict[tuple[int, date], _Sent]:
    first_week = days[0] - timedelta(days=days[0].weekday())
    rows = _asked("feed_day", schools=urns, first_week=first_week, last_day=days[-1])
    counts: dict[tuple[int, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for urn, day, session, marks, closed in rows:
        counts[urn, day][session] = marks
        counts[urn, day][2] += closed
    return {key: _Sent(*row) for key, row in counts.items()}


def _rolls(urns: list[int], days: Sequence[date]) -> dict[tuple[int, date], int]:
    rows = _asked("feed_roll", schools=urns, days=list(days))
    return {(urn, day): number for urn, day, number in rows}


def _asked(statement: str, **parameters: Any) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(working.statement(statement), parameters)
        return list(cursor.fetchall())


def _routes(urns: Collection[int]) -> dict[int, str]:
    """How each school's latest batch came, in words."""
    latest = (
        BatchSchool.objects.filter(
            school__in=urns, batch__state=RegisterBatch.State.APPLIED, batch__content="marks"
        )
        .values("school")
        .annotate(latest=Max("batch"))
        .values_list("school", "latest")
    )
    batch_of = dict(latest)
    routes = dict(RegisterBatch.objects.filter(pk__in=batch_of.values()).values_list("pk", "route"))
    return {urn: ROUTES[routes[pk]] for urn, pk in batch_of.items()}


def _refused(urns: Collection[int]) -> dict[int, int]:
    """How many rows of the latest batch of one school alone were refused."""
    latest = (
        RegisterBatch.objects.filter(school__in=urns, content="marks")
        .exclude(state=RegisterBatch.State.REVIEW)
        .values("school")
        .annotate(latest=Max("pk"))
        .values_list("latest", flat=True)
    )
    rows = (
        RegisterBatch.objects.filter(pk__in=list(latest))
        .values("school")
        .annotate(refused=Sum("rejected"))
    )
    return dict(rows.values_list("school", "refused"))
