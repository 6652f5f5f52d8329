"""Children without an attended mark on any of their school's last days.

Only children with an open flag are looked at: ten days missed in a row are past every line that
opens one, and without marks the flag is that there are none. So a page costs what its flags cost.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from attendance.codes import SYMBOLS_ATTENDED
from attendance.models import Flag, RegisterWeek, SchoolDay
from schools.rules.calendar import week_start

_SLOTS_A_DAY: Final = 2
_LOOKED_AT: Final = timedelta(days=365)  # ten school days lie within a year, or tell nothing now


def first_of_last_days(urns: Collection[int], *, as_of: date, days: int) -> dict[int, date]:
    """URN to the first of the last so many days on which the school met; none for a school that has
    not met so often."""
    latest_first = Window(RowNumber(), partition_by="school", order_by="-date")
    met = SchoolDay.objects.filter(
        school__in=list(urns), date__lte=as_of, date__gt=as_of - _LOOKED_AT
    )
    rows = met.order_by().annotate(place=latest_first).filter(place=days)
    return dict(rows.values_list("school_id", "date"))


def flagged_on_roll(flags: QuerySet[Flag], since: Mapping[int, date]) -> dict[int, int]:
    """Enrolment id to child's id, of the flagged enrolments that were on roll by the first of the
    days. `since`: URN to that first day."""
    rows = flags.filter(enrolment__awaiting_confirmation=False).order_by()
    found = rows.values_list(
        "enrolment_id", "enrolment__pupil_id", "school_id", "enrolment__starts_on"
    ).distinct()
    return {
        enrolment: pupil
        for enrolment, pupil, urn, starts_on in found
        if urn in since and starts_on <= since[urn]
    }


def surely_attended(pupils: Collection[int], since: Mapping[int, date]) -> set[int]:
    """Those of these children with an attended mark in a whole week after every school's first day,
    wherever it was: nearly all. Of the others `last_attended` says the day."""
    if not since:
        return set()
    monday = week_start(max(since.values()))
    weeks = RegisterWeek.objects.filter(
        enrolment__pupil__in=list(pupils), week_start__gt=monday, attended__gt=0
    )
    return set(weeks.order_by().values_list("enrolment__pupil", flat=True).distinct())


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
