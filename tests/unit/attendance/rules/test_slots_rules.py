"""Slots of the week and half days: beyond chance or not, exactly."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attendance.rules.patterns import weekday_slots
from attendance.rules.slots import (
    AFTERNOONS,
    MORNINGS,
    expected_range,
    half_days,
    is_beyond_chance,
    short_label,
    slots,
    words,
)
from attendance.rules.spells import spells
from tests.factories.registers import MONDAY, PRESENT_WEEK, pages, registers


@pytest.mark.parametrize(
    ("missed", "beyond"),
    [(4, False), (5, False), (6, True)],
)
def test_slot_of_twenty_beside_twenty_missed_of_two_hundred(missed, beyond):
    # By chance 2, and a variance of 20 x 20 x 180 x 180 / (200 x 200 x 199) = 1.63: up to 5.83.
    assert is_beyond_chance(absent=missed, possible=20, all_absent=20, all_possible=200) is beyond


def test_exactly_three_deviations_is_not_beyond():
    # Of two sessions one was missed: by chance half a session in this slot, deviation one half.
    tie = {"absent": 1, "possible": 1, "all_absent": 1, "all_possible": 2}
    assert is_beyond_chance(**tie, deviations=0)
    assert not is_beyond_chance(**tie, deviations=1)


def test_nothing_or_everything_missed_is_no_pattern():
    assert not is_beyond_chance(absent=0, possible=5, all_absent=0, all_possible=50)
    assert not is_beyond_chance(absent=5, possible=5, all_absent=50, all_possible=50)


@given(st.data())
def test_beyond_chance_is_more_than_the_expected_range(data):
    whole = data.draw(st.integers(2, 300))
    all_absent = data.draw(st.integers(0, whole))
    possible = data.draw(st.integers(1, whole))
    least = max(0, all_absent - (whole - possible))
    absent = data.draw(st.integers(least, min(possible, all_absent)))
    facts = {"possible": possible, "all_absent": all_absent, "all_possible": whole}
    beyond = is_beyond_chance(absent=absent, **facts)
    mean = Fraction(all_absent * possible, whole)
    variance = Fraction(
        all_absent * possible * (whole - possible) * (whole - all_absent), whole**2 * (whole - 1)
    )
    assert beyond is (absent > mean and (absent - mean) ** 2 > 9 * variance)
    low, high = expected_range(**facts)
    assert 0 <= low <= high <= 100
    share = Decimal(100 * absent) / Decimal(possible)
    rounding = Decimal("0.01")
    if beyond:
        assert share > high - rounding
    else:
        assert share < high + rounding


@given(registers())
def test_slots_add_up_to_the_register(school):
    found = slots(school.marks)
    possible = [mark for mark in school.marks if mark.meaning.is_possible]
    assert sum(slot.possible for slot in found) == len(possible)
    assert sum(slot.absent for slot in found) == sum(
        not mark.meaning.is_attended for mark in possible
    )
    assert [slot.slot for slot in found] == sorted({slot.slot for slot in found})


@given(registers())
def test_spells_hold_every_absence_once_and_none_is_empty(school):
    found = spells(school.marks)
    missed = [
        m for m in sorted(school.marks) if m.meaning.is_possible and not m.meaning.is_attended
    ]
    assert [mark for spell in found for mark in spell.marks] == missed
    assert all(0 < spell.days <= spell.sessions <= 2 * spell.days for spell in found)


@pytest.mark.parametrize(
    ("week", "mornings", "afternoons"),
    [
        ("I/I/I/////", 3, 0),
        ("/I/I//////", 0, 2),
        ("III/////II", 1, 0),
        ("I#I ////  ", 0, 0),  # the other half was not possible
        ("ID////////", 0, 0),
    ],
)
def test_half_days_are_days_half_missed(week, mornings, afternoons):
    morning, afternoon = half_days(pages(MONDAY, week))
    assert (morning.missed, afternoon.missed) == (mornings, afternoons)
    assert morning.half_days == afternoon.half_days == mornings + afternoons


@pytest.mark.parametrize(("number", "beyond"), [(9, False), (10, True)])
def test_half_days_all_mornings_are_beyond_chance_from_ten(number, beyond):
    whole, rest = divmod(number, 2)
    weeks = ["I/I///////"] * whole + ["I/////////"] * rest
    morning, afternoon = half_days(pages(MONDAY, *weeks))
    assert morning.is_beyond_chance is beyond
    assert not afternoon.is_beyond_chance


def test_weekday_slots_are_those_of_the_cohort():
    marks = pages(MONDAY, *["////////II"] * 5, *[PRESENT_WEEK] * 7)
    last = max(mark.date for mark in marks)
    beyond = [slot.label for slot in weekday_slots(marks, last) if slot.is_beyond_chance]
    assert beyond == ["Fri AM", "Fri PM"]
    assert len(weekday_slots(marks, last)) == 10


def test_slots_have_words():
    assert (short_label(0), short_label(9)) == ("Mon AM", "Fri PM")
    assert (words(0), words(13)) == ("Monday mornings", "Sunday afternoons")
    assert (words(MORNINGS), words(AFTERNOONS)) == ("mornings", "afternoons")
