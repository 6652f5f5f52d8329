"""The whole report: written from the data by rules, for members who may open no record.

Every figure is protected. The page, the DOCX and the PDF print this one object.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from attendance.read_models import school_totals
from attendance.rules.protection import HIDDEN, MEANINGS, NOT_APPLICABLE, NOT_AVAILABLE, ROUNDED_TO
from attendance.selectors import marks_due_until
from attendance_portal.shared import wording
from dashboards.read_models.board import figures, work
from dashboards.read_models.board.parts import Section
from dashboards.read_models.borough import View, borough_page
from dashboards.read_models.borough_tables import DEFAULT_SORT
from dashboards.read_models.slices.whole import everyone
from schools.models import School, Term
from schools.rules.alignment import same_time_before
from schools.rules.calendar import (
    TERM_NAMES,
    TermDates,
    academic_year_label,
    last_weekday,
    term_of_half_term,
)

if TYPE_CHECKING:
    from accounts.models import User

DEFINITIONS: Final = (
    ("Possible session", "A morning or afternoon on which a child on roll was expected at school."),
    ("Absence", "Sessions missed, of possible sessions; authorised where the school gave leave."),
    ("Persistent absence", "An enrolment that missed 10% or more of its own possible sessions."),
    ("Severe absence", "An enrolment that missed 50% or more of its own possible sessions."),
    ("Enrolment", "A child at a school. A child who changed school counts once at each."),
    (
        "Published basis",
        "Pupils aged 5 to 15 on 31 August in state-funded primary, secondary and special schools, "
        "without late summer joiners, and for those aged 15 without the second half of summer.",
    ),
    ("Targeting support meeting", "The termly meeting of the council and a school on attendance."),
)
LIMITS: Final = (
    "Figures come from the schools' registers and are provisional: a school may correct them.",
    "The year to date rests on few sessions early in the year.",
    "Published daily figures allow for schools that share nothing and run a little higher than "
    "the accredited ones. Ours do neither.",
    "A difference between groups, schools or years is no proof of a cause.",
    f"Small numbers are protected: counts are to the nearest {ROUNDED_TO}, percentages are whole.",
)


@dataclass(frozen=True)
class ReportTerm:
    """A term that a report may be of."""

    year: int
    term: int
    first_day: date
    last_day: date

    @property
    def key(self) -> str:
        """'2025-1', as the address has it."""
        return f"{self.year}-{self.term}"

    @property
    def label(self) -> str:
        """'Autumn term 2025/26'."""
        return f"{TERM_NAMES[self.term]} term {academic_year_label(self.year)}"


@dataclass(frozen=True)
class BoardReport:
    """The report. `standing`: as of when; `care`: what its reader must know of protection."""

    title: str
    standing: str
    headline: str
    care: str
    sections: Sequence[Section]
    definitions: Sequence[tuple[str, str]]
    limits: Sequence[str]
    sources: Sequence[str]
    as_of: date
    marks_to: date


def terms_until(on: date) -> list[ReportTerm]:
    """The terms that had begun by a day, the newest first."""
    halves: dict[tuple[int, int], list[Term]] = {}
    for half in Term.objects.filter(starts_on__lte=on).order_by("starts_on"):
        halves.setdefault((half.academic_year, term_of_half_term(half.half_term)), []).append(half)
    ends = _ends()
    return [
        ReportTerm(year, term, found[0].starts_on, ends[year, term])
        for (year, term), found in reversed(halves.items())
    ]


def _ends() -> dict[tuple[int, int], date]:
    """The last day of each term that is loaded."""
    rows = Term.objects.order_by("ends_on").values_list("academic_year", "half_term", "ends_on")
    return {(year, term_of_half_term(half)): day for year, half, day in rows}


def board_report(user: User, *, term: ReportTerm, as_of: date, today: date) -> BoardReport:
    """The report of a term as of a day of it. Of the schools that the person sees."""
    whole = everyone(user, as_of=as_of, today=today, is_protected=True)
    page = borough_page(View(whole, None, DEFAULT_SORT))
    ground = _ground(user, term, as_of, today, page.period)
    marks_to = last_weekday(marks_due_until(as_of))
    sections = [
        figures.four_figures(ground),
        figures.since_last_term(ground),
        figures.drawn(page),
        figures.by_phase(ground),
        figures.groups(ground),
        figures.movement(ground),
        figures.named_cohorts(ground),
        work.cases(ground),
        work.meetings(ground, year=term.year, term=term.term),
    ]
    return BoardReport(
        title=f"Attendance: report to the board, {term.label}",
        standing=f"{page.whose}. Figures as of {wording.day(as_of)}, "
        f"marks to {wording.day(marks_to)}.",
        headline=f"{page.headline}.",
        care=" ".join(
            f"{mark} means {MEANINGS[mark]}." for mark in (HIDDEN, NOT_AVAILABLE, NOT_APPLICABLE)
        ),
        sections=[section for section in sections if section],
        definitions=DEFINITIONS,
        limits=[*([page.early] if page.early else []), page.feeds, *LIMITS],
        sources=_sources(sections, marks_to),
        as_of=as_of,
        marks_to=marks_to,
    )


def _ground(user: User, term: ReportTerm, as_of: date, today: date, period: str) -> figures.Ground:
    totals = school_totals(user, as_of=as_of)
    rows = Term.objects.values_list("academic_year", "half_term", "starts_on", "ends_on")
    return figures.Ground(
        user=user,
        as_of=as_of,
        today=today,
        totals=totals,
        schools=School.objects.visible_to(user).in_bulk([row.urn for row in totals]),
        then=same_time_before(as_of, TermDates.of(rows).half_terms),
        before=_end_of_term_before(term),
        period=period,
    )


def _end_of_term_before(term: ReportTerm) -> date | None:
    """The last day of the term before in the same academic year: before the first there is none."""
    earlier = Term.objects.filter(academic_year=term.year, ends_on__lt=term.first_day)
    last: date | None = earlier.order_by("-ends_on").values_list("ends_on", flat=True).first()
    return last


def _sources(sections: Sequence[Section | None], marks_to: date) -> list[str]:
    """Our registers, and whatever was published, each once."""
    charts = [chart for section in sections if section for chart in section.charts]
    found = [chart.source.removeprefix("Source: ") for chart in charts if chart.source]
    own = f"The schools' registers, marks to {wording.day(marks_to)}, provisional."
    return list(dict.fromkeys([own, *found]))


def default_day(term: ReportTerm, latest: date) -> date:
    """The last day of the term that has figures."""
    return min(term.last_day, latest)


def is_within(term: ReportTerm, on: date, latest: date) -> bool:
    """Whether a report of the term may stand at a day: in it, or the days until the next."""
    return term.first_day <= on <= min(term.last_day + timedelta(days=6), latest)
