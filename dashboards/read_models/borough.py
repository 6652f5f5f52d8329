"""Where the borough stands, or a part of it: four figures, three charts, by phase, locality, trust
and school.

Everything is added up from sums by school of the children that the filter bar names; someone with a
patch reads those of their own schools.
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
from attendance.read_models.figures import ABSENT
from attendance.rules.absence import MINIMUM_POSSIBLE
from attendance.rules.percent import shown_percent
from attendance.rules.protection import (
    HIDDEN,
    MEANINGS,
    NOT_APPLICABLE,
    protected_percent,
    protected_total,
)
from attendance.selectors import SchoolFeed, schools_behind
from attendance_portal.shared import wording
from dashboards.read_models.borough_figures import Beside, Figure, four_figures
from dashboards.read_models.borough_tables import (
    PARTS,
    Line,
    Links,
    added,
    locality_lines,
    phase_lines,
    protected_lines,
    school_lines,
    total_line,
    trust_lines,
)
from dashboards.read_models.reasons_panel import ReasonsPanel, panel_of_schools, panel_of_slice
from dashboards.read_models.series import ground_of
from dashboards.read_models.slices import Slice, Sums, sums
from dashboards.read_models.slices.by_school import totals_of
from dashboards.read_models.slices.protection import ProtectedCounts, protected_counts
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
    "By phase, and severe and unauthorised absence by school, are left out, and a choice of "
    "children is not divided by school or by how much was missed: "
    "with the rest they could give hidden counts away."
)
_ALTERNATIVE: Final = "PR"


@dataclass(frozen=True)
class View:
    """What was asked of the page: which children, and the same at this time last year.

    `part`: what the page is about where it is not the borough, as a trust's name; `route` and
    `given`: the page's own, to which lines of a part lead. `left_out`: whom each filter leaves out,
    and everyone else at the schools, asked for protected views alone.
    """

    now: Slice
    then: Slice | None
    sort: str
    part: str = ""
    route: str = "borough"
    given: tuple[str, ...] = ()
    left_out: Sequence[Sums] = ()

    @property
    def told(self) -> ProtectedCounts | None:
        """What may be told of a choice of children in a protected view; None for any other view,
        whose counts are protected each by itself."""
        return None if self.now.has_parts else protected_counts(sums(self.now), *self.left_out)

    @property
    def user(self) -> User:
        return self.now.user

    @property
    def as_of(self) -> date:
        return self.now.as_of

    @property
    def phase(self) -> str:
        return self.now.phase

    @property
    def is_protected(self) -> bool:
        return self.now.is_protected

    @property
    def choice(self) -> Slice | None:
        """The children chosen; None where whole schools and all absence are asked for."""
        whole = self.now.is_of_whole_schools and self.now.missed == ABSENT
        return None if whole else self.now


@dataclass(frozen=True)
class BoroughPage:
    """The whole page. `early` says that the figures are last year's, or too early to say much."""

    headline: str
    counted: str
    whose: str
    period: str
    early: str
    figures: list[Figure]
    charts: Charts
    phases: list[Line]
    localities: list[Line]
    trusts: list[Line]
    schools: list[Line]
    total: Line | None
    feeds: str
    feeds_href: str
    note: str
    reasons: ReasonsPanel | None

    @property
    def parts(self) -> list[tuple[str, list[Line], str]]:
        """The tables of parts that have lines: what a line is, the lines, and a name for links."""
        parts = [
            ("phase", self.phases, "phases"),
            ("locality", self.localities, "localities"),
            ("trust", self.trusts, "trusts"),
        ]
        return [part for part in parts if part[1]]


@dataclass(frozen=True)
class _Standing:
    """The schools' totals on the day that the page really stands at."""

    as_of: date
    totals: list[SchoolTotals]
    schools: Mapping[int, School]
    early: str = ""
    is_final: bool = False
    asked_period: str = ""

    @property
    def urns(self) -> list[int]:
        return [row.urn for row in self.totals]

    @property
    def year(self) -> str:
        return academic_year_label(academic_year(self.as_of))

    @property
    def period(self) -> str:
        return f"{self.year}, the whole year" if self.is_final else self.asked_period


def borough_page(view: View) -> BoroughPage:
    """The borough, or the part of it, as asked."""
    sees_all = access_of(view.user).everything
    stands = _standing(view)
    links = Links(
        view.now, view.route, view.given, to_lists=not view.is_protected and not stands.is_final
    )
    whole = added(stands.totals)
    asked = _asked(view, stands, sees_all=sees_all)
    behind = _behind(view)
    lines = _lines(stands, view, links)
    is_protected = view.is_protected
    parts = [] if is_protected else [(stands.totals, stands.schools, links)]
    return BoroughPage(
        headline=_headline(whole, stands, view),
        counted=_counted(whole, is_protected=is_protected),
        whose=_whose(view, stands, sees_all=sees_all),
        period=stands.period,
        early=stands.early,
        figures=four_figures(
            whole,
            _beside(view, stands, asked.then),
            links=links,
            is_protected=is_protected,
            told=view.told,
        ),
        charts=three_charts(asked, is_protected=is_protected, has_parts=view.now.has_parts),
        phases=[line for part in parts for line in phase_lines(*part)],
        localities=[line for part in parts for line in locality_lines(*part)],
        trusts=[line for part in parts for line in trust_lines(*part)] if not view.part else [],
        schools=lines,
        total=None if is_protected or not lines else total_line(stands.totals),
        feeds=_feeds({*stands.urns, *(feed.urn for feed in behind)}, behind),
        feeds_href=reverse("feed_health")
        if has_permission(view.user, Permission.SEE_FEEDS)
        else "",
        note=_PROTECTED_NOTE if is_protected else "",
        reasons=_reasons(view, stands, whole),
    )


def _standing(view: View) -> _Standing:
    """On the day asked; before 20 sessions of its year, at the end of the year before.

    A choice of children stands at the day asked whatever it rests on.
    """
    now = view.now
    stands = _of(now, totals_of(now), now.as_of, period=now.period)
    held = _sessions_held(stands.urns, now.as_of)
    if held >= MINIMUM_POSSIBLE or not now.is_of_whole_schools:
        return stands
    last_day = academic_year_start(academic_year(now.as_of)) - timedelta(days=1)
    ended = [row for row in school_totals(now.user, as_of=last_day) if row.urn in now.schools]
    before = _of(now, ended, last_day)
    so_far = f"Schools have held {wording.counted(held, 'session')} of {stands.year} so far"
    if not any(row.possible for row in before.totals):
        early = f"{so_far}: too early to say much, and {before.year} has no figures."
        return replace(stands, early=early)
    early = f"{so_far}: too early to say. These are the final figures of {before.year}."
    return replace(before, early=early, is_final=True)


def _of(choice: Slice, totals: list[SchoolTotals], as_of: date, *, period: str = "") -> _Standing:
    schools = School.objects.visible_to(choice.user).select_related("trust", "ward__part_of")
    found = schools.in_bulk([row.urn for row in totals])
    return _Standing(as_of, totals, found, asked_period=period)


def _sessions_held(urns: Sequence[int], as_of: date) -> int:
    """The most sessions that any of these schools has held in the year of a day, up to it."""
    days = SchoolDay.objects.filter(
        school__in=urns, date__gte=academic_year_start(academic_year(as_of)), date__lte=as_of
    )
    counts = days.values("school").annotate(days=Count("date")).order_by("-days")
    most = counts.values_list("days", flat=True).first()
    return _SESSIONS_A_DAY * (most or 0)


def _asked(view: View, stands: _Standing, *, sees_all: bool) -> Asked:
    whole = ground_of(view.user, None)
    is_part = bool(view.now.address.keys() & PARTS) or bool(view.part)
    ground = replace(whole, schools=stands.urns) if is_part else whole
    return Asked(
        ground=ground,
        who=_who(view, stands, sees_all=sees_all),
        period=stands.period,
        phase=_statistical(view.phase),
        as_of=stands.as_of,
        then=same_time_before(stands.as_of, whole.half_terms),
        borough=whole if sees_all and (is_part or view.choice is not None) else None,
        choice=None if stands.is_final else view.choice,
        choice_then=view.then,
    )


def _statistical(phase: str) -> str | None:
    return STATISTICAL_PHASE_OF[phase] if phase else None


def _beside(view: View, stands: _Standing, then: date | None) -> Beside:
    sums_then = YearSums()
    if then is not None and view.choice is not None:
        sums_then = added(totals_of(view.then)) if view.then is not None else sums_then
    elif then is not None:
        sums_then = sums_on(stands.urns, [then])[then]
    is_published = view.now.is_of_whole_schools
    return Beside(stands.as_of, then, sums_then, _statistical(view.phase), is_published)


def _phase_words(phase: str) -> str:
    """'primary schools'."""
    return "alternative provision" if phase == _ALTERNATIVE else f"{PHASE[phase].lower()} schools"


def _who(view: View, stands: _Standing, *, sees_all: bool) -> str:
    """As a chart's title says it: 'the borough', 'your 8 schools', 'primary schools', 'Year 9'."""
    if view.part:
        return f"{view.part}, {view.now.who}" if view.now.who else view.part
    if view.phase and view.now.who == PHASE[view.phase]:
        return _phase_words(view.phase)
    if view.now.who:
        return view.now.who
    return "the borough" if sees_all else f"your {_schools(stands)}"


def _schools(stands: _Standing) -> str:
    return wording.counted(len(stands.totals), "school")


def _whose(view: View, stands: _Standing, *, sees_all: bool) -> str:
    """Someone with a patch reads the sums of their own schools, and is told so."""
    who = _who(view, stands, sees_all=sees_all)
    if not sees_all and not view.part:
        narrowed = f" ({who})" if view.now.who else ""
        return f"Your {_schools(stands)}{narrowed}"
    if view.now.who or view.part:
        return f"{who[:1].upper()}{who[1:]} ({_schools(stands)})"
    return "The whole borough"


def _headline(whole: YearSums, stands: _Standing, view: View) -> str:
    if whole.possible == 0:
        return f"No sessions are recorded yet for {stands.year}"
    shown = protected_percent if view.is_protected else shown_percent
    absence = shown(whole.absent, whole.possible)
    pupils = shown(whole.persistent, whole.enrolments)
    if view.told is not None and view.told.persistent is None:
        pupils = HIDDEN
    if HIDDEN in (absence, pupils):
        return f"Figures of {stands.year}, some hidden to protect children"
    return (
        f"{absence} of sessions were missed in {stands.year}; "
        f"{pupils} of enrolments missed 10% or more"
    )


def _reasons(view: View, stands: _Standing, sums: YearSums) -> ReasonsPanel | None:
    """Of whom the bar names or, before their year has begun, of the year that is shown."""
    if not stands.is_final:
        return panel_of_slice(view.now)
    pupils = sums.enrolments if view.is_protected else None
    return panel_of_schools(stands.urns, as_of=stands.as_of, protected_pupils=pupils)


def _counted(sums: YearSums, *, is_protected: bool) -> str:
    """'4,102 enrolments', as the page's region for news of a change says it."""
    if is_protected:
        return f"{protected_total(sums.enrolments)} enrolments"
    return wording.counted(sums.enrolments, "enrolment")


def _lines(stands: _Standing, view: View, links: Links) -> list[Line]:
    if not view.now.has_parts:
        return []
    if view.is_protected:
        return protected_lines(stands.totals, stands.schools)
    return school_lines(stands.totals, stands.schools, view.sort, links)


def _behind(view: View) -> list[SchoolFeed]:
    """Of the day asked, whatever year the figures are of."""
    mine = set(view.now.schools)
    return [feed for feed in schools_behind(view.user, view.as_of) if feed.urn in mine]


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
