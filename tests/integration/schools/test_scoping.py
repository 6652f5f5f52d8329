"""Who sees which schools, pupils and enrolments, and from which day to which."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from accounts.roles import Role
from attendance.models import MarkChange, RegisterBatch, RegisterWeek
from schools.models import Enrolment, FormerUpn, Parent, Pupil, Responsibility, School
from tests.factories.pupils import (
    EnrolmentFactory,
    FormerUpnFactory,
    PupilFactory,
    PupilGrantFactory,
    ResponsibilityFactory,
)
from tests.factories.schools import (
    MembershipFactory,
    PatchFactory,
    SchoolFactory,
    TrustFactory,
)
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LEAD = "school_lead"


def pupils(user) -> set[Pupil]:
    return set(Pupil.objects.visible_to(user))


def enrolments(user) -> set[Enrolment]:
    return set(Enrolment.objects.visible_to(user))


def schools(user) -> set[School]:
    return set(School.objects.visible_to(user))


@pytest.fixture
def here():
    """An enrolment at a school, which the tests give access to."""
    return EnrolmentFactory()


@pytest.fixture
def elsewhere():
    """A child of another school."""
    return EnrolmentFactory()


# The five scopes.


def test_whole_la_membership_shows_every_school_pupil_and_enrolment(user_with, here, elsewhere):
    user = user_with("attendance_officer")
    assert schools(user) == {here.school, elsewhere.school}
    assert pupils(user) == {here.pupil, elsewhere.pupil}
    assert enrolments(user) == {here, elsewhere}


def test_whole_la_membership_shows_a_child_without_an_enrolment(user_with):
    child = PupilFactory()
    assert pupils(user_with("attendance_officer")) == {child}


def test_patch_membership_shows_the_schools_of_the_patch(user_with, here, elsewhere):
    second = EnrolmentFactory()
    patch = PatchFactory(schools=[here.school, second.school])
    user = user_with("attendance_officer", patch=patch)
    assert schools(user) == {here.school, second.school}
    assert pupils(user) == {here.pupil, second.pupil}
    assert enrolments(user) == {here, second}


def test_trust_membership_shows_the_schools_of_the_trust(user_with, elsewhere):
    trust = TrustFactory()
    here = EnrolmentFactory(school__trust=trust)
    user = user_with(LEAD, trust=trust)
    assert schools(user) == {here.school}
    assert pupils(user) == {here.pupil}


def test_school_membership_shows_that_school(user_with, here, elsewhere):
    user = user_with(LEAD, school=here.school)
    assert schools(user) == {here.school}
    assert pupils(user) == {here.pupil}
    assert enrolments(user) == {here}


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member"])
def test_membership_for_nobody_shows_nothing(user_with, here, role):
    user = user_with(role)
    assert (schools(user), pupils(user), enrolments(user)) == (set(), set(), set())


def test_several_memberships_show_the_union(user_with, here, elsewhere):
    third = EnrolmentFactory()
    user = user_with(LEAD, school=here.school)
    user_with("attendance_officer", user=user, patch=PatchFactory(schools=[elsewhere.school]))
    assert schools(user) == {here.school, elsewhere.school}
    assert pupils(user) == {here.pupil, elsewhere.pupil}
    assert third not in enrolments(user)


def test_membership_does_not_multiply_rows(user_with, here):
    EnrolmentFactory(
        pupil=here.pupil, school=here.school, starts_on=date(2023, 9, 1), ends_on=date(2024, 7, 1)
    )
    user = user_with(LEAD, school=here.school)
    user_with(LEAD, user=user, school=here.school)
    assert Pupil.objects.visible_to(user).count() == 1


# Nobody.


def test_administrator_sees_no_school_and_no_pupil(user_with, here):
    user = user_with("administrator", scope="la")
    PupilGrantFactory(user=user, pupil=here.pupil)
    assert (schools(user), pupils(user), enrolments(user)) == (set(), set(), set())


def test_administrator_who_also_leads_a_school_sees_that_school_only(user_with, here, elsewhere):
    user = user_with("administrator", scope="la")
    user_with(LEAD, user=user, school=here.school)
    assert pupils(user) == {here.pupil}


def test_inactive_person_sees_nothing(user_with, here):
    user = user_with("attendance_officer")
    PupilGrantFactory(user=user, pupil=here.pupil)
    user.is_active = False
    user.save()
    assert (schools(user), pupils(user), enrolments(user)) == (set(), set(), set())


def test_person_without_a_membership_sees_nothing_even_when_granted(here):
    user = UserFactory()
    PupilGrantFactory(user=user, pupil=here.pupil)
    assert (schools(user), pupils(user), enrolments(user)) == (set(), set(), set())


def test_anonymous_visitor_sees_nothing(here):
    assert pupils(AnonymousUser()) == set()
    assert not RegisterBatch.objects.visible_to(AnonymousUser()).exists()


# Machines.


def test_machine_sees_the_schools_it_was_given(here, elsewhere):
    machine = UserFactory(is_machine=True)
    MembershipFactory(user=machine, role="machine", scope="school", school=here.school)
    assert schools(machine) == {here.school}
    assert pupils(machine) == {here.pupil}


def test_machine_given_no_school_sees_none(here):
    assert schools(UserFactory(is_machine=True)) == set()


# From and until, both included.


@pytest.mark.parametrize(
    ("from_offset", "until_offset", "shown"),
    [
        (0, None, True),
        (1, None, False),
        (-9, 0, True),
        (-9, -1, False),
        (0, 0, True),
    ],
)
def test_membership_counts_from_its_first_day_to_its_last(
    user_with, today, here, from_offset, until_offset, shown
):
    until = None if until_offset is None else today + until_offset * DAY
    user = user_with(LEAD, school=here.school, from_on=today + from_offset * DAY, until_on=until)
    assert (here.pupil in pupils(user)) is shown
    assert (here in enrolments(user)) is shown
    assert (here.school in schools(user)) is shown


@pytest.mark.parametrize(
    ("from_offset", "until_offset", "shown"),
    [(0, None, True), (1, None, False), (-9, 0, True), (-9, -1, False)],
)
def test_grant_counts_from_its_first_day_to_its_last(
    user_with, today, here, from_offset, until_offset, shown
):
    until = None if until_offset is None else today + until_offset * DAY
    user = user_with("panel_member")
    PupilGrantFactory(
        user=user, pupil=here.pupil, from_on=today + from_offset * DAY, until_on=until
    )
    assert (here.pupil in pupils(user)) is shown
    assert (here in enrolments(user)) is shown


def test_grant_shows_one_child_with_every_enrolment_and_no_school(user_with, here, elsewhere):
    earlier = EnrolmentFactory(
        pupil=here.pupil, ends_on=date(2022, 7, 20), starts_on=date(2021, 9, 1)
    )
    user = user_with("panel_member")
    PupilGrantFactory(user=user, pupil=here.pupil)
    assert pupils(user) == {here.pupil}
    assert enrolments(user) == {here, earlier}
    assert schools(user) == set()


# Leavers: to 31 July of the academic year in which they left.


@pytest.mark.parametrize(
    ("left_on", "looked_on", "shown"),
    [
        (date(2025, 10, 3), date(2026, 7, 31), True),
        (date(2025, 10, 3), date(2026, 8, 1), False),
        (date(2026, 7, 31), date(2026, 7, 31), True),
        (date(2026, 7, 31), date(2026, 8, 1), False),
        (date(2025, 8, 1), date(2026, 7, 31), True),
        (date(2025, 7, 31), date(2025, 8, 1), False),
    ],
)
def test_leaver_is_shown_to_the_end_of_the_academic_year(
    user_with, settings, here, left_on, looked_on, shown
):
    settings.PORTAL_TODAY = looked_on
    Enrolment.objects.filter(pk=here.pk).update(ends_on=left_on)
    user = user_with(LEAD, school=here.school, from_on=date(2024, 9, 1))
    assert (here.pupil in pupils(user)) is shown
    assert (here in enrolments(user)) is shown


def test_old_school_sees_its_own_enrolment_of_a_leaver_and_no_other(user_with):
    old = EnrolmentFactory(ends_on=date(2026, 1, 9))
    new = EnrolmentFactory(pupil=old.pupil, starts_on=date(2026, 1, 12))
    user = user_with(LEAD, school=old.school)
    assert pupils(user) == {old.pupil}
    assert enrolments(user) == {old}
    assert enrolments(user_with(LEAD, school=new.school)) == {old, new}


@pytest.mark.parametrize(("offset", "shown"), [(0, True), (-1, False)])
def test_school_sees_other_enrolments_to_the_last_day_on_its_roll(user_with, today, offset, shown):
    here = EnrolmentFactory(ends_on=today + offset * DAY)
    other = EnrolmentFactory(pupil=here.pupil, starts_on=date(2026, 1, 12), status="S")
    assert (other in enrolments(user_with(LEAD, school=here.school))) is shown


# A school sees the child from the day the enrolment is recorded.


def test_enrolment_recorded_with_a_future_start_is_visible(user_with, today):
    earlier = EnrolmentFactory()
    coming = EnrolmentFactory(pupil=earlier.pupil, starts_on=today + 30 * DAY)
    user = user_with(LEAD, school=coming.school)
    assert pupils(user) == {coming.pupil}
    assert enrolments(user) == {earlier, coming}


def test_current_school_sees_the_enrolments_of_earlier_schools(user_with):
    long_ago = EnrolmentFactory(starts_on=date(2019, 9, 1), ends_on=date(2023, 7, 20))
    here = EnrolmentFactory(pupil=long_ago.pupil)
    assert enrolments(user_with(LEAD, school=here.school)) == {long_ago, here}
    assert enrolments(user_with(LEAD, school=long_ago.school)) == set()


# An enrolment that awaits confirmation opens no past.


@pytest.fixture
def asserted(here):
    """A second school says that the child is on its roll, while the first still has it."""
    return EnrolmentFactory(
        pupil=here.pupil, starts_on=date(2026, 2, 23), awaiting_confirmation=True
    )


def test_awaiting_enrolment_shows_its_school_its_own_marks_and_no_record(user_with, here, asserted):
    user = user_with(LEAD, school=asserted.school)
    assert enrolments(user) == {asserted}
    assert pupils(user) == set()


def test_awaiting_enrolment_changes_nothing_for_the_school_that_has_the_child(
    user_with, here, asserted
):
    user = user_with(LEAD, school=here.school)
    assert pupils(user) == {here.pupil}
    assert enrolments(user) == {here, asserted}


def test_awaiting_enrolment_is_seen_whole_once_confirmed(user_with, here, asserted):
    Enrolment.objects.filter(pk=asserted.pk).update(awaiting_confirmation=False)
    user = user_with(LEAD, school=asserted.school)
    assert pupils(user) == {here.pupil}
    assert enrolments(user) == {here, asserted}


def test_awaiting_enrolment_does_not_hide_the_earlier_time_at_the_same_school(user_with, here):
    before = EnrolmentFactory(
        pupil=here.pupil, starts_on=date(2025, 9, 1), ends_on=date(2025, 9, 30)
    )
    EnrolmentFactory(
        pupil=here.pupil,
        school=before.school,
        starts_on=date(2026, 2, 23),
        awaiting_confirmation=True,
    )
    user = user_with(LEAD, school=before.school)
    assert pupils(user) == {here.pupil}
    assert here not in enrolments(user)


# Rows that belong to an enrolment or a pupil.


def test_marks_follow_their_enrolment(user_with, here, elsewhere):
    for enrolment in (here, elsewhere):
        RegisterWeek.objects.create(
            enrolment=enrolment,
            school=enrolment.school,
            week_start=date(2026, 2, 23),
            marks="/\\" * 5 + "    ",
        )
    user = user_with(LEAD, school=here.school)
    assert [week.enrolment for week in RegisterWeek.objects.visible_to(user)] == [here]
    assert not MarkChange.objects.visible_to(user).exists()


def test_families_and_former_numbers_follow_the_pupil(user_with, here, elsewhere):
    for enrolment in (here, elsewhere):
        ResponsibilityFactory(pupil=enrolment.pupil)
        FormerUpnFactory(pupil=enrolment.pupil)
    sibling = EnrolmentFactory(school=here.school)
    ResponsibilityFactory(
        pupil=sibling.pupil, parent=Parent.objects.get(responsibilities__pupil=here.pupil)
    )
    user = user_with(LEAD, school=here.school)
    assert {tie.pupil for tie in Responsibility.objects.visible_to(user)} == {
        here.pupil,
        sibling.pupil,
    }
    assert Parent.objects.visible_to(user).count() == 1
    assert FormerUpn.objects.visible_to(user).get().pupil == here.pupil


def test_batches_of_the_schools_in_scope_and_own_ones_of_no_school_are_visible(
    user_with, here, elsewhere
):
    user = user_with(LEAD, school=here.school)
    own = RegisterBatch.objects.create(route="upload", school=None, by=user)
    theirs = RegisterBatch.objects.create(route="upload", school=here.school, by=UserFactory())
    RegisterBatch.objects.create(route="upload", school=None, by=UserFactory())
    RegisterBatch.objects.create(route="upload", school=elsewhere.school, by=UserFactory())
    RegisterBatch.objects.create(route="upload", school=elsewhere.school, by=user)
    assert set(RegisterBatch.objects.visible_to(user)) == {own, theirs}


# Cost.


@pytest.mark.parametrize("scope", ["la", "school"])
def test_visible_to_asks_as_often_for_200_rows_as_for_2(
    user_with, django_assert_num_queries, scope
):
    school = SchoolFactory()
    facts = {"school": school} if scope == "school" else {}
    user = user_with(LEAD, scope=scope, **facts)
    EnrolmentFactory.create_batch(2, school=school)
    with django_assert_num_queries(2):
        assert len(Pupil.objects.visible_to(user)) == 2
    EnrolmentFactory.create_batch(198, school=school)
    with django_assert_num_queries(2):
        assert len(Pupil.objects.visible_to(user)) == 200
    with django_assert_num_queries(2):
        assert len(RegisterWeek.objects.visible_to(user)) == 0


@pytest.mark.parametrize("role", sorted(Role))
def test_every_role_can_be_asked(user_with, here, role):
    user = User.objects.get(pk=user_with(role).pk)
    assert pupils(user) <= {here.pupil}
