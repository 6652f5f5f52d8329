"""P12, my actions; what is done with one; adding one to a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLogEntry
from attendance_portal.shared import clock
from attendance_portal.shared.once import reading
from cases.models import Action
from dashboards.read_models.cases.actions import action_block
from tests.factories.cases import ActionFactory, CaseFactory
from tests.factories.classes import queries_of
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 3)  # a Tuesday
LIST = "/actions/"


def due_in(days: int, owner, **facts) -> Action:
    return ActionFactory(owner=owner, due_on=TODAY + timedelta(days=days), **facts)


@pytest.fixture
def officer(signed_in):
    return signed_in("attendance_officer")


class TestTheList:
    def test_each_group_says_how_many_and_a_week_ends_on_sunday(self, officer):
        for days in (-1, 0, 1, 5, 6):
            due_in(days, officer.user, text=f"In {days} days")
        page = officer.get(LIST)
        groups = page.context["mine"].groups
        assert [(group.title, group.count) for group in groups] == [
            ("Overdue", 1),
            ("Today", 1),
            ("This week", 2),
            ("Later", 1),
        ]
        assert [line.text for line in groups[2].lines] == ["In 1 days", "In 5 days"]

    def test_a_line_names_child_agreement_and_day(self, officer):
        action = due_in(2, officer.user)
        text = officer.get(LIST).content.decode()
        assert str(action.pupil) in text
        assert reverse("case", args=[action.case.reference]) in text
        assert "Due 5 Mar" in text
        assert reverse("action_done", args=[action.pk]) in text

    def test_only_what_is_mine_and_open_stands_in_it(self, officer):
        ActionFactory(text="Somebody else's")
        due_in(1, officer.user, text="It is over", state="done", outcome="x", ended_on=TODAY)
        page = officer.get(LIST)
        assert page.context["mine"].groups == []
        assert "Somebody else's" not in page.content.decode()

    @pytest.mark.parametrize(
        ("days", "said"), [([], "Nothing due."), ([6], "Nothing due. Next: 9 March."), ([5], "")]
    )
    def test_with_nothing_due_it_says_when_the_next_is(self, days, said, officer):
        for number in days:
            due_in(number, officer.user)
        page = officer.get(LIST)
        assert page.context["mine"].nothing_due == said
        assert ("Nothing due" in page.content.decode()) == bool(said)

    def test_what_others_agreed_for_my_cases(self, officer):
        case = CaseFactory(lead=officer.user)
        theirs = ActionFactory(case=case, text="Ring the school nurse")
        parents = ActionFactory(case=case, owner=None, owner_name="Mum", agency="family")
        due_in(1, officer.user, case=case)
        ActionFactory(text="Of another case")
        ActionFactory(case=CaseFactory(lead=officer.user, status="closed", closed_on=TODAY))
        page = officer.get(LIST)
        assert {line.pk for line in page.context["mine"].of_others} == {theirs.pk, parents.pk}
        assert "Agreed by others for my cases: 2" in page.content.decode()

    def test_what_ended_stays_for_fourteen_days(self, officer):
        facts = {"owner": officer.user, "state": "done", "outcome": "It came."}
        ActionFactory(ended_on=TODAY - timedelta(days=14), text="Kept", **facts)
        ActionFactory(ended_on=TODAY - timedelta(days=15), text="Gone", **facts)
        assert [line.text for line in officer.get(LIST).context["mine"].recent] == ["Kept"]

    def test_an_agency_narrows_mine_and_that_of_others(self, officer):
        case = CaseFactory(lead=officer.user)
        due_in(1, officer.user, agency="attendance")
        ActionFactory(case=case, agency="health", text="Weigh in")
        page = officer.get(LIST, {"agency": "health"})
        assert page.context["mine"].count == 0
        assert [line.text for line in page.context["mine"].of_others] == ["Weigh in"]
        assert "Agency: Health, 0 to 19" in page.content.decode()
        assert officer.get(LIST, {"agency": "x"}).context["mine"].count == 1

    def test_twenty_five_on_a_page_and_the_whole_count_in_the_heading(self, officer):
        case = CaseFactory()
        for _ in range(27):
            due_in(0, officer.user, case=case)
        mine = officer.get(LIST).context["mine"]
        assert (len(mine.groups[0].lines), mine.groups[0].count) == (25, 27)
        assert len(officer.get(LIST, {"page": "2"}).context["mine"].groups[0].lines) == 2

    def test_a_child_i_no_longer_see_has_no_name_and_no_link(self, signed_in):
        lead = signed_in("school_lead", school=SchoolFactory())
        action = due_in(1, lead.user)
        text = lead.get(LIST).content.decode()
        assert "A child whose record you no longer see" in text
        assert action.pupil.surname not in text
        assert str(action.pupil.public_id) not in text
        assert reverse("case", args=[action.case.reference]) not in text

    def test_an_action_about_a_school_links_to_it(self, officer):
        school = SchoolFactory()
        due_in(1, officer.user, case=None, pupil=None, school=school)
        assert reverse("school", args=[school.pk]) in officer.get(LIST).content.decode()

    def test_somebody_who_asks_to_take_over_is_named(self, officer):
        due_in(1, officer.user, asked_over_by=UserFactory(name="Ann Bell"))
        assert "Ann Bell asks to take this over." in officer.get(LIST).content.decode()

    def test_many_actions_ask_no_more_than_few(self, officer):
        def one_more() -> None:
            case = CaseFactory(lead=officer.user)
            due_in(1, officer.user, case=case)
            due_in(1, officer.user, case=None, pupil=None, school=SchoolFactory())
            ActionFactory(case=case, asked_over_by=officer.user)
            ActionFactory(owner=officer.user, state="done", outcome="x", ended_on=TODAY)

        one_more()
        few = queries_of(officer, LIST)
        for _ in range(4):
            one_more()
        assert queries_of(officer, LIST) == few

    @pytest.mark.parametrize("role", ["panel_member", "early_help_worker"])
    def test_partners_have_the_page_and_an_analyst_does_not(self, role, signed_in, client):
        assert signed_in(role).get(LIST).status_code == 200
        assert signed_in("analyst").get(LIST).status_code == 403


class TestTheFrame:
    def test_it_counts_what_is_open_and_mine(self, officer):
        due_in(-1, officer.user)
        due_in(1, officer.user)
        due_in(1, officer.user, state="done", outcome="x", ended_on=TODAY)
        ActionFactory()
        assert "My actions (2)" in officer.get("/schools/").content.decode()

    def test_nothing_is_counted_where_nothing_is_open_or_nobody_has_actions(self, signed_in):
        assert "My actions (" not in signed_in("attendance_officer").get("/schools/").text
        analyst = signed_in("analyst")
        due_in(1, analyst.user)
        assert "My actions" not in analyst.get("/schools/").text

    def test_it_stands_in_the_navigation_of_a_partner(self, signed_in):
        partner = signed_in("panel_member")
        due_in(1, partner.user)
        assert partner.get(LIST).text.count("My actions (1)") == 1


class TestDone:
    def test_a_line_ends_it_and_leads_back(self, officer):
        action = due_in(1, officer.user)
        url = reverse("action_done", args=[action.pk])
        assert "What happened?" in officer.get(url).text
        back = f"{LIST}?agency=attendance"
        answer = officer.post(url, {"outcome": "The pass has come.", "next": back}, follow=True)
        assert answer.redirect_chain[-1][0] == back
        assert "Done: Ask about the bus pass" in answer.text
        action.refresh_from_db()
        assert (action.state, action.outcome) == ("done", "The pass has come.")

    def test_without_a_line_it_stays_open(self, officer):
        action = due_in(1, officer.user)
        answer = officer.post(reverse("action_done", args=[action.pk]), {"outcome": " "})
        assert "Say what happened." in answer.text
        action.refresh_from_db()
        assert action.state == "open"

    def test_what_was_typed_and_not_saved_is_there_again(self, officer):
        action = due_in(1, officer.user)
        url = reverse("action_done", args=[action.pk])
        officer.post("/drafts/", {"draft_of": url, "draft_title": "Mark done", "outcome": "It ca"})
        assert 'value="It ca"' in officer.get(url).text
        officer.post(url, {"outcome": "It came."})
        assert "It ca" not in officer.get(reverse("draft")).text

    def test_somebody_elses_says_why_not_and_offers_to_ask(self, officer):
        action = ActionFactory(owner=UserFactory(name="Ann Bell"))
        url = reverse("action_done", args=[action.pk])
        page = officer.get(url)
        assert "Ann Bell promised this." in page.text
        assert reverse("action_ask", args=[action.pk]) in page.text
        assert "What happened?" not in page.text
        answer = officer.post(url, {"outcome": "x"})
        assert answer.status_code == 403
        assert "Ann Bell promised this." in answer.text

    def test_the_reading_of_a_childs_action_is_logged(self, officer):
        action = due_in(1, officer.user)
        officer.get(reverse("action_done", args=[action.pk]))
        entry = AccessLogEntry.objects.get()
        assert (entry.subject_ref, entry.page) == (str(action.pupil.public_id), "action_done")

    def test_an_own_one_of_a_child_no_longer_seen_is_ended_without_a_name(self, signed_in):
        lead = signed_in("school_lead", school=SchoolFactory())
        action = due_in(1, lead.user)
        url = reverse("action_done", args=[action.pk])
        assert action.pupil.surname not in lead.get(url).text
        assert not AccessLogEntry.objects.exists()
        lead.post(url, {"outcome": "Done."})
        action.refresh_from_db()
        assert action.state == "done"


@pytest.mark.parametrize("route", ["action_done", "action_drop", "action_reassign", "action_ask"])
def test_another_schools_lead_another_worker_and_an_analyst_find_nothing(route, signed_in):
    url = reverse(route, args=[ActionFactory().pk])
    assert signed_in("school_lead", school=SchoolFactory()).get(url).status_code == 404
    worker = signed_in("early_help_worker")
    PupilGrantFactory(user=worker.user, pupil=CaseFactory().pupil)
    assert worker.get(url).status_code == 404
    assert worker.post(url).status_code == 404
    assert signed_in("analyst").get(url).status_code == 403


def test_dropped_with_a_reason(officer):
    action = due_in(1, officer.user)
    url = reverse("action_drop", args=[action.pk])
    assert "Say why it is dropped." in officer.post(url, {"reason": ""}).text
    officer.post(url, {"reason": "The family moved."})
    action.refresh_from_db()
    assert (action.state, action.outcome) == ("dropped", "The family moved.")


class TestGivenAway:
    def test_it_leaves_mine_at_once(self, officer, user_with):
        action, other = due_in(1, officer.user), user_with("team_manager")
        url = reverse("action_reassign", args=[action.pk])
        assert other.name in officer.get(url).text
        officer.post(url, {"owner": other.pk})
        assert officer.get(LIST).context["mine"].count == 0
        action.refresh_from_db()
        assert action.owner == other

    def test_nobody_outside_the_choices(self, officer, user_with):
        action = due_in(1, officer.user)
        stranger = user_with("school_lead", school=SchoolFactory())
        url = reverse("action_reassign", args=[action.pk])
        assert officer.post(url, {"owner": stranger.pk}).status_code == 200
        action.refresh_from_db()
        assert action.owner == officer.user

    @pytest.mark.parametrize("about", ["school", "pupil"])
    def test_without_a_case_the_people_of_the_school_are_offered(self, about, officer, user_with):
        case = CaseFactory()
        lead = user_with("school_lead", school=case.school)
        facts = {"school": case.school} if about == "school" else {"pupil": case.pupil}
        action = due_in(1, officer.user, **{"case": None, "pupil": None, **facts})
        page = officer.get(reverse("action_reassign", args=[action.pk]))
        assert lead.name in page.text


class TestAskedFor:
    def test_asked_and_agreed(self, officer, signed_in, client, user_with):
        owner = user_with("attendance_officer")
        action = due_in(1, owner)
        url = reverse("action_ask", args=[action.pk])
        assert "Ask to take it over" in officer.get(url).text
        asker = officer.user
        officer.post(url)
        client.force_login(owner)
        assert f"{asker} asks to take it over" in client.get(url).text
        assert "Choose yes or no." in client.post(url, {}).text
        client.post(url, {"answer": "yes"})
        action.refresh_from_db()
        assert (action.owner, action.asked_over_by) == (asker, None)

    def test_asked_and_kept(self, officer):
        action = due_in(1, officer.user, asked_over_by=UserFactory())
        officer.post(reverse("action_ask", args=[action.pk]), {"answer": "no"})
        action.refresh_from_db()
        assert (action.owner, action.asked_over_by) == (officer.user, None)


class TestAdded:
    def url(self, case) -> str:
        return reverse("case_action_add", args=[case.reference])

    def test_for_me_in_three_school_days(self, officer):
        make_terms()
        case = CaseFactory()
        page = officer.get(self.url(case))
        assert "In 3 school days, Fri 6 Mar" in page.text
        typed = {"text": "Ring Mum", "owner": officer.user.pk, "when": "2026-03-06"}
        answer = officer.post(self.url(case), typed)
        assert answer.url == reverse("case", args=[case.reference])
        action = Action.objects.get()
        assert (action.case, action.owner, action.agency) == (case, officer.user, "attendance")
        assert (action.due_on, action.origin_label) == (
            date(2026, 3, 6),
            f"Case {case.reference}",
        )

    def test_school_days_skip_the_holiday(self, officer, settings):
        make_terms()
        settings.PORTAL_TODAY = date(2026, 3, 26)  # the Thursday before Easter
        page = officer.get(self.url(CaseFactory()))
        assert "In 3 school days, Tue 14 Apr" in page.text

    def test_for_a_parent_by_another_day(self, officer):
        typed = {
            "text": "Fill in the form",
            "owner": "no_login",
            "owner_name": "Mum",
            "agency": "family",
            "when": "another",
            "another_day": "2026-03-20",
        }
        officer.post(self.url(CaseFactory()), typed)
        action = Action.objects.get()
        assert (action.owner_name, action.due_on) == ("Mum", date(2026, 3, 20))

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"text": ""}, "Say what will be done."),
            ({"owner": ""}, "Choose who will do it."),
            ({"owner": "no_login"}, "Write their name."),
            ({"when": ""}, "Choose by when."),
            ({"another_day": ""}, "Enter the day it is due."),
            ({"another_day": "2026-03-02"}, "must be today or later"),
            ({"another_day": "soon"}, "Write the date as 2026-03-02."),
        ],
    )
    def test_what_is_missing_is_said_and_nothing_is_kept(self, typed, said, officer):
        case = CaseFactory()
        good = {"text": "Ring Mum", "owner": officer.user.pk, "when": "another",
                "another_day": "2026-03-06"}  # fmt: skip
        answer = officer.post(self.url(case), {**good, **typed})
        assert said in answer.text
        assert not Action.objects.exists()

    def test_pressed_twice_it_is_one(self, officer):
        case = CaseFactory()
        typed = {
            "text": "Ring Mum",
            "owner": officer.user.pk,
            "when": "another",
            "another_day": "2026-03-06",
            "form_token": "6c8ad1b0-58f5-4a52-8f4e-5f3d6f5f7a11",
        }
        officer.post(self.url(case), typed)
        officer.post(self.url(case), typed)
        assert Action.objects.count() == 1

    def test_a_draft_fills_the_form_again(self, officer):
        case = CaseFactory()
        typed = {"draft_of": self.url(case), "draft_title": "Add an action", "text": "Ring M",
                 "owner": "no_login"}  # fmt: skip
        officer.post("/drafts/", typed)
        text = officer.get(self.url(case)).text
        assert 'value="Ring M"' in text
        assert '<option value="no_login" selected' in text

    def test_a_closed_case_says_so_and_takes_none(self, officer):
        case = CaseFactory(status="closed", closed_on=TODAY)
        assert "Reopen it first." in officer.get(self.url(case)).text
        typed = {"text": "x", "owner": officer.user.pk, "when": "another",
                 "another_day": "2026-03-06"}  # fmt: skip
        assert officer.post(self.url(case), typed).status_code == 403

    def test_a_panel_member_reads_and_adds_nothing(self, signed_in):
        member = signed_in("panel_member")
        case = CaseFactory()
        PupilGrantFactory(user=member.user, pupil=case.pupil)
        assert member.get(self.url(case)).status_code == 403

    def test_another_schools_lead_finds_nothing(self, signed_in):
        lead = signed_in("school_lead", school=SchoolFactory())
        assert lead.get(self.url(CaseFactory())).status_code == 404


class TestTheBlockOfACase:
    def block(self, case, user):
        return action_block(case, user, on=clock.today())

    def test_open_ones_first_by_date_then_ended_ones_newest_first(self, officer):
        case = CaseFactory()
        late = due_in(5, UserFactory(), case=case)
        soon = due_in(1, UserFactory(), case=case)
        old, new = (
            ActionFactory(case=case, state=state, outcome="x", ended_on=ended)
            for state, ended in (("done", date(2026, 2, 2)), ("dropped", TODAY))
        )
        block = self.block(case, officer.user)
        assert [line.pk for line in block.open] == [soon.pk, late.pk]
        assert [(line.pk, line.tag.label) for line in block.ended] == [
            (new.pk, "Dropped"),
            (old.pk, "Done"),
        ]

    def test_many_actions_of_a_case_ask_no_more_than_few(self, officer):
        case = CaseFactory()
        ActionFactory.create_batch(2, case=case)
        with CaptureQueriesContext(connection) as few, reading():
            self.block(case, officer.user)
        ActionFactory.create_batch(6, case=case)
        with CaptureQueriesContext(connection) as many, reading():
            self.block(case, officer.user)
        assert len(many) <= len(few)

    def test_a_link_to_add_for_who_works_on_an_open_case(self, officer, user_with):
        case = CaseFactory()
        assert self.block(case, officer.user).add_href
        assert not self.block(case, user_with("panel_member")).add_href
        closed = CaseFactory(status="closed", closed_on=TODAY)
        assert not self.block(closed, officer.user).add_href
