"""Each measure of the portal: in words, as a formula, and worked by the rule itself. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from attendance.read_models.similar import how_matched
from attendance.rules import absence, expected, movement, published, similar
from attendance.rules.absence import Counts
from attendance.rules.feeds import STOPPED_FROM, feed_state
from attendance.rules.intervals import wilson_interval
from attendance.rules.marks import Mark
from attendance.rules.percent import NOTHING_POSSIBLE, shown_percent
from attendance.rules.projection_words import still_may_miss, under_again
from attendance.rules.protection import Thresholds, protected_count
from attendance.rules.slots import expected_range
from attendance.states import FEEDS, TOO_EARLY_TO_SAY, CloseReason
from attendance_portal.shared.wording import counted
from dashboards.charts.words import published_percent
from dashboards.help.registers import FIRST_DAY, marks_of
from schools.rules.calendar import TermDates

_WEEK: Final = (".", ".", "I", ".", "O", "O", ".", "L", "D", "#")
_PUPILS: Final = (Counts(190, 0, 0), Counts(150, 30, 10), Counts(30, 5, 5))
_SUMMER: Final = (
    (5, date(2026, 4, 20), date(2026, 5, 22)),
    (6, date(2026, 6, 1), date(2026, 7, 21)),
)
_A_POINT: Final = Decimal(100)
_METHODOLOGY: Final = "Department for Education, Pupil absence statistics: methodology"


@dataclass(frozen=True)
class Measure:
    """A figure: what it is called, what it says, how it is worked out, and examples."""

    key: str
    name: str
    words: tuple[str, ...]
    formula: str
    examples: tuple[str, ...]
    source: str


def measures(minimum: int, thresholds: Thresholds) -> list[Measure]:
    """Every measure, in the order in which one rests on the next.

    `minimum`: least possible sessions of a year-to-date flag; `thresholds`: of small numbers.
    """
    return [
        _sessions(),
        _rate(),
        _kinds_of_absence(),
        _by_reason(),
        _group(),
        _over_the_lines(),
        _movement(),
        _still_ahead(),
        _published_basis(),
        _similar_schools(),
        _fewer_than_expected(),
        _too_early(minimum),
        _change(),
        _range_of_a_share(),
        _weekdays(),
        _feed(),
        _small_numbers(thresholds),
    ]


def _of(absent: int, possible: int) -> str:
    return f"{absent:,} of {counted(possible, 'session')}: {shown_percent(absent, possible)}"


def _sessions() -> Measure:
    counts = absence.count(marks_of(_WEEK, FIRST_DAY))
    said = " ".join("present" if code == "." else code for code in _WEEK)
    return Measure(
        "possible-sessions",
        "Possible sessions",
        (
            "A session is half a school day, morning or afternoon.",
            "It is possible if the pupil could have attended, by the meaning of its code.",
            "A closed school, or the other school of a pupil on two rolls, is not possible.",
        ),
        "attended + authorised + unauthorised",
        (
            f"One week reads: {said}. Attended {counts.attended}, authorised "
            f"{counts.authorised}, unauthorised {counts.unauthorised}: "
            f"{counts.possible} possible.",
        ),
        f"{_METHODOLOGY} (STAT-01 to STAT-05)",
    )


def _rate() -> Measure:
    counts = absence.count(marks_of(_WEEK, FIRST_DAY))
    near = ((37, 370), (35, 351), (9_996, 100_000), (1, 4_000))
    return Measure(
        "absence-rate",
        "Absence",
        (
            "The share of possible sessions that were missed, whatever the reason.",
            "Pages print one decimal, and more where one would carry it over a line.",
            f"With nothing possible there is no rate, and the page says: {NOTHING_POSSIBLE}.",
        ),
        "100 x (authorised + unauthorised) / possible",
        (
            f"The same week: {_of(counts.absent, counts.possible)}.",
            *(f"{_of(part, whole)}." for part, whole in near),
        ),
        f"{_METHODOLOGY} (STAT-06, STAT-11)",
    )


def _kinds_of_absence() -> Measure:
    counts = absence.count(marks_of(_WEEK, FIRST_DAY))
    return Measure(
        "authorised-and-unauthorised",
        "Authorised and unauthorised absence",
        (
            "The school decides which code a session bears; the code decides how it counts.",
            "Both parts are shares of the same possible sessions, so they add up to all absence.",
        ),
        "100 x authorised / possible, and 100 x unauthorised / possible",
        (
            f"Authorised {_of(counts.authorised, counts.possible)}.",
            f"Unauthorised {_of(counts.unauthorised, counts.possible)}.",
        ),
        f"{_METHODOLOGY} (STAT-03 to STAT-06)",
    )


def _by_reason() -> Measure:
    marks = marks_of(_WEEK, FIRST_DAY)
    possible = absence.count(marks).possible
    ill, other = (sum(mark.code == code for mark in marks) for code in ("I", "O"))
    return Measure(
        "by-reason",
        "Absence by code and by day of the week",
        (
            "How often a code stands in the registers, as a share of all possible sessions.",
            "The shares of all codes of absence add up to all absence.",
            "A day of the week has its own possible sessions and its own rate.",
        ),
        "100 x sessions with that code / possible",
        (
            f"In the same week: illness (I) {_of(ill, possible)}.",
            f"No reason that fits (O) {_of(other, possible)}.",
        ),
        f"{_METHODOLOGY} (STAT-30)",
    )


def _group() -> Measure:
    whole = sum(_PUPILS, Counts())
    each = "; ".join(f"{_of(one.absent, one.possible)}" for one in _PUPILS)
    return Measure(
        "rate-of-a-group",
        "Absence of a school, a year group or the borough",
        (
            "All sessions missed by everyone, over all sessions possible for everyone.",
            "It is never the middle of single pupils' percentages.",
            "A pupil on two rolls counts once at each school.",
        ),
        "100 x sum of missed / sum of possible",
        (f"Three pupils: {each}. Together {_of(whole.absent, whole.possible)}.",),
        f"{_METHODOLOGY} (STAT-07, STAT-12)",
    )


def _over_the_lines() -> Measure:
    tests = (
        ("At risk", absence.AT_RISK_ONE_IN, absence.is_at_risk, (18, 360), (17, 360)),
        ("Persistent", absence.PERSISTENT_ONE_IN, absence.is_persistent, (37, 370), (35, 351)),
        ("Severe", absence.SEVERE_ONE_IN, absence.is_severe, (180, 360), (179, 360)),
    )
    examples = tuple(
        f"{name}, from {100 // one_in}%: {_of(*share)}, {'yes' if holds(*share) else 'not yet'}."
        for name, one_in, holds, *shares in tests
        for share in shares
    )
    persistent = sum(absence.is_persistent(one.absent, one.possible) for one in _PUPILS)
    return Measure(
        "over-the-lines",
        "Pupils over the lines",
        (
            f"Persistent absence is {100 // absence.PERSISTENT_ONE_IN}% or more of possible "
            f"sessions; severe absence is {100 // absence.SEVERE_ONE_IN}% or more.",
            "A severely absent pupil is persistently absent too.",
            "Each line is tested on whole sessions, never on a rounded percentage.",
        ),
        f"missed x {absence.PERSISTENT_ONE_IN} >= possible; "
        f"missed x {absence.SEVERE_ONE_IN} >= possible",
        (
            *examples,
            f"Of the three pupils above, {persistent} of {len(_PUPILS)} are persistently absent.",
        ),
        f"{_METHODOLOGY} (STAT-08, STAT-09)",
    )


def _movement() -> Measure:
    since, on = date(2026, 1, 12), date(2026, 2, 6)
    tests = {
        "Met on 13 Jan and still": movement.Stretch(date(2026, 1, 13)),
        "Met on 12 Jan and still": movement.Stretch(since),
        "Met in September, closed on 20 Jan": movement.Stretch(
            date(2025, 9, 30), date(2026, 1, 20), CloseReason.NO_LONGER_MET
        ),
        "Met in September, left on 20 Jan": movement.Stretch(
            date(2025, 9, 30), date(2026, 1, 20), CloseReason.LEFT
        ),
    }
    examples = []
    for said, stretch in tests.items():
        found = "neither"
        if movement.is_new([stretch], since=since, on=on):
            found = "new"
        elif movement.is_cleared([stretch], since=since, on=on):
            found = "cleared"
        examples.append(f"{said}: {found} since 12 Jan.")
    return Measure(
        "movement",
        "New, cleared and long-standing absence",
        (
            "New: over the line today, and only since the day that the page names.",
            "Cleared: below it again since then, and not by leaving or by a new year.",
            "Long-standing: over it today, at the end of each half-term so far, and in the whole "
            "of last year.",
        ),
        "from the day a flag is met to the day it closes",
        tuple(examples),
        "Our own rule",
    )


def _still_ahead() -> Measure:
    ahead = tuple(date(2026, 3, 2) + timedelta(days=n + 2 * (n // 5)) for n in range(45))
    shares = ((8, 100), (11, 100), (19, 100))
    said = (
        ". ".join(filter(None, (rule(*share, ahead) for rule in (still_may_miss, under_again))))
        for share in shares
    )
    return Measure(
        "still-ahead",
        "What may still be missed, and from when a pupil is under 10%",
        (
            "What would follow in the school days left this year, by the terms that are known.",
            "It is arithmetic and no forecast: it says nothing of what a pupil will do.",
            "Staff see it, and families never do.",
        ),
        f"the most with (missed + more) x {absence.PERSISTENT_ONE_IN} < possible + left",
        tuple(
            f"{_of(*share)}, {len(ahead)} school days left from 2 Mar. {words}."
            for share, words in zip(shares, said, strict=True)
        ),
        "Our own rule, on the line of persistent absence (STAT-08)",
    )


def _published_basis() -> Measure:
    terms = TermDates.of([(2025, half, start, end) for half, start, end in _SUMMER])
    started = date(2025, 9, 1)
    marks = [
        *(Mark(day, 0, "/") for day in (date(2026, 5, 18), date(2026, 5, 19), date(2026, 5, 20))),
        Mark(date(2026, 5, 21), 0, "I"),
        *(Mark(date(2026, 6, day), 0, "O") for day in (1, 2)),
    ]
    pupils = {
        "aged 14 on 31 August": date(2011, 3, 1),
        "aged 15 on 31 August": date(2010, 3, 1),
        "aged 4 on 31 August": date(2021, 3, 1),
    }
    examples = []
    for who, born in pupils.items():
        enrolled = published.Enrolled(born, started, "SS")
        counted_of = published.counts(enrolled, marks, 2025, terms)
        said = (
            f"{_of(counted_of.absent, counted_of.possible)}"
            if published.is_counted(enrolled, 2025, terms)
            else "not counted"
        )
        examples.append(f"A pupil {who}, with the same marks in May and June: {said}.")
    return Measure(
        "published-basis",
        "The basis of the published figures",
        (
            f"Published figures count pupils aged {published.YOUNGEST} to "
            f"{published.EXAMINATION_AGE} on 31 August.",
            "Schools are state-funded primary, secondary and special; a middle school counts as "
            "it is deemed.",
            f"Of pupils aged {published.EXAMINATION_AGE}, the second half of the summer term is "
            "left out, and so is whoever joined a school in it.",
            "Only our figure on this basis stands beside a published one. Our other figures count "
            "all pupils, and so do the lists they open.",
        ),
        "as for all pupils, over those counted",
        tuple(examples),
        f"{_METHODOLOGY} (STAT-15 to STAT-18, STAT-20)",
    )


def _similar_schools() -> Measure:
    rates = [(part, 100) for part in (10, 20, 30, 40, 50)]
    low, high = similar.middle_half(rates) or (Decimal(0), Decimal(0))
    said = ", ".join(shown_percent(*rate) for rate in rates)
    return Measure(
        "similar-schools",
        "Similar schools",
        (
            *how_matched(),
            "No school is named to another; what is shown is the middle half of their rates.",
            f"With fewer than {similar.FEWEST} others of the phase nothing is shown.",
        ),
        "sum of weight x (difference / standard deviation)², the nearest first",
        (
            f"Five similar schools have {said}: the middle half is from "
            f"{published_percent(low)} to {published_percent(high)}.",
        ),
        "Our own rule",
    )


def _fewer_than_expected() -> Measure:
    borough = [
        expected.Cell("all", "a", 100_000, 20_000),
        expected.Cell("all", "b", 100_000, 10_000),
    ]
    words = {
        expected.Verdict.LOWER: "fewer than expected",
        expected.Verdict.MAY_BE_CHANCE: "may be chance, so not named",
        expected.Verdict.AS_EXPECTED: "as expected",
    }
    examples = []
    for observed in (38, 35, 30):
        school = [expected.Cell("here", "a", 200, observed), expected.Cell("here", "b", 100, 0)]
        found = expected.standings([*school, *borough])["here"]
        examples.append(
            f"A school of {counted(found.enrolments, 'pupil')} with "
            f"{round(found.expected)} expected and {observed} persistently absent: "
            f"{words[found.verdict]}."
        )
    return Measure(
        "fewer-than-expected",
        "Fewer persistently absent than expected",
        (
            "Each pupil is expected to be absent as often as the borough's pupils of the same "
            "phase, year group, free school meals and SEN.",
            "A school or ward is named only where it has fewer than chance would allow at 99.8%.",
            "Those with more than expected are never listed.",
        ),
        "(expected - observed)² > 3.09² x sum of p (1 - p)",
        tuple(examples),
        "Indirect standardisation with the limits of a funnel plot (Spiegelhalter, 2005)",
    )


def _too_early(minimum: int) -> Measure:
    said = {True: TOO_EARLY_TO_SAY.label, False: "shown"}
    examples = tuple(
        f"{possible} possible sessions: {said[absence.is_too_early_to_say(possible, minimum)]}."
        for possible in (minimum - 1, minimum)
    )
    return Measure(
        "too-early-to-say",
        TOO_EARLY_TO_SAY.label,
        (
            f"Under {minimum} possible sessions, one absence would move the figure too far.",
            "No flag of the year opens before that.",
        ),
        f"possible < {minimum}",
        examples,
        "Our own rule, as the department publishes none for short spans (STAT-25)",
    )


def _change() -> Measure:
    return Measure(
        "change",
        "Change",
        (
            "The difference of two rates is given in points, never in per cent of a per cent.",
            "A chart says rose or fell only where chance would not explain it.",
        ),
        "rate now - rate before",
        (
            f"Before: {_of(81, 1000)}. Now: {_of(94, 1000)}. "
            f"The change is {_points(94, 81, 1000)} points.",
        ),
        "Our own rule",
    )


def _points(now: int, before: int, possible: int) -> Decimal:
    return (_A_POINT * (now - before) / possible).quantize(Decimal("0.1"))


def _range_of_a_share() -> Measure:
    return Measure(
        "range",
        "Range of a small group",
        (
            "Few pupils move a percentage far, so a small group's share is drawn with a range.",
            "In 95 of 100 such groups, what lies behind the figure is within it.",
        ),
        "Wilson's interval at 95%",
        tuple(_interval(part, whole) for part, whole in ((2, 20), (10, 100), (100, 1_000))),
        'E. B. Wilson, "Probable inference", 1927',
    )


def _interval(part: int, whole: int) -> str:
    low, high = wilson_interval(part, whole) or (Decimal(0), Decimal(0))
    share = shown_percent(part, whole)
    ends = f"from {published_percent(low)} to {published_percent(high)}"
    return f"{part:,} of {counted(whole, 'pupil')}, {share}: {ends}."


def _weekdays() -> Measure:
    possible, missed, fridays = 200, 20, 20
    high = expected_range(possible=fridays, all_absent=missed, all_possible=possible)[1]
    allowed = int(high * fridays / _A_POINT)
    return Measure(
        "weekdays",
        "Weekdays missed more often",
        (
            "Dealt out by chance, missed sessions would fall on every weekday alike.",
            "A weekday is named only where more were missed than three deviations allow.",
        ),
        "(kN - nK)² (N - 1) > 9 nK (N - K) (N - n)",
        (
            f"N = {possible} possible, n = {missed} missed, K = {fridays} on Friday afternoons: "
            f"chance allows up to k = {allowed} missed of those {fridays}.",
        ),
        "Our own rule, drawing without replacement",
    )


def _feed() -> Measure:
    some = (0, 1, STOPPED_FROM - 1, STOPPED_FROM)
    return Measure(
        "feeds",
        "School days behind",
        (
            "Each figure says the last day it has marks for.",
            "Missing marks are never counted as present, and never as absent.",
        ),
        "school days expected since the last mark",
        tuple(
            f"{counted(days, 'school day')} behind: {FEEDS[feed_state(FIRST_DAY, days)].label}."
            for days in dict.fromkeys(some)
        ),
        "Our own rule; registers are taken twice a day (REG-01)",
    )


def _small_numbers(thresholds: Thresholds) -> Measure:
    shares = ((3, 40), (8, 40), (33, 40), (32, 40), (0, 40), (5, 9))
    return Measure(
        "small-numbers",
        "Small numbers",
        (
            "A reader who may not open every child behind a figure sees a protected one.",
            f"Groups under {thresholds.smallest_group}, and counts of 1 to "
            f"{thresholds.largest_hidden_count}, are shown as c: hidden to protect children.",
            "Other counts go to the nearest 5, and percentages are made from those.",
        ),
        f"c where count <= {thresholds.largest_hidden_count}, or within that of the whole",
        tuple(
            f"{part} of {whole} pupils is shown as {protected_count(part, whole, thresholds)}."
            for part, whole in shares
        ),
        "Our own rule; the statistics methodology leaves it to each authority",
    )
