"""Today with casework: what answers a flag, whom nobody has seen, and what a person promised."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.models import Flag, NightlyRun
from attendance.services.answers import answer_flag
from cases.models import StageOverride
from dashboards.read_models.worklist_tally import own_flags
from dashboards.read_models.worklist_unseen import unseen
from tests.factories.cases import (
    ActionFactory,
    CaseFactory,
    ContactFactory,
    ReferralFactory,
)
from tests.factories.classes import LATEST, UNAUTHORISED_WEEK, child, queries_of
from tests.factories.registers import PRESENT_WEEK
from tests.factories.schools import PatchFactory
from tests.factories.users import UserFactory

TODAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)


def work_of(client, query=""):
    return client.get(f"/{query}").context["work"]


def text_of(client, query=""):
    return " ".join(client.get(f"/{query}").content.decode().split())


@pytest.fixture
def new_flag(borough) -> Flag:
    return Flag.objects.get(enrolment=borough.ben, kind="persistent_absence")


def line_of(client):
    return work_of(client).new[0].lines[0]


# What a row says and offers.


def test_row_of_a_new_flag_offers_a_case_a_contact_and_no_action(new_flag, borough, signed_in):
    text = text_of(signed_in("attendance_officer"))

    places = [
        text.index(f'href="/cases/open/?flag={new_flag.pk}"'),
        text.index(f'href="/log/?pupil={borough.ben.pupil.public_id}&amp;next=/"'),
        text.index(f'href="/flags/{new_flag.pk}/answer/?next=/"'),
    ]
    assert places == sorted(places)


def test_row_in_a_case_leads_to_it_and_offers_no_second_one(new_flag, borough, signed_in):
    CaseFactory(enrolment=borough.ben, reference="AT-10001")
    client = signed_in("attendance_officer")

    line, text = line_of(client), text_of(client)

    assert (line.answer.label, line.case) == ("In a case", "AT-10001")
    assert line.answered == "AT-10001, 2 Mar 2026"
    assert 'href="/cases/AT-10001/"' in text
    assert f"/cases/open/?flag={new_flag.pk}" not in text
    assert f"/flags/{new_flag.pk}/answer/" not in text


def test_row_after_a_contact_says_by_whom_and_still_offers_a_case(new_flag, borough, signed_in):
    ContactFactory(pupil=borough.ben.pupil, by_role="school_lead", agency="school", at=AT)
    client = signed_in("attendance_officer")

    line, text = line_of(client), text_of(client)

    assert (line.answer.label, line.answered) == ("Contacted", "School lead, 3 Mar 2026, 9:00am")
    assert line.contact == "School spoke with a parent at 9:00am today."
    assert f"/cases/open/?flag={new_flag.pk}" in text
    assert f"/flags/{new_flag.pk}/answer/" not in text


def test_decision_that_holds_is_said_before_a_contact(new_flag, borough, signed_in, user_with):
    ContactFactory(pupil=borough.ben.pupil, at=AT - timedelta(days=1))
    officer = user_with("attendance_officer")
    answer_flag(
        flag=new_flag, reason="Back.", look_again_on=date(2026, 3, 10), by=officer, on=TODAY, at=AT
    )

    line = line_of(signed_in("attendance_officer"))

    assert (line.answer.label, line.reason) == ("Look again 10 Mar", "Back.")


def test_words_of_a_restricted_contact_are_not_on_the_row(new_flag, borough, signed_in):
    ContactFactory(pupil=borough.ben.pupil, at=AT, is_restricted=True, reached="child")
    client = signed_in("school_lead", school=borough.ash)

    line = line_of(client)

    assert line.contact == "Attendance team was in touch at 9:00am today."
    assert "We talked about the mornings." not in text_of(client)


def test_look_again_that_casework_has_answered_waits_for_nobody(
    new_flag, borough, signed_in, user_with
):
    officer = user_with("attendance_officer")
    answer_flag(flag=new_flag, reason="Back.", look_again_on=TODAY, by=officer, on=LATEST, at=AT)
    client = signed_in("attendance_officer")
    assert work_of(client).waiting.today == 1

    CaseFactory(enrolment=borough.ben)

    assert work_of(client).waiting.today == 0


def test_count_of_the_whole_authority_follows_a_case_and_a_contact(borough, signed_in):
    Flag.objects.update(opened_by_run=NightlyRun.objects.latest("pk"))
    client = signed_in("team_manager")
    counts = [work_of(client).team.long_unanswered]
    CaseFactory(enrolment=borough.ben)
    counts.append(work_of(client).team.long_unanswered)
    ContactFactory(pupil=borough.dee.pupil, at=AT)
    counts.append(work_of(client).team.long_unanswered)

    assert counts[0] > counts[1] > counts[2]


# Not seen.


N_SEEN = "OOOOOOOO/O"


@pytest.fixture
def absent(borough):
    """Ash met on 25 days to Friday 6 February: the last ten begin on Monday 26 January.

    Una was last in on Friday 23 January; Ivo on the 26th itself, the first of the ten days.
    """
    borough.una = child(borough.ash, "Una", *[PRESENT_WEEK] * 3, *["O" * 10] * 2)
    borough.ivo = child(borough.ash, "Ivo", *[PRESENT_WEEK] * 3, "/" + "O" * 9, UNAUTHORISED_WEEK)
    borough.run(LATEST)
    return borough


def names(work) -> list[str]:
    return [line.child.pupil for line in work.unseen.lines]


def test_child_without_an_attended_mark_on_ten_school_days_is_not_seen(absent, signed_in):
    work = work_of(signed_in("attendance_officer"))

    assert names(work) == ["Una Sample"]
    assert work.unseen.lines[0].child.last == "In school on Fri 23 Jan 2026"
    assert (work.unseen.count, work.unseen.more) == (1, 0)


@pytest.mark.parametrize(
    ("day", "reached", "shown"),
    [
        (date(2026, 1, 26), "child", False),
        (date(2026, 1, 26), "both", False),
        (date(2026, 1, 26), "parent", True),
        (date(2026, 1, 26), "no_answer", True),
        (date(2026, 1, 25), "child", True),
    ],
)
def test_contact_that_reached_the_child_on_those_days_saw_them(
    absent, signed_in, day, reached, shown
):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    ContactFactory(pupil=absent.una.pupil, at=at, reached=reached)

    assert ("Una Sample" in names(work_of(signed_in("attendance_officer")))) is shown


def test_child_seen_at_another_school_is_seen(absent, signed_in):
    child(absent.elm, "Una", *[PRESENT_WEEK] * 5, pupil=absent.una.pupil, status="S")

    assert names(work_of(signed_in("attendance_officer"))) == []


def test_child_who_joined_within_the_ten_days_is_not_among_them(absent, signed_in):
    absent.una.starts_on = date(2026, 1, 27)
    absent.una.save()

    assert names(work_of(signed_in("attendance_officer"))) == []


def test_school_whose_registers_stopped_makes_nobody_unseen(borough, signed_in):
    borough.run(date(2026, 3, 2))

    assert names(work_of(signed_in("attendance_officer"))) == []


def test_unseen_child_of_another_school_is_not_shown(absent, signed_in):
    assert names(work_of(signed_in("school_lead", school=absent.elm))) == []
    assert names(work_of(signed_in("school_lead", school=absent.ash))) == ["Una Sample"]


def test_unseen_child_says_the_case_and_the_last_contact(absent, signed_in):
    case = CaseFactory(enrolment=absent.una, reference="AT-10007")
    ContactFactory(case=case, at=AT)
    client = signed_in("attendance_officer")

    (line,) = work_of(client).unseen.lines

    assert (line.case, line.contact) == (
        "AT-10007",
        "Attendance team spoke with a parent at 9:00am today.",
    )
    assert f"/cases/open/?pupil={case.pupil.public_id}" not in text_of(client)


def test_those_unseen_longest_come_first_and_the_rest_are_counted(absent, user_with, monkeypatch):
    child(absent.ash, "Nev", *["O" * 10] * 5)
    absent.run(LATEST)
    officer = user_with("attendance_officer")
    monkeypatch.setattr("dashboards.read_models.worklist_unseen.ROWS_SHOWN", 1)

    found = unseen(officer, own_flags(officer, TODAY), as_of=LATEST)

    assert [one.pupil for one in found.children] == ["Nev Sample"]
    assert found.children[0].last == "No attended mark since joining on 2 Sep 2024"
    assert (found.count, found.more) == (2, 1)


def test_many_unseen_children_ask_as_many_queries_as_few(absent, user_with):
    patch = PatchFactory(schools=[absent.ash])
    officer = user_with("attendance_officer", scope="patch", patch=patch)

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            unseen(officer, own_flags(officer, TODAY), as_of=LATEST)
        return len(asked)

    few = queries()
    for number in range(5):
        child(absent.ash, f"Kid{number}", *["O" * 10] * 5)
    absent.run(LATEST)

    assert queries() == few


# Waiting for you.


@pytest.fixture
def officer(borough, user_with):
    """The officer of Ash."""
    patch = PatchFactory(name="East", schools=[borough.ash])
    user = user_with("attendance_officer", scope="patch", patch=patch)
    user.name = "Officer East"
    user.save()
    return user


@pytest.fixture
def officers(officer, client):
    client.force_login(officer)
    client.user = officer
    return client


def due(client) -> list[tuple[str, str, str]]:
    """Heading, kind and text of each duty."""
    return [
        (group.title, line.duty.kind.value, line.duty.text)
        for group in work_of(client).waiting.groups
        for line in group.duties
    ]


@pytest.mark.parametrize(
    ("on", "title"),
    [
        (date(2026, 3, 2), "Overdue"),
        (TODAY, "Today"),
        (date(2026, 3, 8), "This week"),
        (date(2026, 3, 9), None),
    ],
)
def test_review_of_my_case_waits_under_its_heading(borough, officers, on, title):
    CaseFactory(enrolment=borough.cal, reference="AT-10001", lead=officers.user, next_review_on=on)

    found = due(officers)

    assert found == ([(title, "review", "Review case AT-10001")] if title else [])
    assert work_of(officers).waiting.reviews_overdue == (title == "Overdue")
    assert work_of(officers).waiting.reviews_next_week == (title is None)


@pytest.mark.parametrize(
    ("facts", "mine"),
    [
        ({"cover_until": None}, True),
        ({"cover_until": TODAY}, True),
        ({"cover_until": date(2026, 3, 2)}, False),
    ],
)
def test_review_of_a_case_i_cover_waits_while_the_cover_lasts(borough, officers, facts, mine):
    CaseFactory(enrolment=borough.cal, cover=officers.user, next_review_on=TODAY, **facts)

    assert bool(due(officers)) is mine


def test_review_of_a_colleagues_case_does_not_wait_for_me(borough, officers):
    CaseFactory(enrolment=borough.cal, next_review_on=TODAY)

    assert due(officers) == []


def test_my_open_actions_wait_and_those_of_others_do_not(borough, officers):
    case = CaseFactory(enrolment=borough.cal, reference="AT-10001")
    ActionFactory(case=case, owner=officers.user, due_on=TODAY, text="Ring the nurse")
    ActionFactory(case=case, due_on=TODAY, text="Somebody else's")
    ActionFactory(
        case=case, owner=officers.user, due_on=TODAY, state="done", outcome="Done", ended_on=TODAY
    )

    assert due(officers) == [("Today", "action", "Ring the nurse")]
    assert work_of(officers).waiting.actions_due == 1


def test_request_to_take_an_action_over_is_a_reply_owed_in_five_school_days(borough, officers):
    """Asked on Monday 23 February: five school days on is Monday 2 March."""
    case = CaseFactory(enrolment=borough.cal)
    ActionFactory(
        case=case,
        owner=officers.user,
        due_on=date(2026, 6, 1),
        asked_over_by=UserFactory(),
        asked_over_at=datetime(2026, 2, 23, 9, tzinfo=UTC),
    )

    assert due(officers) == [
        ("Overdue", "reply", "Say whether a colleague may take this action over")
    ]
    assert work_of(officers).waiting.replies_due == 1


@pytest.mark.parametrize(
    ("facts", "owed"),
    [
        ({"state": "ended", "ended_on": date(2026, 2, 24), "outcome": "Helped"}, True),
        ({"state": "declined", "answered_on": date(2026, 2, 24), "decline_reason": "Full"}, True),
        ({"state": "started", "started_on": date(2026, 2, 24)}, False),
        (
            {
                "state": "ended",
                "ended_on": date(2026, 2, 24),
                "outcome": "Helped",
                "told_on": TODAY,
            },
            False,
        ),
    ],
)
def test_outcome_of_a_referral_is_owed_until_it_is_told(borough, officers, facts, owed):
    """Ended on Tuesday 24 February: five school days on is Tuesday 3 March."""
    case = CaseFactory(enrolment=borough.cal, lead=officers.user, next_review_on=date(2026, 4, 1))
    ReferralFactory(case=case, **facts)

    found = due(officers)

    expected = [("Today", "reply", "Tell the outcome: Family support")]
    assert found == (expected if owed else [])


def test_outcome_is_not_owed_by_those_who_do_not_lead(borough, officers):
    case = CaseFactory(enrolment=borough.cal)
    ReferralFactory(case=case, state="ended", ended_on=date(2026, 2, 24), outcome="Helped")

    assert due(officers) == []


def test_next_days_say_what_falls_due_on_them(borough, officers):
    case = CaseFactory(enrolment=borough.cal, lead=officers.user, next_review_on=date(2026, 3, 4))
    ActionFactory(case=case, owner=officers.user, due_on=date(2026, 3, 4))

    assert work_of(officers).ahead[0].notes == ["1 review due.", "1 action due."]


def test_school_lead_sees_own_actions(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    case = CaseFactory(enrolment=borough.cal)
    ActionFactory(case=case, owner=client.user, due_on=TODAY, text="Meet him at the door")

    assert due(client) == [("Today", "action", "Meet him at the door")]


def test_sentence_says_how_many_of_each(borough, officers):
    CaseFactory(enrolment=borough.cal, lead=officers.user, next_review_on=date(2026, 3, 2))

    text = text_of(officers)

    assert '<a class="govuk-link" href="#waiting">1 review overdue</a>' in text
    assert '<a class="govuk-link" href="#waiting">0 replies due</a>' in text


def test_many_duties_ask_as_many_queries_as_one(borough, officers):
    case = CaseFactory(enrolment=borough.cal, lead=officers.user, next_review_on=TODAY)
    ActionFactory(case=case, owner=officers.user, due_on=TODAY)
    few = queries_of(officers, "/")
    for enrolment in (borough.ada, borough.ben, borough.dee):
        other = CaseFactory(enrolment=enrolment, lead=officers.user, next_review_on=TODAY)
        ActionFactory.create_batch(3, case=other, owner=officers.user, due_on=TODAY)
        ReferralFactory(case=other, state="ended", ended_on=TODAY, outcome="Helped")

    assert queries_of(officers, "/") <= few + 1


# Whose flags, and the manager's part.


@pytest.fixture
def after_the_start(borough):
    Flag.objects.update(opened_by_run=NightlyRun.objects.latest("pk"))


def test_officer_sees_own_unanswered_flags_and_opens_them(borough, officers, after_the_start):
    (row,) = work_of(officers).mine.unanswered

    opened = officers.get(row.href).context["unanswered"]

    assert (row.school, row.count) == ("Ash School", opened.count)
    assert "Not answered" in text_of(officers, row.href.removeprefix("/").partition("#")[0])


def test_flags_of_a_school_are_its_link_officers(borough, officers, after_the_start):
    borough.ash.link_officer = UserFactory(name="Link Officer")
    borough.ash.save()

    assert work_of(officers).mine.unanswered == []


def test_managers_rows_go_by_owner_and_count_cases(borough, officer, after_the_start, signed_in):
    linked = UserFactory(name="Link Officer")
    borough.elm.link_officer = linked
    borough.elm.save()
    CaseFactory(enrolment=borough.cal, lead=officer, next_review_on=date(2026, 3, 2))
    CaseFactory(enrolment=borough.ada, lead=officer, next_review_on=TODAY)
    CaseFactory(enrolment=borough.eve, lead=UserFactory(), next_review_on=date(2026, 3, 1))
    CaseFactory(enrolment=borough.dee, lead=None)

    team = work_of(signed_in("team_manager")).team

    assert [(r.officer, r.schools, r.cases, r.reviews_overdue) for r in team.officers] == [
        ("Link Officer", 1, 0, 0),
        ("Officer East", 1, 2, 1),
    ]
    assert [(r.who, r.cases, r.reviews_overdue) for r in team.others] == [
        ("Led by others", 1, 1),
        ("Nobody leads yet", 1, 0),
    ]


def test_decisions_asked_of_the_manager_come_first(borough, officer, signed_in):
    case = CaseFactory(enrolment=borough.cal, reference="AT-10001", stage=3)
    facts = {"case": case, "to_stage": 4, "reason": "Known for years", "asked_by": officer}
    waiting = StageOverride.objects.create(asked_at=AT, **facts)
    client = signed_in("team_manager")

    (row,) = work_of(client).team.approvals

    assert (row.reference, row.pupil) == ("AT-10001", "Cal Sample")
    assert (row.stage, row.asked) == (
        "4 of 6, Facilitate support",
        "Officer East, 3 Mar 2026, 9:00am",
    )
    assert row.href == f"/cases/AT-10001/override/{waiting.pk}/"
    text = text_of(client)
    assert text.index('id="approvals"') < text.index('id="unanswered"') < text.index('id="new"')


def test_decided_override_asks_nobody(borough, officer, signed_in):
    StageOverride.objects.create(
        case=CaseFactory(enrolment=borough.cal),
        to_stage=4,
        reason="Known",
        asked_by=officer,
        asked_at=AT,
        decision="agreed",
        decided_by=officer,
        decided_at=AT,
    )

    assert work_of(signed_in("team_manager")).team.approvals == []
