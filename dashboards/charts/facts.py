"""What each chart is drawn from: counts wherever counts exist, never percentages of ours.

A published figure (England) is a percentage, because that is all its publisher gives.
Units are in the names; shares are of sessions or of enrolments as the heading's measure says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True)
class Heading:
    """Whose figures, of which period, and up to which marks; `marks_to` None: no marks yet."""

    who: str
    period: str
    marks_to: date | None
    source: str = "The schools' registers"
    is_provisional: bool = True
    measure: str = "All absence"


@dataclass(frozen=True)
class Share:
    """Sessions, or enrolments: `part` of `whole`. Raises ValueError unless 0 <= part <= whole."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is not a share.")


@dataclass(frozen=True)
class WeekPoint:
    """One school week. `week_of_half_term` counts from 1; a whole of 0: nothing was possible."""

    monday: date
    half_term: int
    week_of_half_term: int
    share: Share
    is_finished: bool = True


@dataclass(frozen=True)
class PublishedPoint:
    """A published percentage of one school week."""

    half_term: int
    week_of_half_term: int
    percent: Decimal


@dataclass(frozen=True)
class WeeklyFacts:
    """F1. Each series in order of time."""

    heading: Heading
    this_year: Sequence[WeekPoint]
    last_year: Sequence[WeekPoint] = ()
    borough: Sequence[WeekPoint] = ()
    england: Sequence[PublishedPoint] = ()
    england_source: str = ""


@dataclass(frozen=True)
class HalfTermPoint:
    """Enrolments over the lines, year to date at a half-term's end; persistent includes severe."""

    half_term: int
    label: str
    severe: int
    persistent: int
    enrolments: int
    last_year_persistent: int | None = None
    last_year_severe: int | None = None


@dataclass(frozen=True)
class CountFacts:
    """F2."""

    heading: Heading
    points: Sequence[HalfTermPoint]


@dataclass(frozen=True)
class Band:
    """Enrolments whose overall absence lies in one band of STAT-26."""

    label: str
    enrolments: int
    england_percent: Decimal | None = None


@dataclass(frozen=True)
class SpreadFacts:
    """F3. Bands from least to most absence."""

    heading: Heading
    bands: Sequence[Band]
    england_source: str = ""


@dataclass(frozen=True)
class PupilWeek:
    """One child's week, in sessions; `possible` 0: nothing counted that week."""

    monday: date
    half_term: int
    possible: int
    authorised: int
    unauthorised: int


@dataclass(frozen=True)
class Event:
    """Something that happened: a plan, a placement, a notice."""

    on: date
    label: str


@dataclass(frozen=True)
class PupilWeeksFacts:
    """F5."""

    heading: Heading
    weeks: Sequence[PupilWeek]
    events: Sequence[Event] = ()


@dataclass(frozen=True)
class RunningPoint:
    """One child's sessions of the year so far: cumulative, at least one point a school week."""

    on: date
    possible: int
    absent: int


@dataclass(frozen=True)
class RunningFacts:
    """F6."""

    heading: Heading
    points: Sequence[RunningPoint]


@dataclass(frozen=True)
class SlotShare:
    """One weekday session ("Mon AM"): missed of possible, and the percentages chance allows."""

    label: str
    share: Share
    expected_low: Decimal
    expected_high: Decimal
    is_beyond_chance: bool


@dataclass(frozen=True)
class PatternFacts:
    """F7. `own` is the child's absence over all slots."""

    heading: Heading
    slots: Sequence[SlotShare]
    own: Share


@dataclass(frozen=True)
class GroupRow:
    """A group beside everyone else; `interval` is the group's 95% range, in percent."""

    dimension: str
    label: str
    group: Share
    others: Share
    interval: tuple[Decimal, Decimal] | None = None


@dataclass(frozen=True)
class GroupFacts:
    """F8. Rows in a fixed order, never by size."""

    heading: Heading
    rows: Sequence[GroupRow]


@dataclass(frozen=True)
class FeedDay:
    """What a school sent for one day: "full", "part", "none", or "closed" if it did not meet."""

    day: date
    state: str


@dataclass(frozen=True)
class FeedRow:
    """One school's days; `href` its page."""

    school: str
    href: str
    days: Sequence[FeedDay]


@dataclass(frozen=True)
class FeedFacts:
    """F14. `days` are the columns, oldest first."""

    heading: Heading
    days: Sequence[date]
    rows: Sequence[FeedRow]
