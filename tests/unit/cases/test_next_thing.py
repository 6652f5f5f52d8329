"""The one next thing of a case, and how long a plan has run."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.graduated_response import (
    MOVE,
    REVIEW,
    Evidence,
    GateKey,
    next_thing,
    own_gates,
    school_weeks_run,
)
from cases.states import Stage
from tests.factories.evidence import EVERYTHING, EVIDENCE, HOLD, ONE, OPTIONS


@pytest.mark.parametrize(
    ("stage", "evidence", "text", "key"),
    [
        (Stage.MONITOR, Evidence(), "Record a conversation with the child", "child_talk"),
        (
            Stage.MONITOR,
            Evidence(child_talks=ONE),
            "Record a conversation with a parent",
            "parent_talk",
        ),
        (
            Stage.MONITOR,
            Evidence(child_talks=ONE, parent_talks=ONE),
            "Move to Listen and understand",
            MOVE,
        ),
        (
            Stage.LISTEN,
            Evidence(child_talks=ONE, parent_talks=ONE),
            "Name what makes school hard",
            "barrier",
        ),
        (
            Stage.LISTEN,
            Evidence(child_talks=ONE, parent_talks=ONE, barriers=ONE),
            "Move to Facilitate support",
            MOVE,
        ),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, plans_agreed=(), has_plan=False),
            "Start a support plan",
            "plan_agreed",
        ),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, plans_agreed=()),
            "Agree the support plan",
            "plan_agreed",
        ),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, offers=()),
            "Offer support",
            "support_offered",
        ),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, offers_answered=()),
            "Record what became of an offer",
            "support_answered",
        ),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, is_plan_review_due=True),
            "Review the support plan",
            "plan_reviewed",
        ),
        (Stage.FACILITATE, EVERYTHING, "Review the case", REVIEW),
        (
            Stage.FACILITATE,
            replace(EVERYTHING, consequences=()),
            "Review the case",
            REVIEW,
        ),
        (
            Stage.FORMALISE,
            replace(EVERYTHING, consequences=()),
            "Explain what may follow, and record it",
            "consequences",
        ),
        (
            Stage.FORMALISE,
            replace(EVERYTHING, contracts=()),
            "Offer an attendance contract",
            "contract_offered",
        ),
        (Stage.FORMALISE, replace(EVERYTHING, formal_notes=()), "Review the case", REVIEW),
        (Stage.ENFORCE, replace(EVERYTHING, offers=()), "Offer support", "support_offered"),
        (Stage.EXPECT, Evidence(), "Review the case", REVIEW),
        (Stage.MONITOR, Evidence(hold=HOLD), "Review the hold", "no_hold"),
    ],
)
def test_next_thing_of_a_case(stage, evidence, text, key):
    assert next_thing(stage, evidence, OPTIONS) == (text, key)


@given(evidence=EVIDENCE, stage=st.sampled_from(Stage))
def test_next_thing_never_leads_towards_enforce(evidence, stage):
    found = next_thing(stage, evidence, OPTIONS)
    assert found.key not in {gate.key for gate in own_gates(Stage.ENFORCE)} - {
        GateKey.CONTRACT_OFFERED
    }
    assert found.text not in ("Move to Formalise support", "Move to Enforce")


# School weeks.


def test_school_weeks_are_whole_weeks_with_a_school_day():
    holidays = {date(2026, 2, 16) + timedelta(days=number) for number in range(7)}

    def is_school_day(day: date) -> bool:
        return day.isoweekday() < 6 and day not in holidays

    start = date(2026, 2, 9)
    assert school_weeks_run(start, start, is_school_day) == 0
    assert school_weeks_run(start, date(2026, 2, 15), is_school_day) == 0
    assert school_weeks_run(start, date(2026, 2, 16), is_school_day) == 1
    assert school_weeks_run(start, date(2026, 2, 23), is_school_day) == 1
    assert school_weeks_run(start, date(2026, 3, 2), is_school_day) == 2
    assert school_weeks_run(start, date(2026, 2, 2), is_school_day) == 0
