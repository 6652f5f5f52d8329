"""Where the borough stands: four figures, three charts, by phase and by school.

Everything is added up from the schools' own sums; someone with a patch reads those of their own
schools.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Count
from django.urls import reverse

from accounts.roles import Permission
from attendance.models import SchoolDay
from attendance.read_models import SchoolTotals, school_totals
from attendance.read_models.by_school import YearSums, sums_on
from attendance.rules.absence import MINIMUM_POSSIBLE
from attendance.rules.percent import shown_percent
from attendance.rules.protection import HIDDEN, MEANINGS, NOT_APPLICABLE, protected_percent
from attendance.selectors import SchoolFeed, schools_behind
from attendance_portal.shared import wording
from dashboards.read_models.borough_figures import Beside, Figure, four_figures
from dashboards.read_models.borough_tables import (
    Line,
    added,
    phase_lines,
    protected_lines,
    school_lines,
    total_line,
)
from dashboards.read_models.reasons_panel import ReasonsPanel, panel_of_schools
from dashboards.read_models.series import ground_of
from dashboards.read_models.three_charts import Asked, Charts, three_charts
from schools.choices import PHASE, STATISTICAL_PHASE_OF
from schools.models import School
from schools.permissions import has_permission
from schools.rules.alignment import same_time_before
from schools.rules.calendar import academic_year, academic_year_label, academic_year_start
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

_SESSIONS_A_DAY: Final = 2
_PROTECTED_NOTE: Final = (
    f"Counts are to the nearest 5. {HIDDEN} means {MEANINGS[HIDDEN]}. "
    f"{NOT_APPLICABLE} means {MEANINGS[NOT_APPLICABLE]}. "
    "By phase, and severe and unauthorised absence by school, are left out: "
    "with the rest they could give hidden counts away."
)
_ALTERNATIVE: Final = "PR"


@dataclass(frozen=True)
class View:
    """What was asked of the page. `phase`: a school census phase, empty for all.

    `has_lists`: whether the pupil list stands at the same day; `is_protected`: for readers who
    may not see the children behind the figures.
    """

    as_of: date
    sort: str
    phase: str = ""
    has_lists: bool = True
    is_protected: bool = False


@dataclass(frozen=True)
class BoroughPage:
    """The whole page. `early` says that the figures are last year's, or too early to say much."""

    headline: str
    whose: str
    period: str
    early: str
    figures: list[Figure]
    charts: Charts
    phases: list[Line]
    schools: list[Line]
    total: Line | None
    feeds: str
    feeds_href: str
    note: str
    reasons: ReasonsPanel | None


@dataclass(frozen=True)
class _Standing:
    """The schools' totals on the day that the page really stands at."""

    as_of: date
    totals: list[SchoolTotals]
    schools: Mapping[int, School]
    early: str = ""
    is_final: bool = False

    @property
    def urns(self) -> list[int]:
        return [row.urn for row in self.totals]

    @property
    def year(self) -> str:
        return academic_year_label(academic_year(self.as_of))

    @property
    def period(self) -> str:
        return f"{self.year}, the whole year" if self.is_final else f"{self.year} so far"


def borough_page(user: User, view: View) -> BoroughPage:
    """The borough as asked."""
    sees_all = access_of(user).everything
    stands = _standing(user, view)
    has_lists = view.has_lists and not view.is_protected and not stands.is_final
    sums = added(stands.totals)
    asked = _asked(user, view, stands, sees_all=sees_all)
    charts = three_charts(asked, is_protected=view.is_protected)
    behind = _behind(user, view)
    lines = _lines(stands, view, has_lists=has_lists)
    return BoroughPage(
        headline=_headline(sums, stands, is_protected=view.is_protected),
        whose=_whose(len(stands.totals), view.phase, sees_all=sees_all),
        period=stands.period,
        early=stands.early,
        figures=four_figures(
            sums,
            _beside(stands, asked.then, view.phase),
            filters=_filters(view.phase) if has_lists else None,
            is_protected=view.is_protected,
        ),
        charts=charts,
        phases=[] if view.is_protected else _phases(stands, has_lists=has_lists),
        schools=lines,
        total=None if view.is_protected or not lines else total_line(stands.totals),
        feeds=_feeds({*stands.urns, *(feed.urn for feed in behind)}, behind),
        feeds_href=reverse("feed_health") if has_permission(user, Permission.SEE_FEEDS) else "",
        note=_PROTECTED_NOTE if view.is_protected else "",
        reasons=panel_of_schools(
            stands.urns,
            as_of=stands.as_of,
            protected_pupils=sums.enrolments if view.is_protected else None,
        ),
    )


def phases_of(user: User) -> list[tuple[str, str]]:
    """The phases of the schools this person sees, as a filter offers them."""
    held = set(School.objects.visible_to(user).values_list("phase", flat=True).distinct())
    return [(code, label) for code, label in PHASE.items() if code in held]


def _standing(user: User, view: View) -> _Standing:
    """On the day asked; before 20 sessions of its year, at the end of the year before."""
    stands = _on(user, view.as_of, view.phase)
    held = _sessions_held(stands.urns, view.as_of)
    if held >= MINIMUM_POSSIBLE:
        return stands
    last_day = academic_year_start(academic_year(view.as_of)) - timedelta(days=1)
    before = _on(user, last_day, view.phase)
    so_far = f"Schools have held {wording.counted(held, 'session')} of {stands.year} so far"
    if not any(row.possible for row in before.totals):
        early = f"{so_far}: too early to say much, and {before.year} has no figures."
        return _Standing(stands.as_of, stands.totals, stands.schools, early)
    early = f"{so_far}: too early to say. These are the final figures of {before.year}."
    return _Standing(last_day, before.totals, before.schools, early, is_final=True)


def _on(user: User, as_of: date, phase: str) -> _Standing:
    totals = school_totals(user, as_of=as_of)
    schools = School.objects.visible_to(user).in_bulk([row.urn for row in totals])
    mine = [row for row in totals if not phase or schools[row.urn].phase == phase]
    return _Standing(as_of, mine, schools)


def _sessions_held(urns: Sequence[int], as_of: date) -> int:
    """The most sessions that any of these schools has held in the year of a day, up to it."""
    days = SchoolDay.objects.filter(
        school__in=urns, date__gte=academic_year_start(academic_year(as_of)), date__lte=as_of
    )
    counts = days.values("school").annotate(days=Count("date")).order_by("-days")
    most = counts.values_list("days", flat=True).first()
    return _SESSIONS_A_DAY * (most or 0)


def _asked(user: User, view: View, stands: _Standing, *, sees_all: bool) -> Asked:
    whole = ground_of(user, None)
    ground = replace(whole, schools=stands.urns) if view.phase else whole
    return Asked(
        ground=ground,
        who=_who(view.phase, sees_all, len(stands.totals)),
        period=stands.period,
        phase=_statistical(view.phase),
        as_of=stands.as_of,
        then=same_time_before(stands.as_of, whole.half_terms),
        borough=whole if view.phase and sees_all else None,
    )


def _statistical(phase: str) -> str | None:
    return STATISTICAL_PHASE_OF[phase] if phase else None


def _beside(stands: _Standing, then: date | None, phase: str) -> Beside:
    sums_then = sums_on(stands.urns, [then])[then] if then else YearSums()
    return Beside(stands.as_of, then, sums_then, _statistical(phase))


def _filters(phase: str) -> dict[str, str]:
    return {"phase": phase} if phase else {}


def _phase_words(phase: str) -> str:
    """'primary schools'."""
    return "alternative provision" if phase == _ALTERNATIVE else f"{PHASE[phase].lower()} schools"


def _who(phase: str, sees_all: bool, schools: int) -> str:
    """As a chart's title says it: 'the borough', 'your 8 schools', 'primary schools'."""
    if phase:
        return _phase_words(phase)
    return "the borough" if sees_all else f"your {wording.counted(schools, 'school')}"


def _whose(schools: int, phase: str, *, sees_all: bool) -> str:
    """Someone with a patch reads the sums of their own schools, and is told so."""
    if not sees_all:
        return f"Your {wording.counted(schools, 'school')}" + (
            f" ({_phase_words(phase)})" if phase else ""
        )
    if phase:
        return f"{_phase_words(phase).capitalize()} ({schools:,})"
    return "The whole borough"


def _headline(sums: YearSums, stands: _Standing, *, is_protected: bool) -> str:
    if sums.possible == 0:
        return f"No sessions are recorded yet for {stands.year}"
    shown = protected_percent if is_protected else shown_percent
    absence = shown(sums.absent, sums.possible)
    pupils = shown(sums.persistent, sums.enrolments)
    if HIDDEN in (absence, pupils):
        return f"Figures of {stands.year}, some hidden to protect children"
    return (
        f"{absence} of sessions were missed in {stands.year}; "
        f"{pupils} of enrolments missed 10% or more"
    )


def _phases(stands: _Standing, *, has_lists: bool) -> list[Line]:
    return phase_lines(stands.totals, stands.schools, has_lists=has_lists)


def _lines(stands: _Standing, view: View, *, has_lists: bool) -> list[Line]:
    if view.is_protected:
        return protected_lines(stands.totals, stands.schools)
    return school_lines(stands.totals, stands.schools, view.sort, has_lists=has_lists)


def _behind(user: User, view: View) -> list[SchoolFeed]:
    """Of the day asked, whatever year the figures are of."""
    feeds = schools_behind(user, view.as_of)
    if not view.phase:
        return feeds
    mine = School.objects.visible_to(user).filter(phase=view.phase)
    urns = set(mine.values_list("urn", flat=True))
    return [feed for feed in feeds if feed.urn in urns]


def _feeds(urns: Collection[int], behind: Sequence[SchoolFeed]) -> str:
    """'2 of 59 schools have no marks after Thu 30 Oct.'"""
    if not behind:
        is_one = len(urns) == 1
        return (
            "The school is up to date." if is_one else f"All {len(urns):,} schools are up to date."
        )
    total = wording.counted(len(urns), "school")
    have = "has" if len(behind) == 1 else "have"
    last = max((feed.last_mark_on for feed in behind if feed.last_mark_on), default=None)
    if last is None:
        return f"{len(behind):,} of {total} {have} sent no marks yet."
    return f"{len(behind):,} of {total} {have} no marks after {wording.short_day(last)}."
