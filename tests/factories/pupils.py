"""Invented children with valid UPNs, their parents, enrolments and grants."""

from __future__ import annotations

from datetime import date

import factory

from schools.models import Enrolment, FormerUpn, Parent, Pupil, PupilGrant, Responsibility
from schools.rules.names import fold
from schools.rules.upn import check_letter
from tests.factories.schools import SchoolFactory
from tests.factories.users import UserFactory


def upn(number: int) -> str:
    """The valid permanent UPN of a child by number: LA 807, establishment 4000, year 20."""
    body = f"807{4000 + number // 1000:04}20{number % 1000:03}"
    return check_letter(body) + body


class PupilFactory(factory.django.DjangoModelFactory):
    """A child about whom nothing but a name, a UPN and a date of birth is known."""

    class Meta:
        model = Pupil

    upn = factory.Sequence(upn)
    surname = factory.Sequence(lambda n: f"Surname{n:04}")
    forename = "Robin"
    folded_name = factory.LazyAttribute(lambda p: fold(p.surname, p.forename))
    date_of_birth = date(2012, 5, 14)


class EnrolmentFactory(factory.django.DjangoModelFactory):
    """On roll as a single registration since September 2024, with no end."""

    class Meta:
        model = Enrolment

    pupil = factory.SubFactory(PupilFactory)
    school = factory.SubFactory(SchoolFactory)
    starts_on = date(2024, 9, 2)
    year_group = "8"


class FormerUpnFactory(factory.django.DjangoModelFactory):
    """A UPN the child had before."""

    class Meta:
        model = FormerUpn

    pupil = factory.SubFactory(PupilFactory)
    upn = factory.Sequence(lambda n: upn(900000 + n))


class ParentFactory(factory.django.DjangoModelFactory):
    """A parent."""

    class Meta:
        model = Parent

    parent_ref = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Parent {n}")


class ResponsibilityFactory(factory.django.DjangoModelFactory):
    """A parent's tie to a child."""

    class Meta:
        model = Responsibility

    parent = factory.SubFactory(ParentFactory)
    pupil = factory.SubFactory(PupilFactory)
    relationship = "Mother"
    parental_responsibility = True
    lives_with = True


class PupilGrantFactory(factory.django.DjangoModelFactory):
    """A grant on one child, since September 2025 with no end."""

    class Meta:
        model = PupilGrant

    user = factory.SubFactory(UserFactory)
    pupil = factory.SubFactory(PupilFactory)
    from_on = date(2025, 9, 1)
    why = "On the agenda of a panel"
