"""Registers for tests of rules: written as pages of the paper register, one string a week.

A page is Monday morning, Monday afternoon, Tuesday morning ... in register symbols; a space is no
mark. Also random registers (hypothesis) whose blocks are long enough to cross the lines of rules.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from hypothesis import strategies as st

from attendance.codes import CODE_OF_SYMBOL, NO_MARK, in_force
from attendance.rules.flags import Facts
from attendance.rules.marks import Mark, Register, SchoolCalendar, calendar_of_days, register
from schools.rules.calendar import TermDates

PRESENT_WEEK = "/\\/\\/\\/\\/\\"
EMPTY_WEEK = " " * 10
MONDAY = date(2025, 9, 1)  # the first day of the autumn term of 2025/26 in these tests

TERMS = TermDates.of(
    [
        (2023, 6, date(2024, 6, 3), date(2024, 7, 19)),
        (2024, 1, date(2024, 9, 2), date(2024, 10, 25)),
        (2024, 2, date(2024, 11, 4), date(2024, 12, 20)),
        (2024, 3, date(2025, 1, 6), date(2025, 2, 14)),
        (2024, 4, date(2025, 2, 24), date(2025, 4, 4)),
        (2024, 5, date(2025, 4, 21), date(2025, 5, 23)),
        (2024, 6, date(2025, 6, 2), date(2025, 7, 21)),
        (2025, 1, date(2025, 9, 1), date(2025, 10, 24)),
        (2025, 2, date(2025, 11, 3), date(2025, 12, 19)),
        (2025, 3, date(2026, 1, 5), date(2026, 2, 13)),
    ]
)


def pages(monday: date, *weeks: str) -> Register:
    """Marks from consecutive weeks' pages."""
    return tuple(
        Mark(monday + timedelta(weeks=week, days=place // 2), place % 2, CODE_OF_SYMBOL[symbol])
        for week, page in enumerate(weeks)
        for place, symbol in enumerate(page)
        if symbol != NO_MARK
    )


def weekdays(monday: date, weeks: int) -> list[date]:
    """Every Monday to Friday of so many weeks."""
    return [monday + timedelta(weeks=w, days=d) for w in range(weeks) for d in range(5)]


def days_of(marks: Register) -> SchoolCalendar:
    """The calendar of a school at which this child's marks show every session."""
    return calendar_of_days(mark.date for mark in marks if mark.meaning.makes_a_session)


def facts_of(marks: Register, on: date, *, days: list[date] | None = None, **changes) -> Facts:
    """The facts of a child on roll since the first mark, at a school that met on `days`."""
    calendar = days_of(marks) if days is None else calendar_of_days(days)
    facts = Facts(
        marks=tuple(mark for mark in marks if mark.date <= on),
        calendar=calendar.up_to(on),
        enrolment_start=min((mark.date for mark in marks), default=on),
        enrolment_end=None,
        on=on,
    )
    return replace(facts, **changes)


@dataclass(frozen=True)
class SchoolOfOne:
    """Random marks of one child, and the days the school met, some without the child."""

    marks: tuple[Mark, ...]
    days: tuple[date, ...]

    @property
    def last_day(self) -> date:
        return max((*self.days, *(mark.date for mark in self.marks)))


# Every kind of code; the commonest thrice, so that lines are crossed. c and p are C1 and C2.
_SYMBOLS = "/\\" * 3 + "IION" * 2 + "GUNLMCDXcp1#-Z" + NO_MARK
# Around the change of codes (19 August 2024), a 1 August, and a plain autumn.
_FIRST_MONDAYS = (date(2024, 5, 6), date(2024, 8, 19), date(2025, 5, 5), date(2025, 9, 1))


def _known_on(symbol: str, day: date) -> str | None:
    if symbol == NO_MARK:
        return None
    code = CODE_OF_SYMBOL[symbol]
    return code if in_force(code, day) else "O"


@st.composite
def registers(draw: st.DrawFn, max_blocks: int = 16) -> SchoolOfOne:
    """A register of blocks of one symbol, up to 24 sessions each, rarely on Saturdays too."""
    monday = draw(st.sampled_from(_FIRST_MONDAYS))
    blocks = draw(
        st.lists(
            st.tuples(st.sampled_from(_SYMBOLS), st.integers(1, 24)),
            min_size=1,
            max_size=max_blocks,
        )
    )
    days_a_week = draw(st.sampled_from((5, 5, 5, 6)))
    symbols = [symbol for symbol, length in blocks for _ in range(length)]
    marks = []
    for place, symbol in enumerate(symbols):
        week, place_in_week = divmod(place, 2 * days_a_week)
        day = monday + timedelta(weeks=week, days=place_in_week // 2)
        code = _known_on(symbol, day)
        if code is not None:
            marks.append(Mark(day, place_in_week % 2, code))
    weeks = len(symbols) // (2 * days_a_week) + 2
    met_without = draw(st.lists(st.sampled_from(weekdays(monday, weeks)), max_size=25))
    met = {mark.date for mark in marks if mark.meaning.makes_a_session} | set(met_without)
    return SchoolOfOne(tuple(marks), tuple(sorted(met)) or (monday,))


@st.composite
def enrolment_facts(draw: st.DrawFn) -> Facts:
    """Facts of an enrolment on a random day, some not yet started, some ended."""
    school = draw(registers())
    first = min(school.days[0], *(mark.date for mark in school.marks), school.last_day)
    on = school.last_day - timedelta(days=draw(st.integers(-12, 40)))
    start = first + timedelta(days=draw(st.sampled_from((0, 0, 0, 3, 20))))
    end = draw(st.sampled_from((None, None, None, on, on - timedelta(days=1))))
    if end is not None and end < start:
        end = None
    return Facts(
        marks=register(school.marks, start=start, end=end, on=on),
        calendar=calendar_of_days(school.days).up_to(on),
        enrolment_start=start,
        enrolment_end=end,
        on=on,
        minimum_possible=draw(st.sampled_from((20, 20, 1))),
    )
