"""The named cohorts: both sides of every line, each arm alone."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.cohorts import COHORTS
from attendance.rules import flags
from attendance.rules.absence import Counts
from attendance.rules.pattern_words import reason
from attendance.rules.patterns import (
    LINES,
    CohortKey,
    Lines,
    cohorts_of,
    is_higher_by,
    last_weeks,
)
from attendance.states import FlagKind
from schools.rules.calendar import week_start
from tests.factories.registers import (
    EMPTY_WEEK,
    MONDAY,
    PRESENT_WEEK,
    enrolment_facts,
    facts_of,
    pages,
)

ILL_WEEK = "I" * 10
ON = date(2026, 3, 2)


def facts(*weeks, monday=MONDAY, **changes):
    """A child whose register is these pages, as of its last mark."""
    marks = pages(monday, *weeks)
    return facts_of(marks, max(mark.date for mark in marks), **changes)


def found(*weeks, lines=LINES, **options):
    return cohorts_of(facts(*weeks, **options), lines)


def first(absent, code="I"):
    """A week of which so many sessions, from Monday AM on, were missed."""
    return (code * absent).ljust(10, "/")


def weeks_with(absent, possible):
    """Weeks with exactly so many sessions, the missed ones first, then all attended."""
    text = "I" * absent + "/" * (possible - absent)
    return [text[start : start + 10] for start in range(0, possible, 10)]


@pytest.mark.parametrize(
    ("absent", "possible", "held"),
    [(49, 100, False), (50, 100, True), (10, 20, True), (9, 20, False), (9, 18, False)],
)
def test_severely_absent_on_both_sides_of_half_and_of_twenty_sessions(absent, possible, held):
    assert (CohortKey.SEVERELY_ABSENT in found(*weeks_with(absent, possible))) is held


@pytest.mark.parametrize(
    ("absent", "possible", "held"),
    [
        (9, 100, False),
        (10, 100, True),
        (11, 100, True),
        (12, 100, False),
        (19, 200, False),
        (23, 200, True),
        (24, 200, False),
        (1, 10, False),  # too early to say
    ],
)
def test_just_over_the_line_on_both_sides_of_both_lines(absent, possible, held):
    assert (CohortKey.JUST_OVER_THE_LINE in found(*weeks_with(absent, possible))) is held


@pytest.mark.parametrize(
    ("weeks", "figures"),
    [
        # Nine days and ten, with nothing else missed.
        ([PRESENT_WEEK, ILL_WEEK, "IIIIIIII//"], None),
        ([PRESENT_WEEK, ILL_WEEK, ILL_WEEK], {"days": 10, "sessions": 20}),
        # Ten days that begin and end with half a day.
        ([PRESENT_WEEK, "/IIIIIIIII", "IIIIIIIII/"], {"days": 10, "sessions": 18}),
        # A session attended in the middle makes two spells of it.
        ([PRESENT_WEEK, ILL_WEEK, "/IIIIIIIII"], None),
        # Closures, a holiday and no marks neither count nor end it.
        (
            [PRESENT_WEEK, ILL_WEEK, "##########", EMPTY_WEEK, ILL_WEEK],
            {"days": 10, "sessions": 20},
        ),
        # Exactly half of all absence is not most of it; one session fewer elsewhere is.
        ([ILL_WEEK, ILL_WEEK, PRESENT_WEEK, *["II//////II"] * 5], None),
        (
            [ILL_WEEK, ILL_WEEK, PRESENT_WEEK, *["II//////II"] * 4, "II//////I/"],
            {"days": 10, "sessions": 20},
        ),
        # Every kind of absence is absence.
        ([PRESENT_WEEK, "IIOOMMCCGG", "NNUUEESSII"], {"days": 10, "sessions": 20}),
    ],
)  # fmt: skip
def test_one_long_absence_on_both_sides_of_both_lines(weeks, figures):
    verdict = found(*weeks).get(CohortKey.ONE_LONG_ABSENCE)
    if figures is None:
        assert verdict is None
    else:
        assert verdict is not None
        assert {name: verdict[name] for name in figures} == figures


def test_one_long_absence_counts_this_year_only():
    july = facts(ILL_WEEK, ILL_WEEK, *[EMPTY_WEEK] * 6, PRESENT_WEEK, PRESENT_WEEK, PRESENT_WEEK,
                 monday=date(2025, 7, 7))  # fmt: skip
    assert CohortKey.ONE_LONG_ABSENCE not in cohorts_of(july)


@pytest.mark.parametrize(
    ("weeks", "spells"),
    [
        (["I/I/I/I///", *[PRESENT_WEEK] * 11], None),
        (["I/I/I/I/I/", *[PRESENT_WEEK] * 11], 5),
        # Three days are short, four are not; a half day counts as a day.
        ([*["IIIIII////"] * 5, *[PRESENT_WEEK] * 7], 5),
        ([*["IIIIIII///"] * 5, *[PRESENT_WEEK] * 7], None),
        ([*["/IIIII////"] * 5, *[PRESENT_WEEK] * 7], 5),
        # The twelfth week back counts, the thirteenth does not.
        (["I/I/I/I/I/", *[PRESENT_WEEK] * 12], None),
        # A spell that began before the weeks does not count, however short.
        (["////////II", "I//I/I/I//", "/I////////", *[PRESENT_WEEK] * 10], None),
        (["//////////", "I//I/I/I//", "/I////////", *[PRESENT_WEEK] * 10], 5),
        # Weeks in which the school did not meet are skipped.
        (["I/I/I/I/I/", EMPTY_WEEK, EMPTY_WEEK, *[PRESENT_WEEK] * 11], 5),
    ],
)
def test_many_short_absences_on_both_sides_of_every_line(weeks, spells):
    verdict = found(*weeks).get(CohortKey.MANY_SHORT_ABSENCES)
    assert verdict == (None if spells is None else {"spells": spells})


@pytest.mark.parametrize(
    ("weeks", "late"),
    [
        ([*[PRESENT_WEEK] * 5, "U\\U\\U\\U\\/\\"], None),
        ([*[PRESENT_WEEK] * 5, "U\\U\\U\\U\\U\\"], 5),
        (["U\\U\\U\\U\\U\\", *[PRESENT_WEEK] * 5], 5),
        (["U\\U\\U\\U\\U\\", *[PRESENT_WEEK] * 6], None),
        ([*[PRESENT_WEEK] * 5, "L\\L\\L\\L\\L\\"], None),  # late before it closes is attended
        ([*[PRESENT_WEEK] * 5, "O\\O\\O\\O\\O\\"], None),
    ],
)
def test_late_after_register_on_both_sides_of_every_line(weeks, late):
    verdict = found(*weeks).get(CohortKey.LATE_AFTER_REGISTER)
    assert verdict == (None if late is None else {"sessions": late})


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        # 60 sessions each: 3 points are 1.8 sessions more, so two.
        ([3], [3], False),
        ([2], [3], False),
        ([2], [4], True),  # and 6 of 120 this year: exactly 5%
        ([1], [4], False),  # 5 of 120 are under 5%
        ([4], [7], True),
        ([5], [7], False),  # 12 of 120 are 10%: persistent
        ([4], [8], False),
    ],
)
def test_drifting_up_on_both_sides_of_every_line(before, now, held):
    weeks = [*map(first, before), *[PRESENT_WEEK] * 5, *map(first, now), *[PRESENT_WEEK] * 5]
    assert (CohortKey.DRIFTING_UP in found(*weeks)) is held


def test_drifting_up_by_exactly_three_points_holds():
    # 5 of 50 possible now are 10%, 7 of 100 would be 7%: 3 of 60 and 5 of ... are compared whole.
    assert is_higher_by(Counts(90, 10, 0), Counts(93, 7, 0), 3)
    assert not is_higher_by(Counts(91, 9, 0), Counts(93, 7, 0), 3)
    assert is_higher_by(Counts(0, 1, 0), Counts(1, 0, 0), 100)


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        (2, 0, True),  # 2 of 40 are 5%
        (1, 0, False),
        (6, 4, True),
        (6, 5, False),
        (0, 2, False),
    ],
)
def test_coming_back_on_both_sides_of_five_points(before, now, held):
    weeks = [first(before), *[PRESENT_WEEK] * 3, first(now), *[PRESENT_WEEK] * 3]
    assert (CohortKey.COMING_BACK in found(*weeks)) is held


@pytest.mark.parametrize(("possible", "held"), [(19, False), (20, True)])
def test_coming_back_needs_twenty_possible_sessions_on_each_side(possible, held):
    blank = "#" * (20 - possible)
    weeks = ["IIIII/////", "//////////", EMPTY_WEEK, EMPTY_WEEK, PRESENT_WEEK, PRESENT_WEEK]
    weeks[1] = blank + "/" * (10 - len(blank))
    days = [mark.date for mark in pages(MONDAY, *[PRESENT_WEEK] * 8)]
    child = facts(*weeks[:4], EMPTY_WEEK, EMPTY_WEEK, PRESENT_WEEK, PRESENT_WEEK, days=days)
    assert (CohortKey.COMING_BACK in cohorts_of(child)) is held


def test_a_stretch_with_no_weeks_before_it_is_not_compared():
    assert CohortKey.COMING_BACK not in found(*[PRESENT_WEEK] * 4)


@pytest.mark.parametrize(
    ("weeks", "slots"),
    [
        # Five Friday afternoons of 12, nothing else: ten missed are needed at all.
        ([*["/////////I"] * 5, *[PRESENT_WEEK] * 7], None),
        # Five whole Fridays are ten sessions: each half is beyond chance.
        ([*["////////II"] * 5, *[PRESENT_WEEK] * 7], [[8, 5, 12], [9, 5, 12]]),
        # Four whole Fridays and a Monday: no slot was missed in five weeks.
        ([*["////////II"] * 4, "II////////", *[PRESENT_WEEK] * 7], None),
        # Ten mornings on every weekday in five weeks: mornings, no weekday.
        ([*["I/I///////", "////I/I///"] * 5, *[PRESENT_WEEK] * 2], [[14, 20, 20]]),
        # Whole weeks missed are no pattern of days.
        ([*[ILL_WEEK] * 6, *[PRESENT_WEEK] * 6], None),
    ],
)
def test_same_days_missed_on_both_sides_of_every_line(weeks, slots):
    verdict = found(*weeks).get(CohortKey.SAME_DAYS_MISSED)
    assert (None if verdict is None else verdict["slots"]) == slots


@pytest.mark.parametrize("key", list(CohortKey))
def test_a_leaver_and_a_child_not_yet_on_roll_are_in_none(key):
    child = facts(*[ILL_WEEK] * 6)
    assert cohorts_of(child)
    left = replace(child, enrolment_end=child.on - timedelta(days=1))
    later = replace(child, enrolment_start=child.on + timedelta(days=1))
    assert key not in cohorts_of(left)
    assert key not in cohorts_of(later)


def test_lines_come_from_whoever_asks():
    child = facts("I/I///////", *[PRESENT_WEEK] * 3)
    lines = Lines(short_spells=2)
    assert CohortKey.MANY_SHORT_ABSENCES in cohorts_of(child, lines)
    assert CohortKey.MANY_SHORT_ABSENCES not in cohorts_of(child)


@given(enrolment_facts())
def test_severely_absent_is_the_open_flag(child):
    flag = FlagKind.SEVERE_ABSENCE in flags.standing(child)
    assert (CohortKey.SEVERELY_ABSENT in cohorts_of(child)) is flag


@given(enrolment_facts())
def test_cohorts_of_the_year_go_with_the_flags_of_the_year(child):
    held, standing = cohorts_of(child), flags.standing(child)
    if CohortKey.JUST_OVER_THE_LINE in held:
        assert FlagKind.PERSISTENT_ABSENCE in standing
        assert FlagKind.SEVERE_ABSENCE not in standing
    if CohortKey.DRIFTING_UP in held:
        assert FlagKind.AT_RISK in standing


@given(enrolment_facts())
def test_every_figure_of_a_verdict_is_possible_and_its_sentence_is_short(child):
    for key, figures in cohorts_of(child).items():
        assert key in COHORTS
        for prefix in ("", "now_", "before_"):
            if f"{prefix}possible" in figures:
                assert 0 <= figures[f"{prefix}absent"] <= figures[f"{prefix}possible"]
        sentences = reason(key, figures, on=child.on).split(". ")
        assert max(len(sentence.split()) for sentence in sentences) <= 25


@given(enrolment_facts(), st.integers(0, 400))
def test_cohorts_know_nothing_of_what_came_later(child, days):
    earlier = child.as_of(child.on - timedelta(days=days))
    assert cohorts_of(earlier) == cohorts_of(earlier.as_of(earlier.on))


@given(enrolment_facts(), st.integers(1, 30))
def test_last_weeks_are_the_schools_own_and_never_more_than_asked(child, weeks):
    chosen = last_weeks(child.calendar, child.on, weeks)
    assert len(chosen) == min(weeks, len(child.calendar.weeks))
    assert set(chosen) <= {week_start(day) for day in child.calendar.days}


@given(
    st.tuples(st.integers(0, 60), st.integers(1, 60)),
    st.tuples(st.integers(0, 60), st.integers(1, 60)),
    st.integers(0, 100),
)
def test_is_higher_by_is_the_exact_difference_of_shares(one, other, points):
    def counts(absent, attended):
        return Counts(attended, absent, 0)

    a, b = counts(*one), counts(*other)
    exact = Fraction(a.absent, a.possible) - Fraction(b.absent, b.possible)
    assert is_higher_by(a, b, points) is (exact >= Fraction(points, 100))


@pytest.mark.parametrize(
    ("key", "figures", "sentence"),
    [
        (
            CohortKey.SEVERELY_ABSENT,
            {"absent": 120, "possible": 220},
            "120 of 220 sessions missed this year, 54.5%.",
        ),
        (
            CohortKey.ONE_LONG_ABSENCE,
            {"days": 12, "sessions": 24, "absent": 40, "possible": 200},
            "One spell of 12 school days holds 24 of the 40 sessions missed this year.",
        ),
        (
            CohortKey.MANY_SHORT_ABSENCES,
            {"spells": 5},
            "5 spells of 3 days or less in the 12 school weeks to 2 Mar 2026.",
        ),
        (
            CohortKey.SAME_DAYS_MISSED,
            {"slots": [[8, 7, 22], [9, 8, 22], [15, 12, 13]], "absent": 30, "possible": 220},
            "Missed this year: 7 of 22 Friday mornings and 8 of 22 Friday afternoons. "
            "Of 13 half days, 12 were afternoons. Of all sessions, 13.6%.",
        ),
        (
            CohortKey.LATE_AFTER_REGISTER,
            {"sessions": 6},
            "6 sessions coded U in the 6 school weeks to 2 Mar 2026.",
        ),
        (
            CohortKey.DRIFTING_UP,
            {
                "absent": 9, "possible": 119, "now_absent": 7, "now_possible": 58,
                "before_absent": 2, "before_possible": 59,
            },
            "7 of 58 sessions, 12.1%, in the 6 school weeks to 2 Mar 2026. "
            "Before that, 2 of 59 sessions, 3.4%.",
        ),
        (
            CohortKey.JUST_OVER_THE_LINE,
            {"absent": 38, "possible": 370},
            "38 of 370 sessions missed this year, 10.3%.",
        ),
        (
            CohortKey.COMING_BACK,
            {"now_absent": 2, "now_possible": 38, "before_absent": 8, "before_possible": 40},
            "2 of 38 sessions, 5.3%, in the 4 school weeks to 2 Mar 2026. "
            "Before that, 8 of 40 sessions, 20.0%.",
        ),
    ],
)  # fmt: skip
def test_reason_says_the_figures(key, figures, sentence):
    assert reason(key, figures, on=ON) == sentence


def test_words_of_the_cohorts_say_the_lines_of_the_settings():
    words = {key: cohort.rule_in_words for key, cohort in COHORTS.items()}
    assert list(COHORTS) == [str(key) for key in CohortKey]
    assert words["many_short_absences"] == "5 or more spells of 3 days or less in 12 school weeks."
    assert words["just_over_the_line"].startswith("10% to under 12%")
    assert not [text for text in words.values() if "{" in text]
