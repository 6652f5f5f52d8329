"""Charts drawn on the server: facts in, words, table and two drawings out."""

from __future__ import annotations

from dashboards.charts.facts import (
    Band,
    CountFacts,
    Event,
    FeedDay,
    FeedFacts,
    FeedRow,
    GroupFacts,
    GroupRow,
    HalfTermPoint,
    Heading,
    PatternFacts,
    PublishedPoint,
    PupilWeek,
    PupilWeeksFacts,
    RunningFacts,
    RunningPoint,
    Share,
    SlotShare,
    SpreadFacts,
    WeeklyFacts,
    WeekPoint,
)
from dashboards.charts.shapes import Chart, Column, Svg
from dashboards.charts.strip import (
    ATTENDED,
    AUTHORISED,
    KEY,
    NO_MARK_SENT,
    NOT_POSSIBLE,
    UNAUTHORISED,
    Block,
    Cell,
    Label,
    Look,
    StripFacts,
    Week,
    look_of,
    year_strip,
)

__all__ = [
    "ATTENDED",
    "AUTHORISED",
    "KEY",
    "NOT_POSSIBLE",
    "NO_MARK_SENT",
    "UNAUTHORISED",
    "Band",
    "Block",
    "Cell",
    "Chart",
    "Column",
    "CountFacts",
    "Event",
    "FeedDay",
    "FeedFacts",
    "FeedRow",
    "GroupFacts",
    "GroupRow",
    "HalfTermPoint",
    "Heading",
    "Label",
    "Look",
    "PatternFacts",
    "PublishedPoint",
    "PupilWeek",
    "PupilWeeksFacts",
    "RunningFacts",
    "RunningPoint",
    "Share",
    "SlotShare",
    "SpreadFacts",
    "StripFacts",
    "Svg",
    "Week",
    "WeekPoint",
    "WeeklyFacts",
    "absence_by_week",
    "children_over_the_lines",
    "feed_grid",
    "group_gaps",
    "look_of",
    "running_absence",
    "spread",
    "weekday_pattern",
    "weeks_missed",
    "year_strip",
]


def absence_by_week(facts: WeeklyFacts, *, protected: bool = False) -> Chart | None:
    return None


def children_over_the_lines(facts: CountFacts, *, protected: bool = False) -> Chart | None:
    return None


def spread(facts: SpreadFacts, *, protected: bool = False) -> Chart | None:
    return None


def weeks_missed(facts: PupilWeeksFacts, *, protected: bool = False) -> Chart | None:
    return None


def running_absence(facts: RunningFacts, *, protected: bool = False) -> Chart | None:
    return None


def weekday_pattern(facts: PatternFacts, *, protected: bool = False) -> Chart | None:
    return None


def group_gaps(facts: GroupFacts, *, protected: bool = False) -> Chart | None:
    return None


def feed_grid(facts: FeedFacts, *, protected: bool = False) -> Chart | None:
    return None
