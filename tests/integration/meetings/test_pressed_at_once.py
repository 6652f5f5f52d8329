"""Two people press the same button in the same moment: one record, and the other is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from accounts.models import AuditEvent
from attendance_portal.shared.errors import DomainError
from cases.models import Action
from meetings.models import Meeting
from meetings.services.booking import confirm_by_token
from tests.factories.schools import make_terms
from tests.factories.tsm import BOOKED_ON, NOW, Table

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*presses: Callable[[], Any]) -> list[str]:
    """What threads that press together are told: 'done', or the code of the refusal."""
    ready, told = Barrier(len(presses)), []

    def run(press: Callable[[], Any]) -> None:
        ready.wait(timeout=20)
        try:
            press()
            told.append("done")
        except DomainError as problem:
            told.append(problem.code)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[press]) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


@pytest.fixture
def table():
    make_terms()
    return Table()


def test_two_bookings_of_one_school_are_one_meeting(table):
    assert at_once(table.book, table.book) == ["done", "meeting_stands"]
    assert Meeting.objects.count() == 1


def test_two_schools_do_not_get_one_contact_at_one_time(table):
    other = Table()
    other.officer = table.officer
    assert at_once(table.book, other.book) == ["done", "meeting_clash"]


def test_one_time_confirmed_twice_is_booked_once(table):
    meeting = table.offer()
    slot = meeting.slots.first()

    def press():
        confirm_by_token(token=meeting.confirm_token, slot_id=slot.pk, on=BOOKED_ON, at=NOW)

    assert at_once(press, press) == ["done", "done"]
    assert AuditEvent.objects.filter(verb="meeting.confirmed").count() == 1
    assert Meeting.objects.get().sequence == 1


def test_two_times_confirmed_at_once_are_one(table):
    meeting = table.offer()
    first, second, _ = meeting.slots.all()

    def press(slot):
        return lambda: confirm_by_token(
            token=meeting.confirm_token, slot_id=slot.pk, on=BOOKED_ON, at=NOW
        )

    assert at_once(press(first), press(second)) == ["done", "meeting_not_offered"]


def test_one_form_sent_twice_is_one_action(table):
    table.book()
    table.start()
    token = uuid.uuid4()

    def press():
        table.agree(client_token=token)

    assert at_once(press, press) == ["done", "done"]
    assert Action.objects.count() == 1
