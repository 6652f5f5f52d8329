"""Whether a child has just come back after a long time away, read from the registers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attendance.codes import CODE_OF_SYMBOL, NO_MARK
from attendance.models import RegisterWeek
from attendance.rules.marks import Mark, register
from cases.rules.fresh_start import Return, latest_return
from schools.models import Enrolment, Pupil

_LOOKED_AT: Final = timedelta(weeks=30)  # longer than two terms: a return is seen far before
_SLOTS_A_DAY: Final = 2


def returned_after_absence(pupil: Pupil, *, on: date) -> Return | None:
    """The return that asks for a fresh start as of a day: at the school where the child is now.

    None for a child on no roll, or who was not away for ten sessions, or came back long ago. Two
    queries. Whoever asks has found the child in scope.
    """
    rolls = Enrolment.objects.on_roll(on).filter(pupil=pupil, awaiting_confirmation=False)
    enrolment = rolls.main().order_by("-starts_on").first() or rolls.first()
    if enrolment is None:
        return None
    weeks = RegisterWeek.objects.filter(
        enrolment=enrolment, week_start__gte=on - _LOOKED_AT, week_start__lte=on
    ).values_list("week_start", "marks")
    marks = [mark for monday, symbols in weeks for mark in _marks(monday, symbols)]
    counted = register(marks, start=enrolment.starts_on, end=enrolment.ends_on, on=on)
    return latest_return(counted, on=on)


def _marks(monday: date, symbols: str) -> list[Mark]:
    return [
        Mark(monday + timedelta(days=slot // _SLOTS_A_DAY), slot % _SLOTS_A_DAY, CODE_OF_SYMBOL[s])
        for slot, s in enumerate(symbols)
        if s != NO_MARK
    ]
