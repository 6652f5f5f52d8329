"""The weekly digest: one mail a person and week, counts and links, and no child named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import structlog
from django.core import mail

from accounts.models import AuditEvent, SavedView, WeeklyDigestSent
from attendance.read_models.calendar import ExpectedDays
from attendance.services.nightly import run_for_everyone
from attendance_portal.celery import app
from dashboards.read_models.weekly_digest import met_last_week, weekly_digest
from dashboards.services import weekly_digest as service
from dashboards.services.weekly_digest import is_first_working_day, send_weekly_digests
from dashboards.tasks import send_weekly_digests as task
from dashboards.worklists import lists_with_new
from tests.factories.cases import ActionFactory
from tests.factories.classes import FIRST_MONDAY, LATEST, SmallBorough, child, keep_register
from tests.factories.schools import PatchFactory, SchoolFactory, make_terms
from tests.factories.tsm import PLAN, Table

MONDAY = date(2026, 2, 9)
AT = datetime(2026, 2, 9, 7, 20, tzinfo=UTC)
WEEK_BEFORE = date(2026, 1, 30)
IN_MARCH = date(2026, 3, 9)


def morning(on=MONDAY, lists=lambda user, on: 0):
    """Run it, and give back what became of it and who was written to."""
    mail.outbox.clear()
    sent = send_weekly_digests(on=on, at=AT, lists_with_new=lists)
    return sent, sorted(one.to[0] for one in mail.outbox)


def words_of(user, on=MONDAY, **options):
    return [line.words for line in weekly_digest(user, on=on, at=AT, **options).lines]


@pytest.fixture
def week(db):
    """The small borough with figures of two Fridays: in between Ben came over 10%, and Gil, who
    had missed 4 of 40, came under it."""
    made = SmallBorough()
    child(made.ash, "Gil", "IIII//////")
    made.run(WEEK_BEFORE, LATEST)
    return made


@pytest.fixture
def lead(week, user_with):
    return user_with("school_lead", school=week.ash)


# What it says.


def test_new_and_cleared_absence_is_counted_since_last_week(week, lead, user_with):
    elsewhere = user_with("school_lead", school=week.elm)

    assert "Persistent absence: 1 new and 1 cleared since last week" in words_of(lead)
    assert not [words for words in words_of(elsewhere) if "absence" in words]


def test_week_without_an_earlier_run_tells_of_no_change(borough, user_with):
    lead = user_with("school_lead", school=borough.ash)

    assert not [words for words in words_of(lead) if "since last week" in words]
    assert [words for words in words_of(lead) if words.endswith("for an answer")]


def test_before_the_first_run_there_are_no_figures(db, user_with):
    make_terms()
    lead = user_with("school_lead", school=SchoolFactory())

    assert words_of(lead) == []
    assert words_of(lead, lists_with_new=1) == ["1 worklist of yours has somebody new"]


def test_school_that_is_behind_is_counted_and_one_that_is_not_is_not(week, lead):
    assert not [words for words in words_of(lead) if "behind" in words]

    run_for_everyone(as_of=date(2026, 2, 11))

    assert "1 school is behind with marks" in words_of(lead, on=date(2026, 2, 16))


@pytest.mark.parametrize(
    ("due", "says"),
    [
        (date(2026, 2, 8), ["1 action of yours is due this week, 1 of them overdue"]),
        (date(2026, 2, 15), ["1 action of yours is due this week"]),
        (date(2026, 2, 16), []),
    ],
)
def test_own_actions_count_to_the_sunday(week, lead, due, says):
    ActionFactory(case__enrolment=week.cal, owner=lead, due_on=due)

    assert [words for words in words_of(lead) if "action" in words] == says


@pytest.mark.parametrize(("days", "is_told"), [(14, True), (15, False)])
def test_meeting_of_the_next_two_weeks_is_told_with_its_day(db, days, is_told):
    make_terms()
    table = Table()
    starts_at = datetime(2026, 3, 9, 9, 30, tzinfo=UTC) + timedelta(days=days)
    table.book(starts_at=starts_at, plan=PLAN)

    said = [words for words in words_of(table.lead, IN_MARCH) if "meeting" in words]

    assert bool(said) is is_told
    if is_told:
        assert said == [
            "1 targeting support meeting in the next two weeks, the first on Monday 23 March 2026"
        ]


def test_agenda_is_due_until_it_is_shared(db):
    make_terms()
    table = Table()
    meeting = table.book(starts_at=datetime(2026, 3, 12, 9, 30, tzinfo=UTC))
    due = "1 agenda is due by the end of this week"
    assert due in words_of(table.officer, IN_MARCH)

    meeting.agenda_shared_at = AT
    meeting.save()

    assert due not in words_of(table.officer, IN_MARCH)


@pytest.mark.parametrize(("number", "says"), [(0, []), (2, ["2 worklists of yours have"])])
def test_worklists_with_somebody_new_are_counted(lead, number, says):
    said = [words for words in words_of(lead, lists_with_new=number) if "worklist" in words]

    assert [words.removesuffix(" somebody new") for words in said] == says


def test_worklist_counts_while_somebody_is_new_on_it(week, lead):
    view = SavedView.objects.create(
        user=lead, name="Severe", path="/pupils/", query="severe=true", saved_at=AT, looked_at=AT
    )
    assert lists_with_new(lead, MONDAY) == 1

    view.seen = [week.cal.pk]
    view.save()

    assert lists_with_new(lead, MONDAY) == 0


# The mail.


def test_mail_has_counts_and_links_in_both_parts_and_names_nobody(week, lead, settings):
    settings.PORTAL_ADDRESS = "https://attendance.example.gov.uk"
    lead.name = "Ruth Kaplan"
    lead.save()

    assert morning()[1] == [lead.email]

    (message,) = mail.outbox
    assert message.subject == "Attendance: your week"
    html = message.alternatives[0][0]
    for body in (message.body, html):
        for words in ("Good morning Ruth Kaplan,", "for 1 school", "1 new and 1 cleared",
                      "https://attendance.example.gov.uk/mail/"):  # fmt: skip
            assert words in body
        for secret in ("Sample", "Ben", "Cal", "Ash School"):
            assert secret not in body


def test_fullest_mail_has_fewer_than_200_words(week, lead):
    ActionFactory(case__enrolment=week.cal, owner=lead, due_on=date(2026, 2, 8))
    full = weekly_digest(lead, on=MONDAY, at=AT, lists_with_new=3)
    message = service._mail(lead, full)

    assert len(full.lines) >= 4
    assert len(message.body.split()) < 200 - 3 * 20  # three more lines could stand in it


# Who gets it, and when.


def test_leads_and_officers_of_patches_get_it_and_others_do_not(week, user_with):
    lead = user_with("school_lead", school=week.ash)
    officer = user_with("attendance_officer", patch=PatchFactory(schools=[week.ash]))
    for role in ("team_manager", "analyst", "administrator"):
        user_with(role)
    ended = user_with("school_lead", school=week.ash, until_on=MONDAY - timedelta(days=1))
    gone = user_with("school_lead", school=week.ash)
    gone.is_active = False
    gone.save()

    assert morning()[1] == sorted([lead.email, officer.email])
    assert ended.email not in morning()[1]


def test_someone_with_two_schools_gets_one_mail(week, user_with):
    both = user_with("school_lead", school=week.ash)
    user_with("school_lead", school=week.elm, user=both)

    assert morning()[1] == [both.email]
    assert "for 2 schools" in mail.outbox[0].body


def test_nothing_to_say_is_no_mail(week, user_with):
    user_with("school_lead", school=week.elm)

    assert morning()[1] == []
    assert not WeeklyDigestSent.objects.exists()


def test_second_run_of_a_week_sends_nothing_and_the_next_week_does(week, lead):
    assert morning()[1] == [lead.email]
    assert morning()[1] == []
    assert morning(MONDAY + timedelta(days=7))[1] == [lead.email]


def test_run_that_lost_the_race_sends_nothing(week, lead, monkeypatch):
    WeeklyDigestSent.objects.create(user=lead, week=MONDAY, at=AT)
    monkeypatch.setattr(service, "_readers", lambda on: iter([lead]))

    assert morning()[1] == []


def test_address_that_fails_stops_nobody_and_is_tried_again(week, lead, user_with, monkeypatch):
    other = user_with("school_lead", school=week.ash)
    right = service._mail

    def fails_for_one(user, digest):
        if user == lead:
            raise OSError("Mailbox unavailable")
        return right(user, digest)

    monkeypatch.setattr(service, "_mail", fails_for_one)
    with structlog.testing.capture_logs() as lines:
        sent, reached = morning()
    assert (sent.sent, sent.not_sent, reached) == (1, 1, [other.email])
    assert lead.email not in str(lines)

    monkeypatch.setattr(service, "_mail", right)
    assert morning()[1] == [lead.email]


@pytest.mark.parametrize(
    ("day", "is_first"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 3), False),
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 7), True),
        (date(2026, 4, 8), False),
        (date(2026, 3, 7), False),
        (date(2026, 3, 8), False),
    ],
)
def test_day_is_the_first_working_day_of_its_week(db, day, is_first):
    assert is_first_working_day(day) is is_first


def test_other_days_send_nothing(week, lead):
    assert morning(MONDAY + timedelta(days=1))[1] == []


def test_week_of_holidays_is_left_out_and_the_one_after_school_is_not(week, lead):
    assert morning(date(2026, 2, 16))[1] == [lead.email]  # the first day of the half-term
    assert morning(date(2026, 2, 23))[1] == []  # after it


def test_school_that_met_in_the_holidays_counts(db):
    make_terms()
    ash, elm = SchoolFactory(), SchoolFactory()
    keep_register(child(ash, "Ada"), "//////////", first=date(2026, 2, 16))
    keep_register(child(elm, "Eve"), "##########", first=date(2026, 2, 16))
    on, days = date(2026, 2, 23), ExpectedDays()

    assert met_last_week([ash.pk, elm.pk], on, days)
    assert not met_last_week([elm.pk], on, days)
    assert not met_last_week([], FIRST_MONDAY + timedelta(days=7), days)


# One's own choice.


def test_person_turns_it_off_and_on_again(week, signed_in):
    client = signed_in("school_lead", school=week.ash)
    assert "checked" in client.get("/mail/").content.decode()

    text = client.post("/mail/", {"weekly": "off"}, follow=True).content.decode()
    assert "You get no weekly digest from now on." in text
    assert morning()[1] == []
    event = AuditEvent.objects.get(object_kind="mail_choice")
    assert (event.before, event.after) == ({"weekly_digest": True}, {"weekly_digest": False})

    text = client.post("/mail/", {"weekly": "on"}, follow=True).content.decode()
    assert "You get the weekly digest." in text
    assert morning()[1] == [client.user.email]


def test_choice_of_what_is_so_already_changes_nothing(week, signed_in):
    signed_in("school_lead", school=week.ash).post("/mail/", {"weekly": "on"})

    assert not AuditEvent.objects.filter(object_kind="mail_choice").exists()


@pytest.mark.parametrize("weekly", ["", "perhaps"])
def test_choice_that_is_none_says_so(week, signed_in, weekly):
    client = signed_in("school_lead", school=week.ash)

    text = client.post("/mail/", {"weekly": weekly}).content.decode()

    assert "<title>Error: " in text
    client.user.refresh_from_db()
    assert client.user.wants_weekly_digest


# The schedule.


def test_task_is_on_the_schedule_of_weekdays_and_sends_for_today(week, lead, settings):
    entry = app.conf.beat_schedule["send-weekly-digests"]
    assert entry["task"] == task.name
    assert entry["schedule"].day_of_week == {1, 2, 3, 4, 5}
    settings.PORTAL_TODAY = MONDAY
    mail.outbox.clear()

    task()

    assert [one.to for one in mail.outbox] == [[lead.email]]
