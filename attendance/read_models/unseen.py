"""Children without an attended mark on any of their school's last days.

Only children with an open flag are looked at: ten days missed in a row are past every line that
opens one, and without marks the flag is that there are none. So a page costs what its flags cost.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery

from attendance.codes import SYMBOLS_ATTENDED
from attendance.models import Flag, RegisterWeek, SchoolDay
from schools.models import Enrolment
from schools.rules.calendar import week_start

_SLOTS_A_DAY: Final = 2
_ATTENDED: Final = "[" + "".join(re.escape(symbol) for symbol in SYMBOLS_ATTENDED) + "]"


def first_of_last_days(urns: Collection[int], *, as_of: date, days: int) -> dict[int, date]:
    """URN to the first of the last so many days on which the school met; none for a school that has
    not met so often."""
    met = SchoolDay.objects.filter(date__lte=as_of).order_by()
    newest = met.filter(school=OuterRef("school")).values("school").annotate(n=Max("day_no"))
    rows = met.filter(school__in=list(urns), day_no=Subquery(newest.values("n")) - (days - 1))
    return dict(rows.values_list("school_id", "date"))


def without_attendance(flags: QuerySet[Flag], since: Mapping[int, date]) -> QuerySet[Enrolment]:
    """The flagged enrolments, on roll by the first of the days, without an attended mark since.

    `since`: URN to that first day. A mark at another school of the same child is one as well.
    """
    schools: dict[date, list[int]] = defaultdict(list)
    for urn, day in since.items():
        schools[day].append(urn)
    found = Q(pk__in=[])
    for day, urns in schools.items():
        found |= Q(~Exists(_attended_since(day)), school__in=urns, starts_on__lte=day)
    flagged = flags.order_by().values("enrolment")
    return Enrolment.objects.filter(found, pk__in=flagged, awaiting_confirmation=False)


def _attended_since(day: date) -> QuerySet[RegisterWeek]:
    """Weeks of the same child with an attended mark on that day or after it."""
    monday = week_start(day)
    slots = (day - monday).days * _SLOTS_A_DAY
    later = Q(week_start__gt=monday, attended__gt=0)
    same_week = Q(week_start=monday, attended__gt=0, marks__regex=f"^.{{{slots}}}.*{_ATTENDED}")
    return RegisterWeek.objects.filter(
        later | same_week, enrolment__pupil=OuterRef("pupil"), week_start__gte=monday
    )


def last_attended(pupils: Collection[int], *, as_of: date) -> dict[int, date]:
    """Child's id to the last day with an attended mark, wherever it was."""
    rows = (
        RegisterWeek.objects.filter(
            enrolment__pupil__in=list(pupils), week_start__lte=as_of, attended__gt=0
        )
        .order_by("enrolment__pupil", "-week_start")
        .annotate(pupil=F("enrolment__pupil"))
        .distinct("enrolment__pupil")
    )
    return {
        pupil: monday + timedelta(days=_last_slot(marks) // _SLOTS_A_DAY)
        for pupil, monday, marks in rows.values_list("pupil", "week_start", "marks")
    }


def _last_slot(marks: str) -> int:
    return max(slot for slot, symbol in enumerate(marks) if symbol in SYMBOLS_ATTENDED)
