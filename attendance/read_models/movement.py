"""Who moved over a line since a day: as conditions for lists, and as counts of the same lists.

Proven equal to `attendance.rules.movement`. Scope is the caller's: `known` are the enrolments
whose past the reader may know, of the same children.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from attendance.models import EnrolmentPeriod, Flag, PeriodKind
from attendance.rules.absence import PERSISTENT_ONE_IN, SEVERE_ONE_IN
from attendance.rules.movement import Movement
from attendance.states import CloseReason, FlagKind
from attendance_portal.shared.once import once_a_reading
from schools.models import Enrolment, Term
from schools.rules.calendar import academic_year

USUAL_DAYS: Final = 28
_ONE_IN: Final = {
    FlagKind.PERSISTENT_ABSENCE: PERSISTENT_ONE_IN,
    FlagKind.SEVERE_ABSENCE: SEVERE_ONE_IN,
}


@dataclass(frozen=True)
class Window:
    """From which day on movement counts, and as of which day it is asked."""

    since: date
    as_of: date


def usual_since(as_of: date) -> date:
    """Four weeks before."""
    return as_of - timedelta(days=USUAL_DAYS)


def moved(movement: Movement, window: Window, known: QuerySet[Enrolment]) -> Q:
    """The condition, for enrolments, that this movement is theirs."""
    if movement.way == "new":
        return Q(_stands(movement.line, window.as_of, met_on__gt=window.since))
    if movement.way == "cleared":
        return Q(_closed(movement.line, window)) & ~Q(_stands(movement.line, window.as_of))
    return _long_standing(movement.line, window, known)


def movement_counts(
    rows: QuerySet[Enrolment], window: Window, known: QuerySet[Enrolment]
) -> dict[Movement, int]:
    """How many of these enrolments each movement is true of."""
    known = known.filter(pupil__in=rows.order_by().values("pupil"))  # nobody else's past is asked
    found = rows.order_by().aggregate(
        **{each.value: Count("pk", filter=moved(each, window, known)) for each in Movement}
    )
    return {each: found[each.value] for each in Movement}


def _stands(kind: FlagKind, as_of: date, **facts: object) -> Exists:
    flags = Flag.objects.standing_on(as_of).filter(kind=kind, **facts)
    return Exists(flags.filter(enrolment=OuterRef("pk")))


def _closed(kind: FlagKind, window: Window) -> Exists:
    flags = Flag.objects.closed_between(window.since, window.as_of)
    no_longer = flags.filter(kind=kind, close_reason=CloseReason.NO_LONGER_MET)
    return Exists(no_longer.filter(enrolment=OuterRef("pk")))


def _long_standing(kind: FlagKind, window: Window, known: QuerySet[Enrolment]) -> Q:
    """A child who came from another school was over the line there, if that may be known."""
    condition = Q(_stands(kind, window.as_of)) & Q(pupil__in=_over_last_year(kind, window, known))
    mine = Flag.objects.filter(kind=kind, enrolment__in=known.order_by().values("pk"))
    for day in half_term_ends(window.as_of):
        held = mine.filter(
            Q(closed_on__isnull=True) | Q(closed_on__gt=day),
            met_on__lte=day,
            enrolment__pupil=OuterRef("pupil"),
        )
        condition &= Q(Exists(held))
    return condition


@once_a_reading
def half_term_ends(as_of: date) -> tuple[date, ...]:
    """The last days of the half-terms of the year that have ended before a day."""
    ended = Term.objects.filter(academic_year=academic_year(as_of), ends_on__lt=as_of)
    return tuple(ended.order_by("ends_on").values_list("ends_on", flat=True))


def _over_last_year(
    kind: FlagKind, window: Window, known: QuerySet[Enrolment]
) -> QuerySet[EnrolmentPeriod, int]:
    """Children over the line in all of last year, their enrolments added up.

    Only those are asked about who stand over it today: all others are out already.
    """
    year = academic_year(window.as_of) - 1
    standing = Flag.objects.standing_on(window.as_of).filter(kind=kind)
    known = known.filter(pupil__in=standing.order_by().values("enrolment__pupil"))
    rows = EnrolmentPeriod.objects.filter(
        academic_year=year,
        kind=PeriodKind.YEAR,
        key=year,
        enrolment__in=known.order_by().values("pk"),
    )
    sums = rows.values("enrolment__pupil").annotate(
        missed=Sum(F("authorised") + F("unauthorised")), sessions=Sum("possible")
    )
    over = sums.annotate(beyond=F("missed") * _ONE_IN[kind] - F("sessions"))
    enough = over.filter(beyond__gte=0, sessions__gte=max(settings.MINIMUM_POSSIBLE_SESSIONS, 1))
    return enough.order_by().values("enrolment__pupil")
