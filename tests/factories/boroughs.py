"""Random small boroughs for property tests, and what the rules in Python say of them.

Two schools, one of which meets on Saturdays too; a child on both rolls; leavers, late starters and
a child who came back; marks outside enrolment dates; weeks cut by 1 August, by half-terms that
start or end on any weekday, and by the change of codes on 19 August 2024.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st

from attendance.codes import CODE_OF_SYMBOL, NO_MARK, in_force, symbol_for
from attendance.models import RegisterWeek
from attendance.rules import flags
from attendance.rules.flags import Facts
from attendance.rules.marks import Mark, SchoolCalendar, register, school_calendar
from schools.models import Enrolment, Pupil, School, Term
from schools.rules.calendar import TermDates, week_start

URNS = (900001, 900002)
_FIRST_MONDAYS = (date(2024, 5, 6), date(2024, 7, 29), date(2025, 5, 5), date(2025, 9, 1))
_SYMBOLS = "/\\" * 3 + "IION" * 2 + "GUNLMCDXcp14#-Z" + NO_MARK * 2
_BLOCKS = st.lists(
    st.tuples(st.sampled_from(_SYMBOLS), st.integers(1, 26)), min_size=1, max_size=14
)


@dataclass(frozen=True)
class Child:
    """One enrolment and every mark stored for it, inside its dates or not."""

    upn: str
    urn: int
    start: date
    end: date | None
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Borough:
    """Everything a run reads."""

    children: tuple[Child, ...]
    terms: TermDates
    first: date
    last: date


def _marks(monday: date, blocks, days_a_week: int) -> tuple[Mark, ...]:
    marks = []
    symbols = [symbol for symbol, length in blocks for _ in range(length)]
    for place, symbol in enumerate(symbols):
        week, in_week = divmod(place, 2 * days_a_week)
        day = monday + timedelta(weeks=week, days=in_week // 2)
        if symbol != NO_MARK:
            code = CODE_OF_SYMBOL[symbol]
            marks.append(Mark(day, in_week % 2, code if in_force(code, day) else "O"))
    return tuple(marks)


def _day(draw, first: date, spread: int) -> date:
    return first + timedelta(days=draw(st.integers(0, spread)))


@st.composite
def children(draw, monday: date, upn: str, urn: int, days_a_week: int) -> Child:
    """A child on one roll, some for part of the time."""
    marks = _marks(monday, draw(_BLOCKS), days_a_week)
    start = draw(st.sampled_from((monday, monday, _day(draw, monday, 40))))
    end = draw(st.sampled_from((None, None, start + timedelta(days=draw(st.integers(0, 120))))))
    return Child(upn, urn, start, end, marks)


@st.composite
def half_terms(draw, monday: date) -> TermDates:
    """Half-terms on either side of 1 August, with edges on any weekday; perhaps none."""
    year = monday.year if monday.month >= 8 else monday.year - 1
    rows, cursor = [], date(year, 8, 1) + timedelta(days=draw(st.integers(20, 40)))
    for academic_year in (year, year + 1):
        cursor = max(cursor, date(academic_year, 8, 1) + timedelta(days=draw(st.integers(0, 34))))
        for half in range(1, 7):
            end = min(
                cursor + timedelta(days=draw(st.integers(30, 56))), date(academic_year + 1, 7, 31)
            )
            if cursor <= end:
                rows.append((academic_year, half, cursor, end))
            cursor = end + timedelta(days=draw(st.integers(1, 12)))
    return TermDates.of(draw(st.sampled_from((rows, rows, rows, []))))


@st.composite
def boroughs(draw) -> Borough:
    """Two schools with two to four children between them."""
    monday = draw(st.sampled_from(_FIRST_MONDAYS))
    both = [("A1", URNS[0], 5), ("A1", URNS[1], 6)]
    others = draw(st.lists(st.sampled_from([(URNS[0], 5), (URNS[1], 6)]), max_size=2))
    rolls = [*both, *((f"B{place}", urn, days) for place, (urn, days) in enumerate(others))]
    found = [draw(children(monday, upn, urn, days)) for upn, urn, days in rolls]
    if found[0].end is not None and draw(st.booleans()):  # the child came back later
        back = draw(children(monday, "A1", URNS[0], 5))
        start = found[0].end + timedelta(days=draw(st.integers(1, 30)))
        found.append(Child("A1", URNS[0], start, None, back.marks))
    last = max([mark.date for child in found for mark in child.marks] + [monday])
    return Borough(tuple(found), draw(half_terms(monday)), monday, last)


def store(borough: Borough) -> dict[int, Child]:
    """Write a borough to the database: enrolment id to child."""
    for urn, days in zip(URNS, ("12345", "123456"), strict=True):
        School.objects.create(
            urn=urn, name=f"School {urn}", folded_name=f"school {urn}", la_code="807",
            meeting_days=days,
        )  # fmt: skip
    Term.objects.bulk_create(
        Term(academic_year=half.academic_year, half_term=half.half_term,
             starts_on=half.start, ends_on=half.end)
        for half in borough.terms.half_terms
    )  # fmt: skip
    stored: dict[int, Child] = {}
    for child in borough.children:
        pupil, _ = Pupil.objects.get_or_create(
            upn=child.upn,
            defaults={"surname": "S", "forename": "F", "folded_name": "s f",
                      "date_of_birth": date(2014, 1, 1)},
        )  # fmt: skip
        enrolment = Enrolment.objects.create(
            pupil=pupil, school_id=child.urn, starts_on=child.start, ends_on=child.end
        )
        stored[enrolment.pk] = child
        store_marks(enrolment.pk, child.urn, child.marks)
    return stored


def store_marks(enrolment_id: int, urn: int, marks: tuple[Mark, ...]) -> None:
    """Write the register weeks of one enrolment afresh."""
    weeks: dict[date, list[str]] = {}
    for mark in marks:
        week = weeks.setdefault(week_start(mark.date), [NO_MARK] * 14)
        week[2 * mark.date.weekday() + mark.session] = symbol_for(mark.code, mark.date) or "O"
    RegisterWeek.objects.filter(enrolment_id=enrolment_id).delete()
    RegisterWeek.objects.bulk_create(
        RegisterWeek(
            enrolment_id=enrolment_id, school_id=urn, week_start=monday, marks="".join(week)
        )
        for monday, week in weeks.items()
    )


def facts_on(stored: dict[int, Child], on: date, minimum: int) -> dict[int, Facts]:
    """What the rules are told of each enrolment that has started by `on`."""
    counted = {
        pk: register(child.marks, start=child.start, end=child.end, on=on)
        for pk, child in stored.items()
    }
    calendars: dict[int, SchoolCalendar] = {
        urn: school_calendar(
            (mark for pk, child in stored.items() if child.urn == urn for mark in counted[pk]),
            on=on,
        )
        for urn in URNS
    }
    return {
        pk: Facts(
            marks=counted[pk],
            calendar=calendars[child.urn],
            enrolment_start=child.start,
            enrolment_end=child.end,
            on=on,
            minimum_possible=minimum,
        )
        for pk, child in stored.items()
        if child.start <= on
    }


def flags_on(stored: dict[int, Child], on: date, minimum: int) -> dict[tuple[int, str], dict]:
    """Which flags hold, by enrolment and kind, with their figures."""
    return {
        (pk, str(kind)): dict(figures)
        for pk, facts in facts_on(stored, on, minimum).items()
        for kind, figures in flags.standing(facts).items()
    }
