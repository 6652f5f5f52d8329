"""A flag is answered once, by someone who may, until a day; then it asks again."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from accounts.models import AuditEvent
from attendance.models import Flag, FlagAnswer
from attendance.read_models.answers import (
    answer_tag,
    answers_of,
    long_unanswered,
    look_again_dates,
    starting_stock,
)
from attendance.read_models.calendar import ExpectedDays
from attendance.services.answers import answer_flag, check_can_answer
from attendance.services.nightly import run_for_everyone
from attendance.states import NOT_ANSWERED
from attendance_portal.shared.errors import Invalid, Refused
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory, make_terms

TODAY = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
LATER = date(2026, 3, 17)


def flag_of(enrolment=None, kind="persistent_absence", opened_on=date(2026, 3, 2), **facts) -> Flag:
    enrolment = enrolment or EnrolmentFactory()
    return Flag.objects.create(
        enrolment=enrolment,
        school=enrolment.school,
        kind=kind,
        opened_on=opened_on,
        met_on=opened_on,
        evidence={"absent": 24, "possible": 120},
        rule_version="1",
        updated_at=AT,
        **facts,
    )


@pytest.fixture
def flag(db) -> Flag:
    return flag_of()


@pytest.fixture
def officer(user_with):
    return user_with("attendance_officer")


def answer(flag, by, *, until=LATER, reason="Back since Monday.", on=TODAY, at=AT) -> FlagAnswer:
    return answer_flag(flag=flag, reason=reason, look_again_on=until, by=by, on=on, at=at)


def test_answer_holds_its_reason_its_day_its_role_and_an_audit_row(flag, officer):
    made = answer(flag, officer)

    assert (made.reason, made.look_again_on) == ("Back since Monday.", LATER)
    assert made.by_role == "attendance_officer"
    event = AuditEvent.objects.get(verb="flag.answered")
    assert (event.actor, event.object_ref) == (officer, str(flag.pk))
    assert event.after["look_again_on"] == "2026-03-17"


def test_same_answer_sent_twice_is_one_record(flag, officer):
    assert answer(flag, officer) == answer(flag, officer)
    assert AuditEvent.objects.filter(verb="flag.answered").count() == 1


def test_second_answer_while_one_holds_says_who_gave_it_and_when(flag, officer, user_with):
    answer(flag, officer)

    with pytest.raises(Refused, match=r"role Attendance officer on 3 Mar 2026, 9:00am"):
        answer(flag, user_with("team_manager"), reason="Another reason.")


def test_answer_whose_day_has_come_may_be_followed_by_another(flag, officer):
    first = answer(flag, officer, until=date(2026, 3, 4))
    second = answer(flag, officer, until=LATER, on=date(2026, 3, 4))

    first.refresh_from_db()
    assert (first.is_latest, second.is_latest) == (False, True)
    assert AuditEvent.objects.latest("id").before == {"look_again_on": "2026-03-04"}


@pytest.mark.parametrize(
    ("until", "reason", "says"),
    [
        (TODAY, "A reason", "after today"),
        (TODAY + timedelta(days=92), "A reason", "13 weeks"),
        (LATER, "  ", "Say why"),
        (LATER, "x" * 501, "500 characters"),
    ],
)
def test_answer_without_a_reason_or_a_day_to_come_is_invalid(flag, officer, until, reason, says):
    with pytest.raises(Invalid, match=says):
        answer(flag, officer, until=until, reason=reason)
    assert not FlagAnswer.objects.exists()


def test_closed_flag_needs_no_answer(officer):
    closed = flag_of(closed_on=TODAY, close_reason="no_longer_met")

    with pytest.raises(Refused, match="closed on 3 Mar 2026"):
        check_can_answer(officer, closed, on=TODAY)


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "analyst", "administrator"])
def test_role_without_casework_may_not_answer(flag, user_with, role):
    with pytest.raises(Refused, match="Your role does not include this"):
        check_can_answer(user_with(role), flag, on=TODAY)


def test_school_answers_its_own_flags_and_no_others(flag, user_with):
    check_can_answer(user_with("school_lead", school=flag.school), flag, on=TODAY)
    with pytest.raises(Refused, match="not one of yours"):
        check_can_answer(user_with("school_lead", school=SchoolFactory()), flag, on=TODAY)


def test_answers_are_shown_to_those_who_see_the_flag(flag, officer, user_with):
    answer(flag, officer)

    assert set(answers_of(user_with("school_lead", school=flag.school), [flag.pk])) == {flag.pk}
    assert answers_of(user_with("school_lead", school=SchoolFactory()), [flag.pk]) == {}


def test_tag_says_until_when_and_asks_again_on_the_day(flag, officer):
    made = answer(flag, officer)

    assert answer_tag(made, LATER - timedelta(days=1)).label == "Look again 17 Mar"
    assert answer_tag(made, LATER) == NOT_ANSWERED
    assert answer_tag(None, TODAY) == NOT_ANSWERED


def test_flag_is_answered_to_the_day_before_and_unanswered_from_the_day(flag, officer):
    answer(flag, officer)

    assert list(Flag.objects.unanswered(LATER - timedelta(days=1))) == []
    assert list(Flag.objects.answered(LATER - timedelta(days=1))) == [flag]
    assert list(Flag.objects.unanswered(LATER)) == [flag]
    assert list(Flag.objects.answered(LATER)) == []


@pytest.mark.parametrize(
    ("opened_on", "is_long"), [(date(2026, 2, 24), True), (date(2026, 2, 25), False)]
)
def test_flag_waits_too_long_from_the_fifth_school_day_after_it_opened(db, opened_on, is_long):
    """Wed 25, Thu 26, Fri 27 February, Mon 2 and Tue 3 March are five school days."""
    make_terms()
    flag_of(opened_on=opened_on)

    found = long_unanswered(Flag.objects.open(), today=TODAY, days=ExpectedDays())

    assert found.exists() is is_long


@pytest.mark.parametrize(
    ("due", "is_long"), [(date(2026, 2, 24), True), (date(2026, 2, 25), False)]
)
def test_flag_that_asks_again_is_counted_from_that_day(db, officer, due, is_long):
    make_terms()
    old = flag_of(opened_on=date(2026, 1, 12))
    answer(old, officer, until=due, on=date(2026, 1, 13))

    found = long_unanswered(Flag.objects.open(), today=TODAY, days=ExpectedDays())

    assert found.exists() is is_long


@pytest.fixture
def runs(db):
    """The first run of all, and one after it."""
    make_terms()
    return [run_for_everyone(as_of=day) for day in (date(2026, 1, 9), date(2026, 1, 12))]


def _late_and_stock():
    flags = Flag.objects.open()
    late = long_unanswered(flags, today=TODAY, days=ExpectedDays())
    return list(late), list(starting_stock(flags))


def test_flag_of_the_first_run_is_starting_stock_and_one_of_the_next_is_late(runs):
    old = flag_of(opened_on=date(2026, 1, 9), opened_by_run=runs[0])
    new = flag_of(opened_on=date(2026, 1, 12), opened_by_run=runs[1])

    assert _late_and_stock() == ([new], [old])


def test_flag_of_the_first_run_counts_once_an_answer_to_it_fell_due(runs, officer):
    old = flag_of(opened_on=date(2026, 1, 9), opened_by_run=runs[0])
    answer(old, officer, until=date(2026, 2, 2), on=date(2026, 1, 13))

    assert _late_and_stock() == ([old], [])


def test_before_the_first_run_nothing_is_starting_stock(db):
    make_terms()
    flag_of(opened_on=date(2026, 1, 12))

    assert not starting_stock(Flag.objects.open()).exists()


def test_waiting_time_leaves_the_holiday_out(db):
    """Opened on the last Friday before half-term: Monday 23 February is the first day after it."""
    make_terms()
    flag_of(opened_on=date(2026, 2, 13))

    days = ExpectedDays()
    assert not long_unanswered(Flag.objects.all(), today=date(2026, 2, 26), days=days).exists()
    assert long_unanswered(Flag.objects.all(), today=date(2026, 2, 27), days=days).exists()


def test_look_again_dates_hold_what_is_due_by_the_end_of_next_week(officer):
    for until in (date(2026, 3, 2), date(2026, 3, 15), date(2026, 3, 16)):
        answer(flag_of(), officer, until=until, on=date(2026, 2, 24))
    gone = flag_of(closed_on=TODAY, close_reason="left")
    FlagAnswer.objects.create(
        flag=gone, reason="x", look_again_on=TODAY, by=officer, by_role="team_manager", at=AT
    )

    found = look_again_dates(officer, today=TODAY)

    assert [row.look_again_on for row in found] == [date(2026, 3, 2), date(2026, 3, 15)]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_answer_at_once_leave_one_answer(user_with):
    flag = flag_of()
    people = [user_with("attendance_officer"), user_with("team_manager")]
    together, said = Barrier(2), []

    def press(person):
        try:
            together.wait()
            said.append(answer(flag, person))
        except Refused as refusal:
            said.append(refusal)
        finally:
            connections[connection.alias].close()

    threads = [Thread(target=press, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(type(one).__name__ for one in said) == ["FlagAnswer", "Refused"]
    assert FlagAnswer.objects.count() == 1
