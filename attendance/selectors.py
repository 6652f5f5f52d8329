"""What pages and the API ask of runs and flags: the figures' date, changes, schools behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache as once

from django.core.cache import cache
from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery
from govuk_bank_holidays.bank_holidays import BankHolidays

from accounts.models import User
from attendance.models import (
    BatchSchool,
    Flag,
    NightlyRun,
    RegisterBatch,
    SchoolDay,
    SchoolYear,
)
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Invalid
from attendance_portal.shared.once import once_a_reading
from schools.models import Enrolment, School, Term
from schools.rules.calendar import EARLIEST_DAY, academic_year, academic_year_start

_KEPT_SECONDS = 24 * 3600
_MARKS = "marks"  # what a batch of registers holds; others are of schools, pupils and rolls


@once_a_reading
def latest_run() -> NightlyRun | None:
    """The last finished run for everyone, by date and then by number."""
    return (
        NightlyRun.objects.filter(is_for_everyone=True, state=NightlyRun.State.FINISHED)
        .order_by("-as_of", "-id")
        .first()
    )


def run_that_picked_up(recomputed_at: datetime) -> NightlyRun | None:
    """The run that stamped an import as picked up: it ended right after, and no two run at once."""
    finished = NightlyRun.objects.filter(
        state=NightlyRun.State.FINISHED, finished_at__gte=recomputed_at
    )
    return finished.order_by("finished_at", "pk").first()


def figures_date() -> date | None:
    """The as-of date of the last finished run for everyone; None before the first."""
    run = latest_run()
    return None if run is None else run.as_of


def marks_due_until(as_of: date) -> date:
    """The last day whose registers were due when the figures of a date were worked out.

    The run at four in the morning stands at its own day, on which no register has been taken yet:
    nobody is behind for that day, and no figure tells of it. A date before the run is a whole day.
    """
    run = latest_run()
    if run is None:
        return as_of
    ran_on = run.started_at.astimezone(LONDON).date()
    return min(as_of, ran_on - timedelta(days=1)) if as_of >= ran_on else as_of


def check_as_of(on: date, *, today: date) -> None:
    """Whether figures can be asked for as of this day. Raises Invalid with what to do.

    Up to today, or to the figures' date where a run stood later.
    """
    if on < EARLIEST_DAY:
        raise Invalid("Choose a later date: no register is as old as that.")
    if on > max(today, figures_date() or today):
        raise Invalid("This date has not come yet. Choose a date up to today.")


@once_a_reading
def flags_kept_from() -> date | None:
    """The as-of date of the first finished run for everyone; None before it. What came and went
    earlier left no flag, so nobody knows of it."""
    runs = NightlyRun.objects.filter(is_for_everyone=True, state=NightlyRun.State.FINISHED)
    first: date | None = runs.aggregate(first=Min("as_of"))["first"]
    return first


def previous_figures_date(before: date) -> date | None:
    """The as-of date of the last finished run for everyone that stood before this date."""
    return NightlyRun.objects.filter(
        is_for_everyone=True, state=NightlyRun.State.FINISHED, as_of__lt=before
    ).aggregate(last=Max("as_of"))["last"]


@once_a_reading
def last_import_id() -> int:
    """A number that grows with every batch that stored something; 0 before the first."""
    return _grown(RegisterBatch.objects.all(), BatchSchool.objects.all())


@once_a_reading
def last_import_until(day: date) -> int:
    """A number that grows with every batch that may have changed what is known up to a day.

    Marks of a later week have not: what was worked out of an earlier day still stands.
    """
    of_rolls = RegisterBatch.objects.exclude(content=_MARKS)
    return _grown(of_rolls, BatchSchool.objects.filter(reaches(day)))


def _grown(batches: QuerySet[RegisterBatch], touched: QuerySet[BatchSchool]) -> int:
    """The newest batch and the newest school that one stored something of, added: an upload that
    was looked at for long has an older number than what came meanwhile, its schools have not."""
    applied = batches.filter(state=RegisterBatch.State.APPLIED)
    newest, other = (rows.order_by("-pk").values_list("pk")[:1] for rows in (applied, touched))
    return sum(number for (number,) in newest.union(other, all=True))


def reaches(day: date) -> Q:
    """The condition that a batch stored something of a school up to a day."""
    return Q(from_on__isnull=True) | Q(from_on__lte=day)


@dataclass(frozen=True)
class Changes:
    """Flags that opened, and flags that closed, after one date and by another."""

    opened: tuple[Flag, ...]
    closed: tuple[Flag, ...]


def changes_between(user: User, after: date, until: date) -> Changes:
    """What changed after `after`, up to `until`, among the flags this person may see.

    Flags that opened and closed again inside the stretch are in both lists.
    """
    flags = (
        Flag.objects.visible_to(user)
        .select_related("enrolment__pupil", "school")
        .order_by("school__folded_name", "school_id", "enrolment__pupil__folded_name", "id")
    )
    return Changes(
        opened=tuple(flags.opened_between(after, until)),
        closed=tuple(flags.closed_between(after, until)),
    )


@dataclass(frozen=True)
class SchoolFeed:
    """A school whose registers have not come: its last mark, and the school days since."""

    urn: int
    name: str
    last_mark_on: date | None
    school_days_behind: int


def schools_behind(user: User, as_of: date) -> list[SchoolFeed]:
    """Open schools with at least one school day since their last mark, the longest behind first.

    A school day is a day inside a half-term on which the school meets and which is no bank holiday
    in England; while no terms are loaded, every meeting day. A school that never sent a mark counts
    from the first term of the academic year. Schools with nobody on roll owe nothing.
    """
    terms = tuple(Term.objects.filter(starts_on__lte=as_of).values_list("starts_on", "ends_on"))
    year_start = academic_year_start(academic_year(as_of))
    never = min((start for start, _ in terms if start >= year_start), default=year_start)
    newest = last_marks(as_of)
    until = marks_due_until(as_of)
    schools = School.objects.visible_to(user).filter(status="open", urn__in=_with_a_roll(as_of))
    feeds = [
        SchoolFeed(
            urn=urn,
            name=name,
            last_mark_on=newest.get(urn),
            school_days_behind=school_days(
                newest.get(urn, never - timedelta(days=1)), until, meeting_days, terms
            ),
        )
        for urn, name, meeting_days in schools.values_list("urn", "name", "meeting_days")
    ]
    return sorted(
        (feed for feed in feeds if feed.school_days_behind > 0),
        key=lambda feed: (-feed.school_days_behind, feed.name, feed.urn),
    )


def _with_a_roll(as_of: date) -> list[int]:
    """The URNs of schools with someone on roll; kept until the next import."""
    key = f"schools-with-a-roll:{as_of.isoformat()}:{last_import_id()}"
    urns: list[int] | None = cache.get(key)
    if urns is None:
        rows = Enrolment.objects.on_roll(as_of).values_list("school_id", flat=True)
        urns = sorted(set(rows.distinct()))
        cache.set(key, urns, _KEPT_SECONDS)
    return urns


def last_marks(as_of: date) -> dict[int, date]:
    """URN to the school's last mark by `as_of`, as the summaries know it.

    The stored last mark tells of closed days too; for a past date it may be later than that date,
    and then the school's own days answer.
    """
    stored = SchoolYear.objects.filter(last_mark_on__lte=as_of)
    by_day = SchoolDay.objects.filter(school=OuterRef("pk"), date__lte=as_of).order_by("-date")
    days = School.objects.annotate(last=Subquery(by_day.values("date")[:1]))
    found: dict[int, date] = {}
    for urn, last in (
        *stored.values_list("school_id", "last_mark_on"),
        *days.exclude(last=None).values_list("urn", "last"),
    ):
        found[urn] = max(last, found.get(urn, last))
    return found


def school_days(
    after: date, until: date, meeting_days: str, terms: tuple[tuple[date, date], ...]
) -> int:
    """How many days after one day, up to another, the school should have met on."""
    days = (after + timedelta(days=place) for place in range(1, (until - after).days + 1))
    return sum(is_expected_school_day(day, meeting_days, terms) for day in days)


def is_expected_school_day(
    day: date, meeting_days: str, terms: tuple[tuple[date, date], ...]
) -> bool:
    """Whether a school with these meeting days (ISO weekdays) should meet on a day."""
    if str(day.isoweekday()) not in meeting_days or day in _bank_holidays():
        return False
    return not terms or any(start <= day <= end for start, end in terms)


@once
def _bank_holidays() -> frozenset[date]:
    """Bank holidays of England, as far as the package knows them, without asking the network."""
    known = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"] for holiday in known.get_holidays(division=BankHolidays.ENGLAND_AND_WALES)
    )
