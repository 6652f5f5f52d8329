"""P3 with casework: the child's words first, the case in a line, and who works with the child."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from attendance_portal.shared import clock
from cases.models import CaseWorker, Consent, ContactClaim, Hold
from tests.factories.cases import (
    CaseFactory,
    ContactFactory,
    PlanFactory,
    ReferralFactory,
)
from tests.factories.pupils import PupilGrantFactory
from tests.factories.records import address, moved, text_of
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
TODAY = date(2026, 3, 3)


@pytest.fixture
def case(borough):
    """A case of Ben at Ash, led by somebody."""
    return CaseFactory(
        enrolment=borough.ben,
        reference="AT-10001",
        lead=UserFactory(name="Lee Lead"),
        trusted_adult="Ms Amber, the librarian",
        preferred_contact="A text after 4pm.",
        stage=3,
        next_review_on=date(2026, 3, 23),
    )


def opened(client, enrolment, part=""):
    return client.get(address(enrolment, part))


def casework(client, enrolment):
    return opened(client, enrolment).context["casework"]


def before(client, enrolment) -> list[str]:
    return opened(client, enrolment).context["top"].before_contact


# What the child says.


def test_the_plans_words_stand_first_quoted_and_dated(borough, case, signed_in):
    PlanFactory(case=case, child_view="I like mornings at the farm.", child_view_on=TODAY)
    text = text_of(signed_in("attendance_officer"), borough.ben)

    assert "“I like mornings at the farm.”" in text
    assert "Robin" not in text
    assert text.index('id="says"') < text.index('id="roll-') < text.index('id="casework"')
    assert "Ben, 3 Mar 2026" in text


@pytest.mark.parametrize(
    ("plan_on", "words"), [(date(2026, 3, 1), "Of the call"), (date(2026, 3, 3), "Of the plan")]
)
def test_the_latest_words_are_shown(borough, case, signed_in, plan_on, words):
    PlanFactory(case=case, child_view="Of the plan", child_view_on=plan_on)
    ContactFactory(case=case, child_words="Of the call", at=datetime(2026, 3, 2, 9, tzinfo=UTC))

    assert casework(signed_in("attendance_officer"), borough.ben).says.words == words


def test_words_of_a_restricted_contact_are_for_those_who_may_read_it(borough, case, signed_in):
    ContactFactory(case=case, child_words="For you alone", at=AT, is_restricted=True)

    assert casework(signed_in("team_manager"), borough.ben).says.words == "For you alone"
    client = signed_in("school_lead", school=borough.ash)
    assert casework(client, borough.ben).says is None
    assert "Nobody has written down yet what Ben says." in text_of(client, borough.ben)


# The case in a line, and what to do.


def test_summary_says_stage_plan_next_date_and_waits(borough, case, signed_in):
    PlanFactory(case=case, child_view="Words", state="agreed", agreed_on=TODAY,
                next_review_on=date(2026, 3, 17))  # fmt: skip
    ReferralFactory(case=case, sent_on=date(2026, 2, 1), meanwhile="A mentor at school")
    ReferralFactory(case=case, state="started", started_on=TODAY, service="Has begun")

    found = casework(signed_in("attendance_officer"), borough.ben)

    assert (found.case.reference, found.case.stage) == (
        "AT-10001",
        "3 of 6, Listen and understand",
    )
    assert (found.case.tag.label, found.case.review.text) == ("Open", "Due 23 Mar")
    assert (found.plan.tag.label, found.plan.review_on) == ("Agreed", date(2026, 3, 17))
    (wait,) = found.waits
    assert (wait.service, wait.agency, wait.meanwhile) == (
        "Family support",
        "Early help",
        "A mentor at school",
    )
    assert wait.waiting == "asked for on 1 Feb 2026, 30 days ago"


def test_with_a_case_the_record_offers_a_contact_and_without_one_a_case(borough, case, signed_in):
    client = signed_in("attendance_officer")

    assert casework(client, borough.ben).open_href == ""
    assert casework(client, borough.ben).log_href == f"/log/?pupil={case.pupil.public_id}"
    assert (
        casework(client, borough.ada).open_href
        == f"/cases/open/?pupil={borough.ada.pupil.public_id}"
    )


def test_closed_case_is_told_and_another_may_be_opened(borough, case, signed_in):
    case.status, case.closed_on, case.next_review_on = "closed", date(2026, 3, 2), None
    case.save()

    response = opened(signed_in("attendance_officer"), borough.ben)
    found = response.context["casework"]

    assert (found.case.tag.label, found.case.closed, found.case.review) == (
        "Closed",
        "2 Mar 2026",
        None,
    )
    assert found.open_href
    assert "Lead worker" not in dict(response.context["top"].identity)


def test_early_help_worker_may_log_and_not_open(borough, signed_in):
    client = signed_in("early_help_worker")
    PupilGrantFactory(user=client.user, pupil=borough.ben.pupil)

    found = casework(client, borough.ben)

    assert (found.open_href, bool(found.log_href)) == ("", True)


# Above every part.


def test_lead_worker_and_trusted_adult_stand_in_the_identity(borough, case, signed_in):
    identity = dict(opened(signed_in("attendance_officer"), borough.ben).context["top"].identity)

    assert identity["Lead worker"] == "Lee Lead"
    assert identity["Trusted adult"] == "Ms Amber, the librarian"


def test_before_you_contact_says_hold_who_rings_the_way_and_the_last_time(borough, case, signed_in):
    Hold.objects.create(
        pupil=case.pupil, kind="bereavement", reason="Her gran, last week",
        from_on=TODAY, review_on=date(2026, 4, 1),
    )  # fmt: skip
    now = clock.now()
    ContactClaim.objects.create(
        pupil=case.pupil, by=UserFactory(), by_role="school_lead",
        at=now, until=now.replace(year=now.year + 1),
    )  # fmt: skip
    ContactFactory(case=case, at=AT)

    hold, rings, way, last = before(signed_in("attendance_officer"), borough.ben)

    assert hold == (
        "On hold: bereavement. Nothing is sent and nothing steps up. It is reviewed on 1 Apr 2026."
    )
    assert rings.startswith("A colleague is ringing this family now: School lead")
    assert way == "Preferred way: A text after 4pm."
    assert last == "Attendance team spoke with a parent at 9:00am today."


@pytest.mark.parametrize(
    ("review_on", "said"),
    [(TODAY, "It is reviewed on 3 Mar 2026."), (date(2026, 3, 2), "Its review was due on 2 Mar")],
)
def test_hold_says_whether_its_review_is_late(borough, signed_in, review_on, said):
    Hold.objects.create(
        pupil=borough.ben.pupil, kind="safety", reason="Known to us",
        from_on=date(2026, 2, 1), review_on=review_on,
    )  # fmt: skip

    (hold,) = before(signed_in("attendance_officer"), borough.ben)

    assert said in hold
    assert "Known to us" not in hold


def test_hold_that_ended_says_nothing(borough, signed_in):
    Hold.objects.create(
        pupil=borough.ben.pupil, kind="safety", reason="Known", ended_at=AT,
        from_on=date(2026, 2, 1), review_on=date(2026, 3, 2),
    )  # fmt: skip

    assert before(signed_in("attendance_officer"), borough.ben) == []


# The plan.


def test_plan_sub_page_is_read_only_and_leads_to_the_plan(borough, case, signed_in):
    plan = PlanFactory(case=case, child_view="I like the farm.", child_view_on=TODAY)
    response = opened(signed_in("attendance_officer"), borough.ben, "plan/")
    text = response.content.decode()

    assert "I like the farm." in text
    assert f'href="/plans/{plan.pk}/"' in text
    assert "<textarea" not in text
    assert "Plan" in [tab.text for tab in response.context["tabs"]]


def test_without_a_plan_it_says_how_one_starts(borough, case, signed_in):
    text = text_of(signed_in("attendance_officer"), borough.ben, "plan/")

    assert "There is no support plan yet. It starts with what Ben says." in text
    assert 'href="/cases/AT-10001/"' in text


def test_plan_is_for_those_who_read_cases(borough, case, signed_in):
    client = signed_in("analyst")
    response = opened(client, borough.ben)

    assert opened(client, borough.ben, "plan/").status_code == 403
    assert "Plan" not in [tab.text for tab in response.context["tabs"]]


# Who sees nothing of it.


def test_analyst_sees_no_casework_on_the_record(borough, case, signed_in):
    ContactFactory(case=case, at=AT, child_words="I like the farm.")
    response = opened(signed_in("analyst"), borough.ben)

    assert response.context["casework"] is None
    assert response.context["top"].before_contact == []
    assert "AT-10001" not in response.content.decode()


def test_being_an_analyst_of_everyone_tells_a_school_lead_nothing_of_another_schools_case(
    borough, case, user_with, client
):
    """Not even that there is none: the record is theirs as an analyst, the casework is not."""
    user = user_with("school_lead", school=SchoolFactory())
    user_with("analyst", user=user)
    client.force_login(user)

    assert casework(client, borough.ben) is None


def test_school_that_the_child_has_left_sees_nothing_of_the_case(borough, case, signed_in):
    PlanFactory(case=case, child_view="I like the farm.", child_view_on=TODAY)
    ContactFactory(case=case, at=AT)
    moved(borough)
    client = signed_in("school_lead", school=borough.ash)

    for part in ("", "plan/", "timeline/", "family/"):
        text = text_of(client, borough.ben, part)
        assert "AT-10001" not in text
        assert "I like the farm." not in text
        assert "Lee Lead" not in text
    assert before(client, borough.ben) == []


# The family.


def worker(case, name, **facts):
    facts = {"agency": "early_help", "part": "worker", "from_on": date(2026, 3, 2), **facts}
    return CaseWorker.objects.create(case=case, user=UserFactory(name=name), **facts)


def people(client, enrolment) -> list[tuple[str, str, str]]:
    page = opened(client, enrolment, "family/").context["page"]
    return [(one.name, one.role, one.since) for one in page.professionals]


def test_professionals_of_the_case_stand_first_with_role_agency_and_since(borough, case, signed_in):
    worker(case, "Lee Lead", agency="attendance", part="lead")
    worker(case, "Eli Help", from_on=date(2026, 3, 3))
    worker(case, "Gone By", ended_at=AT)
    worker(case, "Not Yet", from_on=date(2026, 3, 4))
    worker(case, "Until Yesterday", until_on=date(2026, 3, 2))

    assert people(signed_in("attendance_officer"), borough.ben) == [
        ("Lee Lead", "Lead worker, Attendance team", "2 Mar 2026"),
        ("Eli Help", "Worker, Early help", "3 Mar 2026"),
    ]


def test_person_who_was_given_the_child_for_the_case_stands_once(
    borough, case, user_with, signed_in
):
    helper = user_with("early_help_worker")
    helper.name = "Eli Help"
    helper.save()
    PupilGrantFactory(user=helper, pupil=case.pupil)
    CaseWorker.objects.create(
        case=case, user=helper, agency="early_help", part="worker", from_on=date(2026, 3, 2)
    )

    found = people(signed_in("attendance_officer"), borough.ben)

    assert found == [("Eli Help", "Worker, Early help", "2 Mar 2026")]


def test_consents_are_shown_to_those_who_read_cases(borough, case, signed_in):
    Consent.objects.create(
        pupil=case.pupil, agency="early_help", basis="consent", purpose="Family support",
        given_by="Her mother", given_on=TODAY,
    )  # fmt: skip

    text = " ".join(text_of(signed_in("attendance_officer"), borough.ben, "family/").split())

    assert "<strong>Early help</strong>: The family agreed: Her mother, 3 Mar 2026." in text
    assert "Family support" not in text_of(signed_in("analyst"), borough.ben, "family/")
