"""What was promised: flags to look at again by date, and what the next school days bring."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from attendance.models import FlagAnswer
from attendance.read_models.answers import look_again_dates
from attendance.read_models.calendar import ExpectedDays
from attendance.rules.answers import due_by
from attendance.states import DUE_HEADINGS, DUE_TAGS, Due, Tag
from attendance_portal.shared import wording
from dashboards.read_models.rolls import own_enrolments
from dashboards.read_models.worklist_flags import FlagLine, flag_line
from schools.models import Term
from schools.rules.calendar import half_term_label

if TYPE_CHECKING:
    from accounts.models import User

DAYS_AHEAD = 5


@dataclass(frozen=True)
class DueLine:
    """One flag to look at again: its date in words, a tag if it is due, and why it could wait."""

    line: FlagLine
    when: str
    tag: Tag | None
    reason: str


@dataclass(frozen=True)
class DueGroup:
    """What is overdue, due today, or due this week."""

    title: str
    lines: list[DueLine]


@dataclass(frozen=True)
class Waiting:
    """Everything promised, by how soon; `next_week` is how many fall due next week."""

    groups: list[DueGroup]
    overdue: int
    today: int
    this_week: int
    next_week: int

    @property
    def due(self) -> int:
        """How many are overdue or due today."""
        return self.overdue + self.today


@dataclass(frozen=True)
class DayAhead:
    """One of the next school days, and what is known of it."""

    when: str
    notes: list[str]


def look_agains(user: User, *, on: date) -> list[FlagAnswer]:
    """Latest answers, of the person's own enrolments, due by the end of next week."""
    rows = look_again_dates(user, today=on)
    own = own_enrolments(user, on).filter(pk__in=rows.values("flag__enrolment"))
    return list(rows.filter(flag__enrolment__in=own.values("pk")))


def waiting(answers: Sequence[FlagAnswer], *, on: date) -> Waiting:
    """The look-again dates, grouped Overdue, Today, This week."""
    sorted_by = {
        due: [row for row in answers if due_by(row.look_again_on, on) is due] for due in Due
    }
    groups = [
        DueGroup(DUE_HEADINGS[due], [_due_line(row, due, on) for row in sorted_by[due]])
        for due in DUE_HEADINGS
        if sorted_by[due]
    ]
    return Waiting(
        groups=groups,
        overdue=len(sorted_by[Due.OVERDUE]),
        today=len(sorted_by[Due.TODAY]),
        this_week=len(sorted_by[Due.THIS_WEEK]),
        next_week=len(sorted_by[Due.LATER]),
    )


def _due_line(answer: FlagAnswer, due: Due, on: date) -> DueLine:
    return DueLine(
        line=flag_line(answer.flag, answer, on=on),
        when=wording.short_day(answer.look_again_on),
        tag=DUE_TAGS.get(due),
        reason=answer.reason,
    )


def next_days(answers: Sequence[FlagAnswer], *, on: date, days: ExpectedDays) -> list[DayAhead]:
    """The next five school days after today: the edges of half-terms, and what is due on them."""
    dates = [days.after(on, number) for number in range(1, DAYS_AHEAD + 1)]
    terms = Term.objects.filter(starts_on__lte=dates[-1], ends_on__gte=dates[0])
    firsts = {term.starts_on: half_term_label(term.half_term) for term in terms}
    lasts = {term.ends_on: half_term_label(term.half_term) for term in terms}
    due = Counter(answer.look_again_on for answer in answers)
    found, before = [], on
    for day in dates:
        notes = _notes(day, before, firsts, lasts)
        number = sum(due[one] for one in due if before < one <= day)
        if number:
            notes.append(f"{wording.counted(number, 'flag')} to look at again.")
        found.append(DayAhead(wording.short_day(day), notes))
        before = day
    return found


def _notes(day: date, before: date, firsts: dict[date, str], lasts: dict[date, str]) -> list[str]:
    notes = []
    if _weekdays_between(before, day):
        notes.append(f"First school day after {wording.short_day(before)}.")
    if day in firsts:
        notes.append(f"{firsts[day]} starts.")
    if day in lasts:
        notes.append(f"Last day of {lasts[day]}.")
    return notes


def _weekdays_between(before: date, day: date) -> bool:
    """Whether a weekday without school lies between two school days."""
    between = (before + timedelta(days=n) for n in range(1, (day - before).days))
    return any(one.isoweekday() < 6 for one in between)
