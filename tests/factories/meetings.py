"""Rows of meetings for tests of what reads them. A meeting that has a history is made by walking
the services instead."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime

import factory

from meetings.models import (
    AgendaItem,
    AgendaTemplateItem,
    Attendance,
    CohortNote,
    Decision,
    DiscussedPupil,
    ExpectationScore,
    Meeting,
    MeetingAction,
    MeetingMail,
    MeetingReferral,
    PackSnapshot,
    PlacesOffered,
    PracticeNote,
    PreparationMark,
    Reflection,
    SelfAssessment,
    Slot,
    TsmFrequency,
)
from tests.factories.cases import ActionFactory, ReferralFactory
from tests.factories.pupils import PupilFactory
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory

DAY = date(2026, 3, 3)
MOMENT = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)
STARTS = datetime(2026, 3, 17, 9, 30, tzinfo=UTC)
ENDED = datetime(2026, 3, 17, 10, 30, tzinfo=UTC)


class MeetingFactory(factory.django.DjangoModelFactory):
    """Booked for Tuesday 17 March 2026, 9:30am, in the spring term of 2025/26."""

    class Meta:
        model = Meeting

    class Params:
        offered = factory.Trait(state="offered", starts_at=None, offered_on=DAY)
        going_on = factory.Trait(started_at=STARTS)
        held = factory.Trait(state="held", started_at=STARTS, ended_at=ENDED, people_there=2)
        not_held = factory.Trait(state="not_held", not_held_reason="The school was closed.")

    school = factory.SubFactory(SchoolFactory)
    academic_year = 2025
    term = 2
    state = "booked"
    theme = "is_it_working"
    la_contact = factory.SubFactory(UserFactory)
    starts_at = STARTS
    place = "The school's meeting room"
    by = factory.SelfAttribute("la_contact")
    at = MOMENT
    updated_at = MOMENT


class SlotFactory(factory.django.DjangoModelFactory):
    """The first time offered."""

    class Meta:
        model = Slot

    meeting = factory.SubFactory(MeetingFactory, offered=True)
    position = 1
    starts_at = STARTS


class AttendanceFactory(factory.django.DjangoModelFactory):
    """A partner with a login who is expected."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    user = factory.SubFactory(UserFactory)
    side = "partner"


class MeetingMailFactory(factory.django.DjangoModelFactory):
    """An invitation that waits to be sent."""

    class Meta:
        model = MeetingMail

    meeting = factory.SubFactory(MeetingFactory)
    kind = "booked"
    email = factory.Sequence(lambda n: f"mail{n}@example.org")
    on = DAY
    at = MOMENT


class TsmFrequencyFactory(factory.django.DjangoModelFactory):
    """Two meetings a year."""

    class Meta:
        model = TsmFrequency

    school = factory.SubFactory(SchoolFactory)
    per_year = 2
    reason = "Two are enough for now."
    at = MOMENT


class AgendaTemplateItemFactory(factory.django.DjangoModelFactory):
    """An item that the council added."""

    class Meta:
        model = AgendaTemplateItem

    theme = "is_it_working"
    position = 9
    title = "Buses in the valley"
    updated_at = MOMENT


class AgendaItemFactory(factory.django.DjangoModelFactory):
    """An item without a block of the pack."""

    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = 1
    title = "Mornings in year 8"
    at = MOMENT


class PreparationMarkFactory(factory.django.DjangoModelFactory):
    """The council has read the pack."""

    class Meta:
        model = PreparationMark

    meeting = factory.SubFactory(MeetingFactory)
    side = "la"
    task = "read_pack"
    done_at = MOMENT


class CohortNoteFactory(factory.django.DjangoModelFactory):
    """What was tried for many short absences."""

    class Meta:
        model = CohortNote

    meeting = factory.SubFactory(MeetingFactory)
    cohort = "many_short_absences"
    tried = "Breakfast at school; it helped six of them."
    at = MOMENT


class PlacesOfferedFactory(factory.django.DjangoModelFactory):
    """Four places with a mentor."""

    class Meta:
        model = PlacesOffered

    meeting = factory.SubFactory(MeetingFactory)
    what = "An hour a week with a mentor"
    agency = "voluntary"
    places = 4
    at = MOMENT


class DiscussedPupilFactory(factory.django.DjangoModelFactory):
    """A severely absent child, in by itself."""

    class Meta:
        model = DiscussedPupil

    meeting = factory.SubFactory(MeetingFactory)
    pupil = factory.SubFactory(PupilFactory)
    why = "severe"
    at = MOMENT


class SelfAssessmentFactory(factory.django.DjangoModelFactory):
    """A draft for the spring term of 2025/26."""

    class Meta:
        model = SelfAssessment

    school = factory.SubFactory(SchoolFactory)
    academic_year = 2025
    term = 2
    at = MOMENT


class ExpectationScoreFactory(factory.django.DjangoModelFactory):
    """The policy, mostly in place."""

    class Meta:
        model = ExpectationScore

    assessment = factory.SubFactory(SelfAssessmentFactory)
    expectation = "policy"
    score = 3


class PackSnapshotFactory(factory.django.DjangoModelFactory):
    """The first freeze, on fresh marks."""

    class Meta:
        model = PackSnapshot

    meeting = factory.SubFactory(MeetingFactory)
    version = 1
    as_of = DAY
    content = factory.LazyFunction(lambda: {"figures": []})
    checksum = "0" * 64
    frozen_at = MOMENT


class MeetingActionFactory(factory.django.DjangoModelFactory):
    """A promise about the whole school, made by somebody who was there."""

    class Meta:
        model = MeetingAction

    meeting = factory.SubFactory(MeetingFactory)
    action = factory.SubFactory(
        ActionFactory,
        case=None,
        pupil=None,
        origin="tsm",
        school=factory.SelfAttribute("..meeting.school"),
    )
    about = "school"
    client_token = factory.LazyFunction(uuid.uuid4)
    at = MOMENT


class MeetingReferralFactory(factory.django.DjangoModelFactory):
    """A referral made at the table."""

    class Meta:
        model = MeetingReferral

    meeting = factory.SubFactory(MeetingFactory)
    referral = factory.SubFactory(ReferralFactory)
    client_token = factory.LazyFunction(uuid.uuid4)
    at = MOMENT


class DecisionFactory(factory.django.DjangoModelFactory):
    """A decision that rests on no figure."""

    class Meta:
        model = Decision

    meeting = factory.SubFactory(MeetingFactory)
    text = "Breakfast stays until the summer."
    client_token = factory.LazyFunction(uuid.uuid4)
    at = MOMENT


class ReflectionFactory(factory.django.DjangoModelFactory):
    """A thought of the writer's own."""

    class Meta:
        model = Reflection

    meeting = factory.SubFactory(MeetingFactory)
    text = "We spoke for too long about registers."
    by = factory.SubFactory(UserFactory)
    at = MOMENT


class PracticeNoteFactory(factory.django.DjangoModelFactory):
    """Something that worked, for the school and the council to read."""

    class Meta:
        model = PracticeNote

    meeting = factory.SubFactory(MeetingFactory)
    school = factory.SelfAttribute("meeting.school")
    barrier = "transport"
    title = "A bus buddy"
    text = "Older pupils wait at the stop."
    at = MOMENT
