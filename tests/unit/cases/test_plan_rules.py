"""What is in the way of agreeing a plan, its tag, and the order of its parts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cases.rules.plans import (
    PARTS,
    GoalFacts,
    PlanFacts,
    ReviewFacts,
    agree_problems,
    goal_problem,
    part_after,
    plan_tag,
    review_problem,
)

TODAY = date(2026, 3, 3)
REVIEW = ReviewFacts(
    on=date(2026, 3, 24), today=TODAY, is_school_day=True, latest=date(2026, 4, 21)
)
GOAL = GoalFacts("Ride the bus", "Mornings", "None", "Three a week", date(2026, 5, 1))
WHOLE = PlanFacts(
    forename="Robin",
    child_view="I like art.",
    no_child_view="",
    family_view="Mornings are hard.",
    no_family_view="",
    barriers=1,
    goals=[GOAL],
    actions=1,
    on_family_copy=6,
    review=REVIEW,
)


def keys(**changes) -> list[str]:
    return [problem.key for problem in agree_problems(replace(WHOLE, **changes))]


def test_whole_plan_has_nothing_in_the_way():
    assert agree_problems(WHOLE) == []


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"child_view": ""}, "child_view"),
        ({"child_view": "  "}, "child_view"),
        ({"family_view": ""}, "family_view"),
        ({"barriers": 0}, "barrier"),
        ({"goals": []}, "goal"),
        ({"goals": [GOAL, replace(GOAL, measure="")]}, "goal_measure"),
        ({"actions": 0}, "action"),
        ({"on_family_copy": 7}, "family_copy"),
        ({"review": replace(REVIEW, on=None)}, "next_review"),
    ],
)
def test_each_thing_alone_is_in_the_way(changes, key):
    assert keys(**changes) == [key]


@pytest.mark.parametrize("view", ["child_view", "family_view"])
def test_reason_why_no_view_was_possible_stands_for_it(view):
    assert keys(**{view: "", f"no_{view}": "Not ready to talk yet."}) == []


def test_reason_for_one_view_is_none_for_the_other():
    assert keys(child_view="", family_view="", no_child_view="Not yet.") == ["family_view"]


def test_agreeing_without_views_excuses_views_and_nothing_else():
    facts = {"child_view": "", "family_view": "", "agreed_without": "Both in hospital."}
    assert keys(**facts) == []
    assert keys(**facts, barriers=0) == ["barrier"]


def test_sentences_name_the_child_and_lead_to_the_part_that_mends():
    problems = agree_problems(replace(WHOLE, child_view="", on_family_copy=7))
    assert problems[0].text.startswith("Robin's view is missing.")
    assert problems[1].text == "7 actions are on the family copy: choose 6."
    assert [problem.part for problem in problems] == ["child", "actions"]


def test_every_problem_leads_to_a_part_and_they_come_in_its_order():
    problems = agree_problems(
        replace(
            WHOLE, child_view="", family_view="", barriers=0, goals=[], actions=0,
            review=replace(REVIEW, on=None),
        )
    )  # fmt: skip
    places = [PARTS.index(problem.part) for problem in problems]
    assert places == sorted(places)
    assert len(problems) == 6


@pytest.mark.parametrize(
    ("blank", "says"),
    [
        ({"measure": " "}, "Ride the bus: say how it is measured."),
        ({"baseline": ""}, "Ride the bus: say where it starts."),
        ({"target": ""}, "Ride the bus: say a target."),
        ({"target_on": None}, "Ride the bus: say a target date."),
        ({"text": ""}, "A goal: say what is hoped for."),
        ({"measure": "", "target": ""}, "Ride the bus: say how it is measured and a target."),
    ],
)
def test_goal_says_what_it_still_needs(blank, says):
    assert goal_problem(GOAL) == ""
    assert goal_problem(replace(GOAL, **blank)) == says


def test_next_review_is_after_today():
    today = review_problem(replace(REVIEW, on=TODAY))
    assert today == ("The next review, Tue 3 Mar 2026, is not in the future. Choose a later day.")
    assert review_problem(replace(REVIEW, on=TODAY + timedelta(days=1))) == ""


def test_next_review_is_a_school_day():
    says = review_problem(replace(REVIEW, on=date(2026, 4, 1), is_school_day=False))
    assert says == "The next review, Wed 1 Apr 2026, is not a school day. Choose a day in term."


def test_next_review_is_not_after_the_latest_day():
    assert review_problem(replace(REVIEW, on=REVIEW.latest)) == ""
    says = review_problem(replace(REVIEW, on=REVIEW.latest + timedelta(days=1)))
    assert says.endswith("is too far ahead. Choose a day up to 21 Apr 2026.")


@pytest.mark.parametrize(
    ("state", "has_view", "review_on", "label"),
    [
        ("draft", False, None, "Child's view missing"),
        ("draft", True, None, "Draft"),
        ("draft", True, TODAY, "Draft"),
        ("agreed", True, TODAY + timedelta(days=1), "Agreed"),
        ("agreed", False, TODAY + timedelta(days=1), "Agreed"),
        ("agreed", True, TODAY, "Review due"),
        ("agreed", True, TODAY - timedelta(days=1), "Review due"),
        ("ended", False, TODAY - timedelta(days=1), "Ended"),
    ],
)
def test_tag_of_each_state(state, has_view, review_on, label):
    tag = plan_tag(state=state, has_child_view=has_view, next_review_on=review_on, today=TODAY)
    assert tag.label == label


def test_save_and_next_walks_every_part_once():
    walked = [PARTS[0]]
    while after := part_after(walked[-1]):
        walked.append(after)
    assert tuple(walked) == PARTS
