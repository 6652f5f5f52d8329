"""Codes and days of the week as stored, as worked out for any day, and as the rules count them."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import caches
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.models import EnrolmentPeriod, PeriodKind, SchoolReason
from attendance.read_models.by_reason import reasons_of_enrolments, reasons_of_schools
from attendance.rules import periods as period_rules
from attendance.rules.periods import Period
from attendance.rules.reasons import count_by_reason
from attendance.services.nightly import run_for_everyone
from attendance.sql.working import REASON_YEARS
from schools.models import Enrolment
from schools.rules.calendar import academic_year
from tests.factories.boroughs import URNS, boroughs, facts_on, store

pytestmark = pytest.mark.django_db


def examples(number):
    """So many random boroughs. A failing one is not shrunk: each try costs a run or two."""
    return settings(
        max_examples=number,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def stored_reasons():
    return {
        (row.school_id, row.academic_year, row.half_term, slot, row.symbol): sessions
        for row in SchoolReason.objects.all()
        for slot, sessions in enumerate(row.sessions)
        if sessions
    }


def expected_reasons(facts, stored, terms, years):
    found = Counter()
    for pk, one in facts.items():
        for place, sessions in count_by_reason(one.marks, terms).items():
            if place.academic_year in years:
                key = (place.academic_year, place.half_term, place.slot, place.symbol)
                found[(stored[pk].urn, *key)] += sessions
    return dict(found)


def sums_of_periods(year):
    """Possible, attended, authorised and unauthorised by period of one year, all schools."""
    found = {}
    for row in EnrolmentPeriod.objects.filter(academic_year=year):
        kind = period_rules.PeriodKind(str(PeriodKind(row.kind).label))
        counts = (row.possible, row.attended, row.authorised, row.unauthorised)
        before = found.get(Period(year, kind, str(row.key)), (0, 0, 0, 0))
        found[Period(year, kind, str(row.key))] = tuple(map(sum, zip(before, counts, strict=True)))
    return found


def totals(reasons):
    return reasons.possible, reasons.attended, reasons.authorised, reasons.unauthorised


@examples(20)
@given(data=st.data(), borough=boroughs())
def test_stored_and_worked_out_reasons_equal_the_rules_and_the_periods(data, borough):
    spread = (borough.last - borough.first).days + 12
    as_of = borough.first + timedelta(days=data.draw(st.integers(0, spread)))
    later = as_of + timedelta(days=data.draw(st.integers(1, 40)))
    year = academic_year(as_of)
    with transaction.atomic():
        caches["default"].key_prefix = uuid4().hex
        stored = store(borough)
        run_for_everyone(as_of=as_of)
        facts = facts_on(stored, as_of, 20)
        years = range(year - REASON_YEARS + 1, year + 1)
        assert stored_reasons() == expected_reasons(facts, stored, borough.terms, years)
        periods = {each: sums for one in years for each, sums in sums_of_periods(one).items()}
        at_figures = {p: reasons_of_schools(URNS, as_of=as_of, period=p) for p in periods}
        for period, sums in periods.items():
            assert totals(at_figures[period]) == sums
        run_for_everyone(as_of=later)  # the same day is now a past one
        for period, reasons in at_figures.items():
            assert reasons_of_schools(URNS, as_of=as_of, period=period) == reasons
            everyone = Enrolment.objects.all()
            assert reasons_of_enrolments(everyone, as_of=as_of, period=period) == reasons
        transaction.set_rollback(True)
