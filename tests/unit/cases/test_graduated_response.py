"""The gates of the six steps: each alone, both sides of each line, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.graduated_response import (
    GATES_OF_STAGES,
    OURS,
    Attempt,
    Evidence,
    GateKey,
    Options,
    gates_for,
    missing_for,
    own_gates,
    refusal,
    verdict_for_move,
)
from cases.states import Gate, Stage
from tests.factories.evidence import DAY, EVERYTHING, EVIDENCE, HOLD, LISTS, ONE, OPTIONS

#: What to take away for each gate to stand open, and what is said then.
ALONE = {
    GateKey.NO_HOLD: (
        {"hold": HOLD},
        "a hold stands: bereavement, to be reviewed on 20 Mar 2026",
    ),
    GateKey.CHILD_TALK: ({"child_talks": ()}, "no conversation with the child is recorded"),
    GateKey.PARENT_TALK: ({"parent_talks": ()}, "no conversation with a parent is recorded"),
    GateKey.BARRIER: ({"barriers": ()}, "no barrier is named"),
    GateKey.PLAN_AGREED: ({"plans_agreed": ()}, "no support plan is agreed"),
    GateKey.PLAN_REVIEWED: ({"plan_reviews": ()}, "the support plan is not reviewed yet"),
    GateKey.SUPPORT_OFFERED: ({"offers": ()}, "no offer of support is recorded"),
    GateKey.SUPPORT_ANSWERED: (
        {"offers_answered": ()},
        "no answer to an offer of support is recorded",
    ),
    GateKey.CONSEQUENCES: (
        {"consequences": ()},
        "what may follow was not explained to a parent yet",
    ),
    GateKey.PREVIOUS_STEPS: (
        {"plan_school_weeks": 5},
        "the agreed plan has run for 5 school weeks, not yet 6",
    ),
    GateKey.CONTRACT_OFFERED: (
        {"contracts": ()},
        "no offer of an attendance contract is recorded",
    ),
    GateKey.SUPERVISION_CONSIDERED: (
        {"supervision_orders": ()},
        "an education supervision order was not considered yet",
    ),
    GateKey.FORMAL_NOTES: (
        {"formal_notes": ()},
        "the notes on support, equality and proportion are not written",
    ),
    GateKey.MARKS_FRESH: (
        {"school_days_behind": 3},
        "the school's marks are 3 school days behind",
    ),
    GateKey.MANAGER_AGREED: ({"manager_agreements": ()}, "no manager has agreed to it"),
}
STEPS_UP = [(low, high) for low in Stage for high in Stage if low < high]
STEPS_DOWN = [(high, low) for low, high in STEPS_UP]


def keys(gates) -> list[GateKey]:
    return [gate.key for gate in gates]


# The table.


def test_own_gates_of_each_step_are_those_of_the_page():
    assert keys(own_gates(Stage.EXPECT)) == keys(own_gates(Stage.LISTEN)) == []
    assert keys(own_gates(Stage.MONITOR)) == ["no_hold"]
    assert keys(own_gates(Stage.FACILITATE)) == ["child_talk", "parent_talk", "barrier"]
    assert keys(own_gates(Stage.FORMALISE)) == [
        "plan_agreed",
        "plan_reviewed",
        "support_offered",
        "support_answered",
        "consequences",
    ]
    assert keys(own_gates(Stage.ENFORCE)) == [
        "previous_steps",
        "contract_offered",
        "supervision_considered",
        "formal_notes",
        "marks_fresh",
        "manager_agreed",
    ]


def test_every_gate_has_a_source_and_stands_in_one_step():
    assert list(GATES_OF_STAGES) == list(GateKey) == list(ALONE)
    assert all(gate.source for gate in GATES_OF_STAGES.values())
    assert sum(len(own_gates(stage)) for stage in Stage) == len(GateKey)
    assert {key for key, gate in GATES_OF_STAGES.items() if gate.source == OURS} == {
        GateKey.NO_HOLD,
        GateKey.MARKS_FRESH,
        GateKey.MANAGER_AGREED,
    }


# Each gate.


@pytest.mark.parametrize("key", GateKey)
def test_gate_missing_alone_gives_exactly_its_reason(key):
    without, says = ALONE[key]
    verdict = verdict_for_move(
        Stage.FORMALISE, Stage.ENFORCE, replace(EVERYTHING, **without), OPTIONS
    )

    assert not verdict.met
    assert verdict.reasons == (says,)


@pytest.mark.parametrize("key", GateKey)
def test_gate_is_asked_from_its_step_on_and_not_before(key):
    without, _ = ALONE[key]
    evidence = replace(EVERYTHING, **without)

    for stage in Stage:
        asked = stage >= GATES_OF_STAGES[key].stage
        assert (key in keys(missing_for(Stage.EXPECT, stage, evidence, OPTIONS))) == asked


def test_with_everything_on_record_every_step_is_open():
    for low, high in STEPS_UP:
        verdict = verdict_for_move(low, high, EVERYTHING, OPTIONS)
        assert verdict.met
        assert verdict.reasons == ()


def test_listening_needs_nothing_but_willingness():
    assert verdict_for_move(Stage.MONITOR, Stage.LISTEN, Evidence(), OPTIONS).met


def test_nothing_on_record_lists_every_gate_in_order():
    missing = missing_for(
        Stage.MONITOR, Stage.ENFORCE, Evidence(hold=HOLD, school_days_behind=None), OPTIONS
    )

    assert keys(missing) == list(GateKey)
    assert missing[-2].missing_text == "no marks have come from the school"


def test_a_met_gate_shows_what_it_rests_on():
    gate = gates_for(Stage.FACILITATE, EVERYTHING, OPTIONS)[1]

    assert gate.state == Gate.IN_PLACE
    assert [item.line for item in gate.items] == ["Something, 2 Mar 2026"]


def test_refusal_is_one_sentence():
    evidence = replace(EVERYTHING, child_talks=(), barriers=())
    verdict = verdict_for_move(Stage.LISTEN, Stage.FACILITATE, evidence, OPTIONS)

    assert refusal(Stage.FACILITATE, verdict.reasons) == (
        "You cannot move to Facilitate support yet: "
        "no conversation with the child is recorded; no barrier is named."
    )


def test_staying_is_no_move():
    verdict = verdict_for_move(Stage.LISTEN, Stage.LISTEN, EVERYTHING, OPTIONS)

    assert not verdict.met
    assert verdict.reasons == ("the case is at Listen and understand already",)


# No talk was possible.


def tried(*days: int, visit: bool = False, why: bool = True) -> tuple[Attempt, ...]:
    return tuple(
        Attempt(DAY + timedelta(days=day), "Call, no answer", is_visit=visit, says_why=why)
        for day in days
    )


def talks_missing(*attempts: Attempt, options: Options = OPTIONS) -> list[GateKey]:
    evidence = replace(EVERYTHING, child_talks=(), parent_talks=(), attempts=attempts)
    return keys(missing_for(Stage.LISTEN, Stage.FACILITATE, evidence, options))


def test_two_attempts_on_two_days_stand_for_a_talk_with_a_parent():
    assert talks_missing(*tried(0)) == [GateKey.CHILD_TALK, GateKey.PARENT_TALK]
    assert talks_missing(*tried(0, 0)) == [GateKey.CHILD_TALK, GateKey.PARENT_TALK]
    assert talks_missing(*tried(0, 1)) == [GateKey.CHILD_TALK]


def test_for_the_child_one_of_the_attempts_was_a_visit():
    assert talks_missing(*tried(0), *tried(1, visit=True)) == []


def test_one_attempt_says_why():
    assert talks_missing(*tried(0, 1, visit=True, why=False)) == [
        GateKey.CHILD_TALK,
        GateKey.PARENT_TALK,
    ]
    assert talks_missing(*tried(0, visit=True, why=False), *tried(1)) == []


def test_number_of_attempts_is_an_option():
    assert talks_missing(*tried(0, 1, visit=True), options=Options(attempts=3)) == [
        GateKey.CHILD_TALK,
        GateKey.PARENT_TALK,
    ]
    assert talks_missing(*tried(0, 1, 2, visit=True), options=Options(attempts=3)) == []


# Lines that are options.


def test_plan_has_run_its_weeks_from_the_sixth_on():
    for weeks, is_met in ((5, False), (6, True), (7, True)):
        evidence = replace(EVERYTHING, plan_school_weeks=weeks)
        assert verdict_for_move(Stage.FORMALISE, Stage.ENFORCE, evidence, OPTIONS).met == is_met
    four = Options(plan_school_weeks=4)
    evidence = replace(EVERYTHING, plan_school_weeks=4)
    assert verdict_for_move(Stage.FORMALISE, Stage.ENFORCE, evidence, four).met


def test_one_school_week_is_said_in_the_singular():
    gate = missing_for(
        Stage.FORMALISE, Stage.ENFORCE, replace(EVERYTHING, plan_school_weeks=1), OPTIONS
    )[0]
    assert gate.missing_text == "the agreed plan has run for 1 school week, not yet 6"


def test_marks_are_too_old_from_the_third_school_day_on():
    for behind, is_met in ((0, True), (2, True), (3, False), (4, False)):
        evidence = replace(EVERYTHING, school_days_behind=behind)
        assert verdict_for_move(Stage.FORMALISE, Stage.ENFORCE, evidence, OPTIONS).met == is_met
    five = Options(marks_behind_school_days=5)
    evidence = replace(EVERYTHING, school_days_behind=4)
    assert verdict_for_move(Stage.FORMALISE, Stage.ENFORCE, evidence, five).met


# A term-time holiday.

HOLIDAY = Evidence(
    term_time_holidays=ONE, consequences=ONE, formal_notes=ONE, manager_agreements=ONE
)


def test_term_time_holiday_lifts_the_gates_of_support_for_enforce():
    assert verdict_for_move(Stage.MONITOR, Stage.ENFORCE, HOLIDAY, OPTIONS).met
    lifted = [gate for gate in gates_for(Stage.ENFORCE, HOLIDAY, OPTIONS) if gate.not_needed]
    assert keys(lifted) == [
        "child_talk",
        "parent_talk",
        "barrier",
        "plan_agreed",
        "plan_reviewed",
        "support_offered",
        "support_answered",
        "previous_steps",
        "contract_offered",
        "supervision_considered",
    ]


@pytest.mark.parametrize(
    ("without", "stays"),
    [
        ({"hold": HOLD}, GateKey.NO_HOLD),
        ({"consequences": ()}, GateKey.CONSEQUENCES),
        ({"formal_notes": ()}, GateKey.FORMAL_NOTES),
        ({"school_days_behind": 3}, GateKey.MARKS_FRESH),
        ({"manager_agreements": ()}, GateKey.MANAGER_AGREED),
    ],
)
def test_term_time_holiday_lifts_nothing_else(without, stays):
    evidence = replace(HOLIDAY, **without)
    assert keys(missing_for(Stage.MONITOR, Stage.ENFORCE, evidence, OPTIONS)) == [stays]


def test_term_time_holiday_lifts_nothing_before_enforce():
    assert keys(missing_for(Stage.MONITOR, Stage.FACILITATE, HOLIDAY, OPTIONS)) == [
        GateKey.CHILD_TALK,
        GateKey.PARENT_TALK,
        GateKey.BARRIER,
    ]


def test_gate_that_is_in_place_is_not_called_lifted():
    evidence = replace(HOLIDAY, child_talks=ONE)
    talk = gates_for(Stage.ENFORCE, evidence, OPTIONS)[1]
    assert (talk.not_needed, talk.items) == ("", ONE)


# What a manager lets pass.


def test_waived_gate_lets_the_case_pass():
    evidence = replace(EVERYTHING, child_talks=(), barriers=())
    waived = {"child_talk", "barrier"}
    assert verdict_for_move(Stage.LISTEN, Stage.FACILITATE, evidence, OPTIONS, waived).met


def test_only_what_was_waived_passes():
    evidence = replace(EVERYTHING, child_talks=(), barriers=())
    verdict = verdict_for_move(Stage.LISTEN, Stage.FACILITATE, evidence, OPTIONS, {"child_talk"})
    assert verdict.reasons == ("no barrier is named",)


@pytest.mark.parametrize("key", [GateKey.NO_HOLD, GateKey.MARKS_FRESH])
def test_hold_and_old_marks_cannot_be_waived(key):
    evidence = replace(EVERYTHING, **ALONE[key][0])
    missing = missing_for(Stage.FORMALISE, Stage.ENFORCE, evidence, OPTIONS, {key})
    assert keys(missing) == [key]


# What always holds.


@given(evidence=EVIDENCE, step=st.sampled_from(STEPS_DOWN))
def test_stepping_down_is_never_refused(evidence, step):
    assert verdict_for_move(*step, evidence, OPTIONS).met


@given(evidence=EVIDENCE, step=st.sampled_from(STEPS_UP))
def test_hold_refuses_every_step_up(evidence, step):
    on_hold = replace(evidence, hold=HOLD)
    assert GateKey.NO_HOLD in keys(missing_for(*step, on_hold, OPTIONS, list(GateKey)))


@given(less=EVIDENCE, more=EVIDENCE, step=st.sampled_from(STEPS_UP))
def test_more_on_record_never_opens_a_gate(less, more, step):
    both = replace(
        less,
        **{name: getattr(less, name) or getattr(more, name) for name in LISTS},
        attempts=less.attempts + more.attempts,
        plan_school_weeks=max(less.plan_school_weeks, more.plan_school_weeks),
    )
    before = set(keys(missing_for(*step, less, OPTIONS)))
    assert set(keys(missing_for(*step, both, OPTIONS))) <= before


@given(evidence=EVIDENCE, step=st.sampled_from(STEPS_UP))
def test_several_steps_ask_for_what_one_by_one_would(evidence, step):
    support_first = replace(evidence, term_time_holidays=())
    low, high = step
    one_by_one = {
        key
        for stage in range(low, high)
        for key in keys(missing_for(Stage(stage), Stage(stage + 1), support_first, OPTIONS))
    }
    assert set(keys(missing_for(low, high, support_first, OPTIONS))) == one_by_one


@given(evidence=EVIDENCE, step=st.sampled_from(STEPS_UP))
def test_verdict_gives_a_reason_for_each_open_gate(evidence, step):
    verdict = verdict_for_move(*step, evidence, OPTIONS)
    missing = missing_for(*step, evidence, OPTIONS)
    assert verdict.met == (not missing)
    assert verdict.reasons == tuple(gate.missing_text for gate in missing)
