"""Counts, shares and the 5, 10 and 50 per cent lines."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from attendance.codes import CodeNotInForceError
from attendance.rules import absence
from attendance.rules.absence import Counts, count
from attendance.rules.marks import Mark, register, school_calendar
from tests.factories.registers import MONDAY, pages, registers

BEFORE = date(2024, 8, 16)
AFTER = date(2024, 8, 19)


@pytest.mark.parametrize(
    ("code", "on", "counts"),
    [
        ("/", AFTER, Counts(attended=1)),
        ("L", AFTER, Counts(attended=1)),
        ("K", AFTER, Counts(attended=1)),
        ("J", BEFORE, Counts(attended=1)),
        ("J1", AFTER, Counts(authorised=1)),
        ("C2", AFTER, Counts(authorised=1)),
        ("H", BEFORE, Counts(authorised=1)),
        ("I", AFTER, Counts(authorised=1)),
        ("N", AFTER, Counts(unauthorised=1)),
        ("U", AFTER, Counts(unauthorised=1)),
        ("D", date(2011, 8, 31), Counts(attended=1)),
        ("D", date(2011, 9, 1), Counts()),
        ("X", AFTER, Counts()),
        ("Y4", AFTER, Counts()),
        ("-", AFTER, Counts()),
    ],
)
def test_count_takes_each_code_as_in_force_on_its_date(code, on, counts):
    assert count([Mark(on, 0, code)]) == counts


def test_count_of_a_page():
    counts = count(pages(MONDAY, "/\\I\\OO/LD#"))
    assert counts == Counts(attended=5, authorised=1, unauthorised=2)
    assert (counts.possible, counts.absent) == (8, 3)


def test_count_of_a_code_not_in_force_is_refused():
    with pytest.raises(CodeNotInForceError):
        count([Mark(AFTER, 0, "H")])


@pytest.mark.parametrize(
    ("absent", "possible", "percent"),
    [
        (0, 0, None),
        (0, 10, "0.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
        (1, 800, "0.13"),  # 0.125: halves go up
        (1, 20_000, "0.01"),  # 0.005
        (1, 20_001, "0.00"),
        (35, 351, "9.97"),
        (9_996, 100_000, "10.00"),
        (380, 380, "100.00"),
    ],
)
def test_absence_percent_has_two_decimals_halves_up(absent, possible, percent):
    found = absence.absence_percent(absent, possible)
    assert (None if found is None else str(found)) == percent


@pytest.mark.parametrize(
    ("absent", "possible", "at_risk", "persistent", "severe"),
    [
        (0, 0, False, False, False),
        (18, 361, False, False, False),  # just under 5%
        (18, 360, True, False, False),  # 5% exactly
        (19, 370, True, False, False),
        (35, 351, True, False, False),  # 9.97%: just under 10%
        (37, 370, False, True, False),  # 10% exactly
        (38, 370, False, True, False),
        (20, 200, False, True, False),
        (20, 201, True, False, False),
        (189, 380, False, True, False),  # just under 50%
        (190, 380, False, True, True),  # 50% exactly: severe, and still persistent (STAT-09)
        (380, 380, False, True, True),
    ],
)
def test_thresholds_on_both_sides(absent, possible, at_risk, persistent, severe):
    assert absence.is_at_risk(absent, possible) is at_risk
    assert absence.is_persistent(absent, possible) is persistent
    assert absence.is_severe(absent, possible) is severe


@pytest.mark.parametrize(("possible", "too_early"), [(0, True), (19, True), (20, False)])
def test_too_early_to_say_below_twenty_sessions(possible, too_early):
    assert absence.is_too_early_to_say(possible) is too_early


def test_too_early_to_say_takes_another_minimum():
    assert absence.is_too_early_to_say(20, minimum=21)
    assert not absence.is_too_early_to_say(1, minimum=1)


shares = st.integers(0, 3000).flatmap(
    lambda possible: st.tuples(st.integers(0, possible), st.just(possible))
)


@given(shares)
def test_percent_is_bounded_and_within_half_a_hundredth(share):
    absent, possible = share
    assume(possible > 0)
    percent = absence.absence_percent(absent, possible)
    assert Decimal(0) <= percent <= Decimal(100)
    exact = Decimal(100) * absent / possible
    assert abs(percent - exact) <= Decimal("0.005")


@given(shares)
def test_bands_are_nested_and_at_risk_is_apart(share):
    if absence.is_severe(*share):
        assert absence.is_persistent(*share)
    assert not (absence.is_at_risk(*share) and absence.is_persistent(*share))


@given(shares, st.integers(0, 50))
def test_more_absence_never_lowers_a_band(share, more):
    absent, possible = share
    assume(possible > 0)
    worse = min(absent + more, possible)
    assert absence.absence_percent(worse, possible) >= absence.absence_percent(absent, possible)
    assert absence.is_persistent(worse, possible) or not absence.is_persistent(absent, possible)
    assert absence.is_severe(worse, possible) or not absence.is_severe(absent, possible)


@given(registers(), st.randoms(use_true_random=False))
def test_count_does_not_depend_on_order(school, random):
    shuffled = list(school.marks)
    random.shuffle(shuffled)
    assert count(shuffled) == count(school.marks)


@given(registers(), st.integers(0, 400))
def test_count_of_parts_adds_up_to_the_count_of_all(school, cut):
    assert count(school.marks[:cut]) + count(school.marks[cut:]) == count(school.marks)


def test_register_keeps_first_and_last_day_of_the_enrolment_and_the_as_of_date():
    marks = pages(MONDAY, "/\\/\\/\\/\\/\\")
    tuesday, thursday = date(2025, 9, 2), date(2025, 9, 4)
    kept = register(reversed(marks), start=tuesday, end=thursday, on=date(2025, 9, 30))
    assert {mark.date for mark in kept} == {tuesday, date(2025, 9, 3), thursday}
    assert list(kept) == sorted(kept)
    assert register(marks, start=tuesday, end=thursday, on=tuesday) == kept[:2]
    assert register(marks, start=tuesday, end=None, on=MONDAY) == ()


def test_school_calendar_needs_a_mark_that_makes_a_session():
    marks = [
        Mark(date(2025, 9, 1), 0, "#"),
        Mark(date(2025, 9, 2), 0, "-"),
        Mark(date(2025, 9, 3), 0, "Z"),
        Mark(date(2025, 9, 4), 1, "Y4"),
        Mark(date(2025, 9, 15), 0, "D"),
        Mark(date(2025, 9, 22), 0, "/"),
    ]
    calendar = school_calendar(marks, on=date(2025, 9, 21))
    assert calendar.days == (date(2025, 9, 4), date(2025, 9, 15))
    assert calendar.weeks == (date(2025, 9, 1), date(2025, 9, 15))
    assert calendar.up_to(date(2025, 9, 14)).weeks == (date(2025, 9, 1),)
