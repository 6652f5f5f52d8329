"""P13, one school: where its year stands, its named cohorts, and its groups beside the rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from attendance.cohorts import COHORTS
from attendance.read_models import SchoolTotals
from attendance.read_models.cohorts import cohort_counts
from attendance.read_models.feeds import Feed, feeds
from attendance.read_models.figures import ABSENT
from attendance.rules.percent import shown_percent
from attendance.states import FEEDS, FeedState, Tag
from attendance_portal.shared import wording
from dashboards.charts import Chart, GroupFacts, Heading, group_gaps
from dashboards.parts import marks_behind
from dashboards.read_models.borough_tables import Line, Links, sums_line
from dashboards.read_models.groups import Measure, group_rows
from dashboards.read_models.school_casework import early_help_link
from dashboards.read_models.school_list import (
    Cell,
    absence_of,
    council_contacts,
    enrolments_of,
    on_roll,
)
from dashboards.read_models.series import everyones_ground, ground_of
from dashboards.read_models.slices import Slice
from dashboards.read_models.slices.by_school import totals_of
from dashboards.read_models.slices.sums import grouped
from dashboards.read_models.three_charts import Asked, Charts, three_charts
from schools.choices import PHASE, STATISTICAL_PHASE_OF, YEAR_GROUP
from schools.models import School
from schools.rules.alignment import same_time_before
from schools.rules.calendar import academic_year, academic_year_label

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
    """What every page of a school begins with. `warning`: its registers have stopped; `trust_href`:
    the page of its trust."""

    school: School
    identity: list[tuple[str, str]]
    trust_href: str
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
    years: list[Line]


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
        ("Early help", early_help_link(school, user, on=on)),
        ("On roll", f"{number:,}"),
    ]
    return SchoolHead(
        school=school,
        identity=[(key, value) for key, value in identity if value],
        trust_href=reverse("trust", args=[school.trust.uid]) if school.trust else "",
        tag=FEEDS[feed.state if feed else FeedState.NEVER_SENT],
        note=_feed_note(feed),
        warning=_feed_warning(feed),
    )


def _feed_note(feed: Feed | None) -> str:
    """The grey line: one or two school days behind."""
    if feed is None or feed.state != FeedState.BEHIND:
        return ""
    stale = marks_behind(feed.last_mark_on, feed.school_days_behind)
    return stale.text if stale else ""


def _feed_warning(feed: Feed | None) -> str:
    if feed is None or feed.state != FeedState.STOPPED or feed.last_mark_on is None:
        return ""
    days = wording.counted(feed.school_days_behind, "school day")
    return (
        f"Marks stop at {wording.day_of_week(feed.last_mark_on)}, {days} behind. "
        "What happened since is not in these figures."
    )


def overview(school: School, now: Slice, then: Slice | None) -> Overview:
    """The children of the school that the filter bar names, in its period and as of its day."""
    row = next(iter(totals_of(now)), None)
    if row is None or not row.possible:
        return Overview("", [], [], [], [])
    drawn = school_charts(school, now, then)
    return Overview(
        headline=_headline(row, now),
        figures=_figures(row, now),
        charts=[each for each in (drawn.by_week, drawn.over_the_lines, drawn.spread) if each],
        cohorts=cohort_lines(now) if now.figures.standing is None else [],
        years=year_lines(now),
    )


def school_charts(school: School, now: Slice, then: Slice | None) -> Charts:
    """The school's three charts, or their protected forms."""
    return three_charts(
        _asked(school, now, then), is_protected=now.is_protected, has_parts=now.has_parts
    )


def _headline(row: SchoolTotals, now: Slice) -> str:
    absence = shown_percent(row.authorised + row.unauthorised, row.possible)
    persistent = wording.counted(row.persistent, "enrolment")
    who = f"{now.who[:1].upper()}{now.who[1:]}: " if now.who else ""
    missed = f"{absence} of sessions were missed in {now.period}"
    return f"{who}{missed}; {persistent} missed 10% or more"


def _figures(row: SchoolTotals, now: Slice) -> list[Figure]:
    unauthorised = Cell(
        shown_percent(row.unauthorised, row.possible),
        f"{row.unauthorised:,} of {row.possible:,} sessions",
        now.list_of(sort="-unauthorised"),
    )
    persistent = now.list_of(persistent="true") if row.persistent else ""
    severe = now.list_of(severe="true") if row.severe else ""
    return [
        Figure("Absence", absence_of(row, now.list_of(sort="-absence"))),
        Figure("Persistent", enrolments_of(row, row.persistent, persistent)),
        Figure("Severe", enrolments_of(row, row.severe, severe)),
        Figure("Unauthorised", unauthorised),
    ]


def _asked(school: School, now: Slice, then: Slice | None) -> Asked:
    """The school's own series, with the whole borough as a thin line beside them."""
    ground = ground_of(now.user, [school.pk])
    is_whole = now.is_of_whole_schools and now.missed == ABSENT
    return Asked(
        ground=ground,
        who=f"{school.name}, {now.who}" if now.who else school.name,
        period=now.period,
        phase=STATISTICAL_PHASE_OF[school.phase] or None,
        as_of=now.as_of,
        then=same_time_before(now.as_of, ground.half_terms),
        borough=everyones_ground(ground),
        choice=None if is_whole else now,
        choice_then=then,
    )


def year_lines(now: Slice) -> list[Line]:
    """Each year group of the choice, youngest first, leading to the page of that year alone."""
    found = grouped(now, "year_group")
    known = [code for code in YEAR_GROUP if code in found]
    links = Links(now, "pupil_list")
    return [
        sums_line(
            YEAR_GROUP[code],
            found[code],
            href=now.link_to("school", now.schools, year_group=code, school=""),
            links=links,
            filters={"year_group": code},
        )
        for code in known
    ]


def _period(as_of: date) -> str:
    return f"{academic_year_label(academic_year(as_of))} so far"


def cohort_lines(now: Slice) -> list[CohortLine]:
    """Every named cohort of the choice of children, in the order of the shared language."""
    counts = cohort_counts(now.rows)
    return [
        CohortLine(
            label=cohort.label,
            rule=cohort.rule_in_words,
            question=cohort.first_question,
            count=counts[key],
            href=now.link("pupil_list", cohort=key) if counts[key] else "",
        )
        for key, cohort in COHORTS.items()
    ]


def groups_chart(
    school: School, user: User, *, as_of: date, measure: Measure, is_protected: bool = False
) -> Chart | None:
    """F8: each group of the school beside everyone else there."""
    rows = group_rows(user, urns=[school.pk], as_of=as_of, measure=measure)
    heading = Heading(
        who=school.name, period=_period(as_of), marks_to=as_of, measure=MEASURES[measure]
    )
    return group_gaps(GroupFacts(heading, rows), protected=is_protected)
