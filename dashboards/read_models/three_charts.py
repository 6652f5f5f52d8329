"""The three charts of the borough, and of one school: absence by week (F1), children over the
lines (F2), spread (F3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from attendance.read_models.figures import ABSENT
from attendance_portal.shared import wording
from dashboards import benchmarks
from dashboards.charts import (
    Band,
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
from dashboards.read_models.slices import Slice
from dashboards.read_models.slices.series import BY_WEEK, half_terms, weekly
from dashboards.read_models.slices.sums import bands
from dashboards.read_models.spread import BAND_LABELS, bands_of
from schools.rules.calendar import academic_year, week_start


@dataclass(frozen=True)
class Asked:
    """Which schools, in words too, and as of when. `phase`: a statistical phase, None for all.

    `period`: in words; `then`: the day beside `as_of` last year, None where its terms are not
    known; `borough`: the whole of it, where it is drawn beside one school or one phase. `choice`:
    children chosen among those of the schools, with the same choice at `then`; England publishes
    nothing of such a choice, so nothing stands beside it.
    """

    ground: Ground
    who: str
    period: str
    phase: str | None
    as_of: date
    then: date | None
    borough: Ground | None = None
    choice: Slice | None = None
    choice_then: Slice | None = None


@dataclass(frozen=True)
class Charts:
    """Each is None where there is nothing to draw."""

    by_week: Chart | None
    over_the_lines: Chart | None
    spread: Chart | None


def three_charts(asked: Asked, *, is_protected: bool, has_parts: bool = True) -> Charts:
    """The three charts, drawn for readers of children's records or protected for others; only the
    weeks where children may not be told apart by how much they missed."""
    if not has_parts:
        return Charts(_weeks_chart(asked, is_protected), None, None)
    return Charts(
        by_week=_weeks_chart(asked, is_protected),
        over_the_lines=children_over_the_lines(count_facts(asked), protected=is_protected),
        spread=spread(spread_facts(asked), protected=is_protected),
    )


def _weeks_chart(asked: Asked, is_protected: bool) -> Chart | None:
    """None for illness, which is not counted by week."""
    if asked.choice is not None and asked.choice.missed not in BY_WEEK:
        return None
    return absence_by_week(weekly_facts(asked), protected=is_protected)


def _heading(asked: Asked) -> Heading:
    heading = Heading(who=asked.who, period=asked.period, marks_to=asked.as_of)
    if asked.choice is None or asked.choice.missed == ABSENT:
        return heading
    return replace(heading, measure=asked.choice.measure)


def _weeks(asked: Asked, year: int, as_of: date, choice: Slice | None) -> list[WeekPoint]:
    if choice is not None:
        return weekly(choice, asked.ground)
    return weeks_of(asked.ground, year=year, as_of=as_of)


def weekly_facts(asked: Asked) -> WeeklyFacts:
    """What F1 is drawn from."""
    year = academic_year(asked.as_of)
    published = []
    if asked.choice is None:
        published = england_points(
            phase=asked.phase, year=year, as_of=asked.as_of, half_terms=asked.ground.half_terms
        )
    return WeeklyFacts(
        heading=_heading(asked),
        this_year=_weeks(asked, year, asked.as_of, asked.choice),
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
    if asked.choice is not None and asked.choice_then is None:
        return []
    points = _weeks(asked, year, sunday, asked.choice_then)
    return points if any(point.share.whole for point in points) else []


def weekly_source(phase: str | None, year: int, as_of: date) -> str:
    """Where England's line by week comes from, and how far it goes."""
    last = benchmarks.published_weeks(phase=phase, year=year, upto=as_of)[-1]
    return (
        f"England: DfE, Pupil attendance in schools ({benchmarks.DAILY}), "
        f"to the week of {wording.day(last.monday)}, published {wording.day(last.published_on)}"
    )


def count_facts(asked: Asked) -> CountFacts:
    """What F2 is drawn from."""
    points = (
        half_terms(asked.choice, asked.ground)
        if asked.choice is not None
        else half_terms_of(asked.ground, as_of=asked.as_of)
    )
    return CountFacts(heading=_heading(asked), points=[p for p in points if p.enrolments])


def spread_facts(asked: Asked) -> SpreadFacts:
    """What F3 is drawn from."""
    if asked.choice is not None:
        return SpreadFacts(
            heading=_heading(asked),
            bands=[
                Band(BAND_LABELS[place], enrolments, None)
                for place, enrolments in bands(asked.choice).items()
            ],
            england_source="",
        )
    found = benchmarks.published_bands(phase=asked.phase, year=academic_year(asked.as_of))
    source = bands_source(found) if found else ""
    shown = bands_of(asked.ground.schools, phase=asked.phase, as_of=asked.as_of)
    return SpreadFacts(heading=_heading(asked), bands=shown, england_source=source)


def bands_source(found: benchmarks.PublishedBands) -> str:
    """Where England's diamonds come from."""
    return f"England: {found.source} ({benchmarks.ACCREDITED}), whole year {found.academic_year}"
