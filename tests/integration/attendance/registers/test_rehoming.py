"""Marks belong to the enrolment that covers their date, whichever came first."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.imports.marks import receive_marks
from attendance.imports.rolls import receive_enrolments
from attendance.models import MarkChange, MarkNote, RegisterWeek
from attendance.services.rehoming import rehome_marks
from schools.models import Enrolment
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)
MONDAY = date(2026, 2, 23)


@pytest.fixture
def stay():
    return EnrolmentFactory(starts_on=date(2025, 9, 1))


def send(stay, codes: str, **more) -> None:
    """One code a morning, from Monday 23 February on."""
    rows = [
        {
            "upn": stay.pupil.upn,
            "date": f"2026-02-{23 + place}",
            "session": "AM",
            "code": code,
            **more,
        }
        for place, code in enumerate(codes)
        if code != " "
    ]
    receive_marks(rows, school=stay.school, route="api", by=None, on=TODAY, at=timezone.now())


def split(stay, on: date = date(2026, 2, 25)) -> None:
    """The stay ends the day before; another begins."""
    last = date.fromordinal(on.toordinal() - 1)
    rows = [
        {"upn": stay.pupil.upn, "start_date": "2025-09-01", "end_date": last.isoformat()},
        {"upn": stay.pupil.upn, "start_date": on.isoformat(), "end_date": ""},
    ]
    receive_enrolments(rows, school=stay.school, by=None, on=TODAY, at=timezone.now())


def pages() -> dict[date, str]:
    """First day of each stay to its page, mornings only."""
    weeks = RegisterWeek.objects.select_related("enrolment").order_by("enrolment__starts_on")
    return {week.enrolment.starts_on: week.marks[0:10:2] for week in weeks}


def test_split_stay_shares_out_its_marks(stay):
    send(stay, "OOIOO")
    split(stay)
    assert pages() == {date(2025, 9, 1): "OO   ", date(2026, 2, 25): "  IOO"}


def test_stay_that_has_nothing_left_in_a_week_has_no_page_there(stay):
    send(stay, "OO")
    split(stay, MONDAY)
    assert pages() == {MONDAY: "OO   "}


def test_notes_and_corrections_go_with_their_mark(stay):
    send(stay, "  NN ")
    send(stay, "  IL ", comment="rang at nine")
    split(stay, date(2026, 2, 26))
    moved = Enrolment.objects.get(starts_on=date(2026, 2, 26))
    noted = MarkNote.objects.values_list("date", "enrolment").order_by("date")
    assert list(noted) == [(date(2026, 2, 25), stay.pk), (date(2026, 2, 26), moved.pk)]
    changed = MarkChange.objects.values_list("date", "enrolment").order_by("date")
    assert list(changed) == list(noted)


def test_mark_already_sent_for_the_covering_stay_is_kept(stay):
    send(stay, "OOOOO")
    Enrolment.objects.filter(pk=stay.pk).update(ends_on=date(2026, 2, 24))
    later = EnrolmentFactory(pupil=stay.pupil, school=stay.school, starts_on=date(2026, 2, 25))
    send(later, "  I  ")
    assert rehome_marks([stay.school_id]) == 2
    assert pages() == {date(2025, 9, 1): "OOO  ", date(2026, 2, 25): "  IOO"}


def test_marks_that_nothing_covers_stay_where_they_are(stay):
    send(stay, "OOOOO")
    Enrolment.objects.filter(pk=stay.pk).update(ends_on=date(2026, 2, 24))
    assert rehome_marks([stay.school_id]) == 0
    assert pages() == {date(2025, 9, 1): "OOOOO"}


def test_other_schools_and_other_children_are_left_alone(stay):
    send(stay, "OOOOO")
    Enrolment.objects.filter(pk=stay.pk).update(ends_on=date(2026, 2, 24))
    EnrolmentFactory(pupil=stay.pupil, school=SchoolFactory(), starts_on=date(2026, 2, 25))
    EnrolmentFactory(school=stay.school, starts_on=date(2026, 2, 25))
    assert rehome_marks([stay.school_id]) == 0


@settings(max_examples=15)
@given(codes=st.text("/OI ", min_size=5, max_size=5), day=st.integers(23, 27))
def test_marks_before_or_after_the_split_give_the_same_register(codes, day):
    found = []
    for marks_first in (True, False):
        stay = EnrolmentFactory(starts_on=date(2025, 9, 1))
        steps = [lambda s=stay: send(s, codes), lambda s=stay: split(s, date(2026, 2, day))]
        for step in steps if marks_first else reversed(steps):
            step()
        found.append(pages())
        RegisterWeek.objects.all().delete()
    assert found[0] == found[1]
