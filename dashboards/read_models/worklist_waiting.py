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
from cases.flags import Casework
from dashboards.read_models.rolls import own_enrolments
from dashboards.read_models.worklist_duties import Duty, DutyKind, number_of
from dashboards.read_models.worklist_flags import FlagLine, due_again
from dashboards.read_models.worklist_meetings import MeetingAhead
from schools.models import Term
from schools.rules.calendar import half_term_label

if TYPE_CHECKING:
    from accounts.models import User

DAYS_AHEAD = 5
DUTIES_SHOWN = 40  # of one group; the rest are on their own pages
# What falls on a day to come: one, several, and what becomes of them.
_AHEAD = {
    "flag": ("flag", "flags", "to look at again"),
    "review": ("review", "reviews", "due"),
    "reply": ("reply", "replies", "due"),
    "action": ("action", "actions", "due"),
}


@dataclass(frozen=True)
class DueLine:
    """One flag to look at again: its date in words, a tag if it is due, and why it could wait."""

    line: FlagLine
    when: str
    tag: Tag | None
    reason: str


@dataclass(frozen=True)
class DutyLine:
    """One thing casework asks for: its date in words, and a tag if it is due."""

    duty: Duty
    when: str
    tag: Tag | None


@dataclass(frozen=True)
class DueGroup:
    """What is overdue, due today, or due this week; `more` duties did not fit."""

    title: str
    lines: list[DueLine]
    duties: list[DutyLine]
    more: int = 0

    @property
    def count(self) -> int:
        return len(self.lines) + len(self.duties) + self.more


@dataclass(frozen=True)
class Waiting:
    """Everything promised, by how soon. The numbers: flags to look at again, then what casework
    asks for that is late or due today; `next_week`: flags and reviews that fall due next week."""

    groups: list[DueGroup]
    overdue: int
    today: int
    this_week: int
    next_week: int
    reviews_overdue: int = 0
    replies_due: int = 0
    actions_due: int = 0
    reviews_next_week: int = 0

    @property
    def due(self) -> int:
        """How many flags are overdue or due today."""
        return self.overdue + self.today


@dataclass(frozen=True)
class DayAhead:
    """One of the next school days, and what is known of it."""

    when: str
    notes: list[str]
    meetings: list[MeetingAhead]


def look_agains(user: User, *, on: date) -> list[FlagAnswer]:
    """Latest answers, of the person's own enrolments, due by the end of next week."""
    rows = list(look_again_dates(user, today=on))
    own = own_enrolments(user, on).filter(pk__in={row.flag.enrolment_id for row in rows})
    mine = set(own.values_list("pk", flat=True))
    return [row for row in rows if row.flag.enrolment_id in mine]


def still_asking(answers: Sequence[FlagAnswer], casework: Casework) -> list[FlagAnswer]:
    """Those whose flag casework has not answered meanwhile."""
    return [row for row in answers if casework.answer_to(row.flag, row) is None]


def waiting(answers: Sequence[FlagAnswer], duties: Sequence[Duty], *, on: date) -> Waiting:
    """Look-again dates and duties, grouped Overdue, Today, This week."""
    flags = {due: [row for row in answers if due_by(row.look_again_on, on) is due] for due in Due}
    asked = {due: [duty for duty in duties if due_by(duty.on, on) is due] for due in Due}
    return Waiting(
        groups=[
            _group(due, flags[due], asked[due], on)
            for due in DUE_HEADINGS
            if flags[due] or asked[due]
        ],
        overdue=len(flags[Due.OVERDUE]),
        today=len(flags[Due.TODAY]),
        this_week=len(flags[Due.THIS_WEEK]),
        next_week=len(flags[Due.LATER]),
        reviews_overdue=sum(duty.kind is DutyKind.REVIEW for duty in asked[Due.OVERDUE]),
        replies_due=number_of(duties, DutyKind.REPLY, by=on),
        actions_due=number_of(duties, DutyKind.ACTION, by=on),
        reviews_next_week=sum(duty.kind is DutyKind.REVIEW for duty in asked[Due.LATER]),
    )


def _group(due: Due, answers: Sequence[FlagAnswer], duties: Sequence[Duty], on: date) -> DueGroup:
    tag = DUE_TAGS.get(due)
    shown = duties[:DUTIES_SHOWN]
    return DueGroup(
        DUE_HEADINGS[due],
        lines=[_due_line(row, tag, on) for row in answers],
        duties=[DutyLine(duty, wording.short_day(duty.on), tag) for duty in shown],
        more=len(duties) - len(shown),
    )


def _due_line(answer: FlagAnswer, tag: Tag | None, on: date) -> DueLine:
    return DueLine(
        line=due_again(answer.flag, answer, on=on),
        when=wording.short_day(answer.look_again_on),
        tag=tag,
        reason=answer.reason,
    )


def days_ahead(on: date, days: ExpectedDays) -> list[date]:
    """The next five school days after today."""
    return [days.after(on, number) for number in range(1, DAYS_AHEAD + 1)]


def next_days(
    answers: Sequence[FlagAnswer],
    duties: Sequence[Duty],
    meetings: Sequence[MeetingAhead],
    *,
    on: date,
    days: ExpectedDays,
) -> list[DayAhead]:
    """The next five school days after today: the edges of half-terms, what is due on them, and the
    meetings."""
    dates = days_ahead(on, days)
    terms = Term.objects.filter(starts_on__lte=dates[-1], ends_on__gte=dates[0])
    firsts = {term.starts_on: half_term_label(term.half_term) for term in terms}
    lasts = {term.ends_on: half_term_label(term.half_term) for term in terms}
    due = Counter(("flag", answer.look_again_on) for answer in answers)
    due += Counter((duty.kind.value, duty.on) for duty in duties)
    found, before = [], on
    for day in dates:
        notes = _notes(day, before, firsts, lasts)
        for kind, words in _AHEAD.items():
            number = sum(due[one] for one in due if one[0] == kind and before < one[1] <= day)
            if number:
                notes.append(f"{wording.counted(number, *words[:2])} {words[2]}.")
        met = [one for one in meetings if before < one.on <= day]
        found.append(DayAhead(wording.short_day(day), notes, met))
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
