"""P13, one school: where its year stands, its named cohorts, and its groups beside the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import F, Sum

from attendance.cohorts import COHORTS
from attendance.models import SchoolWeek
from attendance.read_models import SchoolTotals, school_totals
from attendance.read_models.cohorts import cohort_counts
from attendance.read_models.feeds import Feed, feeds
from attendance.rules.percent import shown_percent
from attendance.states import FEEDS, FeedState, Tag
from attendance_portal.shared import wording
from dashboards import charts
from dashboards.benchmarks import ENGLAND, published_bands
from dashboards.charts import Chart, Heading, Share, WeekPoint
from dashboards.read_models.groups import Measure, group_rows
from dashboards.read_models.rolls import enrolments_of_year
from dashboards.read_models.school_list import (
    Cell,
    absence_of,
    council_contacts,
    enrolments_of,
    on_roll,
    pupils_of,
)
from dashboards.read_models.series import (
    england_points,
    half_term_points,
    half_terms_known,
    weekly_points,
)
from dashboards.read_models.spread import bands
from schools.choices import PHASE, STATISTICAL_PHASE_OF
from schools.models import School
from schools.rules.alignment import is_finished_week, place_of_week, same_time_before
from schools.rules.calendar import (
    academic_year,
    academic_year_label,
    academic_year_start,
    week_start,
)

if TYPE_CHECKING:
    from accounts.models import User

MEASURES: Final[dict[Measure, str]] = {
    "persistent": "Persistent absence",
    "severe": "Severe absence",
    "absence": "All absence",
}


@dataclass(frozen=True)
class Figure:
    """A figure of the overview: its name, and the cell with its counts."""

    name: str
    cell: Cell


@dataclass(frozen=True)
class CohortLine:
    """A named cohort of the school and the list that makes it up."""

    label: str
    rule: str
    question: str
    count: int
    href: str


@dataclass(frozen=True)
class SchoolHead:
    """What every page of a school begins with. `warning`: its registers have stopped."""

    school: School
    identity: list[tuple[str, str]]
    tag: Tag
    note: str
    warning: str


@dataclass(frozen=True)
class Overview:
    """The overview; `headline` is empty before the first mark."""

    headline: str
    figures: list[Figure]
    charts: list[Chart]
    cohorts: list[CohortLine]


def school_head(school: School, user: User, *, as_of: date | None, on: date) -> SchoolHead:
    """The identity strip, and how the school's registers are coming."""
    feed = feeds([school], as_of=as_of)[0] if as_of else None
    contacts = council_contacts([school.pk], on=on).get(school.pk, [])
    number = on_roll(user, as_of=as_of or on, on=on).get(school.pk, 0)
    identity = [
        ("Phase", PHASE.get(school.phase, "Post-16")),
        ("URN", str(school.pk)),
        ("Trust", school.trust.name if school.trust else ""),
        ("Attendance champion", str(school.attendance_champion or "")),
        ("Council contact", wording.listed(contacts) if contacts else ""),
        ("On roll", f"{number:,}"),
    ]
    return SchoolHead(
        school=school,
        identity=[(key, value) for key, value in identity if value],
        tag=FEEDS[feed.state if feed else FeedState.NEVER_SENT],
        note=_feed_note(feed),
        warning=_feed_warning(feed),
    )


def _feed_note(feed: Feed | None) -> str:
    """The grey line: one or two school days behind."""
    if feed is None or feed.state != FeedState.BEHIND or feed.last_mark_on is None:
        return ""
    days = wording.counted(feed.school_days_behind, "school day")
    return f"Marks to {wording.short_day(feed.last_mark_on)}, {days} behind"


def _feed_warning(feed: Feed | None) -> str:
    if feed is None or feed.state != FeedState.STOPPED or feed.last_mark_on is None:
        return ""
    days = wording.counted(feed.school_days_behind, "school day")
    return (
        f"Marks stop at {wording.day_of_week(feed.last_mark_on)}, {days} behind. "
        "What happened since is not in these figures."
    )


def overview(school: School, user: User, *, as_of: date, is_latest: bool) -> Overview:
    """The school's year so far as of a date. `is_latest`: whether lists stand at that date."""
    row = next((row for row in school_totals(user, as_of=as_of) if row.urn == school.pk), None)
    if row is None or not row.possible:
        return Overview("", [], [], [])
    drawn = (
        _by_week(school, user, as_of),
        _over_the_lines(school, user, as_of),
        _spread(school, user, as_of),
    )
    return Overview(
        headline=_headline(row, as_of),
        figures=_figures(row, is_latest=is_latest),
        charts=[chart for chart in drawn if chart is not None],
        cohorts=cohort_lines(school, user, as_of=as_of) if is_latest else [],
    )


def _headline(row: SchoolTotals, as_of: date) -> str:
    absence = shown_percent(row.authorised + row.unauthorised, row.possible)
    persistent = wording.counted(row.persistent, "enrolment")
    year = academic_year_label(academic_year(as_of))
    return f"{absence} of sessions were missed in {year}; {persistent} missed 10% or more"


def _figures(row: SchoolTotals, *, is_latest: bool) -> list[Figure]:
    def list_of(**filters: str) -> str:
        return pupils_of(row.urn, **filters) if is_latest else ""

    unauthorised = Cell(
        shown_percent(row.unauthorised, row.possible),
        f"{row.unauthorised:,} of {row.possible:,} sessions",
        list_of(sort="-unauthorised"),
    )
    return [
        Figure("Absence", absence_of(row, list_of(sort="-absence"))),
        Figure("Persistent", enrolments_of(row, row.persistent, list_of(persistent="true"))),
        Figure("Severe", enrolments_of(row, row.severe, list_of(severe="true"))),
        Figure("Unauthorised", unauthorised),
    ]


def _heading(school: School, as_of: date, measure: str = "All absence") -> Heading:
    year = academic_year_label(academic_year(as_of))
    return Heading(who=school.name, period=f"{year} so far", marks_to=as_of, measure=measure)


def _by_week(school: School, user: User, as_of: date) -> Chart | None:
    year = academic_year(as_of)
    phase = STATISTICAL_PHASE_OF[school.phase]
    england = england_points(phase=phase, year=year, as_of=as_of) if phase else []
    facts = charts.WeeklyFacts(
        heading=_heading(school, as_of),
        this_year=weekly_points(user, urns=[school.pk], year=year, as_of=as_of),
        last_year=_last_year(school, user, as_of),
        borough=borough_points(year, as_of),
        england=england,
        england_source=f"{ENGLAND}, daily data, by week" if england else "",
    )
    return charts.absence_by_week(facts)


def _last_year(school: School, user: User, as_of: date) -> list[WeekPoint]:
    """Whole weeks up to the same time last year; nothing where no week of then had a session."""
    then = same_time_before(as_of, half_terms_known())
    if then is None:
        return []
    sunday = week_start(then) + timedelta(days=6)
    points = weekly_points(user, urns=[school.pk], year=academic_year(then), as_of=sunday)
    return points if any(point.share.whole for point in points) else []


def borough_points(year: int, as_of: date) -> list[WeekPoint]:
    """Every school together by finished week: a line to compare with, which tells of no school."""
    half_terms = half_terms_known()
    weeks = (
        SchoolWeek.objects.of_the_borough()
        .filter(week_start__gte=academic_year_start(year), week_start__lte=as_of)
        .order_by("week_start")
        .values("week_start")
        .annotate(part=Sum(F("authorised") + F("unauthorised")), whole=Sum("possible"))
        .values_list("week_start", "part", "whole")
    )
    points = []
    for monday, part, whole in weeks:
        place = place_of_week(monday, half_terms)
        if place.half_term and is_finished_week(monday, half_terms, as_of):
            points.append(WeekPoint(monday, place.half_term, place.week, Share(part, whole)))
    return points


def _over_the_lines(school: School, user: User, as_of: date) -> Chart | None:
    points = half_term_points(user, urns=[school.pk], as_of=as_of)
    heading = _heading(school, as_of, "Persistent and severe absence")
    return charts.children_over_the_lines(charts.CountFacts(heading, points))


def _spread(school: School, user: User, as_of: date) -> Chart | None:
    phase = STATISTICAL_PHASE_OF[school.phase] or None
    found = bands(user, urns=[school.pk], phase=phase, as_of=as_of)
    england = published_bands(phase=phase, year=academic_year(as_of))
    source = f"England {england.academic_year}: {england.source}" if england else ""
    facts = charts.SpreadFacts(_heading(school, as_of), found, england_source=source)
    return charts.spread(facts)


def cohort_lines(school: School, user: User, *, as_of: date) -> list[CohortLine]:
    """Every named cohort of the school's pupils, in the order of the shared language."""
    enrolments = enrolments_of_year(user, as_of=as_of, on=as_of).filter(school=school)
    counts = cohort_counts(enrolments)
    return [
        CohortLine(
            label=cohort.label,
            rule=cohort.rule_in_words,
            question=cohort.first_question,
            count=counts[key],
            href=pupils_of(school.pk, cohort=key) if counts[key] else "",
        )
        for key, cohort in COHORTS.items()
    ]


def groups_chart(school: School, user: User, *, as_of: date, measure: Measure) -> Chart | None:
    """F8: each group of the school beside everyone else there."""
    rows = group_rows(user, urns=[school.pk], as_of=as_of, measure=measure)
    heading = _heading(school, as_of, MEASURES[measure])
    return charts.group_gaps(charts.GroupFacts(heading, rows))
