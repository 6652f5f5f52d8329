"""The three charts of the borough, and of one school: absence by week (F1), children over the
lines (F2), spread (F3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from attendance_portal.shared import wording
from dashboards import benchmarks
from dashboards.charts import (
    Chart,
    CountFacts,
    Heading,
    SpreadFacts,
    WeeklyFacts,
    WeekPoint,
    absence_by_week,
    children_over_the_lines,
    spread,
)
from dashboards.read_models.series import Ground, england_points, half_terms_of, weeks_of
from dashboards.read_models.spread import bands_of
from schools.rules.calendar import academic_year, week_start


@dataclass(frozen=True)
class Asked:
    """Which schools, in words too, and as of when. `phase`: a statistical phase, None for all.

    `period`: in words; `then`: the day beside `as_of` last year, None where its terms are not
    known; `borough`: the whole of it, where it is drawn beside one school or one phase.
    """

    ground: Ground
    who: str
    period: str
    phase: str | None
    as_of: date
    then: date | None
    borough: Ground | None = None


@dataclass(frozen=True)
class Charts:
    """Each is None where there is nothing to draw."""

    by_week: Chart | None
    over_the_lines: Chart | None
    spread: Chart | None


def three_charts(asked: Asked, *, is_protected: bool) -> Charts:
    """The three charts, drawn for readers of children's records or protected for others."""
    return Charts(
        by_week=absence_by_week(_by_week(asked), protected=is_protected),
        over_the_lines=children_over_the_lines(_over_the_lines(asked), protected=is_protected),
        spread=spread(_spread(asked), protected=is_protected),
    )


def _heading(asked: Asked) -> Heading:
    return Heading(who=asked.who, period=asked.period, marks_to=asked.as_of)


def _by_week(asked: Asked) -> WeeklyFacts:
    year = academic_year(asked.as_of)
    published = england_points(
        phase=asked.phase, year=year, as_of=asked.as_of, half_terms=asked.ground.half_terms
    )
    return WeeklyFacts(
        heading=_heading(asked),
        this_year=weeks_of(asked.ground, year=year, as_of=asked.as_of),
        last_year=_last_year(asked),
        borough=weeks_of(asked.borough, year=year, as_of=asked.as_of) if asked.borough else [],
        england=published,
        england_source=weekly_source(asked.phase, year, asked.as_of) if published else "",
    )


def _last_year(asked: Asked) -> list[WeekPoint]:
    """Whole weeks up to the same time; nothing where no week of then had a session."""
    if asked.then is None:
        return []
    sunday = week_start(asked.then) + timedelta(days=6)
    year = academic_year(asked.then)
    points = weeks_of(asked.ground, year=year, as_of=sunday)
    return points if any(point.share.whole for point in points) else []


def weekly_source(phase: str | None, year: int, as_of: date) -> str:
    """Where England's line by week comes from, and how far it goes."""
    last = benchmarks.published_weeks(phase=phase, year=year, upto=as_of)[-1]
    return (
        f"England: DfE, Pupil attendance in schools ({benchmarks.DAILY}), "
        f"to the week of {wording.day(last.monday)}, published {wording.day(last.published_on)}"
    )


def _over_the_lines(asked: Asked) -> CountFacts:
    points = half_terms_of(asked.ground, as_of=asked.as_of)
    return CountFacts(heading=_heading(asked), points=[p for p in points if p.enrolments])


def _spread(asked: Asked) -> SpreadFacts:
    found = benchmarks.published_bands(phase=asked.phase, year=academic_year(asked.as_of))
    source = bands_source(found) if found else ""
    shown = bands_of(asked.ground.schools, phase=asked.phase, as_of=asked.as_of)
    return SpreadFacts(heading=_heading(asked), bands=shown, england_source=source)


def bands_source(found: benchmarks.PublishedBands) -> str:
    """Where England's diamonds come from."""
    return f"England: {found.source} ({benchmarks.ACCREDITED}), whole year {found.academic_year}"
