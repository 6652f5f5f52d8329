"""How much each page may ask of the database: a new page needs its line here."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from attendance.models import Flag, RegisterBatch
from attendance.services.nightly import run_for_everyone
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, SmallBorough, child, queries_of
from tests.factories.routes import (
    PAGES,
    PUBLIC_HELP,
    ROUTES,
    Route,
    Things,
    action_of,
    consent_of,
    export_of,
    may_open,
    plan_of,
    staff_of,
    worker_of,
)
from tests.factories.users import UserFactory

#: Queries of one reading, the session and who is reading included, by whoever sees most.
BUDGETS = {
    "register_upload": 10,
    "register_template": 5,
    "register_undo": 10,
    "register_review": 6,
    "register_batch": 14,
    "register_refused": 7,
    "worklist": 48,
    "search": 22,
    "pupil_list": 22,
    "pupil": 58,
    "pupil_attendance": 38,
    "pupil_timeline": 30,
    "pupil_plan": 58,
    "case_timeline": 22,
    "pupil_family": 30,
    "pupil_viewed": 28,
    "flag_why": 30,
    "flag_answer": 13,
    "contact_log": 9,
    "family_list": 11,
    "visit_sheet": 16,
    "borough": 37,  # three for the cases that wait in a stage, three for who is new over a line
    "trust": 42,
    "explore": 60,
    "explore_at_risk": 24,
    "concentration": 20,
    "place_list": 21,
    "place": 28,
    "place_entry_add": 8,
    "place_entry_end": 8,
    "benchmark": 30,
    "school_list": 17,
    "school": 35,
    "school_pupils": 16,
    "school_cohorts": 17,
    "school_registers": 19,
    "feed_health": 13,
    "saved_views": 7,
    "worklist_new": 6,
    "draft": 7,
    "mail_choices": 7,
    "export_list": 21,
    "export_file": 7,
    "take_table": 9,
    "take_chart": 9,
    "board_report": 60,
    "people": 12,
    "give_access": 10,
    "person": 12,
    "end_access": 9,
    "access_log": 13,
    "audit": 10,
    "action_list": 11,
    "action_done": 12,
    "action_drop": 12,
    "action_reassign": 15,
    "action_ask": 11,
    "case_action_add": 14,
    "barrier_add": 14,
    "barrier_ease": 14,
    "plan_start": 10,
    "plan": 45,
    "plan_agree": 24,
    "plan_review": 14,
    "plan_end": 12,
    "plan_part": 24,
    "plan_version": 14,
    "fresh_start": 30,
    "help": 0,
    "help_figures": 0,
    "help_codes": 0,
    "help_pathway": 0,
    "help_rule": 6,
    "help_role": 6,
    "accessibility": 0,
    "privacy": 0,
    "components": 7,
    "plan_family": 10,
    "plan_family_pdf": 10,
    "case_print": 48,
    "case_pdf": 48,
    "case_list": 18,
    "case": 55,
    "case_open": 8,
    "case_queues": 18,
    "case_hold_end": 18,
    "case_hold": 18,
    "case_transfer": 18,
    "case_reopen": 18,
    "case_close": 18,
    "case_pause": 18,
    "case_allocate": 18,
    "case_edit": 18,
    "case_report": 14,
    "offer_add": 12,
    "offer": 13,
    "referral_add": 13,
    "referral": 16,
    "case_people": 19,
    "case_person_end": 13,
    "consent_add": 12,
    "consent_withdraw": 13,
    "supervision_add": 14,
    "case_move": 30,
    "case_override": 30,
    "override_decide": 34,
    "case_fact": 16,
    "school_steps": 11,
    "meeting_list": 20,
    "meeting_add_group": 24,
    "meeting_book": 10,
    "meeting": 20,
    "meeting_move": 12,
    "meeting_change": 12,
    "meeting_not_held": 12,
    "meeting_contact": 15,
    "meeting_invite": 16,
    "meeting_action_answer": 12,
    "meeting_after": 35,
    "meeting_reflection": 14,
    "meeting_practice_write": 12,
    "meeting_practice": 8,
    "meeting_agendas": 8,
    "meeting_agenda_wording": 7,
    "school_meetings": 27,
    "school_how_often": 10,
    "meeting_prepare": 30,
    "meeting_pupils": 22,
    "meeting_choose": 18,
    "meeting_tried": 18,
    "meeting_offers": 13,
    "meeting_own_view": 16,
    "meeting_own_view_write": 16,
    "meeting_pack": 60,
    "meeting_freeze": 60,
    "meeting_pack_pdf": 20,
    "meeting_live": 36,
    "meeting_agreed": 20,
    "meeting_start": 16,
    "meeting_here": 16,
    "meeting_decide": 20,
    "meeting_refer": 20,
    "meeting_end": 16,
}
#: What is asked of a page that says little until it is asked.
ASKED = {"search": "?q=sample"}

READ = [route for route in ROUTES if route in PAGES or route.name in PUBLIC_HELP]
READ = [route for route in READ if route.view is not None and "get" in route.methods]
READERS = (Role.TEAM_MANAGER, Role.ADMINISTRATOR, Role.ATTENDANCE_OFFICER, Role.SCHOOL_LEAD)


@pytest.fixture
def stands(borough) -> tuple[SmallBorough, Things]:
    """A small borough with figures, and one of each thing that an address can name."""
    flag = Flag.objects.filter(enrolment=borough.cal).order_by("pk")[0]
    batch = RegisterBatch.objects.create(
        route="upload", school=borough.ash, by=UserFactory(), state="applied"
    )
    things = Things(borough.cal, flag, batch)
    export_of(things)  # a list that is empty asks less than one with a row
    staff_of(things)
    for made_of in (plan_of, action_of, worker_of, consent_of):
        made_of(things)  # casework of the child, which the record shows
    return borough, things


def reader_of(route: Route, things: Things, user_with) -> Client:
    """Someone who may open the page and sees as much as anybody does."""
    client = Client()
    if route.name in PUBLIC_HELP:
        return client
    role = next(role for role in READERS if may_open(route, role))
    facts = {"school": things.enrolment.school} if role == Role.SCHOOL_LEAD else {}
    client.user = user_with(role, **facts)  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return client


def test_every_page_that_is_read_has_a_budget_and_every_budget_a_page():
    assert {route.name for route in READ} == set(BUDGETS)


def asked_by_each(stands, user_with) -> dict[str, int]:
    """Route to the queries of one reading."""
    _, things = stands
    return {
        route.name: queries_of(
            reader_of(route, things, user_with), route.path(things) + ASKED.get(route.name, "")
        )
        for route in READ
    }


def over_budget(asked: dict[str, int]) -> dict[str, int]:
    return {name: number for name, number in asked.items() if number > BUDGETS[name]}


def test_no_page_asks_more_than_its_budget_of_few_or_of_many_children(stands, user_with):
    few = asked_by_each(stands, user_with)
    borough, _ = stands
    for number in range(9):
        child(borough.ash, f"Another{number}", *[UNAUTHORISED_WEEK] * (number % 5))
    run_for_everyone(as_of=LATEST)
    many = asked_by_each(stands, user_with)

    assert over_budget(few) == {}
    assert over_budget(many) == {}
    grown = {name: (few[name], number) for name, number in many.items() if number > few[name] + 1}
    assert grown == {}, "The number of queries grows with the number of children."
    assert {name for name, number in few.items() if number == 0} <= PUBLIC_HELP
