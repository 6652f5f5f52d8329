"""What the first reader of a morning would wait for, worked out before they come.

The same time last year, the ends of half-terms and the comparison with published figures stand on
days that are not the figures' date. They move on with it every night, and are kept by school for
whoever asks, until an import reaches those days. Warm already, this costs a few short queries.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from attendance.read_models.by_school import sums_on
from attendance.read_models.figures import figures_on
from attendance.read_models.published_basis import published_sums
from attendance.selectors import figures_date
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
    urns = list(School.objects.order_by("urn").values_list("urn", flat=True))
    ground = Ground(urns, half_terms_known(), as_of)
    then = same_time_before(as_of, ground.half_terms)
    days = set(milestone_days(ground.half_terms, as_of)) | ({then} if then else set())
    sums_on(urns, days)
    if then is not None:
        for until in (
            then,
            week_start(then) + timedelta(days=6),
        ):  # a choice's line, and everyone's
            weeks_of(ground, year=academic_year(then), as_of=until)
        figures_on(then)
        published_sums(urns, then)
    for year in (academic_year(as_of) - back for back in FINAL_YEARS):
        published_sums(urns, academic_year_end(year))
    return then
