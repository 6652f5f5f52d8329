"""T4, refused, mended, moved: a step up that waits for the child's own voice; four ways."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent, Draft
from cases.models import Case, Contact, StageChange
from cases.states import Stage
from tests.factories.journeys import Journey, each_way
from tests.factories.pathway import walk_to
from tests.factories.schools import make_terms

WHY = "The bus is the hard part. A mentor and a seat would help."
SAID = "Robin told us that the bus is too full, and likes art."
CHILD_MISSING = "No conversation with the child is recorded."
BARRIER_MISSING = "No barrier is named."
#: What Enforce still asks for once the case is at Facilitate support.
BEFORE_ENFORCE = (
    "No support plan is agreed.",
    "The support plan is not reviewed yet.",
    "No offer of support is recorded.",
    "No answer to an offer of support is recorded.",
    "What may follow was not explained to a parent yet.",
    "The agreed plan has run for 0 school weeks, not yet 6.",
    "No offer of an attendance contract is recorded.",
    "An education supervision order was not considered yet.",
    "The notes on support, equality and proportion are not written.",
    "No marks have come from the school.",
    "No manager has agreed to it.",
)


@pytest.fixture
def case(transactional_db) -> Case:
    """At Listen and understand: a parent was spoken to, the child was not, no barrier."""
    make_terms()
    walk = walk_to(Stage.LISTEN)
    walk.talk("parent")
    return walk.case


@pytest.fixture
def page(case, visit, way) -> Page:
    """The case, opened by the officer who leads it."""
    opened = visit("attendance_officer", user=case.lead, viewport=way.viewport, scripts=way.scripts)
    opened.goto(f"/cases/{case.reference}/")
    return opened


def main(page: Page):
    return page.get_by_role("main")


def gates_of(page: Page):
    return page.get_by_role("region", name=re.compile("asks for$"))


def summary(page: Page):
    return page.locator(".govuk-error-summary__list li")


def try_to_move(journey: Journey) -> None:
    """Clicks 1 to 3: Move stage, Facilitate support, Move."""
    page = journey.page
    journey.follow(main(page).get_by_role("link", name="Move stage").first)
    journey.press(page.get_by_label("4 Facilitate support", exact=True))
    if journey.way.scripts:
        expect(page.get_by_role("button", name="Move to Facilitate support")).to_be_visible()
    page.get_by_label("Why does the case move?").fill(WHY)
    journey.follow(page.get_by_role("button", name=re.compile("^Move")))


def record_the_talk(journey: Journey) -> None:
    """Clicks 4 to 7: Record it, Call, The child, Save."""
    page = journey.page
    journey.follow(gates_of(page).get_by_role("link", name=re.compile("^Record it")))
    journey.press(page.get_by_label("Call", exact=True))
    journey.press(page.get_by_label("The child", exact=True))
    page.get_by_label("What was said?").fill(SAID)
    journey.follow(main(page).get_by_role("button", name="Save", exact=True))


def name_the_barrier(journey: Journey) -> None:
    """Clicks 8 to 11: Name a barrier, Community, Transport, Save."""
    page = journey.page
    journey.follow(gates_of(page).get_by_role("link", name=re.compile("^Name a barrier")))
    journey.press(page.get_by_label("Community", exact=True))
    journey.press(page.get_by_label("Transport and the journey", exact=True))
    journey.follow(main(page).get_by_role("button", name="Save", exact=True))


@each_way
def test_a_step_up_is_refused_mended_and_made(case, page, way):
    journey = Journey(page, way)
    try_to_move(journey)
    expect(summary(page)).to_have_text([CHILD_MISSING, BARRIER_MISSING])
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Why does the case move?")).to_have_value(WHY)
    assert StageChange.objects.filter(case=case, to_stage=4).count() == 0

    record_the_talk(journey)
    expect(page.get_by_label("Why does the case move?")).to_have_value(WHY)
    expect(page.get_by_label("4 Facilitate support", exact=True)).to_be_checked()
    expect(gates_of(page)).not_to_contain_text(CHILD_MISSING)
    expect(gates_of(page)).to_contain_text(BARRIER_MISSING)

    name_the_barrier(journey)
    expect(page.get_by_label("Why does the case move?")).to_have_value(WHY)
    expect(gates_of(page)).not_to_contain_text("Still missing")

    journey.follow(page.get_by_role("button", name="Move to Facilitate support"))
    assert journey.clicks == 12
    assert journey.faults == {}
    expect(main(page)).to_contain_text("4 of 6, Facilitate support")
    now = page.locator('[aria-current="step"]')
    expect(now).to_contain_text("4 Facilitate support")
    expect(now).to_contain_text("Now")

    change = StageChange.objects.get(case=case, to_stage=4)
    assert (change.reason, change.by) == (WHY, case.lead)
    assert {gate["state"] for gate in change.gates} == {"in_place"}
    assert any("Transport and the journey" in one["text"] for one in change.evidence)
    assert Contact.objects.filter(case=case, reached="child", said=SAID).count() == 1
    assert AuditEvent.objects.filter(verb="case.moved", object_ref=case.reference).count() == 2
    assert not Draft.objects.exists()


@each_way
def test_enforce_lists_every_gate_and_moves_nothing(case, page, way):
    journey = Journey(page, way)
    page.goto(f"/cases/{case.reference}/move/")
    journey.press(page.get_by_label("6 Enforce", exact=True))
    if way.scripts:
        expect(page.get_by_role("heading", name="What Enforce asks for")).to_be_visible()
    page.get_by_label("Why does the case move?").fill(WHY)
    journey.follow(page.get_by_role("button", name=re.compile("^Move")))

    expect(summary(page)).to_have_text([CHILD_MISSING, BARRIER_MISSING, *BEFORE_ENFORCE])
    expect(page.get_by_label("Why does the case move?")).to_have_value(WHY)
    assert journey.faults == {}
    assert Case.objects.get(pk=case.pk).stage == Stage.LISTEN
