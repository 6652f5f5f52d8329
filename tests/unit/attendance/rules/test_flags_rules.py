"""Which flags hold, on which figures, since when, and why they close."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.rules import flags
from attendance.rules.flags import close_reason, met_on, outlived_its_year, standing
from attendance.rules.marks import Mark, register
from attendance.states import FLAGS, CloseReason, FlagKind
from tests.factories.registers import (
    MONDAY,
    PRESENT_WEEK,
    enrolment_facts,
    facts_of,
    pages,
    registers,
    weekdays,
)

GONE = "O" * 10
ILL = "I" * 10
NEXT_MONDAY = date(2025, 9, 8)
YEAR_TO_DATE = {FlagKind.AT_RISK, FlagKind.PERSISTENT_ABSENCE, FlagKind.SEVERE_ABSENCE}


def _kinds(*weeks, on=date(2026, 7, 31), **changes):
    return set(standing(facts_of(pages(MONDAY, *weeks), on, **changes)))


def test_a_child_who_attends_holds_none():
    assert _kinds(*[PRESENT_WEEK] * 10) == set()


@pytest.mark.parametrize(
    ("last_week", "kinds"),
    [
        (PRESENT_WEEK, set()),
        ("I" + PRESENT_WEEK[1:], {FlagKind.AT_RISK}),  # 1 of 20
        ("II" + PRESENT_WEEK[2:], {FlagKind.PERSISTENT_ABSENCE}),  # 2 of 20
        ("IIIIIIIII\\", {FlagKind.PERSISTENT_ABSENCE}),  # 9 of 20
        (ILL, {FlagKind.PERSISTENT_ABSENCE, FlagKind.SEVERE_ABSENCE}),  # 10 of 20
    ],
)
def test_year_to_date_flags_on_both_sides_of_each_line(last_week, kinds):
    assert _kinds(PRESENT_WEEK, last_week) == kinds


def test_under_twenty_possible_sessions_it_is_too_early_to_say():
    assert _kinds(ILL, "IIIIIIIII") & YEAR_TO_DATE == set()
    assert _kinds(ILL, ILL) & YEAR_TO_DATE == {
        FlagKind.PERSISTENT_ABSENCE,
        FlagKind.SEVERE_ABSENCE,
    }
    assert FlagKind.SEVERE_ABSENCE in _kinds("I", minimum_possible=1)


def test_evidence_names_the_figures_of_the_table():
    weeks = ["N" * 10, ILL, ILL, ILL, *[GONE] * 2]
    found = standing(facts_of(pages(MONDAY, *weeks), date(2026, 7, 31)))
    assert set(found) == set(FLAGS) - {FlagKind.AT_RISK, FlagKind.NO_RECENT_MARKS}
    for kind, figures in found.items():
        assert tuple(figures) == FLAGS[kind].evidence
    assert found[FlagKind.PERSISTENT_ABSENCE] == {
        "possible": 60,
        "absent": 60,
        "authorised": 30,
        "unauthorised": 30,
    }
    assert found[FlagKind.PENALTY_NOTICE_THRESHOLD] == {
        "rolling_now": 30,
        "rolling_max": 30,
        "rolling_first": "2025-09-05",
    }
    assert found[FlagKind.UNAUTHORISED_RUN] == {
        "run_now": 10,
        "run_max": 10,
        "run_first": "2025-10-10",
    }
    assert found[FlagKind.SICKNESS_RETURN] == {
        "illness_sessions": 30,
        "illness_days": 15,
        "illness_first": "2025-09-26",
    }
    assert found[FlagKind.UNRESOLVED_N] == {"n_overdue": 10, "n_oldest": "2025-09-01"}


def test_standing_is_in_the_order_of_the_pages():
    found = list(standing(facts_of(pages(MONDAY, GONE, GONE), date(2025, 9, 30))))
    assert found == [kind for kind in FLAGS if kind in found]


def test_no_recent_marks_says_when_the_last_one_was():
    facts = facts_of(pages(MONDAY, "/\\"), date(2025, 9, 12), days=weekdays(MONDAY, 2))
    assert standing(facts) == {
        FlagKind.NO_RECENT_MARKS: {"school_days": 5, "last_mark_on": "2025-09-01"}
    }


@pytest.mark.parametrize(
    ("end", "holds"), [(None, True), (date(2025, 9, 30), True), (date(2025, 9, 29), False)]
)
def test_a_leaver_holds_no_flag(end, holds):
    facts = facts_of(pages(MONDAY, GONE, GONE), date(2025, 9, 30), enrolment_end=end)
    assert bool(standing(facts)) is holds


def test_a_child_who_has_not_started_holds_no_flag():
    later = date(2025, 10, 1)
    facts = facts_of((), date(2025, 9, 30), days=weekdays(MONDAY, 4), enrolment_start=later)
    assert standing(facts) == {}
    assert all(met_on(kind, facts) is None for kind in FLAGS)


def test_year_to_date_starts_again_on_1_august():
    marks = pages(date(2025, 6, 2), ILL, ILL, ILL)
    july = standing(facts_of(marks, date(2025, 7, 31)))
    assert YEAR_TO_DATE & set(july)
    assert FlagKind.SICKNESS_RETURN in july
    assert standing(facts_of(marks, date(2025, 8, 1))) == {}


def _met(kind, *weeks, on=date(2026, 7, 31), **changes):
    return met_on(kind, facts_of(pages(MONDAY, *weeks), on, **changes))


def test_met_on_of_a_flag_that_does_not_hold_is_none():
    assert _met(FlagKind.SEVERE_ABSENCE, PRESENT_WEEK, PRESENT_WEEK) is None


@pytest.mark.parametrize(
    ("kind", "weeks", "since"),
    [
        # Over the line from the first day, but only said once 20 sessions were possible.
        (FlagKind.SEVERE_ABSENCE, [GONE, GONE], date(2025, 9, 12)),
        # 3 of 28 on Thursday is the first time in the third week over 10%.
        (
            FlagKind.PERSISTENT_ABSENCE,
            [PRESENT_WEEK, PRESENT_WEEK, "/\\/\\/IIIII"],
            date(2025, 9, 18),
        ),
        (FlagKind.PENALTY_NOTICE_THRESHOLD, ["O" * 9 + "/", "O"], NEXT_MONDAY),
        (FlagKind.UNAUTHORISED_RUN, [PRESENT_WEEK, GONE, GONE], date(2025, 9, 19)),
        (FlagKind.SICKNESS_RETURN, [ILL, ILL, PRESENT_WEEK, ILL], date(2025, 9, 26)),
        (FlagKind.UNRESOLVED_N, ["N" + PRESENT_WEEK[1:], PRESENT_WEEK], date(2025, 9, 9)),
    ],
)
def test_met_on_is_the_day_the_line_was_crossed(kind, weeks, since):
    assert _met(kind, *weeks) == since


def test_met_on_starts_again_after_a_break():
    # Over 10% in week 2, under it in week 4, over it again on the Monday of week 5.
    weeks = [PRESENT_WEEK, "III" + PRESENT_WEEK[3:], PRESENT_WEEK, PRESENT_WEEK, "II"]
    assert _met(FlagKind.PERSISTENT_ABSENCE, *weeks) == date(2025, 9, 29)


def test_met_on_of_at_risk_starts_when_it_is_no_longer_persistent():
    weeks = [PRESENT_WEEK, "II" + PRESENT_WEEK[2:], "/"]
    assert _met(FlagKind.AT_RISK, *weeks) == date(2025, 9, 15)


def test_met_on_is_moved_by_what_the_school_did_without_the_child():
    facts = facts_of(pages(MONDAY, "/\\"), date(2025, 9, 30), days=weekdays(MONDAY, 2))
    assert met_on(FlagKind.NO_RECENT_MARKS, facts) == NEXT_MONDAY


def test_met_on_of_a_run_survives_the_summer():
    marks = pages(date(2025, 7, 7), GONE, GONE)
    facts = facts_of(marks, date(2025, 9, 30))
    assert met_on(FlagKind.UNAUTHORISED_RUN, facts) == date(2025, 7, 18)


def _met_on_by_every_day(kind, facts):
    """The definition, word for word: ask as of each calendar day; 1 August breaks what starts
    again each year."""
    since = None
    day = min(facts.enrolment_start, facts.on)
    while day <= facts.on:
        if (day.month, day.day) == (8, 1) and FLAGS[kind].resets_each_year:
            since = None
        holds = flags.evidence(kind, facts.as_of(day)) is not None
        since = (since or day) if holds else None
        day += timedelta(days=1)
    return since


@settings(max_examples=40, deadline=None)
@given(enrolment_facts())
def test_met_on_equals_asking_on_every_day(facts):
    found = standing(facts)
    for kind in FLAGS:
        assert met_on(kind, facts) == _met_on_by_every_day(kind, facts), kind
        assert (met_on(kind, facts) is not None) == (kind in found)


@given(enrolment_facts(), st.randoms(use_true_random=False))
def test_standing_does_not_depend_on_the_order_of_arrival(facts, random):
    shuffled = list(facts.marks)
    random.shuffle(shuffled)
    again = register(shuffled, start=facts.enrolment_start, end=facts.enrolment_end, on=facts.on)
    assert again == facts.marks


@given(registers(), st.integers(0, 30))
def test_standing_as_of_a_day_does_not_know_later_marks(school, days_back):
    on = school.last_day - timedelta(days=days_back)
    all_known = facts_of(school.marks, school.last_day, days=list(school.days))
    then_known = facts_of(
        tuple(m for m in school.marks if m.date <= on),
        on,
        days=[day for day in school.days if day <= on],
        enrolment_start=all_known.enrolment_start,
    )
    assert standing(all_known.as_of(on)) == standing(then_known)


def test_facts_as_of_keeps_only_what_was_known():
    facts = facts_of(pages(MONDAY, GONE, GONE), date(2025, 9, 30))
    earlier = facts.as_of(NEXT_MONDAY)
    assert earlier.marks[-1] == Mark(NEXT_MONDAY, 1, "O")
    assert earlier.calendar.days[-1] == NEXT_MONDAY


JULY, AUGUST = date(2026, 7, 31), date(2026, 8, 1)


@pytest.mark.parametrize(
    ("kind", "enrolment_end", "on", "reason"),
    [
        (FlagKind.AT_RISK, None, JULY, CloseReason.NO_LONGER_MET),
        (FlagKind.AT_RISK, None, AUGUST, CloseReason.YEAR_ENDED),
        (FlagKind.PERSISTENT_ABSENCE, None, AUGUST, CloseReason.YEAR_ENDED),
        (FlagKind.SEVERE_ABSENCE, None, AUGUST, CloseReason.YEAR_ENDED),
        (FlagKind.SICKNESS_RETURN, None, AUGUST, CloseReason.YEAR_ENDED),
        (FlagKind.PENALTY_NOTICE_THRESHOLD, None, AUGUST, CloseReason.NO_LONGER_MET),
        (FlagKind.UNAUTHORISED_RUN, None, AUGUST, CloseReason.NO_LONGER_MET),
        (FlagKind.UNRESOLVED_N, None, AUGUST, CloseReason.NO_LONGER_MET),
        (FlagKind.NO_RECENT_MARKS, None, AUGUST, CloseReason.NO_LONGER_MET),
        (FlagKind.AT_RISK, JULY, JULY, CloseReason.NO_LONGER_MET),
        (FlagKind.AT_RISK, date(2026, 7, 30), JULY, CloseReason.LEFT),
        (FlagKind.AT_RISK, JULY, AUGUST, CloseReason.LEFT),
        (FlagKind.UNRESOLVED_N, JULY, AUGUST, CloseReason.LEFT),
    ],
)
def test_close_reason(kind, enrolment_end, on, reason):
    opened = date(2026, 3, 2)
    assert close_reason(kind, opened_on=opened, enrolment_end=enrolment_end, on=on) == reason


def test_only_flags_of_the_year_outlive_it():
    opened = date(2026, 3, 2)
    outlived = {k for k in FLAGS if outlived_its_year(k, opened_on=opened, on=AUGUST)}
    assert outlived == {*YEAR_TO_DATE, FlagKind.SICKNESS_RETURN}
    assert not any(outlived_its_year(k, opened_on=opened, on=JULY) for k in FLAGS)
