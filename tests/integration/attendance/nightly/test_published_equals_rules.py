"""The published basis in SQL and in Python agree on random registers, at any day."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.read_models.by_school import YearSums
from attendance.read_models.published_basis import added_up, published_sums
from attendance.rules.absence import is_persistent, is_severe
from attendance.rules.published import Enrolled, counts, is_counted
from attendance.services.nightly import run_for_everyone
from schools.models import Enrolment, Pupil, School
from schools.rules.calendar import academic_year
from tests.factories.boroughs import URNS, boroughs, facts_on, store

pytestmark = pytest.mark.django_db
# Around the edges of what counts in 2023/24 to 2025/26.
_BIRTHDAYS = st.sampled_from(
    [date(2014, 1, 1), date(2008, 8, 31), date(2008, 9, 1), date(2009, 5, 1), date(2010, 2, 1),
     date(2019, 8, 31), date(2020, 8, 31), date(2020, 9, 1)]
)  # fmt: skip
_PHASES = st.sampled_from(["PS", "SS", "SP", "PR", "MS"])


def expected_sums(stored, facts, terms, year):
    found = {}
    for pk, one in facts.items():
        enrolment = Enrolment.objects.select_related("pupil", "school").get(pk=pk)
        enrolled = Enrolled(
            enrolment.pupil.date_of_birth, enrolment.starts_on,
            enrolment.school.phase, enrolment.school.type,
        )  # fmt: skip
        counted = counts(enrolled, one.marks, year, terms)
        if is_counted(enrolled, year, terms) and counted.possible:
            verdicts = (
                is_persistent(counted.absent, counted.possible),
                is_severe(counted.absent, counted.possible),
            )
            found.setdefault(stored[pk].urn, []).append(
                YearSums(1, counted.possible, counted.attended, counted.authorised,
                         counted.unauthorised, *map(int, verdicts))
            )  # fmt: skip
    return {urn: added_up(each) for urn, each in found.items()}


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), borough=boroughs())
def test_published_basis_equals_the_rules_at_the_figures_date_and_later(data, borough):
    spread = (borough.last - borough.first).days + 12
    as_of = borough.first + timedelta(days=data.draw(st.integers(0, spread)))
    with transaction.atomic():
        caches["default"].key_prefix = uuid4().hex
        stored = store(borough)
        for pupil in Pupil.objects.order_by("pk"):
            Pupil.objects.filter(pk=pupil.pk).update(date_of_birth=data.draw(_BIRTHDAYS))
        for urn in URNS:
            School.objects.filter(pk=urn).update(
                phase=data.draw(_PHASES), type=data.draw(st.sampled_from(["34", "34", "11"]))
            )
        run_for_everyone(as_of=as_of)
        facts = facts_on(stored, as_of, 20)
        expected = expected_sums(stored, facts, borough.terms, academic_year(as_of))
        assert published_sums(URNS, as_of) == expected
        run_for_everyone(as_of=as_of + timedelta(days=30))
        assert published_sums(URNS, as_of) == expected
        transaction.set_rollback(True)


def test_no_school_has_no_sums(db):
    assert published_sums([], date(2025, 9, 1)) == {}
    assert added_up([]) == YearSums()


def test_year_that_is_over_is_read_from_the_stored_periods(db, make_enrolment, write_weeks):
    school = School.objects.create(urn=URNS[0], name="Elm", folded_name="elm", phase="PS",
                                   la_code="807")  # fmt: skip
    enrolment = make_enrolment(school)
    write_weeks(enrolment, "II/\\/\\/\\/\\")
    run_for_everyone(as_of=date(2026, 9, 10))
    enrolment.weeks.all().delete()
    expected = {school.pk: YearSums(1, 10, 8, 2, 0, 1, 0)}
    assert published_sums([school.pk], date(2026, 7, 31)) == expected
    assert published_sums([school.pk], date(2026, 7, 30)) == {}
