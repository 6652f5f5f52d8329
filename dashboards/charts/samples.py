"""Invented facts for the gallery at /components/, one of each chart and its protected twin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from cases.rules.waits import ReferralDays
from dashboards.charts import (
    Band,
    Chart,
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
    ReferralBar,
    ReferralFacts,
    RunningFacts,
    RunningPoint,
    Share,
    SlotShare,
    SpreadFacts,
    StageCase,
    StageFacts,
    StageRow,
    WeeklyFacts,
    WeekPoint,
    absence_by_week,
    absence_held_by_few,
    before_and_after,
    cases_by_stage,
    children_over_the_lines,
    compared_with_others,
    feed_grid,
    group_gaps,
    running_absence,
    samples_insight,
    spread,
    waiting_for_help,
    wards_on_a_map,
    weekday_pattern,
    weeks_missed,
)

MARKS_TO: Final = date(2026, 3, 2)
SCHOOL: Final = Heading("Sample School", "2025/26", MARKS_TO)
CHILD: Final = Heading("Robin Sample", "2025/26", MARKS_TO, "The school's registers")
#: First Monday and number of weeks of each half-term.
HALF_TERMS: Final = {
    1: (date(2025, 9, 1), 8),
    2: (date(2025, 11, 3), 7),
    3: (date(2026, 1, 5), 6),
    4: (date(2026, 2, 23), 5),
    5: (date(2026, 4, 13), 6),
    6: (date(2026, 6, 1), 7),
}
_POSSIBLE: Final = 6120
_THIS_YEAR: Final = (
    (371, 402, 428, 441, 465, 470, 502, 498),
    (455, 482, 497, 541, 566, 601, 588),
    (530, 560, 0, 590, 571, 549),
    (742, 731),
)
_LAST_YEAR: Final = (
    (395, 420, 433, 470, 468, 511, 520, 549),
    (480, 497, 520, 548, 602, 655, 640),
    (570, 588, 610, 599, 570, 560),
    (640, 622, 600, 591, 580),
    (470, 462, 480, 471, 490, 502),
    (485, 490, 502, 530, 541, 560, 610),
)
_ENGLAND: Final = (
    ("5.2", "5.6", "6.0", "6.2", "6.4", "6.5", "6.8", "6.9"),
    ("6.3", "6.6", "6.9", "7.3", "7.9", "8.4", "8.1"),
    ("7.2", "7.4", "7.3", "7.2", "7.1", "7.0"),
    ("6.9",),
)


def charts() -> list[Chart]:
    """Every chart as an entitled reader sees it."""
    return _drawn(
        [
            absence_by_week(weekly()),
            children_over_the_lines(counts()),
            spread(bands()),
            group_gaps(groups()),
            feed_grid(feeds()),
            weeks_missed(child_weeks()),
            running_absence(running()),
            weekday_pattern(pattern()),
            cases_by_stage(stages()),
            waiting_for_help(referrals()),
            absence_held_by_few(samples_insight.few()),
            compared_with_others(samples_insight.compared()),
            before_and_after(samples_insight.before_after()),
            wards_on_a_map(samples_insight.wards()),
        ]
    )


def protected_charts() -> list[Chart]:
    """Those that a protected view may hold, of a group small enough to matter."""
    return _drawn(
        [
            children_over_the_lines(small_counts(), protected=True),
            spread(bands(), protected=True),
            absence_held_by_few(samples_insight.few(), protected=True),
            compared_with_others(samples_insight.compared(), protected=True),
            wards_on_a_map(samples_insight.wards(small=True), protected=True),
        ]
    )


def _drawn(charts: Iterable[Chart | None]) -> list[Chart]:
    return [chart for chart in charts if chart is not None]


def _weeks(missed: Sequence[Sequence[int]], possible: int, *, years: int = 0) -> list[WeekPoint]:
    points = []
    for half_term, counts_of_weeks in enumerate(missed, 1):
        first, _ = HALF_TERMS[half_term]
        for place, count in enumerate(counts_of_weeks):
            monday = first + timedelta(weeks=place - 52 * years)
            share = Share(count, possible if count else 0)
            finished = years > 0 or monday + timedelta(days=4) <= MARKS_TO
            points.append(WeekPoint(monday, half_term, place + 1, share, finished))
    return points


def weekly() -> WeeklyFacts:
    """F1: a year with a week of closure and a week not finished."""
    england = [
        PublishedPoint(half_term, week, Decimal(percent))
        for half_term, percents in enumerate(_ENGLAND, 1)
        for week, percent in enumerate(percents, 1)
    ]
    borough = [[count + 35 if count else 612 for count in weeks] for weeks in _THIS_YEAR]
    return WeeklyFacts(
        SCHOOL,
        _weeks(_THIS_YEAR, _POSSIBLE),
        _weeks(_LAST_YEAR, _POSSIBLE, years=1),
        _weeks(borough, _POSSIBLE),
        england,
        "England: invented for this page",
    )


def counts() -> CountFacts:
    """F2."""
    return CountFacts(
        SCHOOL,
        [
            HalfTermPoint(1, "Autumn 1", 6, 71, 604, 80, 7),
            HalfTermPoint(2, "Autumn 2", 9, 92, 611, 99, 9),
            HalfTermPoint(3, "Spring 1", 12, 104, 615, 103, 10),
            HalfTermPoint(4, "Spring 2 so far", 13, 101, 617, 108, 11),
        ],
    )


def small_counts() -> CountFacts:
    """F2 of a small group: one column may be shown."""
    heading = Heading("Year 9", "2025/26", MARKS_TO)
    return CountFacts(
        heading,
        [
            HalfTermPoint(1, "Autumn 1", 2, 14, 120, 18, 0),
            HalfTermPoint(2, "Autumn 2", 8, 21, 121, 25, 9),
            HalfTermPoint(3, "Spring 1", 10, 24, 121, 26, 8),
        ],
    )


def bands() -> SpreadFacts:
    """F3: the eleven bands of STAT-26."""
    numbers = (312, 204, 46, 20, 11, 6, 3, 2, 0, 0, 13)
    england = ("46.1", "35.2", "9.6", "3.7", "1.8", "1.0", "0.6", "0.5", "0.3", "0.2", "2.3")
    found = []
    for place, (enrolments, percent) in enumerate(zip(numbers, england, strict=True)):
        low = place * 5
        label = f"{low}% to under {low + 5}%" if low < 50 else "50% or more"
        found.append(Band(label, enrolments, Decimal(percent)))
    return SpreadFacts(SCHOOL, found, "England: invented for this page")


def groups() -> GroupFacts:
    """F8."""

    def row(dimension: str, label: str, ours: tuple[int, int], low: str, high: str) -> GroupRow:
        part, whole = ours
        others = Share(4210 - part, 58200 - whole)
        return GroupRow(dimension, label, Share(part, whole), others, (Decimal(low), Decimal(high)))

    return GroupFacts(
        SCHOOL,
        [
            row("Sex", "Girls", (2080, 28900), "6.3", "8.1"),
            row("Sex", "Boys", (2130, 29300), "6.4", "8.2"),
            row("Free school meals", "Eligible", (1720, 14100), "10.5", "13.9"),
            row("Special educational needs", "SEN support", (905, 7900), "9.4", "13.5"),
            row("Special educational needs", "EHC plan", (348, 2350), "11.0", "18.6"),
        ],
    )


def feeds() -> FeedFacts:
    """F14: one school whole, one with a gap, one stopped, one that did not meet on a day."""
    days = [date(2026, 2, 9) + timedelta(days=n) for n in (0, 1, 2, 3, 4, 14, 15, 16, 17, 18)]
    schools = (
        ("Ashgrove Primary School", "ffffffffff"),
        ("Birchwood Academy", "fffpffnfff"),
        ("Sample School of St Mary and All the Saints", "ffffffpnnn"),
        ("Westfield Special School", "ffffcfffff"),
    )
    words = {"f": "full", "p": "part", "n": "none", "c": "closed"}
    rows = [
        FeedRow(name, "#", [FeedDay(d, words[s]) for d, s in zip(days, states, strict=True)])
        for name, states in schools
    ]
    return FeedFacts(Heading("All schools", "last 10 school days", days[-1]), days, rows)


def _child() -> list[tuple[date, int, int, int, int]]:
    missed = {3: (0, 2), 6: (4, 0), 9: (2, 0), 11: (6, 0), 12: (8, 0), 14: (0, 3), 17: (2, 2)}
    missed |= {18: (0, 4), 20: (5, 0)}
    weeks: list[tuple[date, int, int, int, int]] = []
    for half_term, (first, number) in HALF_TERMS.items():
        for place in range(number):
            monday = first + timedelta(weeks=place)
            if monday <= MARKS_TO - timedelta(days=6):
                authorised, unauthorised = missed.get(len(weeks), (0, 0))
                possible = 8 if monday == date(2025, 9, 1) else 10
                weeks.append((monday, half_term, possible, authorised, unauthorised))
    return weeks


def child_weeks() -> PupilWeeksFacts:
    """F5."""
    events = [
        Event(date(2025, 11, 27), "Plan agreed"),
        Event(date(2026, 1, 14), "Placement"),
    ]
    return PupilWeeksFacts(CHILD, [PupilWeek(*week) for week in _child()], events)


def running() -> RunningFacts:
    """F6: over the line for a while."""
    points, possible, absent = [], 0, 0
    for monday, _, sessions, authorised, unauthorised in _child():
        possible += sessions
        absent += authorised + unauthorised
        points.append(RunningPoint(monday + timedelta(days=4), possible, absent))
    return RunningFacts(CHILD, points)


def pattern() -> PatternFacts:
    """F7: one session beyond chance."""
    missed = (9, 3, 2, 1, 2, 2, 1, 2, 3, 4)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri")
    labels = [f"{day} {half}" for day in days for half in ("AM", "PM")]
    slots = [
        SlotShare(label, Share(count, 22), Decimal("0.9"), Decimal("30.5"), count > 8)
        for label, count in zip(labels, missed, strict=True)
    ]
    return PatternFacts(CHILD, slots, Share(sum(missed), 220))


def stages() -> StageFacts:
    """F13: one stage in which cases wait, one with more than one case of a week, one empty."""
    weeks = {
        ("2 Monitor", 3): (1, 1, 2, 5),
        ("3 Listen and understand", 4): (0, 2, 2, 2, 3, 4, 6, 11),
        ("4 Facilitate support", 10): (1, 3, 3, 7, 9, 14, 17, 22),
        ("5 Formalise support", 8): (2, 6),
        ("6 Enforce", 12): (),
    }
    number, rows = 10001, []
    for (label, usual), of_stage in weeks.items():
        cases = []
        for in_stage in sorted(of_stage, reverse=True):
            cases.append(StageCase(f"AT-{number}", "Robin Sample", in_stage, "#"))
            number += 1
        past = sum(one > usual for one in of_stage)
        rows.append(StageRow(label, usual, len(of_stage), past, cases))
    return StageFacts("All schools", MARKS_TO, rows)


def referrals() -> ReferralFacts:
    """F15: a no, a help that came and was told, and one that is waited for."""

    def on(days: int) -> date:
        return date(2025, 11, 10) + timedelta(days=days)

    begun = ReferralDays(
        on(21), accepted_on=on(30), started_on=on(52), ended_on=on(80), told_on=on(84)
    )
    return ReferralFacts(
        "AT-10012",
        MARKS_TO,
        [
            ReferralBar("Sleep clinic", "Health, 0 to 19", ReferralDays(on(0), on(20)), "#"),
            ReferralBar("Family support", "Early help", begun, "#"),
            ReferralBar("Counselling", "Mental health support", ReferralDays(on(60)), "#"),
        ],
    )
