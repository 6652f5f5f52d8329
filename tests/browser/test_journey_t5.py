"""T5, one plan on one page: a school lead writes and agrees it, early help marks its own done;
four ways."""

from __future__ import annotations

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent
from attendance_portal.shared.banned_words import blaming_words, words_not_for_families
from cases.models import Action, Case, CaseWorker, SupportPlan
from tests.factories.cases import CaseFactory
from tests.factories.classes import SmallBorough
from tests.factories.journeys import Journey, Way, each_way
from tests.factories.papers import read_paper
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import MembershipFactory
from tests.factories.users import UserFactory

PHONE_NUMBER = "01632 960123"
CHILD = "I like art. The corridor is too loud."
FAMILY = "Mornings are hard since we moved."
#: What is promised, by whom, by when.
PROMISES = {
    "Wren Early": ("Ride the bus with Cal on Monday", "2026-03-09"),
    "Lee Lead": ("Keep a quiet place for Cal at the door", "2026-03-10"),
    "Omar Officer": ("Ask for a bus pass", "2026-03-12"),
}


@pytest.fixture
def case(borough: SmallBorough) -> Case:
    """Cal's, led by an officer, with a worker of early help on it."""
    officer = UserFactory(name="Omar Officer")
    MembershipFactory(user=officer)
    made = CaseFactory(enrolment=borough.cal, lead=officer)
    worker = UserFactory(name="Wren Early")
    grant = PupilGrantFactory(user=worker, pupil=made.pupil)
    CaseWorker.objects.create(
        case=made,
        user=worker,
        agency="early_help",
        part="worker",
        from_on=date(2026, 3, 2),
        grant=grant,
        given_by=officer,
    )
    MembershipFactory(user=worker, role="early_help_worker", scope="nobody")
    return made


def main(page: Page):
    return page.get_by_role("main")


def save_and_next(journey: Journey, heading: str) -> None:
    journey.follow(journey.page.get_by_role("button", name="Save and next"))
    expect(main(journey.page).get_by_role("heading", level=1)).to_have_text(heading)


def write_the_plan(journey: Journey) -> None:
    """Clicks 2 to 10: every part in its order."""
    page = journey.page
    page.get_by_label("What does Cal say?").fill(CHILD)
    save_and_next(journey, "What the family says")
    page.get_by_label("What does the family say?").fill(FAMILY)
    save_and_next(journey, "What makes it hard")
    journey.press(page.get_by_label("Transport and the journey"))
    save_and_next(journey, "What we hope for")
    page.get_by_label("What do we hope for?").fill("Cal rides the bus")
    page.get_by_label("How will we see it?").fill("Mornings on the bus")
    page.get_by_label("Where does it start?").fill("None last week")
    page.get_by_label("Where should it get to?").fill("Three a week")
    page.get_by_label("By when?").fill("2026-05-01")
    save_and_next(journey, "Small steps")
    page.get_by_label("What will Cal try?").fill("Walk to the bus stop with Dad.")
    save_and_next(journey, "Who will do what")
    for number, (who, (what, when)) in enumerate(PROMISES.items(), start=1):
        row = page.get_by_role("group", name=f"Action to add, {number}")
        row.get_by_label("What will be done?").fill(what)
        option = row.get_by_label("Who will do it?").get_by_text(re.compile(who))
        row.get_by_label("Who will do it?").select_option(value=option.get_attribute("value"))
        row.get_by_label("By when?").fill(when)
    save_and_next(journey, "Adjustments and fresh start")
    save_and_next(journey, "Next review and who has a copy")
    page.get_by_label("When do we look at the plan again?").fill("2026-03-24")
    page.get_by_label("Their number").fill(PHONE_NUMBER)
    save_and_next(journey, "Who agrees the plan?")


@each_way
def test_one_plan_on_one_page(case, borough, visit, user_with, way):
    lead = UserFactory(name="Lee Lead")
    page = visit(
        "school_lead", user=lead, school=borough.ash, viewport=way.viewport, scripts=way.scripts
    )
    page.goto(f"/cases/{case.reference}/")
    journey = Journey(page, way)

    journey.follow(page.get_by_role("button", name="Start plan"))
    expect(main(page)).to_contain_text("Agree the plan")
    expect(main(page)).to_contain_text("Cal's view is missing.")
    expect(page.get_by_role("button", name="Agree the plan")).to_have_count(0)

    write_the_plan(journey)
    page.get_by_label("Name 2").fill("Cal Sample")
    page.get_by_label("Who are they? (2)").select_option("family")
    journey.follow(page.get_by_role("button", name="Agree the plan"))
    expect(main(page)).to_contain_text("The plan is agreed.")

    journey.follow(page.get_by_role("link", name="Family copy"))
    link = page.get_by_role("button", name="Print it, as a PDF")
    paper = read_paper(page.request.get(link.get_attribute("href")).body())
    journey.clicks += 1  # the browser's own viewer opens the file

    assert journey.clicks == 13
    assert journey.faults == {}
    plan = SupportPlan.objects.get()
    assert plan.state == "agreed"
    assert AuditEvent.objects.filter(verb="plan.agreed", object_ref=str(plan.pk)).count() == 1
    assert {str(action.owner): action.agency for action in Action.objects.all()} == {
        "Wren Early": "early_help",
        "Lee Lead": "school",
        "Omar Officer": "attendance",
    }
    holds_what_the_family_needs(paper)
    early_help_marks_its_own(case, visit, way)


def holds_what_the_family_needs(paper) -> None:
    """One side, 12 points or more, the child first, one number, and no word of ours."""
    assert len(paper.pages) == 1
    assert min(size for size, _ in paper.sizes) >= 12
    assert paper.text.index(CHILD[:11]) < paper.text.index(FAMILY[:13])
    assert paper.text.count(PHONE_NUMBER) == 1
    assert len(re.findall(r"\d{5} \d{6}", paper.text)) == 1
    assert "%" not in paper.text
    assert words_not_for_families(paper.text) == []
    assert blaming_words(paper.text) == []


def early_help_marks_its_own(case: Case, visit, way: Way) -> None:
    """The last click of the journey, by the worker from My actions."""
    worker = case.workers.get().user
    page = visit("early_help_worker", user=worker, viewport=way.viewport, scripts=way.scripts)
    page.goto("/actions/")
    journey = Journey(page, way)
    what = PROMISES["Wren Early"][0]
    expect(main(page)).to_contain_text(what)
    expect(page.get_by_role("link", name="Mark done")).to_have_count(1)
    others = Action.objects.exclude(owner=worker)
    for one in others:
        page.goto(f"/actions/{one.pk}/done/")
        expect(page.get_by_role("button", name="Mark done")).to_have_count(0)
    page.goto("/actions/")

    journey.follow(page.get_by_role("link", name="Mark done"))
    page.get_by_label("What happened?").fill("We rode together.")
    journey.follow(page.get_by_role("button", name="Mark done"))

    assert journey.clicks == 2
    assert journey.faults == {}
    assert Action.objects.get(text=what).state == "done"
    assert others.filter(state="open").count() == 2
