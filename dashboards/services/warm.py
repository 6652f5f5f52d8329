"""What a reader would wait for, worked out before they come, or while a page says so.

The same time last year, the ends of half-terms and the comparison with published figures stand on
days that are not the figures' date. They move on with it every night, and are kept by school for
whoever asks, until an import reaches those days. Warm already, this costs a few short queries.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attendance.read_models.by_school import band_counts, sums_on
from attendance.read_models.figures import figures_on
from attendance.read_models.published_basis import published_sums
from attendance.selectors import figures_date
from dashboards.read_models.reasons_panel import panel_of_schools
from dashboards.read_models.series import Ground, half_terms_known, milestone_days, weeks_of
from schools.models import School
from schools.rules.alignment import same_time_before
from schools.rules.calendar import academic_year, academic_year_end, week_start

#: How many years ago the final figures are of that comparisons with accredited ones stand on.
FINAL_YEARS: Final = (1, 2)


def warm_figures() -> date | None:
    """Work out what pages show beside the figures. The day last year; None where not known."""
    as_of = figures_date()
    if as_of is None:
        return None
    ground = _ground(as_of)
    then = same_time_before(as_of, ground.half_terms)
    _sums_beside(ground, as_of, then)
    for year in (academic_year(as_of) - back for back in FINAL_YEARS):
        published_sums(ground.schools, academic_year_end(year))
    if then is not None:
        published_sums(ground.schools, then)
        figures_on(then)
    return then


def work_out(day: date) -> None:
    """A past day of every school as its pages show it. What says that it is known comes last."""
    ground = _ground(figures_date())
    then = same_time_before(day, ground.half_terms)
    _sums_beside(ground, day, then)
    weeks_of(ground, year=academic_year(day), as_of=day)
    band_counts(ground.schools, day)
    panel_of_schools(ground.schools, as_of=day)
    if then is not None:
        figures_on(then)
    figures_on(day)


def _ground(figures_on_day: date | None) -> Ground:
    urns = list(School.objects.order_by("urn").values_list("urn", flat=True))
    return Ground(urns, half_terms_known(), figures_on_day)


def _sums_beside(ground: Ground, as_of: date, then: date | None) -> None:
    """The ends of half-terms, now and the year before, and the same time last year."""
    days = set(milestone_days(ground.half_terms, as_of)) | ({then} if then else set())
    sums_on(ground.schools, days)
    if then is None:
        return
    sunday = week_start(then) + timedelta(days=6)
    for until in (then, sunday):  # the line of a choice of children, and that of everyone
        weeks_of(ground, year=academic_year(then), as_of=until)
