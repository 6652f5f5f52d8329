"""Schools, trusts, patches, terms and who holds a role for them. Invented, from URN 900000."""

from __future__ import annotations

from datetime import date

import factory

from schools.models import Membership, Patch, Place, School, Term, Trust
from schools.rules.names import fold
from tests.factories.users import UserFactory

_TERM_DATES = {
    (2024, 1): ("2024-09-02", "2024-10-25"),
    (2024, 2): ("2024-11-04", "2024-12-20"),
    (2024, 3): ("2025-01-06", "2025-02-14"),
    (2024, 4): ("2025-02-24", "2025-04-04"),
    (2024, 5): ("2025-04-22", "2025-05-23"),
    (2024, 6): ("2025-06-02", "2025-07-22"),
    (2025, 1): ("2025-09-01", "2025-10-24"),
    (2025, 2): ("2025-11-03", "2025-12-19"),
    (2025, 3): ("2026-01-05", "2026-02-13"),
    (2025, 4): ("2026-02-23", "2026-03-27"),
    (2025, 5): ("2026-04-13", "2026-05-22"),
    (2025, 6): ("2026-06-01", "2026-07-21"),
}


class TrustFactory(factory.django.DjangoModelFactory):
    """A trust."""

    class Meta:
        model = Trust

    uid = factory.Sequence(lambda n: str(70000 + n))
    name = factory.Sequence(lambda n: f"Trust {n}")


class PlaceFactory(factory.django.DjangoModelFactory):
    """A ward."""

    class Meta:
        model = Place

    code = factory.Sequence(lambda n: f"W{n:06}")
    name = factory.Sequence(lambda n: f"Ward {n}")


class SchoolFactory(factory.django.DjangoModelFactory):
    """An open secondary school that meets Monday to Friday."""

    class Meta:
        model = School

    urn = factory.Sequence(lambda n: 900000 + n)
    name = factory.LazyAttribute(lambda school: f"School {school.urn}")
    folded_name = factory.LazyAttribute(lambda school: fold(school.name))
    la_code = "807"
    phase = "SS"
    type = "34"


class PatchFactory(factory.django.DjangoModelFactory):
    """A patch: `PatchFactory(schools=[school])`."""

    class Meta:
        model = Patch
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Patch {n}")

    @factory.post_generation
    def schools(self, create, extracted, **kwargs):
        self.schools.set(extracted or ())


class MembershipFactory(factory.django.DjangoModelFactory):
    """A role, held since September 2025 with no end: by default an officer's, for the whole LA."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    role = "attendance_officer"
    scope = "la"
    from_on = date(2025, 9, 1)


def make_terms() -> list[Term]:
    """The twelve half-terms of 2024/25 and 2025/26."""
    return Term.objects.bulk_create(
        Term(
            academic_year=year,
            half_term=half_term,
            starts_on=date.fromisoformat(starts),
            ends_on=date.fromisoformat(ends),
        )
        for (year, half_term), (starts, ends) in _TERM_DATES.items()
    )
