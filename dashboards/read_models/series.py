"""Schools over time: absence by week, and children over the lines at each half-term's end.

Each function adds up the schools among `urns` that the person sees (None: all of them), at the
figures' date from stored summaries, at any other by the same statements.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, Sum

from attendance.models import SchoolWeek
from attendance.read_models.by_school import YearSums, sums_on
from attendance.selectors import figures_date
from dashboards.benchmarks import published_weeks
from dashboards.charts.facts import HalfTermPoint, PublishedPoint, Share, WeekPoint
from schools.models import School, Term
from schools.rules.alignment import (
    is_finished_week,
    of_year,
    place_of_week,
    same_time_before,
    weeks_in_term,
)
from schools.rules.calendar import (
    HalfTerm,
    TermDates,
    academic_year,
    academic_year_end,
    academic_year_start,
    half_term_label,
    week_start,
)

if TYPE_CHECKING:
    from accounts.models import User

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


def half_terms_known() -> tuple[HalfTerm, ...]:
    """Every half-term loaded, oldest first."""
    rows = Term.objects.values_list("academic_year", "half_term", "starts_on", "ends_on")
    return TermDates.of(rows).half_terms


def chosen_schools(user: User, urns: Collection[int] | None) -> list[int]:
    """The URNs of the schools in question that this person sees."""
    schools = School.objects.visible_to(user)
    if urns is not None:
        schools = schools.filter(urn__in=urns)
    return list(schools.order_by("urn").values_list("urn", flat=True))


@dataclass(frozen=True)
class Ground:
    """What every series stands on, asked once: schools in scope, half-terms, the figures' date."""

    schools: list[int]
    half_terms: tuple[HalfTerm, ...]
    figures_on: date | None


def ground_of(user: User, urns: Collection[int] | None) -> Ground:
    """For pages with several series: the schools among `urns` that the person sees (None: all)."""
    return Ground(chosen_schools(user, urns), half_terms_known(), figures_date())


def everyones_ground(ground: Ground) -> Ground | None:
    """Every school there is, for one line that tells of none of them, whoever reads it.

    None where so few schools stand behind the line that it would tell of the others.
    """
    schools = list(School.objects.order_by("urn").values_list("urn", flat=True))
    others = len(set(schools) - set(ground.schools))
    if others < settings.PROTECTED_SMALLEST_GROUP:
        return None
    return replace(ground, schools=schools)


def weekly_points(
    user: User, *, urns: Collection[int] | None, year: int, as_of: date
) -> list[WeekPoint]:
    """Sessions missed of possible, one point a school week of an academic year, up to `as_of`.

    A week in term without a possible session has a whole of 0. A week that 1 August cuts belongs
    to the year of its Monday.
    """
    return weeks_of(ground_of(user, urns), year=year, as_of=as_of)


def weeks_of(ground: Ground, *, year: int, as_of: date) -> list[WeekPoint]:
    """`weekly_points` on a ground already known."""
    until = min(as_of, week_start(academic_year_end(year)) + 6 * _DAY)
    shares = _week_shares(ground, academic_year_start(year), until)
    return week_points_from(ground, shares, year=year, until=until)


def week_points_from(
    ground: Ground, shares: Mapping[date, Share], *, year: int, until: date
) -> list[WeekPoint]:
    """A point for each week that has a share, and for each week in term that has none."""
    mondays = sorted({*shares, *weeks_in_term(ground.half_terms, year, until)})
    return [_week_point(monday, shares, ground.half_terms, until) for monday in mondays]


def _week_point(
    monday: date, shares: Mapping[date, Share], half_terms: Sequence[HalfTerm], until: date
) -> WeekPoint:
    place = place_of_week(monday, half_terms)
    return WeekPoint(
        monday=monday,
        half_term=place.half_term,
        week_of_half_term=place.week,
        share=shares.get(monday, Share(0, 0)),
        is_finished=is_finished_week(monday, half_terms, until),
    )


def _week_shares(ground: Ground, start: date, until: date) -> dict[date, Share]:
    """By Monday, from `start` on: stored weeks where they are whole, the others worked out."""
    stands = ground.figures_on or date.min + _WEEK
    stored_until = (
        week_start(until) if until == stands else week_start(min(until, stands) + _DAY) - _WEEK
    )
    first = week_start(start + 6 * _DAY)
    stored = _stored_weeks(ground.schools, first, stored_until)
    return stored | _worked_out_weeks(ground.schools, max(stored_until + _WEEK, first), until)


def _stored_weeks(schools: list[int], first: date, last: date) -> dict[date, Share]:
    weeks = SchoolWeek.objects.filter(
        school__in=schools, week_start__gte=first, week_start__lte=last
    )
    sums = weeks.values("week_start").annotate(
        whole=Sum("possible"), part=Sum(F("authorised") + F("unauthorised"))
    )
    rows = sums.values_list("week_start", "part", "whole")
    return {monday: Share(part, whole) for monday, part, whole in rows if whole}


def _worked_out_weeks(schools: list[int], first: date, until: date) -> dict[date, Share]:
    """Weeks from a Monday on, each the difference of the year up to two days."""
    weeks = {
        first + number * _WEEK: _inside_years(
            first + number * _WEEK, min(first + number * _WEEK + 6 * _DAY, until)
        )
        for number in range((until - first).days // 7 + 1)
    }
    ends = [last for stretches in weeks.values() for _, last in stretches]
    befores = [
        start - _DAY for stretches in weeks.values() for start, _ in stretches if _has_before(start)
    ]
    sums = sums_on(schools, [*ends, *befores]) if weeks else {}
    shares = {monday: _share_of(stretches, sums) for monday, stretches in weeks.items()}
    return {monday: share for monday, share in shares.items() if share.whole}


def _inside_years(first: date, last: date) -> list[tuple[date, date]]:
    """The stretch, or its two parts if 1 August cuts it."""
    if academic_year(first) == academic_year(last):
        return [(first, last)]
    new_year = academic_year_start(academic_year(last))
    return [(first, new_year - _DAY), (new_year, last)]


def _has_before(start: date) -> bool:
    return start != academic_year_start(academic_year(start))


def _share_of(stretches: Iterable[tuple[date, date]], sums: Mapping[date, YearSums]) -> Share:
    part = whole = 0
    for first, last in stretches:
        before = sums[first - _DAY] if _has_before(first) else YearSums()
        part += sums[last].absent - before.absent
        whole += sums[last].possible - before.possible
    return Share(part, whole)


@dataclass(frozen=True)
class _Milestone:
    """A half-term up to a day, and the day beside it last year, if its terms are known."""

    half_term: int
    label: str
    day: date
    last_year: date | None


def half_term_points(
    user: User, *, urns: Collection[int] | None, as_of: date
) -> list[HalfTermPoint]:
    """Enrolments over the lines in the year so far, at the end of each half-term begun.

    The last point is as of the date asked, and so equals the schools' totals. Beside each stands
    the same point of last year, None where that year has no figures.
    """
    return half_terms_of(ground_of(user, urns), as_of=as_of)


def half_terms_of(ground: Ground, *, as_of: date) -> list[HalfTermPoint]:
    """`half_term_points` on a ground already known."""
    days = milestone_days(ground.half_terms, as_of)
    sums = sums_on(ground.schools, days) if days else {}
    return half_term_points_from(ground.half_terms, as_of, sums)


def milestone_days(half_terms: Sequence[HalfTerm], as_of: date) -> list[date]:
    """The days whose sums the points of `half_term_points_from` are made of."""
    milestones = _milestones(half_terms, as_of)
    return [day for stone in milestones for day in (stone.day, stone.last_year) if day]


def half_term_points_from(
    half_terms: Sequence[HalfTerm], as_of: date, sums: Mapping[date, YearSums]
) -> list[HalfTermPoint]:
    """The points, from the sums of the year up to each of `milestone_days`."""
    return [_half_term_point(stone, sums) for stone in _milestones(half_terms, as_of)]


def _milestones(half_terms: Sequence[HalfTerm], as_of: date) -> list[_Milestone]:
    begun = [half for half in of_year(half_terms, academic_year(as_of)) if half.start <= as_of]
    days = [half.end for half in begun[:-1]] + [as_of]
    return [
        _Milestone(
            half_term=half.half_term,
            label=half_term_label(half.half_term) + (" so far" if day < half.end else ""),
            day=day,
            last_year=same_time_before(day, half_terms),
        )
        for half, day in zip(begun, days, strict=False)
    ]


def _half_term_point(stone: _Milestone, sums: Mapping[date, YearSums]) -> HalfTermPoint:
    now = sums[stone.day]
    before = sums[stone.last_year] if stone.last_year else YearSums()
    return HalfTermPoint(
        half_term=stone.half_term,
        label=stone.label,
        severe=now.severe,
        persistent=now.persistent,
        enrolments=now.enrolments,
        last_year_persistent=before.persistent if before.enrolments else None,
        last_year_severe=before.severe if before.enrolments else None,
    )


def england_points(
    *,
    phase: str | None,
    year: int,
    as_of: date,
    half_terms: Sequence[HalfTerm] | None = None,
) -> list[PublishedPoint]:
    """England's absence by week, placed in our half-terms; weeks of our holidays are left out.

    `phase`: a statistical phase, None for all. Empty where no week of the year is published.
    `half_terms`: those known, if they have been asked for already.
    """
    half_terms = half_terms_known() if half_terms is None else half_terms
    ours = set(weeks_in_term(half_terms, year, as_of))
    return [
        PublishedPoint(place.half_term, place.week, week.value)
        for week in published_weeks(phase=phase, year=year, upto=as_of)
        if week.monday in ours
        for place in [place_of_week(week.monday, half_terms)]
    ]
