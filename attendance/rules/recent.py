"""A child on roll of whom the register has said nothing lately. Pure.

Our rule (interfaces: `no_recent_marks`): on roll, and no mark but '-' on any of the school's last
five days with a session. It asks whether the child is in the register at all; absence is not
silence.
"""

from datetime import date
from typing import Final

from attendance.codes import NO_MARK_RECORDED
from attendance.rules.marks import Register, SchoolCalendar

RECENT_SCHOOL_DAYS: Final = 5


def is_on_roll(*, start: date, end: date | None, on: date) -> bool:
    """Whether `on` lies in the enrolment, first and last day included."""
    return start <= on and (end is None or on <= end)


def last_mark_on(marks: Register, on: date) -> date | None:
    """The last day, up to `on`, with any mark but '-'; None if there is none."""
    said = [mark.date for mark in marks if mark.code != NO_MARK_RECORDED and mark.date <= on]
    return max(said, default=None)


def last_heard_on(marks: Register, calendar: SchoolCalendar, on: date) -> date | None:
    """The last day the school met, up to `on`, with any mark of the child but '-'; None if none.

    A # that a system sends through the holidays is no word of the child.
    """
    met = set(calendar.up_to(on).days)
    said = [mark.date for mark in marks if mark.code != NO_MARK_RECORDED and mark.date in met]
    return max(said, default=None)


def has_no_recent_marks(
    marks: Register,
    calendar: SchoolCalendar,
    enrolment_start: date,
    enrolment_end: date | None,
    on: date,
) -> bool:
    """Whether the register has been silent about a child for five school days.

    All five days must lie inside the enrolment: days before a child started cannot count against
    them, and while the school has met on fewer than five days since then it is too early to say.
    """
    if not is_on_roll(start=enrolment_start, end=enrolment_end, on=on):
        return False
    recent = calendar.up_to(on).days[-RECENT_SCHOOL_DAYS:]
    if len(recent) < RECENT_SCHOOL_DAYS or recent[0] < enrolment_start:
        return False
    last = last_heard_on(marks, calendar, on)
    return last is None or last < recent[0]
