"""P13 with casework: severely absent pupils without a plan, and the link of early help."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cases.models import CaseWorker
from tests.factories.cases import CaseFactory, PlanFactory
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, child
from tests.factories.users import UserFactory

TODAY = date(2026, 3, 3)


@pytest.fixture
def severe(borough):
    """Cal, and two more children of Ash, missed half or more."""
    borough.una = child(borough.ash, "Una", *[UNAUTHORISED_WEEK] * 5)
    borough.uri = child(borough.ash, "Uri", *[UNAUTHORISED_WEEK] * 5)
    borough.run(LATEST)
    return borough


def plan_of(enrolment, state="agreed"):
    facts = {"agreed_on": TODAY, "next_review_on": date(2026, 4, 1)} if state == "agreed" else {}
    return PlanFactory(case=CaseFactory(enrolment=enrolment), state=state, **facts)


def plans_of(client, school, query=""):
    return client.get(f"/schools/{school.urn}/{query}").context["plans"]


def names(client, href) -> list[str]:
    return [row.name for row in client.get(href).context["rows"]]


def test_pupils_without_an_agreed_plan_are_counted_and_listed(severe, signed_in):
    plan_of(severe.cal)
    plan_of(severe.una, state="draft")
    client = signed_in("school_lead", school=severe.ash)

    plans = plans_of(client, severe.ash)

    assert plans.text == "2 of 3 severely absent pupils"
    assert names(client, plans.href) == ["Una Sample", "Uri Sample"]
    text = " ".join(client.get(f"/schools/{severe.ash.urn}/").content.decode().split())
    assert "Without a plan: <a" in text


def test_child_who_has_left_is_in_neither_number(severe, signed_in):
    severe.uri.ends_on = date(2026, 3, 2)
    severe.uri.save()
    client = signed_in("attendance_officer")

    assert plans_of(client, severe.ash).text == "2 of 2 severely absent pupils"
    assert names(client, plans_of(client, severe.ash).href) == ["Cal Sample", "Una Sample"]


def test_with_a_plan_for_everyone_there_is_no_list_to_open(severe, signed_in):
    for enrolment in (severe.cal, severe.una, severe.uri):
        plan_of(enrolment)

    plans = plans_of(signed_in("attendance_officer"), severe.ash)

    assert (plans.text, plans.href) == ("0 of 3 severely absent pupils", "")


def test_nobody_severely_absent_says_nothing(severe, signed_in):
    assert plans_of(signed_in("attendance_officer"), severe.elm) is None


def test_reader_without_casework_is_told_nothing_of_plans(severe, signed_in):
    plan_of(severe.cal)
    client = signed_in("analyst")

    assert plans_of(client, severe.ash) is None
    fields = client.get("/pupils/").context["filter_form"].fields
    assert "plan" not in fields
    assert len(names(client, "/pupils/?plan=none&severe=true")) == 3


def test_plans_stand_as_of_today_and_not_of_another_day(severe, signed_in):
    client = signed_in("attendance_officer")

    assert plans_of(client, severe.ash, "?as_of=2026-02-05") is None
    assert "plan" not in client.get("/pupils/?as_of=2026-02-05").context["filter_form"].fields


def test_list_of_agreed_plans_is_the_other_half(severe, signed_in):
    plan_of(severe.cal)
    client = signed_in("attendance_officer")

    assert names(client, "/pupils/?plan=agreed") == ["Cal Sample"]
    assert "Cal Sample" not in names(client, "/pupils/?plan=none")


def test_plan_of_a_child_who_left_is_not_the_old_schools_to_find(severe, signed_in):
    plan_of(severe.cal)
    severe.cal.ends_on = date(2026, 2, 20)
    severe.cal.save()
    client = signed_in("school_lead", school=severe.ash)

    assert names(client, "/pupils/?plan=agreed") == []


# Early help.


def link_of(client, school) -> str:
    identity = dict(client.get(f"/schools/{school.urn}/").context["head"].identity)
    return identity.get("Early help", "")


def worker(enrolment, user, **facts):
    case = CaseFactory(enrolment=enrolment)
    facts = {"agency": "early_help", "part": "worker", "from_on": date(2026, 3, 2), **facts}
    return CaseWorker.objects.create(case=case, user=user, **facts)


def test_early_help_of_most_children_comes_first(severe, signed_in):
    amy, zoe = UserFactory(name="Amy Help"), UserFactory(name="Zoe Help")
    worker(severe.cal, zoe)
    worker(severe.una, zoe)
    worker(severe.uri, amy)

    assert link_of(signed_in("attendance_officer"), severe.ash) == "Zoe Help and Amy Help"


@pytest.mark.parametrize(
    "facts",
    [
        {"agency": "attendance"},
        {"ended_at": datetime(2026, 3, 2, 9, tzinfo=UTC)},
        {"until_on": date(2026, 3, 2)},
        {"from_on": date(2026, 3, 4)},
    ],
)
def test_who_is_not_there_as_early_help_today_is_no_link(severe, signed_in, facts):
    worker(severe.cal, UserFactory(name="Amy Help"), **facts)

    assert link_of(signed_in("attendance_officer"), severe.ash) == ""


def test_early_help_is_not_told_to_readers_without_casework(severe, signed_in):
    worker(severe.cal, UserFactory(name="Amy Help"))

    assert link_of(signed_in("analyst"), severe.ash) == ""
