"""P9: the plan as a page, each part a page of its own, agreed, reviewed and ended."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry
from cases.models import Action, Barrier, Goal, SmallStep, SupportPlan
from cases.rules.plans import PARTS
from cases.services.plan_parts import add_small_step
from dashboards.views.cases.barriers import SAFEGUARDING
from tests.factories.cases import (
    DAY,
    MOMENT,
    ActionFactory,
    BarrierFactory,
    CaseFactory,
    ContactFactory,
    GoalFactory,
    PlanFactory,
)
from tests.factories.classes import queries_of
from tests.factories.plans import agreed_plan, whole_plan
from tests.factories.schools import SchoolFactory, make_terms


@pytest.fixture
def case(db):
    make_terms()
    return CaseFactory()


@pytest.fixture
def plan(case):
    return PlanFactory(case=case)


@pytest.fixture
def officer(signed_in):
    return signed_in("attendance_officer")


def page(client, plan, part="") -> str:
    return client.get(address(plan, part)).content.decode()


def address(plan, part="") -> str:
    return f"/plans/{plan.pk}/{part}/" if part else f"/plans/{plan.pk}/"


def save(client, plan, part, **fields):
    """Send a part as it was opened, with these fields changed; other fields stay empty."""
    form = client.get(address(plan, part)).context["part_form"]
    hidden = {field.html_name: field.value() for field in form.hidden_fields()}
    return client.post(address(plan, part), {**hidden, "then": "next", **fields})


def test_plan_is_started_with_one_button_and_begins_with_the_child(case, officer):
    before = f"/cases/{case.reference}/plan/"
    assert "What Robin says" in officer.get(before).content.decode()
    assert not SupportPlan.objects.exists()

    response = officer.post(before)

    plan = SupportPlan.objects.get()
    assert response.url == address(plan, "child")
    assert officer.get(before).url == officer.post(before).url == address(plan)
    assert SupportPlan.objects.count() == 1


def test_started_plan_says_what_is_in_the_way_and_where_it_is_mended(plan, officer):
    text = page(officer, plan)

    assert "Start with what Robin says" in text
    assert "Not possible now:" in text
    assert "Robin&#x27;s view is missing." in text
    assert f'href="{address(plan, "next-review")}"' in text
    assert "/agree/" not in text
    assert "Child&#x27;s view missing" in text


def test_every_part_stands_in_the_list_and_opens(plan, officer):
    text = page(officer, plan)
    for part in PARTS:
        assert f'href="{address(plan, part)}"' in text
        assert officer.get(address(plan, part)).status_code == 200


def test_reading_a_plan_or_a_part_is_a_reading_of_the_child(plan, officer):
    page(officer, plan)
    page(officer, plan, "child")
    pages = AccessLogEntry.objects.filter(subject_ref=str(plan.pupil.public_id))
    assert set(pages.values_list("page", flat=True)) == {"plan", "plan_part"}


def test_save_and_next_walks_the_list_to_the_agreeing(plan, officer):
    lead = str(officer.user.pk)
    typed = {
        "child": {"child_view": "I like art."},
        "family-view": {"family_view": "Mornings are hard."},
        "barriers": {"community": ["transport"], "named_by": "child"},
        "goals": {
            "kind": "other", "text": "Ride the bus", "measure": "Mornings", "baseline": "None",
            "target": "Three", "target_on": "2026-05-01",
        },
        "steps": {},
        "actions": {
            "text_1": "Ask about the bus pass", "owner_1": lead, "due_1": "2026-03-09",
            "copy_1": "yes",
            "text_2": "Walk to the stop", "owner_2": "somebody_else", "name_2": "Robin",
            "agency_2": "family", "due_2": "2026-03-10",
        },
        "school": {},
        "next-review": {"next_review_on": "2026-03-24", "ring_name": "Asha Khan"},
    }  # fmt: skip
    onward = [*PARTS[1:], "agree"]
    for (part, fields), after in zip(typed.items(), onward, strict=True):
        assert save(officer, plan, part, **fields).url == address(plan, after)

    plan.refresh_from_db()
    assert (plan.child_view, plan.child_view_on) == ("I like art.", date(2026, 3, 3))
    assert Barrier.objects.get().kind == "transport"
    assert Goal.objects.get().target_on == date(2026, 5, 1)
    first, second = Action.objects.order_by("pk")
    assert (first.owner, first.agency, first.on_family_copy) == (
        officer.user,
        "attendance",
        True,
    )
    assert (second.owner, second.owner_name, second.agency) == (None, "Robin", "family")
    assert not second.on_family_copy
    agreed = officer.post(
        address(plan, "agree"),
        {"version": plan.version, "name_1": "Robin", "agency_1": "family"},
    )
    assert agreed.url == address(plan)
    plan.refresh_from_db()
    assert plan.state == "agreed"
    assert "Agreed on 3 Mar 2026 by Robin (The child and family)." in page(officer, plan)


def test_last_part_of_an_unfinished_plan_leads_to_the_plan(plan, officer):
    assert save(officer, plan, "next-review", next_review_on="2026-03-24").url == address(plan)


@pytest.mark.parametrize(("then", "leads"), [("stay", "goals"), ("plan", ""), ("next", "steps")])
def test_saved_part_leads_where_the_button_says(plan, officer, then, leads):
    assert save(officer, plan, "goals", kind="other", then=then).url == address(plan, leads)


def test_words_said_in_a_contact_are_not_asked_again(plan, officer):
    ContactFactory(case=plan.case, child_words="The corridor is loud.")
    ContactFactory(case=plan.case, child_words="A secret.", is_restricted=True, by=officer.user)

    text = page(officer, plan, "child")

    assert "The corridor is loud." in text
    assert "A secret." not in text
    assert 'value="2026-03-02"' in text


def test_changed_by_someone_else_shows_both_and_saves_nothing(plan, officer):
    opened = {"version": 1, "seen": "0"}
    save(officer, plan, "family-view", family_view="We tried the bus.")

    response = officer.post(
        address(plan, "family-view"), {**opened, "family_view": "We walked.", "then": "next"}
    )

    text = response.content.decode()
    assert response.status_code == 409
    assert "We tried the bus." in text
    assert "We walked." in text
    assert str(officer.user.email) in text or str(officer.user) in text
    assert SupportPlan.objects.get().family_view == "We tried the bus."


def test_after_a_conflict_the_form_has_what_was_typed_and_beside_it_what_is_saved(plan, officer):
    opened = {"version": 1, "seen": "0"}
    save(officer, plan, "family-view", family_view="We tried the bus.")
    officer.post(address(plan, "family-view"), {**opened, "family_view": "We walked."})

    again = officer.get(address(plan, "family-view"))

    text = again.content.decode()
    assert "The plan says now:" in text
    assert "We tried the bus." in text
    assert again.context["part_form"]["family_view"].value() == "We walked."
    assert save(officer, plan, "family-view", family_view="Both.").status_code == 302
    assert SupportPlan.objects.get().family_view == "Both."
    assert "The plan says now:" not in page(officer, plan, "family-view")


def test_draft_of_what_nobody_else_wrote_has_nothing_beside_it(plan, officer):
    officer.post("/drafts/", {"draft_of": address(plan, "child"), "child_view": "I like"})
    assert "The plan says now:" not in page(officer, plan, "child")


def test_two_people_at_two_parts_do_not_disturb_one_another(plan, officer):
    opened = officer.get(address(plan, "child")).context["part_form"]
    hidden = {field.html_name: field.value() for field in opened.hidden_fields()}
    save(officer, plan, "family-view", family_view="We tried the bus.")

    response = officer.post(address(plan, "child"), {**hidden, "child_view": "I like art."})

    assert response.status_code == 302


@pytest.mark.parametrize(
    ("part", "fields", "says"),
    [
        ("next-review", {"next_review_on": "2026-04-01"}, "is not a school day"),
        ("next-review", {"next_review_on": "1 April"}, "Write the date as 2026-03-02."),
        ("child", {"child_view": "x", "child_view_on": "2026-03-04"}, "today or an earlier day"),
        ("goals", {"kind": "other", "text": "More"}, "Enter the day."),
        (
            "goals",
            {"kind": "other", "text": "More", "target_on": "2026-05-01"},
            "say how it is measured",
        ),
        (
            "goals",
            {"kind": "attendance", "text": "Days", "target_on": "2026-05-01"},
            "whole number from 0 to 100",
        ),
        ("actions", {"text_2": "Ring the bus"}, "Choose who will do it."),
        ("actions", {"text_2": "Ring", "owner_2": "somebody_else"}, "Write their name."),
        ("actions", {"owner_1": "somebody_else", "name_1": "Robin"}, "Say what will be done."),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(plan, officer, part, fields, says):
    text = save(officer, plan, part, **fields).content.decode()
    assert "<title>Error:" in text
    assert text.count(says) == 2


def test_action_whose_day_has_gone_is_said_at_its_row(plan, officer):
    row = {"text_2": "Ring", "owner_2": str(officer.user.pk), "due_2": "2026-03-02"}
    text = save(officer, plan, "actions", **row).content.decode()
    assert text.count("must be today or later") == 2
    assert not Action.objects.exists()


def test_barriers_that_stand_are_not_offered_and_risk_is_never_silent(plan, officer):
    BarrierFactory(case=plan.case, kind="sleep")
    text = page(officer, plan, "barriers")
    assert 'value="sleep"' not in text
    assert "/ease/?next=" in text

    response = save(officer, plan, "barriers", peers=["bullying"], named_by="child")
    assert SAFEGUARDING in officer.get(response.url).content.decode()


def test_six_actions_are_chosen_for_the_family_copy(plan, officer):
    facts = {"case": plan.case, "plan": plan, "on_family_copy": True, "due_on": date(2026, 3, 9)}
    rows = [ActionFactory(text=f"Promise {n}", **facts) for n in range(6)]
    other = ActionFactory(**{**facts, "on_family_copy": False})
    kept = [str(row.pk) for row in rows]

    too_many = save(officer, plan, "actions", shown=[*kept, str(other.pk)])
    assert "room for 6 actions" in too_many.content.decode()

    save(officer, plan, "actions", shown=[*kept[1:], str(other.pk)])
    shown = Action.objects.filter(on_family_copy=True)
    assert {row.pk for row in shown} == {*(row.pk for row in rows[1:]), other.pk}


def test_small_steps_are_chosen_and_reached_while_attendance_is_nothing(plan, officer):
    save(officer, plan, "steps", kinds=["out_of_the_house", "a_club"], other="Feeds the dog")
    step = SmallStep.objects.get(kind="out_of_the_house")

    fields = {"do": "reach", "row": step.pk, "reached_on": "2026-03-02", "note": "To the shop."}
    response = officer.post(address(plan, "steps"), fields)

    assert response.url == address(plan, "steps")
    text = page(officer, plan)
    assert (
        "1 of 3 small steps reached, the latest on 2 Mar 2026: Out of the house. "
        "They count whatever the registers show." in text
    )


@pytest.mark.parametrize("day", ["", "2026-03-04", "soon"])
def test_step_reached_on_no_day_is_said_and_kept_open(plan, officer, day):
    step = add_small_step(plan=plan, kind="a_club", by=officer.user, on=DAY, at=MOMENT)
    response = officer.post(
        address(plan, "steps"),
        {"do": "reach", "row": step.pk, "reached_on": day, "note": "With a friend."},
    )
    text = response.content.decode()
    assert "<title>Error:" in text
    assert "govuk-form-group--error" in text
    assert 'href="#id_reached_on"' in text
    assert text.count('id="id_reached_on"') == 1
    assert 'value="With a friend."' in text
    step.refresh_from_db()
    assert step.reached_on is None


def test_goal_of_a_draft_may_be_taken_out(plan, officer):
    goal = GoalFactory(plan=plan)
    officer.post(address(plan, "goals"), {"do": "out", "row": goal.pk})
    assert not Goal.objects.exists()


@pytest.mark.parametrize("row", ["0", "x", "9" * 30])
def test_row_that_is_not_of_this_plan_is_not_found(plan, officer, row):
    assert officer.post(address(plan, "goals"), {"do": "out", "row": row}).status_code == 404


def test_row_of_another_plan_is_not_found(plan, officer):
    other = GoalFactory()
    assert officer.post(address(plan, "goals"), {"do": "out", "row": other.pk}).status_code == 404
    assert Goal.objects.filter(pk=other.pk).exists()


def test_adjustment_is_chosen_and_ended(plan, officer):
    save(officer, plan, "school", kinds=["greeted"], who="Ms Hill", fresh_start_greeter="Ms Hill")
    row = plan.adjustments.get()
    assert row.who == "Ms Hill"
    officer.post(address(plan, "school"), {"do": "end", "row": row.pk})
    row.refresh_from_db()
    assert row.until_on == date(2026, 3, 3)


def test_draft_of_a_part_is_kept(plan, officer):
    form = {"draft_of": address(plan, "child"), "draft_title": "A part", "child_view": "I like"}
    officer.post("/drafts/", form)
    assert "I like" in page(officer, plan, "child")


def test_pressed_twice_is_one_goal(plan, officer):
    from uuid import uuid4

    fields = {
        "form_token": str(uuid4()), "kind": "other", "text": "Ride", "measure": "Mornings",
        "baseline": "None", "target": "Three", "target_on": "2026-05-01",
    }  # fmt: skip
    for _ in range(2):
        officer.post(address(plan, "goals"), fields)
    assert Goal.objects.count() == 1


def test_agreeing_names_each_problem_and_posting_it_anyway_is_refused(plan, officer):
    text = page(officer, plan, "agree")
    assert "No goal is set." in text
    assert 'name="name_1"' not in text
    form = {"version": 1, "name_1": "Robin", "agency_1": "family"}
    response = officer.post(address(plan, "agree"), form)
    assert response.status_code == 403
    assert "No goal is set." in response.content.decode()


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Say who agreed the plan."),
        ({"name_1": "Robin"}, "Choose who they are."),
        ({"agency_2": "family"}, "Write the name."),
    ],
)
def test_agreeing_needs_names(case, officer, fields, says):
    plan = whole_plan(case, officer.user)
    text = officer.post(
        address(plan, "agree"), {"version": plan.version, **fields}
    ).content.decode()
    assert text.count(says) == 2


def test_plan_that_changed_meanwhile_is_read_again_before_it_is_agreed(case, officer):
    plan = whole_plan(case, officer.user)
    form = {"version": plan.version - 1, "name_1": "Robin", "agency_1": "family"}
    response = officer.post(address(plan, "agree"), form)
    assert response.status_code == 409
    assert "Read it again" in response.content.decode()


def test_review_offers_the_pace_of_the_track_and_shows_in_the_history(case, officer):
    plan = agreed_plan(case, officer.user)
    assert 'value="2026-04-14"' in page(officer, plan, "review")

    response = officer.post(
        address(plan, "review"),
        {"what_helped": "The bus buddy.", "next_review_on": "2026-04-21"},
    )

    assert response.url == address(plan)
    text = page(officer, plan)
    assert "The bus buddy." in text
    assert "Version 2" in text
    assert "Tue 21 Apr 2026" in text


def test_draft_is_not_reviewed(plan, officer):
    assert "Agree the plan first." in page(officer, plan, "review")
    form = {"what_helped": "x", "next_review_on": "2026-03-24"}
    assert officer.post(address(plan, "review"), form).status_code == 403


def test_version_shows_what_was_agreed_then(case, officer):
    plan = agreed_plan(case, officer.user)
    save(officer, plan, "child", child_view="I like music now.")

    then = page(officer, plan, "versions/1")

    assert "I like art." in then
    assert "I like music now." not in then
    assert "Agree it again" in page(officer, plan)
    assert officer.get(address(plan, "versions/2")).status_code == 404


def test_ended_plan_is_read_and_changed_no_more(case, officer):
    plan = agreed_plan(case, officer.user)
    assert officer.post(address(plan, "end"), {"reason": "Back each day."}).url == address(plan)

    text = page(officer, plan)
    assert "Back each day." in text
    assert "Write the plan" not in text
    assert "This plan has ended." in page(officer, plan, "child")
    assert officer.post(address(plan, "child"), {"child_view": "x"}).status_code == 403
    assert "Start a new plan" in officer.get(f"/cases/{case.reference}/").content.decode()


def test_every_page_of_a_plan_is_404_elsewhere(case, officer, client, user_with):
    plan = agreed_plan(case, officer.user)
    pages = ["", *PARTS, "agree", "review", "end", "fresh-start", "versions/1"]
    lead = user_with("school_lead", school=SchoolFactory())
    worker = user_with("early_help_worker")
    for person in (lead, worker):
        client.force_login(person)
        found = {part: client.get(address(plan, part)).status_code for part in pages}
        assert set(found.values()) == {404}, found
        assert client.post(address(plan, "child"), {"child_view": "x"}).status_code == 404


def test_analyst_is_refused(plan, signed_in):
    client = signed_in("analyst")
    assert client.get(address(plan)).status_code == 403
    assert client.get(address(plan, "child")).status_code == 403


def test_panel_member_reads_and_writes_nothing(plan, signed_in):
    from tests.factories.pupils import PupilGrantFactory

    client = signed_in("panel_member")
    PupilGrantFactory(user=client.user, pupil=plan.pupil)
    text = page(client, plan)
    assert "Write the plan" not in text
    assert "What Robin says" in text
    assert client.get(address(plan, "child")).status_code == 403


def test_case_page_shows_the_plan_and_its_first_words(case, officer):
    start = f'action="/cases/{case.reference}/plan/"'
    assert start in officer.get(f"/cases/{case.reference}/").content.decode()
    plan = agreed_plan(case, officer.user)
    text = officer.get(f"/cases/{case.reference}/").content.decode()
    assert start not in text
    assert "I like art." in text
    assert f'href="{address(plan)}"' in text


def test_version_kept_before_plans_had_a_part_still_opens(case, officer):
    plan = agreed_plan(case, officer.user)
    version = plan.versions.get()
    version.content = {"child_view": "I like art."}
    version.save()
    assert "I like art." in page(officer, plan, "versions/1")


def test_page_asks_no_more_for_many_rows_than_for_one(case, officer):
    plan = agreed_plan(case, officer.user)
    few = queries_of(officer, address(plan))
    for number in range(5):
        GoalFactory(plan=plan)
        ActionFactory(case=case, plan=plan)
        BarrierFactory(case=case, kind=("sleep", "dental", "caring", "poverty", "housing")[number])
        kind = ("a_club", "one_lesson", "half_a_day", "to_the_gate", "a_quiet_room")[number]
        add_small_step(plan=plan, kind=kind, by=officer.user, on=DAY, at=MOMENT)
    assert queries_of(officer, address(plan)) == few
