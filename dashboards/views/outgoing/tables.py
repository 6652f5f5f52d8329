"""Tables of figures: the borough, schools, their named cohorts, and registers coming in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.roles import Permission
from attendance.read_models import school_totals
from attendance.rules.protection import NOT_AVAILABLE, protected_count
from attendance_portal.shared import clock, wording
from dashboards import listing
from dashboards.charts.words import thresholds
from dashboards.exports import registry
from dashboards.exports.tables import Cell, Column, Kind, Row, Table
from dashboards.read_models import school_list as lists
from dashboards.read_models.borough import BoroughPage
from dashboards.read_models.borough_tables import (
    COLUMNS,
    DEFAULT_SORT,
    Line,
    Rate,
    protected_lines,
)
from dashboards.read_models.feeds import FeedLine
from dashboards.read_models.school_page import cohort_lines, year_lines
from dashboards.read_models.standing import standing
from dashboards.school_filters import SchoolsForm
from dashboards.views import borough, feeds, schools
from dashboards.views.chips import filter_chips
from dashboards.views.outgoing.common import (
    SYMBOLS,
    day_of,
    in_words,
    rate_cells,
    rate_columns,
    school_of,
)
from dashboards.views.slices import Only, asked_slice
from schools.models import School
from schools.permissions import SignedInRequest

_EACH_ONCE = "Each enrolment counts once, so a child on two rolls counts at both schools."


def borough_of(request: SignedInRequest, *, is_protected: bool) -> BoroughPage | None:
    """The borough's page as the address asks for it."""
    sort = listing.chosen_sort(request.GET, COLUMNS, DEFAULT_SORT)
    return borough.page_of(asked_slice(request, is_protected=is_protected), sort)


@registry.table(
    "borough_schools", "Borough by school", Permission.SEE_BOROUGH, page="borough", protects=True
)
def borough_schools(request: SignedInRequest, is_protected: bool) -> Table | None:
    """By school, and all of them together."""
    page = borough_of(request, is_protected=is_protected)
    if page is None or not page.schools:
        return None
    lines = [*page.schools, *([page.total] if page.total else [])]
    return lines_table(request, "Absence by school", page, lines)


@registry.table("borough_phases", "Borough by phase", Permission.SEE_BOROUGH, page="borough")
def borough_phases(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By phase."""
    return _part(request, "phases")


@registry.table("borough_localities", "Borough by locality", Permission.SEE_BOROUGH, page="borough")
def borough_localities(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By locality of the school."""
    return _part(request, "localities")


@registry.table("borough_trusts", "Borough by trust", Permission.SEE_BOROUGH, page="borough")
def borough_trusts(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By trust."""
    return _part(request, "trusts")


def _part(request: SignedInRequest, key: str) -> Table | None:
    """A table of parts, which has no protected form: with the schools it would give counts away."""
    return part_table(request, borough_of(request, is_protected=False), key)


def part_table(request: SignedInRequest, page: BoroughPage | None, key: str) -> Table | None:
    """One of the page's tables of parts, by its name for links; None where it has no such part."""
    if page is None:
        return None
    for name, lines, each in page.parts:
        if each == key:
            return lines_table(request, f"Absence by {name}", page, lines, first=name.capitalize())
    return None


def lines_table(
    request: SignedInRequest,
    title: str,
    page: BoroughPage,
    lines: Sequence[Line],
    *,
    first: str = "School",
) -> Table | None:
    """Parts of the borough, or of a trust, with the page's own period and notes."""
    on = day_of(request)
    if on is None:
        return None
    notes = [words for words in (page.early, page.note, _EACH_ONCE, SYMBOLS) if words]
    return line_table(f"{title}, {page.period}", on, lines, [page.whose], notes, first)


def line_table(
    title: str,
    on: object,
    lines: Sequence[Line],
    about: Sequence[str],
    notes: Sequence[str],
    first: str = "School",
) -> Table:
    """Lines of figures under a title; `first`: what a line is."""
    has_phase = first == "School"  # other parts have neither a phase nor a last mark of their own
    return Table(
        title=title,
        as_of=on,  # type: ignore[arg-type]
        columns=[
            Column(first),
            *([Column("Phase")] if has_phase else []),
            Column("Enrolments", Kind.NUMBER),
            *(column for rate in lines[0].rates for column in _columns_of(rate, lines)),
            *([Column("Marks to", Kind.DATE)] if has_phase else []),
        ],
        rows=[_line_row(line, lines, has_phase) for line in lines],
        about=about,
        notes=notes,
    )


def _has_counts(rate: Rate, lines: Iterable[Line]) -> bool:
    """A protected page gives some rates without their counts."""
    return any(one.count for line in lines for one in line.rates if one.label == rate.label)


def _columns_of(rate: Rate, lines: Sequence[Line]) -> list[Column]:
    if _has_counts(rate, lines):
        return rate_columns(rate.label)
    return [Column(rate.label, Kind.PERCENT)]


def _line_row(line: Line, lines: Sequence[Line], has_phase: bool) -> Row:
    rates = [
        cell
        for rate in line.rates
        for cell in (
            rate_cells(rate.shown, rate.count) if _has_counts(rate, lines) else [rate.shown]
        )
    ]
    marks = [line.marks_to or NOT_AVAILABLE] if has_phase else []
    phase = [line.phase or "All"] if has_phase else []
    return Row([line.name, *phase, line.enrolments, *rates, *marks])


@registry.table("school_list", "Schools", Permission.SEE_SCHOOLS, protects=True)
def school_table(request: SignedInRequest, is_protected: bool) -> Table | None:
    """The open schools in scope by the list's filters; protected as the borough's are."""
    mine = School.objects.visible_to(request.user).filter(status="open")
    form = SchoolsForm(request.GET, schools=mine)
    where = standing(day_of(request), user=request.user, latest_href="")
    found = form.applied_to(mine)
    if where.as_of is None:
        return None
    about = in_words(filter_chips(form, request.GET))
    if is_protected:
        held = {school.pk: school for school in found}
        totals = [one for one in school_totals(request.user, as_of=where.as_of) if one.urn in held]
        lines = protected_lines(totals, held)
        if not lines:
            return None
        return line_table("Schools", where.as_of, lines, about, [_EACH_ONCE, SYMBOLS])
    return Table(
        title="Schools",
        as_of=where.as_of,
        columns=[
            Column("School"),
            Column("URN", Kind.NUMBER),
            Column("Phase"),
            Column("On roll", Kind.NUMBER),
            *rate_columns("Absence"),
            *rate_columns("Persistent"),
            *rate_columns("Severe"),
            Column("Marks to", Kind.DATE),
            Column("Registers"),
            Column("Council contact"),
        ],
        rows=[_school_row(line) for line in schools.lines_of(request, found, where)],
        about=about,
        notes=[_EACH_ONCE, SYMBOLS],
    )


def _school_row(line: lists.SchoolLine) -> Row:
    rates = (line.absence, line.persistent, line.severe)
    return Row(
        [
            line.name,
            line.urn,
            line.phase,
            line.on_roll,
            *(cell for rate in rates for cell in rate_cells(rate.rate, rate.count)),
            line.last_mark_on or NOT_AVAILABLE,
            line.behind or line.tag.label,
            line.contact,
        ]
    )


@registry.table(
    "school_pupils",
    "Named cohorts of a school",
    Permission.SEE_SCHOOLS,
    args=("urn",),
    protects=True,
)
def cohort_table(request: SignedInRequest, is_protected: bool) -> Table | None:
    """How many of the school's pupils are in each named cohort, at the latest figures."""
    school = school_of(request)
    asked = asked_slice(request, only=Only.school(school), is_protected=is_protected)
    if asked.now is None or not asked.standing.is_latest or asked.is_hidden:
        return None
    if not asked.now.has_parts:
        return None
    lines = cohort_lines(asked.now)
    whole = asked.now.rows.count()

    def counted(count: int) -> Cell:
        return protected_count(count, whole, thresholds()) if is_protected else count

    return Table(
        title=f"Named cohorts of {school.name}",
        as_of=asked.now.as_of,
        columns=[
            Column("Cohort"),
            Column("Pupils", Kind.NUMBER),
            Column("Who is in it"),
            Column("The first question"),
        ],
        rows=[
            Row(
                [
                    line.label,
                    protected_count(line.count, whole, thresholds())
                    if is_protected
                    else line.count,
                    line.rule,
                    line.question,
                ]
            )
            for line in lines
        ],
        notes=["A child may be in several cohorts."],
    )


@registry.table(
    "school_years", "Year groups of a school", Permission.SEE_SCHOOLS, page="school", args=("urn",)
)
def year_table(request: SignedInRequest, _is_protected: bool) -> Table | None:
    """By year group; a protected view has no such table."""
    school = school_of(request)
    asked = asked_slice(request, only=Only.school(school), is_protected=False)
    lines = year_lines(asked.now) if asked.now else []
    if asked.now is None or not lines:
        return None
    about = [school.name, *in_words(asked.chips)]
    title = f"Absence by year group, {asked.now.period}"
    return line_table(title, asked.now.as_of, lines, about, [SYMBOLS], first="Year group")


@registry.table("feed_health", "Registers coming in", Permission.SEE_FEEDS, protects=True)
def feed_table(request: SignedInRequest, is_protected: bool) -> Table | None:
    """Who is sending. Pupils with no marks are left out for readers outside the team."""
    where = standing(None, user=request.user, latest_href="")
    page = feeds.page_of(request, where)
    if page is None or where.as_of is None:
        return None
    of_pupils = [Column("Pupils with no marks", Kind.NUMBER)]
    return Table(
        title="Registers coming in",
        as_of=where.as_of,
        columns=[
            Column("School"),
            Column("URN", Kind.NUMBER),
            Column("State"),
            Column("Marks to", Kind.DATE),
            Column("Expected to"),
            Column("Sends by"),
            Column("Sessions missing", Kind.NUMBER),
            *([] if is_protected else of_pupils),
            Column("Refused in the last batch", Kind.NUMBER),
        ],
        rows=[_feed_row(line, is_protected) for line in page.lines],
        notes=[f"Taken on {wording.day(clock.today())}.", SYMBOLS],
    )


def _feed_row(line: FeedLine, is_protected: bool) -> Row:
    silent = "Not shown" if line.silent is None else line.silent
    return Row(
        [
            line.school,
            line.urn,
            line.tag.label,
            line.last_mark_on or NOT_AVAILABLE,
            line.expected_to,
            line.route,
            line.sessions_missing,
            *([] if is_protected else [silent]),
            line.refused,
        ]
    )
