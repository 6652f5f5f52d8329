"""Before and after a day: the same number of school weeks on each side, for each enrolment.

The week of the day itself is left out. A week counts where the child had a possible session in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import F

from attendance.models import RegisterWeek
from dashboards.charts import Share
from schools.rules.calendar import week_start

#: School weeks on each side, where so many have gone by.
MOST_WEEKS: Final = 6
SESSIONS_A_WEEK: Final = 10
_LOOKED_AT: Final = timedelta(weeks=26)  # far enough for six school weeks across the summer

Week = tuple[date, int, int]  # its Monday, possible, absent


@dataclass(frozen=True)
class Windows:
    """Sessions missed of those possible in so many weeks before, and as many after."""

    before: Share
    after: Share
    weeks: int


def windows_around(enrolments: Collection[int], day: date, *, as_of: date) -> dict[int, Windows]:
    """Enrolment to its windows, for marks up to `as_of`; without a week after it has none. One
    query."""
    rows = RegisterWeek.objects.filter(
        enrolment__in=enrolments,
        week_start__gt=day - _LOOKED_AT,
        week_start__lte=as_of,
        possible__gt=0,
    ).order_by("week_start")
    found: dict[int, list[Week]] = {}
    absent = rows.annotate(missed=F("possible") - F("attended"))
    for pk, monday, possible, missed in absent.values_list(
        "enrolment_id", "week_start", "possible", "missed"
    ):
        found.setdefault(pk, []).append((monday, possible, missed))
    shown = {pk: _around(weeks, day) for pk, weeks in found.items()}
    return {pk: one for pk, one in shown.items() if one.weeks}


def _around(weeks: Sequence[Week], day: date) -> Windows:
    met = week_start(day)
    earlier = [week for week in weeks if week[0] < met]
    later = [week for week in weeks if week[0] > met]
    number = min(MOST_WEEKS, len(earlier), len(later))
    return Windows(_added(earlier[len(earlier) - number :]), _added(later[:number]), weeks=number)


def _added(weeks: Sequence[Week]) -> Share:
    return Share(sum(week[2] for week in weeks), sum(week[1] for week in weeks))
