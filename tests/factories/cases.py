"""Rows of casework for tests of what reads them. A case that has a history is made by walking the
services instead (`tests.factories.pathway`)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import factory

from cases.models import (
    Action,
    Barrier,
    Case,
    CaseWorker,
    Consent,
    Contact,
    Goal,
    Offer,
    Referral,
    SupportPlan,
    TimelineEntry,
)
from tests.factories.pupils import EnrolmentFactory
from tests.factories.users import UserFactory

DAY = date(2026, 3, 2)
MOMENT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


class CaseFactory(factory.django.DjangoModelFactory):
    """An open case at Monitor, led by somebody, opened on Monday 2 March 2026; its child is on the
    roll of the case's school. `enrolment=` says which child and school."""

    class Meta:
        model = Case
        exclude = ("enrolment",)

    enrolment = factory.SubFactory(EnrolmentFactory)
    pupil = factory.SelfAttribute("enrolment.pupil")
    school = factory.SelfAttribute("enrolment.school")
    reference = factory.Sequence(lambda n: f"AT-9{n:04}")
    stage = 2
    stage_since = DAY
    lead = factory.SubFactory(UserFactory)
    next_review_on = date(2026, 3, 23)
    opened_on = DAY
    opened_from = "flag"
    created_at = MOMENT
    updated_at = MOMENT


class ContactFactory(factory.django.DjangoModelFactory):
    """A call in which a parent was reached; give `case=` or `pupil=`."""

    class Meta:
        model = Contact

    case = None
    pupil = factory.Maybe(
        "case",
        factory.SelfAttribute("case.pupil"),
        factory.SubFactory("tests.factories.pupils.PupilFactory"),
    )
    kind = "call"
    reached = "parent"
    said = "We talked about the mornings."
    at = MOMENT
    logged_at = MOMENT
    by = factory.SubFactory(UserFactory)
    by_role = "attendance_officer"
    agency = "attendance"


class BarrierFactory(factory.django.DjangoModelFactory):
    """Transport, named by a worker."""

    class Meta:
        model = Barrier

    case = factory.SubFactory(CaseFactory)
    kind = "transport"
    named_by = "worker"
    named_on = DAY


class PlanFactory(factory.django.DjangoModelFactory):
    """A draft without anything in it."""

    class Meta:
        model = SupportPlan

    case = factory.SubFactory(CaseFactory)
    pupil = factory.SelfAttribute("case.pupil")
    started_on = DAY
    updated_at = MOMENT


class GoalFactory(factory.django.DjangoModelFactory):
    """A goal that is not about days."""

    class Meta:
        model = Goal

    plan = factory.SubFactory(PlanFactory)
    text = "Ride the bus with a friend"
    measure = "Mornings on the bus"
    baseline = "None"
    target = "Three a week"
    target_on = date(2026, 5, 1)


class ActionFactory(factory.django.DjangoModelFactory):
    """An open promise of a case, due on Thursday 5 March 2026."""

    class Meta:
        model = Action

    origin = "case"
    origin_label = factory.LazyAttribute(lambda a: a.case.reference if a.case else "Case")
    case = factory.SubFactory(CaseFactory)
    pupil = factory.LazyAttribute(lambda a: a.case.pupil if a.case else None)
    text = "Ask about the bus pass"
    owner = factory.SubFactory(UserFactory)
    agency = "attendance"
    due_on = date(2026, 3, 5)
    at = MOMENT
    updated_at = MOMENT


class OfferFactory(factory.django.DjangoModelFactory):
    """A mentor, offered by the school and not answered yet."""

    class Meta:
        model = Offer

    case = factory.SubFactory(CaseFactory)
    what = "An hour a week with a mentor"
    agency = "school"
    offered_on = DAY


class ReferralFactory(factory.django.DjangoModelFactory):
    """Sent to early help on 2 March 2026."""

    class Meta:
        model = Referral

    case = factory.SubFactory(CaseFactory)
    to_agency = "early_help"
    service = "Family support"
    reason = "Mornings are hard since the move."
    sent_on = DAY
    updated_at = MOMENT


class ConsentFactory(factory.django.DjangoModelFactory):
    """The mother agreed that early help is told."""

    class Meta:
        model = Consent

    pupil = factory.SubFactory("tests.factories.pupils.PupilFactory")
    agency = "early_help"
    basis = "consent"
    purpose = "Help with mornings"
    given_by = "Mother"
    given_on = DAY


class CaseWorkerFactory(factory.django.DjangoModelFactory):
    """Somebody of early help who works on a case, without a grant."""

    class Meta:
        model = CaseWorker

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(UserFactory)
    agency = "early_help"
    part = "worker"
    from_on = DAY


class TimelineFactory(factory.django.DjangoModelFactory):
    """A line about a contact; give `case=`."""

    class Meta:
        model = TimelineEntry

    case = factory.SubFactory(CaseFactory)
    pupil = factory.SelfAttribute("case.pupil")
    at = MOMENT
    kind = "contact"
    title = "Call: a parent was reached"
    by_role = "attendance_officer"
    agency = "attendance"
