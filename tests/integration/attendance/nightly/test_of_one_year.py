"""Sums of one academic year are those of all years, less the others: on random registers."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attendance.sql.working import PERIOD_STATEMENTS, TEMPORARY, Question, answers
from schools.rules.calendar import academic_year
from tests.factories.boroughs import boroughs, store

pytestmark = pytest.mark.django_db


def periods(question: Question) -> list[tuple]:
    """Every row of the year of the day."""
    with answers(question, PERIOD_STATEMENTS) as cursor:
        found = TEMPORARY.name("period")
        cursor.execute(
            f"SELECT * FROM {found} WHERE academic_year = %s ORDER BY 1, 2, 3, 4, 5",
            [academic_year(question.as_of)],
        )
        return cursor.fetchall()


@settings(
    max_examples=15,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data(), borough=boroughs())
def test_one_year_is_a_part_of_all_years(data, borough):
    spread = (borough.last - borough.first).days + 12
    as_of = borough.first + timedelta(days=data.draw(st.integers(0, spread)))
    with transaction.atomic():
        store(borough)
        assert periods(Question(as_of=as_of, is_of_one_year=True)) == periods(Question(as_of=as_of))
        transaction.set_rollback(True)
