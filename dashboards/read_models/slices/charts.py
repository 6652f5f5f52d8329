"""The three charts of a slice: absence by week (F1), children over the lines (F2), spread (F3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from attendance.read_models.figures import ABSENT, WHOLE_YEAR
from attendance.states import BANDS
from dashboards import benchmarks
from dashboards.charts import (
    Chart,
    CountFacts,
    HalfTermPoint,
    Heading,
    SpreadFacts,
    WeeklyFacts,
    WeekPoint,
    absence_by_week,
    children_over_the_lines,
    spread,
)
from dashboards.charts.facts import Band, PublishedPoint
from dashboards.read_models.series import Ground, england_points, everyones_ground
from dashboards.read_models.slices.series import half_terms, weekly
from dashboards.read_models.slices.slice import Slice
from dashboards.read_models.slices.sums import bands
from dashboards.read_models.three_charts import bands_source, weekly_source
from schools.choices import STATISTICAL_PHASE_OF

_ILLNESS: Final = "illness"


@dataclass(frozen=True)
class Drawn:
    """What the charts are drawn from: a slice, the same at this time last year (None: not known or
    not to be shown), the schools they stand on, and who they are, as a title says it."""

    now: Slice
    then: Slice | None
    ground: Ground
    who: str

    @property
    def phase(self) -> str | None:
        """The phase that England's figures are of; None for all."""
        return STATISTICAL_PHASE_OF[self.now.phase] if self.now.phase else None


def slice_charts(drawn: Drawn, *, has_counts: bool = True) -> list[Chart]:
    """F1, F2 and F3 as far as there is something to draw, protected where the slice is.

    `has_counts`: whether enrolments over the lines may be shown. England stands beside whole
    schools only, whose children are all of a phase's. The weeks of illness are not counted.
    """
    is_protected = drawn.now.is_protected
    found = [None if drawn.now.missed == _ILLNESS else absence_by_week(
        _by_week(drawn), protected=is_protected
    )]  # fmt: skip
    if has_counts:
        found.append(children_over_the_lines(_over_the_lines(drawn), protected=is_protected))
        found.append(spread(_spread(drawn), protected=is_protected))
    return [chart for chart in found if chart]


def _heading(drawn: Drawn, measure: str = "All absence", *, is_of_year: bool = True) -> Heading:
    """Weeks and half-terms are of the whole year, whatever period the bar asks for."""
    figures = drawn.now.figures
    period = figures.of(WHOLE_YEAR).label if is_of_year else figures.label
    return Heading(who=drawn.who, period=period, marks_to=drawn.now.as_of, measure=measure)


def _by_week(drawn: Drawn) -> WeeklyFacts:
    now = drawn.now
    is_all = now.missed == ABSENT
    compares = now.is_of_whole_schools and is_all
    published = _england(drawn) if compares else []
    borough = everyones_ground(drawn.ground) if compares else None
    return WeeklyFacts(
        heading=_heading(drawn, "All absence" if is_all else now.measure),
        this_year=weekly(now, drawn.ground),
        last_year=_last_year(drawn),
        borough=weekly(now, borough) if borough else [],
        england=published,
        england_source=weekly_source(drawn.phase, now.figures.year, now.as_of) if published else "",
    )


def _england(drawn: Drawn) -> list[PublishedPoint]:
    now = drawn.now
    return england_points(
        phase=drawn.phase,
        year=now.figures.year,
        as_of=now.as_of,
        half_terms=drawn.ground.half_terms,
    )


def _last_year(drawn: Drawn) -> list[WeekPoint]:
    """Nothing where no week of then had a session."""
    if drawn.then is None:
        return []
    points = weekly(drawn.then, drawn.ground)
    return points if any(point.share.whole for point in points) else []


def _over_the_lines(drawn: Drawn) -> CountFacts:
    points = half_terms(drawn.now, drawn.ground)
    if not drawn.now.is_of_whole_schools:
        points = _beside_then(points, drawn)
    return CountFacts(heading=_heading(drawn), points=[each for each in points if each.enrolments])


def _beside_then(points: list[HalfTermPoint], drawn: Drawn) -> list[HalfTermPoint]:
    """Beside each half-term, those whom the same filters named then: not today's children then."""
    before = {each.half_term: each for each in _half_terms_then(drawn)}
    nobody = (None, None)
    return [
        replace(point, last_year_persistent=persistent, last_year_severe=severe)
        for point in points
        for then in [before.get(point.half_term)]
        for persistent, severe in [(then.persistent, then.severe) if then else nobody]
    ]


def _half_terms_then(drawn: Drawn) -> list[HalfTermPoint]:
    if drawn.then is None:
        return []
    return [each for each in half_terms(drawn.then, drawn.ground) if each.enrolments]


def _spread(drawn: Drawn) -> SpreadFacts:
    now = drawn.now
    found = (
        benchmarks.published_bands(phase=drawn.phase, year=now.figures.year)
        if now.is_of_whole_schools
        else None
    )
    percents = found.percents if found else [None] * len(BANDS)
    counts = bands(now)
    return SpreadFacts(
        heading=_heading(drawn, is_of_year=False),
        bands=[
            Band(label, counts.get(place, 0), percents[place])
            for place, label in enumerate(BANDS.values())
        ],
        england_source=bands_source(found) if found else "",
    )
