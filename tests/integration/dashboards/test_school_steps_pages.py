"""What a school does for every child: on its page, in its form, and in the list of schools."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from cases.models import SchoolSteps
from dashboards.read_models.cases.school_steps import steps_block, without_champion_or_policy
from schools.models import School
from tests.factories.cases import MOMENT
from tests.factories.schools import SchoolFactory, make_terms

TYPED = {
    "version": "0",
    "policy_on": "2025-09-01",
    "policy_where": "On the school's website",
    "champion_name": "Sam Example",
    "champion_since": "",
    "champion_trained_on": "",
    "culture": "Greeted by name.",
    "monitoring": "",
}


@pytest.fixture
def school(db):
    make_terms()
    return SchoolFactory(name="Ash School", folded_name="ash school")


@pytest.fixture
def lead(signed_in, school):
    return signed_in("school_lead", school=school)


def steps_page(school) -> str:
    return reverse("school_steps", args=[school.pk])


def words(response) -> str:
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(strip_tags(main)))


def test_lead_records_what_the_school_does(lead, school):
    lead.get(steps_page(school))
    response = lead.post(steps_page(school), TYPED)
    assert response.url == reverse("school", args=[school.pk])
    steps = SchoolSteps.objects.get()
    assert (steps.policy_on, steps.champion_name) == (date(2025, 9, 1), "Sam Example")
    assert 'value="2025-09-01"' in lead.get(steps_page(school)).content.decode()


def test_day_to_come_is_said_at_its_field(lead, school):
    said = words(lead.post(steps_page(school), {**TYPED, "policy_on": "2026-03-04"}))
    assert "Give today or an earlier day." in said
    assert not SchoolSteps.objects.exists()


def test_changed_meanwhile_shows_both(lead, school):
    SchoolSteps.objects.create(school=school, culture="A breakfast club.", updated_at=MOMENT)
    response = lead.post(steps_page(school), TYPED)
    assert response.status_code == 409
    assert "A breakfast club." in words(response)
    assert "Greeted by name." in words(response)


@pytest.mark.parametrize("role", ["analyst", "early_help_worker", "panel_member"])
def test_role_that_does_not_record_is_refused(signed_in, school, role):
    assert signed_in(role, school=school).get(steps_page(school)).status_code == 403


def test_another_schools_lead_finds_no_page(signed_in, school):
    client = signed_in("school_lead", school=SchoolFactory())
    assert client.get(steps_page(school)).status_code == 404
    assert client.post(steps_page(school), TYPED).status_code == 404


def test_block_says_what_is_not_recorded_yet(school, user_with):
    user = user_with("school_lead", school=school)
    assert {value for _, value in steps_block(school, user).rows} == {"Not recorded yet"}
    SchoolSteps.objects.create(
        school=school,
        policy_on=date(2025, 9, 1),
        policy_where="the website",
        champion_name="Sam Example",
        champion_since=date(2024, 9, 2),
        updated_at=MOMENT,
    )
    rows = dict(steps_block(school, user).rows)
    assert rows["Attendance policy"] == "1 Sep 2025, the website"
    assert rows["Senior attendance champion"] == "Sam Example, since 2 Sep 2024"
    assert rows["How absence is watched"] == "Not recorded yet"


def test_champion_with_a_login_is_named(school, user_with):
    user = user_with("school_lead", school=school)
    school.attendance_champion = user
    assert dict(steps_block(school, user).rows)["Senior attendance champion"] == str(user)


def test_analyst_reads_the_block_and_has_no_link(school, user_with):
    assert steps_block(school, user_with("analyst")).href == ""


def test_schools_without_champion_or_policy(db, user_with):
    neither, only_policy, only_name, by_name, by_login = (SchoolFactory() for _ in range(5))
    day = date(2025, 9, 1)
    for school, facts in (
        (only_policy, {"policy_on": day}),
        (only_name, {"champion_name": "Sam Example"}),
        (by_name, {"policy_on": day, "champion_name": "Sam Example"}),
        (by_login, {"policy_on": day}),
    ):
        SchoolSteps.objects.create(school=school, updated_at=MOMENT, **facts)
    by_login.attendance_champion = user_with("school_lead", school=by_login)
    by_login.save()
    found = without_champion_or_policy(School.objects.all())
    assert set(found) == {neither, only_policy, only_name}


def test_list_of_schools_filters_by_it(signed_in, borough):
    SchoolSteps.objects.create(
        school=borough.ash,
        policy_on=date(2025, 9, 1),
        champion_name="Sam Example",
        updated_at=MOMENT,
    )
    said = words(signed_in("attendance_officer").get("/schools/?steps=missing"))
    assert "Elm School" in said
    assert "Ash School" not in said
    assert "Policy and champion: one of them not recorded yet" in said


def test_page_of_a_school_shows_the_block(signed_in, borough):
    said = words(signed_in("attendance_officer").get(f"/schools/{borough.ash.pk}/"))
    assert "What the school does for every child" in said
    assert "Record what the school does" in said
