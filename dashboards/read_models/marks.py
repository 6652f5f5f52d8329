"""Single marks of one child, for the pages that open a figure down to its marks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from attendance.codes import CODE_OF_SYMBOL, NO_MARK, by_symbol
from attendance.models import MarkChange, RegisterWeek, SchoolDay
from attendance.rules.marks import Mark, Register, SchoolCalendar, calendar_of_days, register
from attendance_portal.shared.clock import LONDON
from schools.models import Enrolment

SLOTS_A_DAY = 2


@dataclass(frozen=True)
class Correction:
    """A mark that was sent again and differed."""

    on: date
    session: int
    old: str
    new: str
    new_meaning: str
    at_batch: int
    corrected_on: date
    href: str = ""  # the batch's receipt, for whoever may open it


def weeks_of(enrolment: Enrolment, first: date, last: date) -> list[tuple[date, str]]:
    """Each register week from one date to another: its Monday and fourteen symbols."""
    rows = RegisterWeek.objects.filter(
        enrolment=enrolment, week_start__gt=first - timedelta(days=7), week_start__lte=last
    )
    return list(rows.order_by("week_start").values_list("week_start", "marks"))


def marks_of(weeks: Iterable[tuple[date, str]]) -> Iterable[Mark]:
    """The marks in some register weeks, in order of time."""
    for monday, symbols in weeks:
        for slot, symbol in enumerate(symbols):
            if symbol != NO_MARK:
                day = monday + timedelta(days=slot // SLOTS_A_DAY)
                yield Mark(day, slot % SLOTS_A_DAY, CODE_OF_SYMBOL[symbol])


def register_of(enrolment: Enrolment, on: date, first: date = date.min) -> Register:
    """The marks that count for an enrolment up to a day."""
    start = max(first, enrolment.starts_on)
    weeks = weeks_of(enrolment, start, on)
    return register(marks_of(weeks), start=start, end=enrolment.ends_on, on=on)


def registers_of(enrolments: Iterable[Enrolment], on: date) -> dict[int, Register]:
    """Enrolment id to all its marks that count up to a day; one query for all of them."""
    chosen = {row.pk: row for row in enrolments}
    weeks: dict[int, list[tuple[date, str]]] = {pk: [] for pk in chosen}
    rows = RegisterWeek.objects.filter(enrolment__in=list(chosen), week_start__lte=on)
    for pk, monday, symbols in rows.values_list("enrolment_id", "week_start", "marks"):
        weeks[pk].append((monday, symbols))
    return {
        pk: register(marks_of(weeks[pk]), start=row.starts_on, end=row.ends_on, on=on)
        for pk, row in chosen.items()
    }


def calendars_of(school_ids: Iterable[int], on: date) -> dict[int, SchoolCalendar]:
    """URN to the days that school met, up to a day; one query for all of them."""
    days: dict[int, list[date]] = {urn: [] for urn in school_ids}
    rows = SchoolDay.objects.filter(school__in=list(days), date__lte=on)
    for urn, day in rows.values_list("school_id", "date"):
        days[urn].append(day)
    return {urn: calendar_of_days(met) for urn, met in days.items()}


def calendar_of(school_id: int, on: date) -> SchoolCalendar:
    """The days a school met, up to a day."""
    days = SchoolDay.objects.filter(school=school_id, date__lte=on)
    return calendar_of_days(days.values_list("date", flat=True))


def corrections_of(
    enrolments: Iterable[Enrolment], *, at_most: int
) -> tuple[list[Correction], int]:
    """The latest corrections, and how many more there are; first arrivals are none."""
    changes = MarkChange.objects.filter(enrolment__in=[row.pk for row in enrolments])
    corrected = changes.exclude(old=NO_MARK)
    latest = [_correction(change) for change in corrected.order_by("-at", "-pk")[:at_most]]
    more = corrected.count() - at_most if len(latest) == at_most else 0
    return latest, more


def _correction(change: MarkChange) -> Correction:
    is_gone = change.new == NO_MARK
    return Correction(
        on=change.date,
        session=change.session,
        old=CODE_OF_SYMBOL.get(change.old, "?"),
        new="?" if is_gone else CODE_OF_SYMBOL[change.new],
        new_meaning="No mark" if is_gone else by_symbol(change.new).short_name,
        at_batch=change.batch_id,
        corrected_on=change.at.astimezone(LONDON).date(),
    )


def corrected_sessions(enrolment: Enrolment) -> dict[tuple[date, int], Correction]:
    """The latest correction of each session that was ever corrected."""
    changes = MarkChange.objects.filter(enrolment=enrolment).exclude(old=NO_MARK)
    return {
        (change.date, change.session): _correction(change)
        for change in changes.order_by("at", "pk")
    }
