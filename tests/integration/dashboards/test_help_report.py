"""The report of the year: time to first help, cases that came back, how cases ended, F13."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from attendance.models import Flag
from attendance_portal.shared import clock
from cases.models import Case, CaseClosure, PlanVersion
from dashboards.read_models.cases.help_report import MONTH, TERM, help_report
from dashboards.read_models.cases.stuck import stuck_cases
from tests.factories.cases import CaseFactory, OfferFactory, PlanFactory, ReferralFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


def flag_of(case_or_enrolment, opened_on: date, kind="persistent_absence") -> Flag:
    is_case = isinstance(case_or_enrolment, Case)
    enrolment = case_or_enrolment.pupil.enrolments.get() if is_case else case_or_enrolment
    return Flag.objects.create(
        enrolment=enrolment, school=enrolment.school, kind=kind, opened_on=opened_on,
        met_on=opened_on, updated_at=clock.now(), evidence={}, rule_version="1",
    )  # fmt: skip


def case_flagged(opened_on=date(2026, 1, 12), **facts) -> Case:
    case = CaseFactory(**facts)
    flag_of(case, opened_on)
    return case


def total(user, today, by=MONTH):
    found = help_report(user, by=by, on=today).total
    return found and (found.flagged, found.came, found.before, found.not_yet, found.middle)


def test_help_is_an_offer_taken_up_a_service_begun_or_a_plan_agreed(manager, today):
    flagged = date(2026, 1, 12)
    OfferFactory(
        case=case_flagged(), answer="accepted", offered_on=flagged, answered_on=date(2026, 1, 14)
    )
    ReferralFactory(case=case_flagged(), state="started", started_on=date(2026, 1, 22))
    PlanFactory(
        case=case_flagged(), state="agreed", agreed_on=date(2026, 2, 11), next_review_on=today
    )
    assert total(manager, today) == (3, 3, 0, 0, "10")
    report = help_report(manager, by=MONTH, on=today)
    assert report.helped == (
        "3 children flagged this year. Help came to 3 of them after the flag, "
        "to half of those within 10 days."
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"answer": "waiting"},
        {"answer": "not_taken_up", "answered_on": date(2026, 1, 14)},
    ],
)
def test_an_offer_not_taken_up_is_no_help(manager, today, facts):
    OfferFactory(case=case_flagged(), offered_on=date(2026, 1, 12), **facts)
    assert total(manager, today) == (1, 0, 0, 1, "None yet")


@pytest.mark.parametrize("state", ["sent", "accepted", "declined"])
def test_a_referral_that_has_not_begun_is_no_help(manager, today, state):
    ReferralFactory(case=case_flagged(), state=state, decline_reason="Full")
    assert total(manager, today) == (1, 0, 0, 1, "None yet")


def test_a_draft_is_no_help(manager, today):
    PlanFactory(case=case_flagged())
    assert total(manager, today) == (1, 0, 0, 1, "None yet")


def test_a_plan_agreed_again_counts_from_its_first_version(manager, today):
    plan = PlanFactory(
        case=case_flagged(), state="agreed", agreed_on=date(2026, 3, 1), next_review_on=today
    )
    at = datetime(2026, 1, 17, 12, tzinfo=UTC)
    PlanVersion.objects.create(plan=plan, number=1, at=at, why="Agreed", content={})
    assert total(manager, today) == (1, 1, 0, 0, "5")


def test_the_first_help_and_the_first_flag_of_the_year_count(manager, today):
    case = case_flagged(date(2026, 1, 20))
    flag_of(case, date(2026, 1, 10), kind="at_risk")
    for day in (15, 12):
        OfferFactory(
            case=case, answer="tried", result="x", offered_on=date(2026, 1, 11),
            answered_on=date(2026, 1, day),
        )  # fmt: skip
    assert total(manager, today) == (1, 1, 0, 0, "2")


def test_a_flag_found_late_counts_from_the_day_it_was_met(manager, today):
    """The first nightly run finds what has held for weeks: the child has waited all the while."""
    case = case_flagged(date(2026, 2, 10))
    Flag.objects.update(met_on=date(2026, 1, 10))
    OfferFactory(
        case=case, answer="accepted", offered_on=date(2026, 1, 11), answered_on=date(2026, 1, 15)
    )
    assert total(manager, today) == (1, 1, 0, 0, "5")


def test_help_before_the_flag_is_no_wait(manager, today):
    OfferFactory(
        case=case_flagged(), answer="accepted", offered_on=date(2026, 1, 5),
        answered_on=date(2026, 1, 11),
    )  # fmt: skip
    assert total(manager, today) == (1, 0, 1, 0, "None yet")


@pytest.mark.parametrize(
    ("ended_on", "found"),
    [(None, (1, 0, 1, 0, "None yet")), (date(2025, 7, 31), (1, 0, 0, 1, "None yet"))],
)
def test_a_plan_of_last_year_helps_while_it_stands(manager, today, ended_on, found):
    state = "ended" if ended_on else "agreed"
    PlanFactory(
        case=case_flagged(), state=state, agreed_on=date(2025, 5, 1), next_review_on=today,
        ended_on=ended_on,
    )  # fmt: skip
    assert total(manager, today) == found


@pytest.mark.parametrize("kind", ["unresolved_n", "no_recent_marks"])
def test_flags_about_the_register_ask_for_no_help(manager, today, kind):
    flag_of(EnrolmentFactory(), date(2026, 1, 12), kind=kind)
    report = help_report(manager, by=MONTH, on=today)
    assert report.total is None
    assert report.helped == "No child has been flagged for absence this year."


def test_flags_of_last_year_are_of_last_year(manager, today):
    flag_of(EnrolmentFactory(), date(2025, 7, 31))
    assert total(manager, today) is None
    flag_of(EnrolmentFactory(), date(2025, 8, 1))
    assert total(manager, today) == (1, 0, 0, 1, "None yet")


def test_lines_by_month_and_by_term(manager, today):
    make_terms()
    for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 5), date(2025, 8, 20)):
        flag_of(EnrolmentFactory(), day)

    def lines(by):
        return [(one.label, one.flagged) for one in help_report(manager, by=by, on=today).lines]

    assert lines(MONTH) == [("August 2025", 1), ("December 2025", 1), ("January 2026", 2)]
    assert lines(TERM) == [("Autumn", 3), ("Spring", 1)]


def close(case, closed_on, **facts):
    return CaseClosure.objects.create(
        case=case, opened_on=case.opened_on, closed_on=closed_on, stage=3,
        **{"outcome": "attending", "what_helped": "A bus pass", **facts},
    )  # fmt: skip


def closed_case(closed_on, **facts) -> Case:
    return CaseFactory(status="closed", closed_on=closed_on, **facts)


@pytest.mark.parametrize(("days", "is_back"), [(84, True), (85, False)])
def test_a_case_that_opened_again_within_12_weeks(manager, today, days, is_back):
    closed = date(2025, 11, 10)
    close(CaseFactory(), closed, reopened_on=closed + timedelta(days=days))
    report = help_report(manager, by=MONTH, on=today)
    assert [line.days for line in report.back] == ([days] if is_back else [])
    assert report.backs.startswith(f"{int(is_back)} of 1 case closed this year came back")


@pytest.mark.parametrize(("days", "is_back"), [(84, True), (85, False), (-1, False)])
def test_a_new_case_of_the_same_child_within_12_weeks(manager, today, days, is_back):
    closed = date(2025, 11, 10)
    old = closed_case(closed)
    close(old, closed)
    again = closed + timedelta(days=days)
    at = datetime(again.year, again.month, again.day, 9, tzinfo=UTC)
    new = CaseFactory(enrolment=old.pupil.enrolments.get(), created_at=at)
    back = help_report(manager, by=MONTH, on=today).back
    assert [line.reference for line in back] == ([new.reference] if is_back else [])


def test_another_childs_case_is_no_coming_back(manager, today):
    close(closed_case(today - timedelta(days=10)), today - timedelta(days=10))
    CaseFactory()
    report = help_report(manager, by=MONTH, on=today)
    assert report.back == []
    assert report.backs.endswith("The 12 weeks are not over for 1 of them.")


@pytest.mark.parametrize(("days", "is_open"), [(83, True), (84, False)])
def test_twelve_weeks_that_are_not_over_are_said(manager, today, days, is_open):
    closed = today - timedelta(days=days)
    close(closed_case(closed), closed)
    assert ("not over" in help_report(manager, by=MONTH, on=today).backs) is is_open


def test_outcomes_and_what_helped(manager, today):
    close(closed_case(today), today)
    close(closed_case(today), today, outcome="moved", what_helped="Nothing: they moved")
    report = help_report(manager, by=MONTH, on=today)
    counts = {line.label: line.count for line in report.outcomes}
    assert (counts["In school as hoped"], counts["Moved away"]) == (1, 1)
    assert sum(counts.values()) == 2
    assert {line.words for line in report.what_helped} == {"A bus pass", "Nothing: they moved"}


def test_a_manager_of_some_schools_counts_only_theirs(user_with, today):
    school = SchoolFactory()
    manager = user_with("team_manager", school=school)
    case_flagged()
    close(closed_case(today), today)
    mine = case_flagged(enrolment=EnrolmentFactory(school=school))
    OfferFactory(
        case=mine, answer="accepted", offered_on=date(2026, 1, 12), answered_on=date(2026, 1, 13)
    )
    left = EnrolmentFactory(school=school, ends_on=date(2026, 2, 1))
    flag_of(left, date(2026, 1, 12))
    report = help_report(manager, by=MONTH, on=today)
    assert total(manager, today) == (1, 1, 0, 0, "1")
    assert report.backs == "No case has closed this year."
    assert [row[0] for row in report.chart.rows] == [mine.reference]


def test_the_page_is_for_those_who_give_out_cases(signed_in):
    case = case_flagged()
    text = signed_in("team_manager").get("/cases/report/?by=term").content.decode()
    assert "1 child flagged this year." in text
    assert case.reference in text
    assert str(case.pupil) not in text
    for role in ("attendance_officer", "school_lead", "early_help_worker", "analyst"):
        facts = {"school": case.school} if role == "school_lead" else {}
        assert signed_in(role, **facts).get("/cases/report/").status_code == 403


def test_empty(signed_in):
    text = signed_in("team_manager").get("/cases/report/").content.decode()
    for said in (
        "No child has been flagged for absence this year.",
        "No case is open.",
        "No case has closed this year.",
    ):
        assert said in text


def test_queries_do_not_grow_with_cases(signed_in, today):
    client = signed_in("team_manager")
    for _ in range(2):
        close(case_flagged(), today)
    before = queries_of(client, "/cases/report/")
    for _ in range(8):
        close(case_flagged(), today)
    assert queries_of(client, "/cases/report/") == before


@pytest.mark.parametrize(("days", "past"), [(34, 0), (35, 1)])
def test_stuck_is_more_whole_weeks_than_usual(manager, today, days, past):
    CaseFactory(stage=3, stage_since=today - timedelta(days=days))  # usually 4 weeks
    chart = stuck_cases(manager, today)
    assert chart.title.startswith(f"{past} of 1 open case")
    assert chart.rows[0][3] == str(days // 7)


def test_closed_cases_are_not_stuck_and_paused_ones_may_be(manager, today):
    closed_case(today)
    assert stuck_cases(manager, today) is None
    CaseFactory(status="paused", paused_until=date(2026, 4, 1), stage_since=date(2025, 9, 1))
    assert stuck_cases(manager, today).title.startswith("1 of 1 open case has")


def test_an_analyst_sees_no_case(user_with, today):
    CaseFactory()
    assert stuck_cases(user_with("analyst"), today) is None


def test_managers_find_the_report_from_the_list_of_cases_and_others_do_not(signed_in):
    assert "/cases/report/" in signed_in("team_manager").get("/cases/").content.decode()
    assert "/cases/report/" not in signed_in("attendance_officer").get("/cases/").content.decode()


def test_today_shows_a_manager_where_cases_wait_and_an_officer_not(borough, signed_in):
    case = CaseFactory(enrolment=borough.cal, stage_since=date(2026, 1, 5))
    text = signed_in("team_manager").get("/").content.decode()
    assert "1 of 1 open case has been longer in the stage than usual" in text
    assert f"/cases/{case.reference}/" in text
    assert "Where cases wait" not in signed_in("attendance_officer").get("/").content.decode()
