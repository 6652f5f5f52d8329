"""Who is reading is asked once a page, and anew as soon as anything may have changed."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance_portal.shared.once import once_a_reading, reading
from schools.models import Membership
from schools.scoping import access_of, roles_of
from tests.factories.schools import SchoolFactory


def test_answer_stands_inside_a_reading_and_for_the_same_things_only():
    asked = []

    @once_a_reading
    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    with reading():
        assert (double(1), double(1), double(2)) == (2, 2, 4)
    assert asked == [1, 2]
    double(1)
    with reading():
        double(1)
    assert asked == [1, 2, 1, 1]


@pytest.mark.django_db
def test_access_and_roles_are_one_question_of_a_reading(user_with):
    user, other = user_with("school_lead", school=SchoolFactory()), user_with("analyst")
    with reading(), CaptureQueriesContext(connection) as asked:
        assert access_of(user).urns
        assert roles_of(user) == {"school_lead"}
        assert access_of(user) == access_of(user)
    assert len(asked) == 1
    with reading():
        assert access_of(user) != access_of(other)


def test_access_taken_away_between_two_pages_is_gone_from_the_second(signed_in):
    client = signed_in("attendance_officer")
    assert client.get("/pupils/").status_code == 200
    Membership.objects.all().delete()
    assert client.get("/pupils/").status_code == 403


@pytest.mark.django_db
def test_access_taken_away_outside_a_reading_is_seen_at_once(user_with):
    user = user_with("attendance_officer")
    assert access_of(user).everything
    Membership.objects.all().delete()
    assert not access_of(user).everything
    assert roles_of(user) == frozenset()
