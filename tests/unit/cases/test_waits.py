"""How long help takes, both sides of each line."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.waits import (
    BOUNCE_BACK_DAYS,
    Help,
    ReferralDays,
    asks_for_meanwhile,
    bounced_back,
    middle,
    time_to_help,
    total_wait,
    waited_days,
)

SENT = date(2026, 1, 5)
TODAY = date(2026, 3, 3)
DAYS = st.dates(date(2025, 9, 1), date(2026, 7, 31))


def after(days: int) -> date:
    return SENT + timedelta(days=days)


@pytest.mark.parametrize(
    ("facts", "days", "is_waiting"),
    [
        ({}, 57, True),
        ({"accepted_on": after(10)}, 57, True),
        ({"accepted_on": after(10), "started_on": after(31)}, 31, False),
        ({"declined_on": after(12)}, 12, False),
        ({"declined_on": after(12), "told_on": after(40)}, 12, False),
        ({"started_on": after(31), "ended_on": after(50)}, 31, False),
        ({"ended_on": after(20)}, 20, False),
        ({"started_on": SENT}, 0, False),
    ],
)
def test_a_wait_lasts_until_help_begins_is_declined_or_ends(facts, days, is_waiting):
    referral = ReferralDays(SENT, **facts)
    assert (waited_days(referral, TODAY), referral.is_waiting) == (days, is_waiting)


def test_a_wait_of_the_past_looks_no_further_than_the_day_asked_for():
    assert waited_days(ReferralDays(SENT, started_on=after(31)), after(20)) == 20
    assert waited_days(ReferralDays(SENT), SENT - timedelta(days=1)) == 0


def test_three_refusals_one_after_the_other_add_up():
    refusals = [
        ReferralDays(SENT, declined_on=after(14)),
        ReferralDays(after(14), declined_on=after(30)),
        ReferralDays(after(40), declined_on=after(50)),
    ]
    assert total_wait(refusals, TODAY) == 14 + 16 + 10


def test_two_waits_at_once_are_waited_once():
    both = [ReferralDays(SENT, declined_on=after(20)), ReferralDays(after(5), ended_on=after(30))]
    assert total_wait(both, TODAY) == 30
    assert total_wait([both[1], both[0]], TODAY) == 30


def test_nothing_was_asked_so_nothing_was_waited():
    assert total_wait([], TODAY) == 0


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), max_size=6), DAYS)
def test_the_total_is_never_more_than_the_sum_nor_less_than_the_longest(rows, on):
    referrals = [ReferralDays(sent, ended_on=end) for sent, end in rows]
    each = [waited_days(one, on) for one in referrals]
    assert max(each, default=0) <= total_wait(referrals, on) <= sum(each)


@pytest.mark.parametrize(("school_days", "asks"), [(29, False), (30, True), (31, True)])
def test_six_school_weeks_ask_for_something_meanwhile(school_days, asks):
    assert asks_for_meanwhile(ReferralDays(SENT, accepted_on=after(3)), school_days) is asks


@pytest.mark.parametrize("over", ["started_on", "declined_on", "ended_on"])
def test_a_wait_that_is_over_asks_for_nothing(over):
    assert not asks_for_meanwhile(ReferralDays(SENT, **{over: after(3)}), 60)


@pytest.mark.parametrize(
    ("helped_on", "state", "days"),
    [
        ([], Help.NOT_YET, None),
        ([SENT], Help.CAME, 0),
        ([after(9), after(4)], Help.CAME, 4),
        ([SENT - timedelta(days=1), after(4)], Help.BEFORE, None),
    ],
)
def test_time_from_first_flag_to_first_help(helped_on, state, days):
    found = time_to_help(SENT, helped_on)
    assert (found.state, found.days) == (state, days)


@pytest.mark.parametrize(
    ("numbers", "found"), [([], None), ([4], 4.0), ([1, 9, 2], 2.0), ([1, 4], 2.5)]
)
def test_middle(numbers, found):
    assert middle(numbers) == found


@pytest.mark.parametrize(
    ("days", "is_back"),
    [(-1, False), (0, True), (1, True), (83, True), (84, True), (85, False)],
)
def test_twelve_weeks_are_84_days(days, is_back):
    assert BOUNCE_BACK_DAYS == 84
    assert bounced_back(SENT, after(days)) is is_back
