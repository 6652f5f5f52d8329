"""The meeting itself: who is here, actions that stand at once, decisions, referrals."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core import mail

from accounts.models import AuditEvent
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Action, Referral, TimelineEntry
from meetings.choices import Side
from meetings.read_models.agreed import agreed, asked_to_accept
from meetings.read_models.preparation import discussed
from meetings.services.booking import record_not_held
from meetings.services.live import (
    Owner,
    Subject,
    answer_action,
    record_decision,
    record_who_is_here,
    refer_from_meeting,
    start_meeting,
)
from meetings.services.people import Guest, invite
from meetings.services.preparation import choose_pupil
from tests.factories.cases import CaseFactory, ConsentFactory
from tests.factories.meetings import MeetingFactory
from tests.factories.pupils import EnrolmentFactory, PupilGrantFactory
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.tsm import BOOKED_ON, ENDED, MEETING_ON, NOW, Table, lead_of, severe_flag

pytestmark = pytest.mark.django_db


@pytest.fixture
def table(db):
    make_terms()
    made = Table()
    made.book()
    return made


@pytest.fixture
def going(table):
    """A meeting that has begun, with both sides here."""
    table.start()
    return table


def pupil_of(table):
    return EnrolmentFactory(school=table.school).pupil


# Starting.


def begin(table, **facts):
    meeting = table.meeting
    meeting.refresh_from_db()
    came = list(meeting.attendances.values_list("pk", flat=True))
    given = {"came": came, "version": meeting.version, **table.now, **facts}
    return start_meeting(meeting=meeting, **given)


def test_the_start_asks_who_is_here(table):
    lead = table.meeting.attendances.get(user=table.lead)
    guest = Guest(Side.PARTNER, name="Sam", email="sam@example.org")
    meeting = begin(table, came=[lead.pk], others=[guest, guest])
    came = {row.address: row.came for row in meeting.attendances.all()}
    assert came == {table.officer.email: False, table.lead.email: True, "sam@example.org": True}
    assert (meeting.started_by, meeting.is_going_on, meeting.state) == (
        table.officer, True, "booked",
    )  # fmt: skip


def test_somebody_is_here(table):
    with pytest.raises(Invalid, match="at least one person"):
        begin(table, came=[])


def test_somebody_elses_number_is_nobody_here(table):
    other = Table()
    other.officer = table.officer
    other.book(starts_at=table.meeting.starts_at + timedelta(hours=2))
    with pytest.raises(Invalid, match="at least one person"):
        begin(table, came=[other.meeting.attendances.first().pk])


def test_started_twice_it_was_started_once(table):
    first = begin(table)
    assert begin(table, version=0).started_at == first.started_at
    assert AuditEvent.objects.filter(verb="meeting.started").count() == 1


def test_who_starts_an_older_version_is_told(table):
    version = table.meeting.version
    guest = Guest(Side.PARTNER, name="Sam", email="sam@example.org")
    invite(meeting=table.meeting, guest=guest, **table.who)
    with pytest.raises(Conflict, match="changed meanwhile"):
        begin(table, version=version)


def test_it_does_not_start_before_its_day(table):
    with pytest.raises(Refused, match="Tue 17 Mar 2026"):
        begin(table, on=MEETING_ON - timedelta(days=1))
    assert begin(table, on=MEETING_ON + timedelta(days=1)).started_at


def test_an_offer_is_not_started(db):
    make_terms()
    table = Table()
    table.offer()
    with pytest.raises(Refused, match="No time is booked"):
        begin(table)


def test_what_was_called_off_is_not_started(table):
    record_not_held(meeting=table.meeting, reason="Snow.", **table.who)
    with pytest.raises(Refused, match="was not held: Snow"):
        begin(table)


def test_the_school_does_not_start_it(table):
    with pytest.raises(Refused):
        begin(table, by=table.lead)


def test_who_was_severely_absent_is_kept_beside_the_reasons_people_gave(table):
    one, other = (EnrolmentFactory(school=table.school) for _ in range(2))
    choose_pupil(
        meeting=table.meeting, pupil=one.pupil, why="agencies", note="Health", by=table.lead,
        on=BOOKED_ON, at=NOW,
    )  # fmt: skip
    flags = [severe_flag(one), severe_flag(other)]
    table.start()
    for flag in flags:
        flag.closed_on, flag.close_reason = MEETING_ON, "no_longer_met"
        flag.save()
    assert [row.why for row in discussed(table.lead, table.meeting)] == [
        ("Severely absent", "Needs more than one agency"),
        ("Severely absent",),
    ]


def test_who_is_here_can_be_put_right(going):
    lead = going.meeting.attendances.get(user=going.lead)
    record_who_is_here(meeting=going.meeting, came=[lead.pk], by=going.officer, at=ENDED)
    assert going.meeting.attendances.filter(came=True).get() == lead


# Actions.


def test_an_action_is_in_its_owners_list_before_the_meeting_ends(going):
    row = going.agree()
    action = Action.objects.visible_to(going.lead).open().get(owner=going.lead)
    assert row.action == action
    assert action.origin == "tsm"
    assert action.origin_label == f"TSM, {going.school.name}, 17 Mar 2026"
    assert (action.school, action.pupil, action.agency) == (going.school, None, "school")
    assert (row.about, row.acceptance) == ("school", "there")
    assert going.meeting.state == "booked"


def test_a_long_name_of_a_school_fits_into_the_label(going):
    going.school.name = "x" * 200
    going.school.save()
    assert going.agree().action.origin_label.endswith(", 17 Mar 2026")


def test_an_action_about_a_child_stands_on_the_childs_record(going):
    pupil = pupil_of(going)
    row = going.agree(subject=Subject("pupil", pupil=pupil))
    assert row.action.pupil == pupil
    assert TimelineEntry.objects.filter(pupil=pupil, object_kind="action").exists()


def test_an_action_about_a_group_names_it(going):
    row = going.agree(subject=Subject("cohort", cohort="drifting_up"))
    assert (row.cohort, row.action.pupil) == ("drifting_up", None)
    (line,) = agreed(going.lead, going.meeting, MEETING_ON).actions
    assert line.about == "Drifting up"


def test_pressed_twice_it_is_one_action(going):
    token = uuid.uuid4()
    assert going.agree(client_token=token) == going.agree(client_token=token)
    assert Action.objects.count() == 1


def test_each_addition_is_another_version_for_the_others(going):
    before = going.meeting.version
    going.agree()
    going.meeting.refresh_from_db()
    assert going.meeting.version == before + 1


def test_the_school_adds_on_another_device(going):
    row = going.agree(by=going.lead, owner=Owner(going.officer))
    assert (row.by, row.action.owner, row.action.agency) == (
        going.lead, going.officer, "attendance",
    )  # fmt: skip


def test_a_name_without_a_login_speaks_for_an_agency(going):
    row = going.agree(owner=Owner(name="Dr Ali", agency="health"))
    assert (row.action.owner_name, row.action.agency, row.acceptance) == (
        "Dr Ali", "health", "asked",
    )  # fmt: skip


def test_a_name_that_is_here_has_agreed(going):
    guest = Guest(Side.PARTNER, name="Dr Ali", email="ali@example.org")
    lead = going.meeting.attendances.get(user=going.lead)
    record_who_is_here(
        meeting=going.meeting, came=[lead.pk], others=[guest], by=going.officer, at=ENDED
    )
    assert going.agree(owner=Owner(name="dr ali", agency="health")).acceptance == "there"


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"text": " "}, "/text"),
        ({"due_on": MEETING_ON - timedelta(days=1)}, "/due_on"),
        ({"owner": Owner()}, "/owner"),
        ({"owner": Owner(name="Sam", agency="nobody")}, "/agency"),
        ({"subject": Subject("weather")}, "about"),
        ({"subject": Subject("pupil")}, "pupil"),
        ({"subject": Subject("cohort", cohort="tall")}, "cohort"),
        ({"subject": Subject("school", cohort="drifting_up")}, "cohort"),
    ],
)
def test_an_action_that_cannot_be(going, facts, pointer):
    with pytest.raises(Invalid) as problem:
        going.agree(**facts)
    assert problem.value.errors[0].pointer == pointer
    assert not Action.objects.exists()


def test_an_action_is_about_one_thing(going):
    pupil = pupil_of(going)
    for subject in (
        Subject("school", pupil=pupil),
        Subject("pupil", pupil=pupil, cohort="drifting_up"),
    ):
        with pytest.raises(Invalid):
            going.agree(subject=subject)


def test_a_child_of_another_school_is_not_spoken_about(going):
    with pytest.raises(Refused, match="not on the roll"):
        going.agree(subject=Subject("pupil", pupil=EnrolmentFactory().pupil))


def test_who_does_not_work_with_the_child_is_given_nothing_about_it(going, user_with):
    helper, pupil = user_with("early_help_worker"), pupil_of(going)
    facts = {"owner": Owner(helper), "subject": Subject("pupil", pupil=pupil)}
    with pytest.raises(Invalid, match="does not work with this child"):
        going.agree(**facts)
    PupilGrantFactory(user=helper, pupil=pupil)
    assert going.agree(**facts).action.owner == helper


@pytest.mark.parametrize("role", ["analyst", "administrator"])
def test_who_has_no_list_of_actions_is_given_none(going, role, user_with):
    with pytest.raises(Invalid, match="no role that has actions"):
        going.agree(owner=Owner(user_with(role)))


def test_a_partner_at_the_table_agrees_nothing_about_the_school(going, user_with):
    helper = user_with("early_help_worker")
    invite(meeting=going.meeting, guest=Guest(Side.PARTNER, user=helper), **going.who)
    with pytest.raises(Refused, match="one of your schools"):
        going.agree(by=helper)
    pupil = pupil_of(going)
    PupilGrantFactory(user=helper, pupil=pupil)
    row = going.agree(by=helper, owner=Owner(helper), subject=Subject("pupil", pupil=pupil))
    assert row.acceptance == "there"


def test_who_is_not_at_the_table_agrees_nothing(going):
    with pytest.raises(Refused):
        going.agree(by=lead_of(SchoolFactory()))


def test_nothing_is_agreed_before_the_start_or_after_the_end(table):
    with pytest.raises(Refused, match="has not started"):
        table.agree()
    table.start()
    table.end()
    with pytest.raises(Refused, match="was held and ended"):
        table.agree()


def test_an_action_stands_at_its_agenda_item_where_it_is_of_this_meeting(going):
    item = going.meeting.agenda_items.first()
    other = MeetingFactory().agenda_items.create(position=1, title="Other", at=NOW)
    assert going.agree(agenda_item=item).agenda_item == item
    assert going.agree(agenda_item=other).agenda_item is None


# Owners who are not here.


def test_who_is_not_here_has_it_at_once_and_is_asked(table, django_capture_on_commit_callbacks):
    table.start(without=[table.lead])
    with django_capture_on_commit_callbacks(execute=True):
        row = table.agree()
    assert row.acceptance == "asked"
    assert Action.objects.open().filter(owner=table.lead).exists()
    (message,) = [one for one in mail.outbox if one.subject.startswith("An action")]
    assert message.to == [table.lead.email]
    assert "The school: due 24 Mar 2026" in message.body
    assert "bus pass" not in message.body
    (line,) = asked_to_accept(table.lead, MEETING_ON)
    assert (line.row_id, line.is_asked) == (row.pk, True)


def test_who_is_asked_accepts_once(table):
    table.start(without=[table.lead])
    row = table.agree()
    who = {**table.now, "by": table.lead}
    one = answer_action(row=row, is_accepted=True, **who)
    assert (one.acceptance, answer_action(row=row, is_accepted=True, **who)) == ("accepted", one)
    assert asked_to_accept(table.lead, MEETING_ON) == ()
    with pytest.raises(Refused, match="Nobody is asking"):
        answer_action(row=row, is_accepted=False, reason="No.", **who)


def test_what_is_not_accepted_goes_back_with_the_reason(table):
    table.start(without=[table.lead])
    row = table.agree()
    who = {**table.now, "by": table.lead}
    with pytest.raises(Invalid, match="Say why"):
        answer_action(row=row, is_accepted=False, **who)
    answered = answer_action(row=row, is_accepted=False, reason="I am on leave.", **who)
    answered.action.refresh_from_db()
    assert (answered.acceptance, answered.declined_reason) == ("declined", "I am on leave.")
    assert answered.action.owner == table.officer


def test_somebody_else_does_not_answer(table):
    table.start(without=[table.lead])
    with pytest.raises(Refused, match="answers"):
        answer_action(row=table.agree(), is_accepted=True, **table.now)


def test_for_a_name_without_a_login_the_council_answers(going):
    row = going.agree(owner=Owner(name="Dr Ali", agency="health"))
    with pytest.raises(Refused):
        answer_action(row=row, is_accepted=True, **{**going.now, "by": going.lead})
    no = answer_action(row=row, is_accepted=False, reason="Another team.", **going.now)
    no.action.refresh_from_db()
    assert (no.action.owner, no.action.owner_name) == (going.officer, "")


def test_an_action_agreed_here_is_not_asked_about(going):
    with pytest.raises(Refused, match="Nobody is asking"):
        answer_action(row=going.agree(), is_accepted=True, **{**going.now, "by": going.lead})


# Decisions.


def decide(table, **facts):
    given = {"text": "Breakfast stays.", "client_token": uuid.uuid4(), **table.now, **facts}
    return record_decision(meeting=table.meeting, **given)


def test_a_decision_keeps_the_figure_it_relied_on(going):
    decision = decide(
        going, figure_words="Year 8, autumn, all absence", figure_shown="9.97%, 35 of 351"
    )
    found = agreed(going.lead, going.meeting, MEETING_ON).decisions
    assert found == (decision,)
    assert found[0].figure_shown == "9.97%, 35 of 351"


def test_pressed_twice_it_is_one_decision(going):
    token = uuid.uuid4()
    assert decide(going, client_token=token) == decide(going, client_token=token)


@pytest.mark.parametrize(
    "facts",
    [{"text": " "}, {"text": "x" * 501}, {"figure_words": "Year 8"}, {"figure_shown": "9.97%"}],
)
def test_a_decision_that_cannot_be(going, facts):
    with pytest.raises(Invalid):
        decide(going, **facts)


def test_a_decision_about_a_child_is_about_one_of_the_school(going):
    pupil = pupil_of(going)
    assert decide(going, pupil=pupil).pupil == pupil
    with pytest.raises(Refused):
        decide(going, pupil=EnrolmentFactory().pupil)


def test_a_partner_decides_nothing(going, user_with):
    helper = user_with("early_help_worker")
    invite(meeting=going.meeting, guest=Guest(Side.PARTNER, user=helper), **going.who)
    with pytest.raises(Refused):
        decide(going, by=helper)


# Referrals.


def refer(table, pupil, **facts):
    given = {
        "to_agency": "early_help", "service": "Family support", "reason": "Mornings are hard.",
        "client_token": uuid.uuid4(), **table.now, **facts,
    }  # fmt: skip
    return refer_from_meeting(meeting=table.meeting, pupil=pupil, **given)


def test_a_child_is_referred_in_one_step(going):
    enrolment = EnrolmentFactory(school=going.school)
    case = CaseFactory(enrolment=enrolment, lead=going.officer)
    ConsentFactory(pupil=enrolment.pupil, agency="early_help")
    token = uuid.uuid4()
    row = refer(going, enrolment.pupil, client_token=token)
    assert refer(going, enrolment.pupil, client_token=token) == row
    assert (row.referral.case, row.referral.sent_by) == (case, going.officer)
    (line,) = agreed(going.officer, going.meeting, MEETING_ON).referrals
    assert (line.agency, line.service, line.tag.label) == (
        "Early help", "Family support", "Sent",
    )  # fmt: skip


def test_without_a_case_or_a_basis_nobody_is_referred(going):
    enrolment = EnrolmentFactory(school=going.school)
    with pytest.raises(Refused, match="No case is open"):
        refer(going, enrolment.pupil)
    CaseFactory(enrolment=enrolment, lead=going.officer)
    with pytest.raises(Refused):
        refer(going, enrolment.pupil)
    with pytest.raises(Refused, match="not on the roll"):
        refer(going, EnrolmentFactory().pupil)
    assert not Referral.objects.exists()
