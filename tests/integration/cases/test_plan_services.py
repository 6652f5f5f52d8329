"""A plan from its start to its end: saved, agreed, reviewed, each with its line and its trail."""

from datetime import date

import pytest

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import PlanVersion, SupportPlan, TimelineEntry
from cases.services.plans import (
    agree_plan,
    digest_of,
    end_plan,
    review_plan,
    save_part,
    start_plan,
)
from tests.factories.cases import DAY, MOMENT, CaseFactory, PlanFactory
from tests.factories.plans import NEXT_REVIEW, agreed_plan, whole_plan
from tests.factories.schools import MembershipFactory, SchoolFactory, make_terms

PARTIES = [("Robin", "family"), ("Asha Khan", "attendance")]


@pytest.fixture
def case(db):
    make_terms()
    return CaseFactory()


@pytest.fixture
def officer(db):
    return MembershipFactory().user


@pytest.fixture
def who(officer):
    return {"by": officer, "on": DAY, "at": MOMENT}


def titles(case) -> list[str]:
    return [line.title for line in TimelineEntry.objects.filter(case=case).order_by("pk")]


def save(plan, who, **changes):
    return save_part(plan=plan, version=plan.version, changes=changes, **who)


def test_plan_starts_as_a_draft_with_somebody_to_ring(case, who):
    plan = start_plan(case=case, **who)

    assert (plan.state, plan.started_on, plan.pupil) == ("draft", DAY, case.pupil)
    assert plan.ring_name == str(case.lead)
    assert titles(case) == ["Support plan started"]
    assert AuditEvent.objects.get(verb="plan.started").object_ref == str(plan.pk)


def test_second_plan_of_a_case_is_a_conflict(case, who):
    start_plan(case=case, **who)
    with pytest.raises(Conflict, match="has a support plan already"):
        start_plan(case=case, **who)


def test_after_the_end_of_one_plan_another_may_start(case, who):
    end_plan(plan=start_plan(case=case, **who), reason="A new start.", **who)
    assert start_plan(case=case, **who).state == "draft"


def test_saved_view_was_heard_today_and_is_told_without_its_words(case, who):
    plan = save(PlanFactory(case=case), who, child_view="  I like art. ")

    assert (plan.child_view, plan.child_view_on, plan.version) == ("I like art.", DAY, 2)
    line = TimelineEntry.objects.get()
    assert line.title == "Plan: what the child says was written down"
    assert line.text == ""
    assert AuditEvent.objects.get().after == {"fields": ["child_view", "child_view_on"]}


def test_view_may_have_been_heard_before_and_not_tomorrow(case, who):
    plan = save(
        PlanFactory(case=case), who, family_view="Mornings.", family_view_on=date(2026, 2, 27)
    )
    assert plan.family_view_on == date(2026, 2, 27)
    with pytest.raises(Invalid, match="today or an earlier day"):
        save(plan, who, family_view="Nights.", family_view_on=date(2026, 3, 3))


def test_view_taken_away_has_no_day(case, who):
    plan = save(PlanFactory(case=case), who, child_view="I like art.")
    assert save(plan, who, child_view="").child_view_on is None


def test_saving_the_same_again_changes_nothing(case, who):
    plan = save(PlanFactory(case=case), who, strengths="Draws.")
    again = save(plan, who, strengths="Draws.")
    assert again.version == plan.version
    assert AuditEvent.objects.count() == 1


def test_two_people_never_overwrite_one_another(case, who):
    opened = PlanFactory(case=case)
    save(opened, who, strengths="Draws.")
    with pytest.raises(Conflict, match="changed by someone else"):
        save(opened, who, strengths="Sings.")
    assert SupportPlan.objects.get().strengths == "Draws."


def test_two_people_may_write_different_parts_at_once(case, who):
    opened = PlanFactory(case=case)
    seen = digest_of(opened, ["strengths"])
    save(opened, who, child_view="I like art.")

    save_part(plan=opened, version=1, changes={"strengths": "Draws."}, seen=seen, **who)
    with pytest.raises(Conflict):
        save_part(plan=opened, version=1, changes={"strengths": "Sings."}, seen=seen, **who)

    plan = SupportPlan.objects.get()
    assert (plan.child_view, plan.strengths) == ("I like art.", "Draws.")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"state": "agreed"}, "no part of a plan"),
        ({"no_child_view": "x" * 501}, "500 characters"),
        ({"next_review_on": date(2026, 4, 1)}, "not a school day"),
        ({"next_review_on": DAY}, "not in the future"),
        ({"next_review_on": date(2026, 7, 20)}, "too far ahead"),
    ],
)
def test_what_cannot_be_kept_is_invalid(case, who, changes, says):
    with pytest.raises(Invalid, match=says):
        save(PlanFactory(case=case), who, **changes)


def test_complex_plan_is_reviewed_sooner(who):
    make_terms()
    day = date(2026, 5, 12)
    plan = save(PlanFactory(case=CaseFactory(track="specific_issue")), who, next_review_on=day)
    assert plan.next_review_on == day
    with pytest.raises(Invalid, match="too far ahead"):
        save(PlanFactory(case=CaseFactory(track="complex")), who, next_review_on=day)


def test_beyond_the_terms_we_know_a_weekday_will_do(who):
    plan = PlanFactory(case=CaseFactory())
    make_terms()
    july = {**who, "on": date(2026, 7, 15)}
    plan = save(plan, july, next_review_on=date(2026, 9, 16))
    assert plan.next_review_on == date(2026, 9, 16)
    with pytest.raises(Invalid, match="not a school day"):
        save(plan, july, next_review_on=date(2026, 9, 19))


def test_agreed_plan_is_kept_whole_as_a_version(case, who):
    plan = whole_plan(case, who["by"])

    version = agree_plan(plan=plan, version=plan.version, parties=PARTIES, **who)

    plan.refresh_from_db()
    assert (plan.state, plan.agreed_on, plan.agreed_by) == ("agreed", DAY, who["by"])
    assert (version.number, version.why) == (1, "Agreed")
    kept = PlanVersion.objects.get().content
    assert kept["child_view"] == "I like art."
    assert [one["label"] for one in kept["barriers"]] == ["Transport and the journey"]
    assert [one["text"] for one in kept["actions"]] == ["Ask about the bus pass"]
    assert [one["name"] for one in kept["parties"]] == ["Robin", "Asha Khan"]
    assert kept["next_review_on"] == NEXT_REVIEW.isoformat()
    line = TimelineEntry.objects.get(title="Support plan agreed")
    assert line.text == "By: The child and family and Attendance team."
    assert AuditEvent.objects.get(verb="plan.agreed").after["parties"] == ["family", "attendance"]


def test_unfinished_plan_is_refused_with_everything_in_the_way(case, who):
    plan = PlanFactory(case=case)
    with pytest.raises(Refused) as refused:
        agree_plan(plan=plan, version=1, parties=PARTIES, **who)

    keys = [error.code for error in refused.value.errors]
    assert keys == ["child_view", "family_view", "barrier", "goal", "action", "next_review"]
    assert "Robin's view is missing." in refused.value.message
    plan.refresh_from_db()
    assert plan.state == "draft"


def test_plan_without_a_view_may_be_agreed_with_a_reason_that_stays(case, who):
    plan = save(whole_plan(case, who["by"]), who, child_view="")
    facts = {"plan": plan, "version": plan.version, "parties": PARTIES, **who}
    with pytest.raises(Refused, match="Robin's view is missing"):
        agree_plan(**facts)

    agree_plan(**facts, agreed_without="In hospital; we ask again next week.")
    plan.refresh_from_db()
    assert plan.agreed_without == "In hospital; we ask again next week."


@pytest.mark.parametrize(
    ("parties", "says"),
    [
        ([], "who agreed"),
        ([(" ", "family")], "Write the name"),
        ([("Robin", "neighbour")], "Choose who they are"),
    ],
)
def test_somebody_agrees_by_name(case, who, parties, says):
    plan = whole_plan(case, who["by"])
    with pytest.raises(Invalid, match=says):
        agree_plan(plan=plan, version=plan.version, parties=parties, **who)
    assert not PlanVersion.objects.exists()


def test_plan_that_changed_meanwhile_is_not_agreed(case, who):
    plan = whole_plan(case, who["by"])
    with pytest.raises(Conflict):
        agree_plan(plan=plan, version=plan.version - 1, parties=PARTIES, **who)


def test_agreed_again_is_another_version(case, who):
    plan = save(agreed_plan(case, who["by"]), who, strengths="Draws.")
    again = agree_plan(plan=plan, version=plan.version, parties=[PARTIES[0]], **who)

    assert (again.number, again.why) == (2, "Agreed again")
    assert again.content["strengths"] == "Draws."
    assert plan.versions.get(number=1).content["strengths"] == ""
    assert plan.parties.count() == 2


def test_agreed_plan_always_has_a_next_review(case, who):
    with pytest.raises(Invalid, match="always has a next review"):
        save(agreed_plan(case, who["by"]), who, next_review_on=None)


@pytest.mark.parametrize("view", ["child_view", "family_view"])
def test_agreed_plan_keeps_a_view_or_says_why_there_is_none(case, who, view):
    plan = agreed_plan(case, who["by"])
    with pytest.raises(Invalid, match="keep these words") as wrong:
        save(plan, who, **{view: ""})
    assert [error.pointer for error in wrong.value.errors] == [view]

    plan = save(plan, who, **{view: "", f"no_{view}": "Asked us to take it out."})
    assert getattr(plan, view) == ""


def test_draft_may_lose_a_view(case, who):
    assert save(whole_plan(case, who["by"]), who, child_view="").child_view == ""


def review(plan, who, **facts):
    facts = {"what_helped": "The bus buddy.", "next_review_on": date(2026, 4, 21), **facts}
    return review_plan(plan=plan, **facts, **who)


def test_review_sets_the_next_one_of_plan_and_case_and_keeps_a_version(case, who):
    plan = agreed_plan(case, who["by"])
    before = case.version
    later = {**who, "on": NEXT_REVIEW}

    done = review(plan, later, child_says="It is better.", what_changes="One more morning.")

    plan.refresh_from_db()
    case.refresh_from_db()
    assert plan.next_review_on == case.next_review_on == date(2026, 4, 21)
    assert case.version == before + 1
    assert (done.by_role, done.on, done.child_says) == (
        "attendance_officer",
        NEXT_REVIEW,
        "It is better.",
    )
    assert list(plan.versions.values_list("number", "why")) == [(2, "Reviewed"), (1, "Agreed")]
    assert titles(case)[-1] == "Support plan reviewed"


def test_draft_is_not_reviewed(case, who):
    with pytest.raises(Refused, match="Agree the plan first"):
        review(whole_plan(case, who["by"]), who)


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"what_helped": " "}, "Say what helped"),
        ({"next_review_on": date(2026, 4, 1)}, "not a school day"),
        ({"next_review_on": DAY}, "not in the future"),
    ],
)
def test_review_needs_what_helped_and_a_day_that_can_be_kept(case, who, facts, says):
    plan = agreed_plan(case, who["by"])
    with pytest.raises(Invalid, match=says):
        review(plan, who, **facts)
    assert not plan.reviews.exists()


def test_day_of_the_review_just_held_is_not_kept_again(case, who):
    plan = agreed_plan(case, who["by"])
    with pytest.raises(Invalid, match="not in the future"):
        review(plan, {**who, "on": NEXT_REVIEW}, next_review_on=NEXT_REVIEW)


def test_ended_plan_changes_no_more_and_says_why_it_ended(case, who):
    plan = agreed_plan(case, who["by"])
    end_plan(plan=plan, reason="Robin is back every day.", **who)

    plan.refresh_from_db()
    assert (plan.state, plan.ended_on) == ("ended", DAY)
    assert plan.actions.open().count() == 1
    assert TimelineEntry.objects.get(title="Support plan ended").text == plan.end_reason
    for again in (
        lambda: save(plan, who, strengths="Draws."),
        lambda: end_plan(plan=plan, reason="Again.", **who),
        lambda: review(plan, who),
    ):
        with pytest.raises(Refused, match="This plan has ended"):
            again()


def test_end_says_why(case, who):
    with pytest.raises(Invalid, match="Say why"):
        end_plan(plan=PlanFactory(case=case), reason=" ", **who)


@pytest.mark.parametrize("role", ["panel_member", "analyst"])
def test_role_that_writes_no_plans_is_refused(case, who, role):
    other = {**who, "by": MembershipFactory(role=role).user}
    with pytest.raises(Refused, match="Your role does not include this"):
        start_plan(case=case, **other)
    with pytest.raises(Refused, match="Your role does not include this"):
        save(PlanFactory(case=case), other, strengths="Draws.")


def test_lead_of_another_school_is_refused(case, who):
    lead = MembershipFactory(role="school_lead", scope="school", school=SchoolFactory()).user
    other = {**who, "by": lead}
    with pytest.raises(Refused, match="not one of yours"):
        start_plan(case=case, **other)
    with pytest.raises(Refused, match="not one of yours"):
        agree_plan(plan=PlanFactory(case=case), version=1, parties=PARTIES, **other)


def test_lead_of_the_childs_school_writes_the_plan(case, who):
    lead = MembershipFactory(role="school_lead", scope="school", school=case.school).user
    agreed_plan(case, lead)
    assert TimelineEntry.objects.get(title="Support plan agreed").by_role == "school_lead"


def test_closed_case_has_no_new_plan(who, db):
    with pytest.raises(Refused, match="Reopen it first"):
        start_plan(case=CaseFactory(status="closed", closed_on=DAY), **who)
