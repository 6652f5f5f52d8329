"""How absence is spread over enrolments: the bands of STAT-26, beside England's where published."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Final

from attendance.read_models.by_school import band_counts
from attendance.states import BANDS
from dashboards import benchmarks
from dashboards.charts.facts import Band
from dashboards.read_models.series import chosen_schools
from schools.rules.calendar import academic_year

if TYPE_CHECKING:
    from accounts.models import User

BAND_LABELS: Final = tuple(BANDS.values())


def bands(
    user: User, *, urns: Collection[int] | None, phase: str | None, as_of: date
) -> list[Band]:
    """Enrolments with a possible session by band of absence in the year of `as_of`, least first.

    The schools among `urns` that the person sees (None: all of them). England's percentages are
    those of `phase` (a statistical phase; None: all state-funded schools), left out where nothing
    is published for it.
    """
    return bands_of(chosen_schools(user, urns), phase=phase, as_of=as_of)


def bands_of(schools: Collection[int], *, phase: str | None, as_of: date) -> list[Band]:
    """`bands` of schools already chosen from those that the person sees."""
    counts = band_counts(schools, as_of)
    england = benchmarks.published_bands(phase=phase, year=academic_year(as_of))
    percents = england.percents if england else [None] * len(BAND_LABELS)
    return [
        Band(label, counts.get(place, 0), percents[place])
        for place, label in enumerate(BAND_LABELS)
    ]
