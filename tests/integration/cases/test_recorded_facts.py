"""Writing down what a gate asks for: who may, what it needs, and that the gate finds it."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Invalid, Refused
from cases.models import TimelineEntry
from cases.read_models.evidence import evidence_of
from cases.rules.recorded_facts import RECORDED_FACTS
from cases.services.recorded_facts import LONGEST_ANSWER, record_fact
from tests.factories.cases import DAY, MOMENT, CaseFactory
from tests.factories.classes import UNAUTHORISED_WEEK, keep_register
from tests.factories.schools import SchoolFactory

HOLIDAY_WEEK = "G" * 10


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


@pytest.fixture
def case(officer):
    return CaseFactory(stage=5, lead=officer)


def on_holiday(case, week=HOLIDAY_WEEK, first=date(2026, 2, 2)):
    keep_register(case.pupil.enrolments.get(), week, first=first)


def record(case, fact, by, way="", answers=None):
    known = RECORDED_FACTS[fact]
    given = {one.name: f"About {one.name}." for one in known.questions}
    return record_fact(
        case=case,
        fact=fact,
        way=way or next(iter(known.ways)),
        answers=given if answers is None else answers,
        by=by,
        on=DAY,
        at=MOMENT,
    )


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ("contract_offered", "contracts"),
        ("supervision_order_considered", "supervision_orders"),
        ("formal_notes_written", "formal_notes"),
        ("term_time_holiday", "term_time_holidays"),
    ],
)
def test_gate_finds_what_the_lead_wrote_down(case, officer, fact, field):
    on_holiday(case)
    entry = record(case, fact, officer)

    items = getattr(evidence_of(case, on=DAY), field)
    assert [item.ref for item in items] == [str(entry.pk)]
    assert (entry.kind, entry.fact, entry.by_role) == ("legal", fact, "attendance_officer")
    event = AuditEvent.objects.get(verb="case.fact_recorded")
    assert event.after["case"] == case.reference
    assert "About" not in str(event.after)


def test_title_says_what_it_was(case, officer):
    record(case, "contract_offered", officer, way="not_appropriate")
    assert TimelineEntry.objects.get().title == "Attendance contract: not appropriate"


def test_several_answers_stand_below_their_questions(case, officer):
    text = record(case, "formal_notes_written", officer).text
    assert text.startswith("Is support appropriate, and what came of it?\nAbout support.\n\n")
    assert text.count("About ") == 4


@pytest.mark.parametrize("name", ["support", "change", "equality", "proportion"])
def test_each_question_wants_an_answer(case, officer, name):
    answers = {"support": "a", "change": "b", "equality": "c", "proportion": "d", name: " "}
    with pytest.raises(Invalid) as wrong:
        record(case, "formal_notes_written", officer, answers=answers)
    assert [one.pointer for one in wrong.value.errors] == [name]


def test_answer_has_a_longest(case, officer):
    record(case, "contract_offered", officer, answers={"text": "y" * LONGEST_ANSWER})
    with pytest.raises(Invalid):
        record(case, "contract_offered", officer, answers={"text": "y" * (LONGEST_ANSWER + 1)})


def test_unknown_way_and_unknown_fact_are_invalid(case, officer):
    with pytest.raises(Invalid) as wrong:
        record(case, "contract_offered", officer, way="holiday")
    assert wrong.value.errors[0].pointer == "way"
    with pytest.raises(Invalid):
        record_fact(case=case, fact="flag", way="", answers={}, by=officer, on=DAY, at=MOMENT)


# A term-time holiday.


def test_holiday_must_be_in_the_register(case, officer):
    on_holiday(case, UNAUTHORISED_WEEK)
    with pytest.raises(Refused, match="no session with code G since 8 Dec 2025") as refused:
        record(case, "term_time_holiday", officer)
    assert refused.value.code == "no_holiday_in_register"


def test_holiday_of_long_ago_does_not_count(case, officer):
    on_holiday(case, first=date(2025, 12, 1))
    with pytest.raises(Refused):
        record(case, "term_time_holiday", officer)


def test_another_childs_holiday_does_not_count(case, officer):
    on_holiday(CaseFactory())
    with pytest.raises(Refused):
        record(case, "term_time_holiday", officer)


# Who.


def test_manager_agrees(case, manager):
    entry = record(case, "manager_agreed", manager)
    assert (entry.kind, entry.by_role) == ("stage", "team_manager")
    assert len(evidence_of(case, on=DAY).manager_agreements) == 1


def test_officer_does_not_agree_for_the_manager(case, officer):
    with pytest.raises(Refused) as refused:
        record(case, "manager_agreed", officer)
    assert refused.value.code == "permission_missing"


def test_manager_who_leads_the_case_does_not_agree(case, manager):
    case.lead = manager
    case.save()
    with pytest.raises(Refused, match="another manager agrees"):
        record(case, "manager_agreed", manager)


def test_manager_of_other_schools_does_not_agree(case, user_with):
    with pytest.raises(Refused) as refused:
        record(case, "manager_agreed", user_with("team_manager", school=SchoolFactory()))
    assert refused.value.code == "out_of_scope"


def test_another_officer_is_told_who_leads(case, user_with):
    with pytest.raises(Refused) as refused:
        record(case, "contract_offered", user_with("attendance_officer"))
    assert refused.value.code == "not_the_lead"


@pytest.mark.parametrize("fact", ["contract_offered", "manager_agreed"])
def test_closed_case_takes_nothing(manager, fact):
    case = CaseFactory(status="closed", closed_on=DAY, next_review_on=None)
    with pytest.raises(Refused) as refused:
        record(case, fact, manager)
    assert refused.value.code == "case_already_closed"
