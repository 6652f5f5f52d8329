"""The morning's digest: one mail a person, counts only, and nobody's work is lost."""

from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from django.core import mail

from attendance_portal.celery import app
from cases.models import DigestSent, StageOverride
from cases.services import digest
from cases.services.digest import digests, is_working_day, send_digests
from cases.tasks import send_digests as task
from tests.factories.cases import MOMENT, ActionFactory, CaseFactory, ReferralFactory
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

TUESDAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def morning(on=TUESDAY):
    """Run it, and give back what became of it and who was written to."""
    mail.outbox.clear()
    sent = send_digests(on=on, at=AT)
    return sent, sorted(one.to[0] for one in mail.outbox)


def told(user, on=TUESDAY):
    return {one.pk: digest for one, digest in digests(on)}[user.pk]


def leave(user):
    user.is_active = False
    user.save()


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


@pytest.fixture
def case(officer):
    """A case the officer leads, with nothing due this week."""
    enrolment = EnrolmentFactory(pupil__forename="Zebedee", pupil__surname="Quill")
    return CaseFactory(enrolment=enrolment, lead=officer)


def action(case, **facts):
    return ActionFactory(**{"case": case, "owner": case.lead, "due_on": TUESDAY, **facts})


# What is in it.


def test_mail_holds_counts_and_a_link_and_neither_child_nor_school(case, officer, settings):
    settings.PORTAL_ADDRESS = "https://attendance.example.gov.uk"
    officer.name = "Sam Okoro"
    officer.save()
    action(case, text="Ask Zebedee about the bus", due_on=date(2026, 3, 2))
    action(case, text="Ring Mrs Quill")
    sent, reached = morning()

    assert (sent.sent, sent.not_sent, reached) == (1, 0, [officer.email])
    (message,) = mail.outbox
    assert message.subject == "Attendance: 2 due today or overdue"
    html = message.alternatives[0][0]
    for body in (message.body, html):
        for words in ("Good morning Sam Okoro,", "Your actions", "1 overdue", "1 due today",
                      "https://attendance.example.gov.uk/"):  # fmt: skip
            assert words in body
        for secret in ("Zebedee", "Quill", case.school.name, case.reference, "bus"):
            assert secret not in body
    assert "<li>1 overdue</li>" in html


def test_many_things_are_one_mail(case, officer):
    for number in range(7):
        action(case, due_on=TUESDAY - timedelta(days=number))

    assert morning()[1] == [officer.email]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"due_on": date(2026, 3, 9)},
        {"state": "done", "outcome": "Rang", "ended_on": TUESDAY},
        {"owner": None, "owner_name": "Mum"},
    ],
)
def test_nothing_due_this_week_done_or_a_parents_is_no_mail(case, facts):
    action(case, **facts)

    assert morning()[1] == []


def test_review_of_a_case_is_told_to_lead_and_cover_while_it_lasts(case, officer, user_with):
    cover = user_with("attendance_officer")
    case.next_review_on, case.cover, case.cover_until = date(2026, 3, 2), cover, TUESDAY
    case.save()

    assert told(officer).reviews.overdue == 1
    assert told(cover).reviews.overdue == 1
    assert told(cover, TUESDAY + timedelta(days=1)).is_empty


def test_action_that_a_colleague_asks_for_is_told_to_its_owner(case, officer, user_with):
    colleague = user_with("attendance_officer")
    action(case, due_on=date(2026, 4, 1), asked_over_by=colleague, asked_over_at=MOMENT)

    assert told(officer).asked_over == 1
    assert told(colleague).is_empty


@pytest.mark.parametrize(
    ("facts", "outcomes"),
    [
        ({"state": "sent"}, 0),
        ({"state": "ended", "outcome": "Six visits"}, 1),
        ({"state": "declined", "decline_reason": "Too far"}, 1),
        ({"state": "ended", "outcome": "Six visits", "told_on": TUESDAY}, 0),
    ],
)
def test_outcome_that_nobody_was_told_of_is_the_leads(case, officer, user_with, facts, outcomes):
    other = user_with("attendance_officer")
    ReferralFactory(case=case, **facts)

    assert told(officer).outcomes == outcomes
    assert told(other).outcomes == 0


def test_override_that_waits_is_told_to_those_who_decide(case, officer, user_with):
    manager = user_with("team_manager")
    asked = StageOverride.objects.create(
        case=case, to_stage=5, reason="Why", asked_by=officer, asked_at=MOMENT
    )
    assert told(manager).overrides == 1
    assert told(officer).overrides == 0

    asked.decision, asked.decided_by, asked.decided_at = "agreed", manager, MOMENT
    asked.save()
    assert told(manager).is_empty


def test_case_without_a_lead_is_counted_for_the_manager(case, officer, user_with):
    manager = user_with("team_manager")
    CaseFactory(lead=None)

    assert told(manager).unallocated == 1
    assert told(officer).unallocated == 0


# Nobody's work is lost.


def test_case_of_a_lead_who_left_is_told_to_the_manager(case, officer, user_with):
    manager = user_with("team_manager")
    assert told(manager).is_empty

    leave(officer)

    assert told(manager).cases_adrift == 1
    assert [part.lines for part in told(manager).parts] == [
        ("1 case whose lead has left or has no access now",)
    ]


def test_case_of_a_lead_without_a_role_is_told_to_the_manager(case, officer, user_with):
    manager = user_with("team_manager")
    officer.memberships.update(until_on=TUESDAY - timedelta(days=1))

    assert told(manager).cases_adrift == 1


def test_case_of_a_lead_who_no_longer_sees_it_is_told_to_the_manager(case, user_with):
    manager = user_with("team_manager")
    case.lead = user_with("school_lead", school=SchoolFactory())
    case.save()

    assert told(manager).cases_adrift == 1


def test_case_of_a_lead_who_left_but_is_covered_is_nobodys_trouble(case, officer, user_with):
    manager, cover = user_with("team_manager"), user_with("attendance_officer")
    case.cover, case.cover_until = cover, TUESDAY
    case.save()
    leave(officer)

    assert told(manager).cases_adrift == 0
    assert told(manager, TUESDAY + timedelta(days=1)).cases_adrift == 1


def test_action_of_an_owner_who_left_is_told_to_the_manager_and_not_to_the_owner(case, user_with):
    manager, helper = user_with("team_manager"), user_with("attendance_officer")
    action(case, owner=helper)
    assert told(manager).actions_adrift == 0

    leave(helper)

    assert told(manager).actions_adrift == 1
    assert helper.email not in morning()[1]


def test_without_a_manager_the_administrator_is_told_and_not_of_what(case, officer, user_with):
    administrator = user_with("administrator")
    CaseFactory(lead=None)
    action(case, owner=user_with("attendance_officer"))
    assert told(administrator).unmanaged == 1

    leave(officer)

    assert told(administrator).unmanaged == 2
    morning()
    (message,) = [one for one in mail.outbox if one.to == [administrator.email]]
    assert "2 things wait for a team manager" in message.body


def test_what_a_manager_of_other_schools_does_not_see_goes_to_the_administrator(case, user_with):
    administrator = user_with("administrator")
    user_with("team_manager", school=SchoolFactory())
    CaseFactory(lead=None)
    assert told(administrator).unmanaged == 1

    user_with("team_manager")
    assert told(administrator).is_empty


def test_without_an_administrator_either_the_log_says_so_and_the_rest_go_on(case, officer):
    CaseFactory(lead=None)
    action(case)

    with structlog.testing.capture_logs() as lines:
        _, reached = morning()

    assert reached == [officer.email]
    assert [(line["event"], line["waiting"]) for line in lines] == [("digest_nobody_manages", 1)]


# Once, and for everyone.


def test_second_run_of_a_day_sends_nothing_and_the_next_day_does(case, officer):
    action(case)

    assert morning()[1] == [officer.email]
    assert morning()[1] == []
    assert morning(TUESDAY + timedelta(days=1))[1] == [officer.email]
    assert DigestSent.objects.count() == 2


def test_run_that_lost_the_race_sends_nothing(case, officer, monkeypatch):
    action(case)
    DigestSent.objects.create(user=officer, on=TUESDAY, at=AT)
    nobody_yet = DigestSent.objects.none()
    monkeypatch.setattr(DigestSent.objects, "filter", lambda **_: nobody_yet)

    assert morning()[1] == []


def test_address_that_fails_stops_nobody_and_is_tried_again(case, officer, user_with, monkeypatch):
    other = user_with("attendance_officer")
    action(case)
    action(case, owner=other)
    right = digest._mail

    def fails_for_one(user, found):
        if user == officer:
            raise OSError("Mailbox unavailable")
        return right(user, found)

    monkeypatch.setattr(digest, "_mail", fails_for_one)
    with structlog.testing.capture_logs() as lines:
        sent, reached = morning()

    assert (sent.sent, sent.not_sent, reached) == (1, 1, [other.email])
    assert [line["user_id"] for line in lines] == [officer.pk]
    assert officer.email not in str(lines)

    monkeypatch.setattr(digest, "_mail", right)
    assert morning()[1] == [officer.email]


def test_someone_inactive_a_machine_and_someone_without_a_role_get_none(
    case, officer, user_with, system_of
):
    action(case, owner=system_of("cases:read").user)
    action(case)
    officer.memberships.update(ended_at=MOMENT)
    action(case, owner=user_with("analyst"))

    assert morning()[1] == []


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 6), True),
        (date(2026, 3, 7), False),
        (date(2026, 3, 8), False),
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 2, 18), True),  # half-term: offices work
    ],
)
def test_digest_is_for_working_mornings(case, day, works):
    action(case, due_on=TUESDAY - timedelta(days=60))

    assert is_working_day(day) is works
    assert bool(morning(day)[1]) is works


# The schedule.


def test_task_is_on_the_schedule_of_weekdays_at_seven_and_again_at_eight():
    entry = app.conf.beat_schedule["send-digests"]

    assert entry["task"] == task.name
    assert entry["schedule"].hour == {7, 8}
    assert entry["schedule"].day_of_week == {1, 2, 3, 4, 5}


def test_task_sends_for_today(case, officer):
    action(case)
    mail.outbox.clear()
    task()

    assert [one.to for one in mail.outbox] == [[officer.email]]


def test_queries_do_not_grow_with_what_is_due(case, officer, django_assert_max_num_queries):
    for _ in range(3):
        action(case)
    with django_assert_max_num_queries(20) as few:
        digests(TUESDAY)
    for _ in range(20):
        action(case)
    with django_assert_max_num_queries(len(few)):
        digests(TUESDAY)
