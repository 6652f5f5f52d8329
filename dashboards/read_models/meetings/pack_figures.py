"""The pack's headline figures, each beside last year, the borough and England (SUP-15)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from attendance.read_models.by_school import YearSums, sums_on
from dashboards import benchmarks
from dashboards.charts import GroupFacts, Heading, Share
from dashboards.read_models.groups import group_rows
from dashboards.read_models.meetings.pack_content import PackFigure
from dashboards.read_models.school_page import MEASURES
from dashboards.read_models.series import everyones_ground, ground_of
from dashboards.read_models.three_charts import Asked
from schools.choices import STATISTICAL_PHASE_OF
from schools.models import School
from schools.rules.alignment import same_time_before
from schools.rules.calendar import academic_year, academic_year_label

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class FigureKind:
    """A headline figure: its name, of what it is a share, and what England publishes it as."""

    key: str
    name: str
    unit: str
    share: Callable[[YearSums], Share]
    published: str


_KINDS: Final = (
    FigureKind(
        "absence", "All absence", "sessions",
        lambda sums: Share(sums.absent, sums.possible), benchmarks.ABSENCE,
    ),
    FigureKind(
        "authorised", "Authorised", "sessions",
        lambda sums: Share(sums.authorised, sums.possible), "authorised_absence_rate",
    ),
    FigureKind(
        "unauthorised", "Unauthorised", "sessions",
        lambda sums: Share(sums.unauthorised, sums.possible), benchmarks.UNAUTHORISED,
    ),
    FigureKind(
        "persistent", "Persistent absence", "enrolments",
        lambda sums: Share(sums.persistent, sums.enrolments), benchmarks.PERSISTENT,
    ),
    FigureKind(
        "severe", "Severe absence", "enrolments",
        lambda sums: Share(sums.severe, sums.enrolments), benchmarks.SEVERE,
    ),
)  # fmt: skip
KINDS: Final = {kind.key: kind for kind in _KINDS}


def whole_school(school: School, user: User, *, as_of: date) -> Asked:
    """The school's own series of the year so far, with the whole borough beside them."""
    ground = ground_of(user, [school.pk])
    return Asked(
        ground=ground,
        who=school.name,
        period=f"{academic_year_label(academic_year(as_of))} so far",
        phase=STATISTICAL_PHASE_OF[school.phase] or None,
        as_of=as_of,
        then=same_time_before(as_of, ground.half_terms),
        borough=everyones_ground(ground),
    )


def group_facts(school: School, user: User, asked: Asked) -> GroupFacts:
    """What F8 of persistent absence is drawn from."""
    rows = group_rows(user, urns=[school.pk], as_of=asked.as_of, measure="persistent")
    measure = MEASURES["persistent"]
    return GroupFacts(Heading(asked.who, asked.period, asked.as_of, measure=measure), rows)


def headline_figures(asked: Asked) -> list[PackFigure]:
    """The school's figures of the year so far, as of the day asked; in the order of `KINDS`."""
    days = [day for day in (asked.as_of, asked.then) if day]
    ours = sums_on(asked.ground.schools, days)
    borough = sums_on(asked.borough.schools, [asked.as_of])[asked.as_of] if asked.borough else None
    return [_figure(kind, asked, ours, borough) for kind in KINDS.values()]


def _figure(
    kind: FigureKind, asked: Asked, ours: dict[date, YearSums], borough: YearSums | None
) -> PackFigure:
    found = benchmarks.latest_by(kind.published, phase=asked.phase, on=asked.as_of)
    then = ours[asked.then] if asked.then else YearSums()
    return PackFigure(
        key=kind.key,
        share=kind.share(ours[asked.as_of]),
        last_year=kind.share(then) if then.possible else None,
        then=asked.then if then.possible else None,
        borough=kind.share(borough) if borough else None,
        england=found.value if found else None,
        england_of=found.of if found else "",
        england_series=found.series if found else "",
        england_source=found.source if found else "",
    )
