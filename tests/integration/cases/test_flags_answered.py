"""What answers a flag: a decision, a live case, a standing plan, a contact since it asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import Flag, FlagAnswer, NightlyRun
from attendance.read_models.calendar import ExpectedDays
from attendance.states import FlagKind
from attendance_portal.shared import clock
from cases.flags import (
    answered_by_casework,
    casework_of,
    long_unanswered,
    starting_stock,
    unanswered,
)
from cases.models import StageChange
from cases.rules.flag_answers import contact_answers
from tests.factories.cases import CaseFactory, ContactFactory, PlanFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
OPENED = date(2026, 2, 23)
CLOSED = {"status": "closed", "closed_on": date(2026, 2, 20)}


def at(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def flag_of(enrolment, opened_on=OPENED) -> Flag:
    return Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind=FlagKind.AT_RISK,
        opened_on=opened_on,
        met_on=opened_on,
        evidence={"absent": 6, "possible": 100},
        rule_version="1",
        updated_at=clock.now(),
    )


@pytest.fixture
def flag() -> Flag:
    make_terms()
    return flag_of(EnrolmentFactory())


def is_unanswered(flag) -> bool:
    return unanswered(Flag.objects.all(), on=TODAY).filter(pk=flag.pk).exists()


def case_of(flag, **facts):
    return CaseFactory(enrolment=flag.enrolment, **facts)


def decided(flag, until, *, is_latest=True):
    return FlagAnswer.objects.create(
        flag=flag,
        reason="Known.",
        look_again_on=until,
        by=UserFactory(),
        by_role="school_lead",
        at=at(OPENED),
        is_latest=is_latest,
    )


def test_flag_that_nothing_answers_is_unanswered(flag):
    assert is_unanswered(flag)


@pytest.mark.parametrize(
    ("facts", "answers"),
    [
        ({}, True),
        ({"status": "paused", "paused_until": date(2026, 4, 1)}, True),
        (CLOSED, False),
    ],
)
def test_live_case_answers_and_a_closed_one_does_not(flag, facts, answers):
    case_of(flag, **facts)

    assert is_unanswered(flag) is not answers


@pytest.mark.parametrize(("state", "answers"), [("draft", True), ("ended", False)])
def test_plan_answers_while_it_stands_though_its_case_is_closed(flag, state, answers):
    PlanFactory(case=case_of(flag, **CLOSED), state=state)

    assert is_unanswered(flag) is not answers


def test_case_of_another_child_answers_nothing(flag):
    CaseFactory()

    assert is_unanswered(flag)


@pytest.mark.parametrize(
    ("moment", "answers"),
    [
        (datetime(2026, 2, 22, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 2, 23, 0, 0, tzinfo=UTC), True),
    ],
)
def test_contact_answers_from_the_day_the_flag_opened(flag, moment, answers):
    ContactFactory(pupil=flag.enrolment.pupil, at=moment)

    assert is_unanswered(flag) is not answers


def test_contact_without_an_answer_or_restricted_answers_too(flag):
    ContactFactory(
        pupil=flag.enrolment.pupil, at=at(TODAY), reached="no_answer", is_restricted=True
    )

    assert not is_unanswered(flag)


def test_decision_answers_until_its_day(flag):
    decided(flag, TODAY + timedelta(days=1))
    assert not is_unanswered(flag)

    FlagAnswer.objects.update(look_again_on=TODAY)
    assert is_unanswered(flag)


def test_the_condition_says_of_contacts_what_the_rule_says():
    """Every order of opening, decision and contact within three days."""
    make_terms()
    days = [OPENED + timedelta(days=n) for n in range(3)]
    asked = {}
    for contacted_on in days:
        for look_again_on in (None, *days):
            flag = flag_of(EnrolmentFactory(), opened_on=days[1])
            if look_again_on:
                decided(flag, look_again_on)
                decided(flag, days[0] - timedelta(days=9), is_latest=False)
            ContactFactory(pupil=flag.enrolment.pupil, at=at(contacted_on))
            asked[flag.pk] = contact_answers(
                contacted_on, opened_on=days[1], look_again_on=look_again_on
            )

    said = set(Flag.objects.filter(answered_by_casework()).values_list("pk", flat=True))

    assert said == {pk for pk, answers in asked.items() if answers}
    assert 0 < len(said) < len(asked)


# The manager's five school days.


def late(flag, today=TODAY) -> bool:
    return long_unanswered(Flag.objects.all(), today=today, days=ExpectedDays()).exists()


def test_flag_in_a_case_is_nobodys_late_answer(flag):
    assert late(flag)
    case_of(flag)
    assert not late(flag)


def test_case_that_closed_starts_the_five_school_days_again(flag):
    case_of(flag, status="closed", closed_on=date(2026, 2, 24))

    assert not late(flag, today=date(2026, 3, 2))
    assert late(flag, today=date(2026, 3, 3))


def test_plan_that_ended_starts_them_again(flag):
    plan = PlanFactory(case=case_of(flag, **CLOSED), state="ended", ended_on=date(2026, 2, 24))

    assert not late(flag, today=date(2026, 3, 2))
    plan.ended_on = date(2026, 2, 23)
    plan.save()
    assert late(flag, today=date(2026, 3, 2))


def test_flag_of_the_first_run_leaves_the_stock_when_a_case_opens(flag):
    first = NightlyRun.objects.create(
        as_of=OPENED, started_at=at(OPENED), state="finished", is_for_everyone=True
    )
    Flag.objects.update(opened_by_run=first)
    assert list(starting_stock(Flag.objects.all())) == [flag]

    case_of(flag)

    assert not starting_stock(Flag.objects.all()).exists()


# What somebody is told of it.


def told(flag, user, decision=None):
    return casework_of(user, {flag.enrolment.pupil_id}).answer_to(flag, decision)


def test_case_says_its_reference_the_role_that_opened_it_and_when(flag, user_with):
    case = case_of(flag, reference="AT-10001")
    StageChange.objects.create(
        case=case, to_stage=2, on=TODAY, at=at(TODAY), by_role="school_lead", reason="Opened"
    )

    answer = told(flag, user_with("attendance_officer"))

    assert (answer.tag.label, answer.reference) == ("In a case", "AT-10001")
    assert answer.said == "AT-10001, School lead, 2 Mar 2026"


def test_contact_says_its_role_and_moment(flag, user_with):
    ContactFactory(pupil=flag.enrolment.pupil, at=at(TODAY), by_role="school_lead")

    answer = told(flag, user_with("attendance_officer"))

    assert (answer.tag.label, answer.reference) == ("Contacted", "")
    assert answer.said == "School lead, 3 Mar 2026, 9:00am"


def test_contact_before_the_flag_asked_is_told_as_no_answer(flag, user_with):
    ContactFactory(pupil=flag.enrolment.pupil, at=at(OPENED - timedelta(days=1)))

    assert told(flag, user_with("attendance_officer")) is None


def test_plan_alone_says_since_when(flag, user_with):
    PlanFactory(case=case_of(flag, **CLOSED), state="draft")

    answer = told(flag, user_with("attendance_officer"))

    assert (answer.tag.label, answer.said) == ("In a case", "Support plan, 2 Mar 2026")


def test_nothing_of_a_case_is_told_to_those_who_do_not_see_it(flag, user_with):
    case_of(flag)
    ContactFactory(pupil=flag.enrolment.pupil, at=at(TODAY))

    for stranger in (user_with("analyst"), user_with("school_lead", school=SchoolFactory())):
        assert told(flag, stranger) is None


def test_many_children_ask_as_many_queries_as_one(user_with):
    officer = user_with("attendance_officer")
    cases = [CaseFactory() for _ in range(4)]
    for case in cases:
        ContactFactory(case=case)

    def queries(children) -> int:
        with CaptureQueriesContext(connection) as asked:
            casework_of(officer, children)
        return len(asked)

    assert queries([case.pupil_id for case in cases]) == queries([cases[0].pupil_id])
