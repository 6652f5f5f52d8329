"""The family copy printed from the page itself: one side of A4, in letters of 12 points or more."""

from datetime import date

import pytest
from django.urls import reverse

from tests.factories.cases import ActionFactory, BarrierFactory, CaseFactory, PlanFactory
from tests.factories.papers import read_paper


@pytest.fixture
def plan(borough):
    case = CaseFactory(enrolment=borough.cal)
    for kind in ("transport", "ebsa", "sleep"):
        BarrierFactory(case=case, kind=kind)
    plan = PlanFactory(
        case=case,
        child_view="I like art. The bus is too loud.\nI want to come in by the side door.",
        family_view="Mornings are hard since we moved. We want one person to talk to.",
        child_will_try="Come in by the side door for art on Monday.",
        next_review_on=date(2026, 3, 24),
        ring_name="Jo Price",
        ring_phone="01632 960123",
    )
    for number in range(6):
        ActionFactory(case=case, plan=plan, on_family_copy=True, text=f"Meet on morning {number}")
    return plan


def test_page_prints_on_one_side_in_letters_of_12_points(visit, plan):
    page = visit("team_manager")
    page.goto(reverse("plan_family", args=[plan.pk]))
    made = read_paper(page.pdf(format="A4", prefer_css_page_size=True))

    assert len(made.pages) == 1
    for words in ("What we will do", "Meet on morning 5", "Jo Price, 01632 960123"):
        assert words in made.text
    for words in ("Print it, as a PDF", "Show it in large print", "Sign out", "Printed"):
        assert words not in made.text
    ours = [size for size, text in made.sizes if not text.startswith("Page ")]
    assert min(ours) >= 12


def test_page_that_does_not_fit_prints_what_to_shorten_and_no_copy(visit, plan):
    plan.family_view = "We want one person to talk to. " * 150
    plan.save()
    page = visit("team_manager")
    page.goto(reverse("plan_family", args=[plan.pk]))
    made = read_paper(page.pdf(format="A4", prefer_css_page_size=True))

    assert len(made.pages) == 1
    assert "Shorten “What you told us”" in made.text
    assert "I like art." not in made.text


def test_draft_is_marked_on_paper(visit, plan):
    page = visit("team_manager")
    page.goto(reverse("plan_family", args=[plan.pk]))
    page.emulate_media(media="print")

    mark = "getComputedStyle(document.querySelector('.app-fridge'), '::before').content"
    assert page.evaluate(mark) == '"Draft"'
