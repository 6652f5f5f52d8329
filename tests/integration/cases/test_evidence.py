"""What the gates find on record for a case: each row that counts, and each that does not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import SchoolYear
from cases.models import Hold, PlanReview, PlanVersion
from cases.read_models.evidence import counts_since, evidence_of, options_in_force
from cases.rules.graduated_response import Options
from cases.states import Fact
from tests.factories.cases import (
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    OfferFactory,
    PlanFactory,
    TimelineFactory,
)
from tests.factories.schools import make_terms

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
OPENED = date(2026, 3, 2)  # of the factory's case
SINCE = date(2025, 12, 8)  # 12 weeks before


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


@pytest.fixture
def case():
    make_terms()
    return CaseFactory()


def found(case, on=TODAY):
    return evidence_of(case, on=on)


def lines(items) -> list[str]:
    return [item.line for item in items]


def test_options_of_the_settings_are_those_of_the_rules(settings):
    assert options_in_force() == Options()
    settings.GRADUATED_RESPONSE = {**settings.GRADUATED_RESPONSE, "attempts": 3}
    assert options_in_force().attempts == 3


def test_nothing_on_record(case):
    evidence = found(case)
    assert evidence.child_talks == evidence.offers == evidence.plans_agreed == ()
    assert (evidence.has_plan, evidence.hold, evidence.plan_school_weeks) == (False, None, 0)


# Contacts.


@pytest.mark.parametrize(
    ("reached", "child", "parent", "tried"),
    [("child", 1, 0, 0), ("parent", 0, 1, 0), ("both", 1, 1, 0), ("no_answer", 0, 0, 1)],
)
def test_contact_counts_for_whom_it_reached(case, reached, child, parent, tried):
    ContactFactory(case=case, reached=reached)
    evidence = found(case)
    counts = (len(evidence.child_talks), len(evidence.parent_talks), len(evidence.attempts))
    assert counts == (child, parent, tried)


def test_contact_is_said_without_its_words(case):
    ContactFactory(case=case, reached="both", kind="visit")
    ContactFactory(case=case, reached="both", is_restricted=True)
    assert lines(found(case).child_talks) == [
        "Visit, the child and a parent, 2 Mar 2026",
        "Restricted note, 2 Mar 2026",
    ]


def test_talk_before_the_case_opened_counts_for_twelve_weeks(case):
    assert counts_since(case) == SINCE
    ContactFactory(case=None, pupil=case.pupil, at=noon(SINCE - timedelta(days=1)))
    assert found(case).parent_talks == ()
    ContactFactory(case=None, pupil=case.pupil, at=noon(SINCE))
    assert len(found(case).parent_talks) == 1


def test_talk_with_another_child_does_not_count(case):
    ContactFactory()
    assert found(case).parent_talks == ()


def test_attempt_knows_whether_it_was_a_visit_and_says_why(case):
    ContactFactory(case=case, reached="no_answer", kind="visit", said="")
    ContactFactory(case=case, reached="no_answer", kind="call", said="The line was dead.")
    assert [(one.is_visit, one.says_why) for one in found(case).attempts] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("reached", "is_explained", "count"),
    [("parent", True, 1), ("both", True, 1), ("child", True, 0), ("parent", False, 0)],
)
def test_consequences_are_explained_to_a_parent(case, reached, is_explained, count):
    ContactFactory(case=case, reached=reached, consequences_explained=is_explained)
    assert len(found(case).consequences) == count


# Barriers, plans and offers.


def test_barrier_that_has_eased_was_named_too(case):
    BarrierFactory(case=case)
    BarrierFactory(case=case, kind="sleep", eased_on=TODAY)
    BarrierFactory(case=case, kind="housing", named_on=SINCE - timedelta(days=1))
    assert lines(found(case).barriers) == [
        "Transport and the journey, 2 Mar 2026",
        "Sleep and mornings, 2 Mar 2026",
    ]


def agreed(case, on: date, **facts):
    facts = {"state": "agreed", "next_review_on": date(2026, 4, 20), **facts}
    return PlanFactory(case=case, agreed_on=on, **facts)


def reviewed(plan, on: date):
    return PlanReview.objects.create(plan=plan, on=on, at=noon(on), what_helped="The bus pass")


def test_draft_is_a_plan_and_not_an_agreed_one(case):
    PlanFactory(case=case)
    evidence = found(case)
    assert (evidence.has_plan, evidence.plans_agreed) == (True, ())


def test_ended_plan_counts_as_agreed_and_not_as_standing(case):
    agreed(case, SINCE, state="ended", ended_on=OPENED)
    evidence = found(case)
    assert (evidence.has_plan, len(evidence.plans_agreed)) == (False, 1)


def test_plan_of_long_ago_does_not_count(case):
    agreed(case, SINCE - timedelta(days=1), state="ended", ended_on=SINCE)
    assert found(case).plans_agreed == ()


def test_review_counts_on_a_later_day_than_the_agreement(case):
    plan = agreed(case, date(2026, 2, 2))
    reviewed(plan, date(2026, 2, 2))
    assert found(case).plan_reviews == ()
    reviewed(plan, date(2026, 2, 3))
    assert lines(found(case).plan_reviews) == ["Review of the plan, 3 Feb 2026"]


def test_plan_agreed_anew_keeps_its_first_day(case):
    plan = agreed(case, date(2026, 3, 2))
    PlanVersion.objects.create(plan=plan, number=1, at=noon(date(2026, 1, 6)), why="", content={})
    reviewed(plan, date(2026, 2, 3))
    assert len(found(case).plan_reviews) == 1
    assert lines(found(case).plans_agreed) == ["Support plan, 6 Jan 2026"]


def test_weeks_of_a_plan_leave_the_half_term_out(case):
    agreed(case, date(2026, 1, 12))
    # Half-term: 16 to 20 February.
    assert found(case, on=date(2026, 2, 22)).plan_school_weeks == 5
    assert found(case, on=date(2026, 2, 23)).plan_school_weeks == 5
    assert found(case, on=date(2026, 3, 2)).plan_school_weeks == 6


def test_weeks_of_an_ended_plan_stop_with_it(case):
    agreed(case, date(2026, 1, 12), state="ended", ended_on=date(2026, 1, 26))
    assert found(case).plan_school_weeks == 2


def test_no_review_of_a_plan_is_due_while_the_case_is_paused(case):
    agreed(case, date(2026, 2, 2), next_review_on=date(2026, 2, 20))
    case.paused_until = TODAY + timedelta(days=1)
    assert not found(case).is_plan_review_due
    case.paused_until = TODAY
    assert found(case).is_plan_review_due


def test_review_is_due_from_its_day_on(case):
    plan = agreed(case, date(2026, 2, 2), next_review_on=TODAY)
    assert found(case).is_plan_review_due
    assert not found(case, on=TODAY - timedelta(days=1)).is_plan_review_due
    plan.state, plan.ended_on = "ended", TODAY
    plan.save()
    assert not found(case).is_plan_review_due


@pytest.mark.parametrize(
    ("answer", "result", "is_answered"),
    [
        ("waiting", "", False),
        ("accepted", "", True),
        ("not_taken_up", "", True),
        ("tried", "", False),
        ("tried", "Four mornings out of ten", True),
    ],
)
def test_offer_is_answered(case, answer, result, is_answered):
    day = None if answer == "waiting" else TODAY
    OfferFactory(case=case, answer=answer, answered_on=day, result=result)
    evidence = found(case)
    assert len(evidence.offers) == 1
    assert bool(evidence.offers_answered) == is_answered


def test_offer_of_long_ago_does_not_count(case):
    OfferFactory(
        case=case, offered_on=SINCE - timedelta(days=1), answer="accepted", answered_on=SINCE
    )
    assert (found(case).offers, found(case).offers_answered) == ((), ())


# The timeline.


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (Fact.CONSEQUENCES_EXPLAINED, "consequences"),
        (Fact.CONTRACT_OFFERED, "contracts"),
        (Fact.SUPERVISION_ORDER_CONSIDERED, "supervision_orders"),
        (Fact.FORMAL_NOTES_WRITTEN, "formal_notes"),
        (Fact.MANAGER_AGREED, "manager_agreements"),
        (Fact.TERM_TIME_HOLIDAY, "term_time_holidays"),
    ],
)
def test_line_of_the_timeline_is_found_by_its_fact_alone(case, fact, field):
    TimelineFactory(case=case, fact=fact.value, kind="legal", title="Written down")
    evidence = found(case)
    assert lines(getattr(evidence, field)) == ["Written down, 2 Mar 2026"]
    everything = (
        evidence.consequences, evidence.contracts, evidence.supervision_orders,
        evidence.formal_notes, evidence.manager_agreements, evidence.term_time_holidays,
    )  # fmt: skip
    assert sum(map(len, everything)) == 1


def test_line_of_a_contact_is_read_from_the_contact(case):
    TimelineFactory(
        case=case, fact=Fact.CONSEQUENCES_EXPLAINED.value, object_kind="contact", object_ref="1"
    )
    assert found(case).consequences == ()


def test_restricted_line_gives_nothing_away(case):
    TimelineFactory(case=case, fact=Fact.CONTRACT_OFFERED.value, title="Secret", is_restricted=True)
    assert lines(found(case).contracts) == ["Restricted note, 2 Mar 2026"]


def test_manager_agrees_for_the_stage_at_which_the_case_stands(case):
    TimelineFactory(case=case, fact=Fact.MANAGER_AGREED.value, at=noon(OPENED))
    assert len(found(case).manager_agreements) == 1
    case.stage_since = TODAY
    assert found(case).manager_agreements == ()


# A hold, and marks.


def test_hold_that_stands_is_found_and_one_that_ended_is_not(case):
    hold = Hold.objects.create(
        pupil=case.pupil,
        kind="bereavement",
        reason="A grandmother died.",
        from_on=OPENED,
        review_on=date(2026, 3, 20),
    )
    assert found(case).hold == ("Bereavement", date(2026, 3, 20))
    hold.ended_at = noon(TODAY)
    hold.save()
    assert found(case).hold is None


def test_marks_are_as_old_as_the_schools_last_one(case):
    assert found(case).school_days_behind is None
    year = SchoolYear.objects.create(
        school=case.school, academic_year=2025, last_mark_on=date(2026, 2, 26)
    )
    assert found(case).school_days_behind == 3  # Friday, Monday and Tuesday
    year.last_mark_on = TODAY
    year.save()
    assert found(case).school_days_behind == 0


def test_another_schools_marks_do_not_count(case):
    SchoolYear.objects.create(school=CaseFactory().school, academic_year=2025, last_mark_on=TODAY)
    assert found(case).school_days_behind is None


def test_number_of_queries_does_not_grow(case):
    def asked() -> int:
        case.refresh_from_db()
        with CaptureQueriesContext(connection) as queries:
            found(case)
        return len(queries)

    plan = agreed(case, date(2026, 2, 2))
    reviewed(plan, date(2026, 2, 3))
    few = asked()
    for kind in ("sleep", "housing", "caring"):
        BarrierFactory(case=case, kind=kind)
        ContactFactory(case=case)
        OfferFactory(case=case)
        TimelineFactory(case=case, fact=Fact.CONTRACT_OFFERED.value)
        agreed(case, date(2026, 2, 2), state="ended", ended_on=TODAY)
        reviewed(plan, date(2026, 2, 4))
    assert asked() == few <= 12
