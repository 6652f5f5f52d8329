"""Charts drawn on the server: facts in, words, table and two drawings out."""

from __future__ import annotations

from dashboards.charts.before_after import BeforeAfterFacts, Slope, before_and_after
from dashboards.charts.compared import ComparedFacts, ComparedRow, compared_with_others
from dashboards.charts.concentration import ConcentrationFacts, absence_held_by_few
from dashboards.charts.counts import children_over_the_lines
from dashboards.charts.distribution import spread
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
from dashboards.charts.feeds import feed_grid
from dashboards.charts.groups import group_gaps
from dashboards.charts.pattern import weekday_pattern
from dashboards.charts.pupil_weeks import weeks_missed
from dashboards.charts.running import running_absence
from dashboards.charts.shapes import Chart, Column, Svg
from dashboards.charts.stages import StageCase, StageFacts, StageRow, cases_by_stage
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
from dashboards.charts.waits import ReferralBar, ReferralFacts, waiting_for_help
from dashboards.charts.wards import WardFacts, WardRow, wards_on_a_map
from dashboards.charts.weekly import absence_by_week

__all__ = [
    "ATTENDED",
    "AUTHORISED",
    "KEY",
    "NOT_POSSIBLE",
    "NO_MARK_SENT",
    "UNAUTHORISED",
    "Band",
    "BeforeAfterFacts",
    "Block",
    "Cell",
    "Chart",
    "Column",
    "ComparedFacts",
    "ComparedRow",
    "ConcentrationFacts",
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
    "ReferralBar",
    "ReferralFacts",
    "RunningFacts",
    "RunningPoint",
    "Share",
    "Slope",
    "SlotShare",
    "SpreadFacts",
    "StageCase",
    "StageFacts",
    "StageRow",
    "StripFacts",
    "Svg",
    "WardFacts",
    "WardRow",
    "Week",
    "WeekPoint",
    "WeeklyFacts",
    "absence_by_week",
    "absence_held_by_few",
    "before_and_after",
    "cases_by_stage",
    "children_over_the_lines",
    "compared_with_others",
    "feed_grid",
    "group_gaps",
    "look_of",
    "running_absence",
    "spread",
    "waiting_for_help",
    "wards_on_a_map",
    "weekday_pattern",
    "weeks_missed",
    "year_strip",
]
