"""Help: examples on both sides of each line, worked out by the rules and moved by the settings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.conf import settings

from attendance.cohorts import COHORTS, LINES
from attendance.rules.patterns import CohortKey
from attendance.rules.why import source_in_words
from attendance.states import FLAGS, FlagKind
from dashboards.help.cohort_examples import cohort_examples
from dashboards.help.examples import Example, both_sides
from dashboards.help.flag_examples import flag_examples
from dashboards.help.registers import FIRST_DAY, NOTHING, facts_of, marks_of, missed
from dashboards.help.rules import rule_kinds, rule_page

MINIMUM = settings.MINIMUM_POSSIBLE_SESSIONS

#: What the nearest example on either side must say, by the domain notes.
NEAREST_FLAGS = {
    FlagKind.SEVERE_ABSENCE: ("180 of 360", "175 of 351"),
    FlagKind.PERSISTENT_ABSENCE: ("36 of 360", "35 of 351"),
    FlagKind.AT_RISK: ("18 of 360", "17 of 351"),
    FlagKind.PENALTY_NOTICE_THRESHOLD: ("10 sessions unauthorised", "9 sessions unauthorised"),
    FlagKind.UNAUTHORISED_RUN: ("10 days in a row", "9 days in a row"),
    FlagKind.SICKNESS_RETURN: ("30 sessions of illness", "29 sessions of illness"),
    FlagKind.UNRESOLVED_N: ("6 school days since", "5 school days since"),
    FlagKind.NO_RECENT_MARKS: ("5 school days of silence", "4 school days of silence"),
}
NEAREST_COHORTS = {
    CohortKey.SEVERELY_ABSENT: ("50 of 100", "49 of 100"),
    CohortKey.ONE_LONG_ABSENCE: ("20 of the 39", "20 of the 40"),
    CohortKey.MANY_SHORT_ABSENCES: ("5 absences", "4 absences"),
    CohortKey.SAME_DAYS_MISSED: ("(6 of 20)", "5 were missed. Chance allows up to 5"),
    CohortKey.LATE_AFTER_REGISTER: ("for 5 sessions", "for 4 sessions"),
    CohortKey.DRIFTING_UP: ("In the 6 before: 2 of 60", "In the 6 before: 3 of 60"),
    CohortKey.JUST_OVER_THE_LINE: ("10 of 100", "19 of 200"),
    CohortKey.COMING_BACK: ("In the 4 before: 2 of 40", "In the 4 before: 1 of 40"),
}


@pytest.mark.parametrize("kind", list(FlagKind))
def test_flag_is_shown_just_over_and_just_under_its_line(kind):
    sides = flag_examples(kind, MINIMUM)
    over, under = NEAREST_FLAGS[kind]

    assert any(over in example.found for example in sides.over)
    assert any(under in example.found for example in sides.under)


@pytest.mark.parametrize("key", list(CohortKey))
def test_cohort_is_shown_just_over_and_just_under_its_line(key):
    sides = cohort_examples(key, LINES, MINIMUM)
    over, under = NEAREST_COHORTS[key]

    assert any(over in example.found for example in sides.over)
    assert any(under in example.found for example in sides.under)


@pytest.mark.parametrize(
    "kind", [FlagKind.SEVERE_ABSENCE, FlagKind.PERSISTENT_ABSENCE, FlagKind.AT_RISK]
)
def test_too_early_moves_with_the_setting(kind):
    sides = flag_examples(kind, 32)

    assert "Too early to say: fewer than 32 possible sessions." in [e.found for e in sides.under]
    assert all("31" not in example.found for example in sides.over)


def test_at_risk_has_an_upper_line_too():
    sides = flag_examples(FlagKind.AT_RISK, MINIMUM)

    assert any("36 of 360" in e.found and "From 10%" in e.found for e in sides.under)
    assert any("35 of 351" in e.found for e in sides.over)


def test_medical_appointments_are_no_illness_and_a_closure_breaks_no_run():
    ill = flag_examples(FlagKind.SICKNESS_RETURN, MINIMUM)
    run = flag_examples(FlagKind.UNAUTHORISED_RUN, MINIMUM)

    assert any("medical" in example.register for example in ill.under)
    assert any("closed" in example.register for example in run.over)


def test_cohort_examples_move_with_the_lines_of_the_settings():
    sides = cohort_examples(CohortKey.LATE_AFTER_REGISTER, replace(LINES, late_sessions=3), MINIMUM)

    assert [e.register for e in sides.over] == ["3 mornings coded U within 6 weeks."]
    assert "for 2 sessions" in sides.under[0].found


def test_line_that_leaves_a_side_without_an_example_is_an_error():
    with pytest.raises(ValueError, match="both sides"):
        both_sides([Example("One", "Found", True)])
    with pytest.raises(ValueError, match="both sides"):
        both_sides([Example("One", "Found", False)])


# Registers.


def test_register_runs_over_weekdays_two_sessions_a_day():
    marks = marks_of(["."] * 12)

    assert marks[0].date == FIRST_DAY
    assert [mark.code for mark in marks[:3]] == ["/", "\\", "/"]
    assert marks[-1].date == date(2025, 9, 8)  # the sixth weekday is the Monday after


def test_session_of_which_nothing_is_said_has_no_mark_and_the_school_met():
    facts = facts_of([".", NOTHING, NOTHING, NOTHING], minimum=MINIMUM)

    assert len(facts.marks) == 1
    assert facts.calendar.days == (date(2025, 9, 1), date(2025, 9, 2))
    assert facts.on == date(2025, 9, 2)


def test_missed_register_has_so_many_possible_sessions():
    assert missed(2, 5) == ["I", "I", ".", ".", "."]


# The page.


@pytest.mark.parametrize("kind", list(FlagKind))
def test_page_of_a_flag_says_the_words_and_source_of_the_rule(kind):
    page = rule_page(kind)

    assert (page.label, page.sentence) == (FLAGS[kind].label, FLAGS[kind].sentence)
    assert page.source == source_in_words(kind)
    assert page.numbers == ", ".join(FLAGS[kind].sources)


@pytest.mark.parametrize("key", list(CohortKey))
def test_page_of_a_cohort_says_its_rule_and_its_question(key):
    page, cohort = rule_page(key), COHORTS[key]

    assert (page.label, page.sentence) == (cohort.label, cohort.rule_in_words)
    assert page.question == cohort.first_question
    assert cohort.source in (page.source, page.numbers)


def test_cohort_on_a_published_line_names_the_paper_it_is_from():
    assert rule_page("severely_absent").source == source_in_words(FlagKind.SEVERE_ABSENCE)
    assert rule_page("coming_back").source == "Our rule"


def test_every_flag_and_cohort_has_a_page_and_nothing_else_has():
    assert rule_kinds() == [*FLAGS, *COHORTS]
    assert rule_page("no_such_rule") is None


def test_statutory_flag_says_so_and_another_says_it_is_not():
    assert any("duty of law hangs on it" in n for n in rule_page("unauthorised_run").notes)
    assert any("no duty of law" in note for note in rule_page("at_risk").notes)


def test_flag_that_starts_afresh_says_so_and_another_goes_on():
    assert "Counting starts again on 1 August." in rule_page("sickness_return").notes
    assert any("goes on across" in n for n in rule_page("unresolved_n").notes)
