"""P29, feed health: who is sending, what is missing, and how the last runs went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from attendance.models import Flag, NightlyRun
from attendance.read_models.feeds import DAYS_SHOWN, Feed, feeds
from attendance.rules.feeds import DayState
from attendance.states import FEEDS, FeedState, FlagKind, Tag
from attendance_portal.shared import wording
from dashboards.charts import Chart, FeedDay, FeedFacts, FeedRow, Heading, feed_grid
from dashboards.listing import Column
from dashboards.read_models.rolls import own_enrolments, school_pages
from schools.models import School

if TYPE_CHECKING:
    from accounts.models import User

RUNS_SHOWN: Final = 10
DEFAULT_SORT: Final = "name"
COLUMNS: Final = (
    Column("School", "name"),
    Column("State", "behind"),
    Column("Marks to", "last"),
    Column("Expected to"),
    Column("Sends by"),
    Column("Sessions missing", "missing", is_numeric=True),
    Column("Pupils with no marks", "silent", is_numeric=True),
    Column("Refused in the last batch", "refused", is_numeric=True),
)


@dataclass(frozen=True)
class FeedLine:
    """One school as printed. `silent_href` opens the pupils the register is silent about."""

    urn: int
    school: str
    tag: Tag
    marks_to: str
    expected_to: str
    note: str
    route: str
    sessions_missing: int
    silent: int | None
    silent_href: str
    refused: int
    href: str = ""
    last_mark_on: date | None = None


@dataclass(frozen=True)
class RunLine:
    """One nightly run as printed."""

    started: str
    took: str
    marks_to: str
    changed: str
    outcome: str


@dataclass(frozen=True)
class FeedPage:
    """The whole page."""

    headline: str
    lines: list[FeedLine]
    grid: Chart | None
    runs: list[RunLine]


def feed_page(
    user: User, *, as_of: date, on: date, sort: str, sees_pupils: bool, sees_runs: bool
) -> FeedPage:
    """The feeds that this person may know of, as of the figures' date."""
    schools = School.objects.whose_feed_is_visible_to(user).filter(status="open").alphabetical()
    found = feeds(list(schools), as_of=as_of)
    silent = _silent(user, on) if sees_pupils else {}
    pages = school_pages(user, {feed.urn for feed in found})
    lines = [
        replace(
            _line(feed, silent.get(feed.urn, 0) if sees_pupils else None),
            href=f"{pages[feed.urn]}registers/" if feed.urn in pages else "",
        )
        for feed in found
    ]
    return FeedPage(
        headline=_headline(found),
        lines=_sorted(lines, found, sort),
        grid=feed_chart(found, hrefs={line.urn: line.href for line in lines}),
        runs=_runs() if sees_runs else [],
    )


def feed_chart(found: Sequence[Feed], *, hrefs: Mapping[int, str] | None = None) -> Chart | None:
    """F14 of these schools: the last ten days on which any of them was expected to meet.

    `hrefs`: URN to the page that a row leads to.
    """
    days = sorted({day.day for feed in found for day in feed.days})[-DAYS_SHOWN:]
    if not days:
        return None
    leads = hrefs or {}
    rows = [
        FeedRow(feed.school, leads.get(feed.urn, ""), _row_of_days(feed, days)) for feed in found
    ]
    who = found[0].school if len(found) == 1 else wording.counted(len(found), "school")
    heading = Heading(
        who=who,
        period=f"The last {wording.counted(len(days), 'school day')}",
        marks_to=days[-1],
        measure="Registers received",
        is_provisional=False,
    )
    return feed_grid(FeedFacts(heading, days, rows))


def _row_of_days(feed: Feed, days: Sequence[date]) -> list[FeedDay]:
    """Each column's day; one on which this school does not meet is closed to it."""
    state_of = {day.day: day.state for day in feed.days}
    return [FeedDay(day, state_of.get(day, DayState.CLOSED).value) for day in days]


def _headline(found: Sequence[Feed]) -> str:
    if not found:
        return "No open school is in your scope."
    good = sum(feed.state == FeedState.UP_TO_DATE for feed in found)
    if good == len(found) and good > 1:
        newest = max(feed.last_mark_on for feed in found if feed.last_mark_on)
        return f"All {good:,} schools are up to date, with marks to {wording.short_day(newest)}"
    is_or_are = "is" if good == 1 else "are"
    return f"{good:,} of {wording.counted(len(found), 'school')} {is_or_are} up to date"


def _silent(user: User, on: date) -> dict[int, int]:
    """Of the enrolments that the list it opens shows: those whose record may be opened."""
    flags = Flag.objects.open().filter(
        kind=FlagKind.NO_RECENT_MARKS, enrolment__in=own_enrolments(user, on).values("pk")
    )
    counted = flags.values("school").annotate(number=Count("pk"))
    return dict(counted.values_list("school", "number"))


def _line(feed: Feed, silent: int | None) -> FeedLine:
    query = {"flag": FlagKind.NO_RECENT_MARKS.value, "school": feed.urn}
    return FeedLine(
        urn=feed.urn,
        school=feed.school,
        tag=FEEDS[feed.state],
        marks_to=wording.short_day(feed.last_mark_on) if feed.last_mark_on else "No data",
        expected_to=wording.short_day(feed.days[-1].day) if feed.days else "Nothing yet",
        note=_behind(feed),
        route=feed.route or "Nothing sent yet",
        sessions_missing=feed.sessions_missing,
        silent=silent,
        silent_href=f"{reverse('pupil_list')}?{urlencode(query)}" if silent else "",
        refused=feed.refused,
        last_mark_on=feed.last_mark_on,
    )


def _behind(feed: Feed) -> str:
    if feed.last_mark_on is None or not feed.school_days_behind:
        return ""
    return f"{wording.counted(feed.school_days_behind, 'school day')} behind"


def _sorted(lines: list[FeedLine], found: Sequence[Feed], sort: str) -> list[FeedLine]:
    """A to Z, or by the column asked for; equal ones stay A to Z."""
    feed_of = {feed.urn: feed for feed in found}
    keys = {
        "name": lambda line: 0,
        "behind": lambda line: feed_of[line.urn].school_days_behind,
        "last": lambda line: feed_of[line.urn].last_mark_on or date.min,
        "missing": lambda line: line.sessions_missing,
        "silent": lambda line: line.silent or 0,
        "refused": lambda line: line.refused,
    }
    key = sort.removeprefix("-")
    if key == "name":
        return lines[::-1] if sort.startswith("-") else lines
    return sorted(lines, key=keys[key], reverse=sort.startswith("-"))


def _runs() -> list[RunLine]:
    runs = NightlyRun.objects.filter(is_for_everyone=True)[:RUNS_SHOWN]
    return [_run(run) for run in runs]


def _run(run: NightlyRun) -> RunLine:
    took = ""
    if run.finished_at is not None:
        took = wording.duration(run.finished_at - run.started_at)
    rows = run.counts.get("rows_written")
    return RunLine(
        started=wording.moment(run.started_at),
        took=took or "Not finished",
        marks_to=wording.short_day(run.as_of),
        changed=wording.counted(rows, "row") if rows is not None else "Nothing written",
        outcome=run.get_state_display(),
    )
