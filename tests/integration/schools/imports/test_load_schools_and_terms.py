"""schools.csv and terms.csv."""

from __future__ import annotations

from datetime import date

import pytest

from schools.imports.load import SCHOOLS, TERMS, load_schools, load_terms
from schools.models import Place, School, Term, Trust
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import PlaceFactory, SchoolFactory, TrustFactory

pytestmark = pytest.mark.django_db

HEADER = "urn,name,la_code,estab,phase,type,trust_uid,trust_name,ward_code,postcode,status"
FULL = "900001,St Hild's,807,9901,ss,34,77,Coast Trust,E0501,ts10 1aa,Open"


def test_school_is_stored_with_its_trust_and_ward(csv_of, counts):
    outcome = load_schools(csv_of(SCHOOLS, HEADER, FULL))

    school = School.objects.get(pk=900001)
    assert counts(outcome) == (1, 0, 0, 0)
    assert (school.name, school.folded_name, school.phase) == ("St Hild's", "st hilds", "SS")
    assert (school.estab, school.type, school.status) == ("9901", "34", "open")
    assert (school.postcode, school.meeting_days) == ("TS10 1AA", "12345")
    assert (school.trust.uid, school.trust.name) == ("77", "Coast Trust")
    assert (school.ward.code, school.ward.name) == ("E0501", "E0501")
    assert outcome.touched == set()


def test_school_loaded_twice_is_unchanged(csv_of, counts):
    load_schools(csv_of(SCHOOLS, HEADER, FULL))

    assert counts(load_schools(csv_of(SCHOOLS, HEADER, FULL))) == (0, 0, 1, 0)


def test_known_ward_and_trust_are_used(csv_of):
    ward = PlaceFactory(code="E0501", name="Coatham")
    trust = TrustFactory(uid="77", name="Coast Trust")
    load_schools(csv_of(SCHOOLS, "urn,name,trust_uid,ward_code", "900001,Hild,77,E0501"))

    school = School.objects.get()
    assert (school.ward, school.trust) == (ward, trust)
    trust.refresh_from_db()
    assert trust.name == "Coast Trust"
    assert Place.objects.filter(code="E0501").count() == 1


def test_new_trust_without_a_name_bears_its_uid(csv_of):
    load_schools(csv_of(SCHOOLS, "urn,name,trust_uid", "900001,Hild,77"))

    assert Trust.objects.get().name == "77"


def test_trust_with_two_names_keeps_the_last_with_a_warning(csv_of, counts):
    outcome = load_schools(
        csv_of(SCHOOLS, "urn,name,trust_uid,trust_name", "900001,A,77,Old", "900002,B,77,New")
    )

    assert counts(outcome) == (2, 0, 0, 0)
    assert Trust.objects.get().name == "New"
    assert "77" in outcome.warnings[0]


def test_absent_column_is_left_and_empty_cell_empties(csv_of, counts):
    load_schools(csv_of(SCHOOLS, HEADER + ",meeting_days", FULL + ",123456"))
    load_schools(csv_of(SCHOOLS, "urn,name", "900001,St Hild's"))
    assert School.objects.get().meeting_days == "123456"
    assert School.objects.get().trust is not None

    outcome = load_schools(
        csv_of(SCHOOLS, "urn,name,trust_uid,ward_code,postcode,meeting_days", "900001,Hild,,,,")
    )

    school = School.objects.get()
    assert counts(outcome) == (0, 1, 0, 0)
    assert (school.trust, school.ward, school.postcode) == (None, None, "")
    assert school.meeting_days == "12345"


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (",Hild,SS,34,12345", "urn", "missing_value"),
        ("900001,,SS,34,12345", "name", "missing_value"),
        ("nine,Hild,SS,34,12345", "urn", "bad_value"),
        ("900001,Hild,XX,34,12345", "phase", "bad_value"),
        ("900001,Hild,SS,academy,12345", "type", "bad_value"),
        ("900001,Hild,SS,34,89", "meeting_days", "bad_value"),
    ],
)
def test_bad_school_is_refused_and_the_good_one_kept(csv_of, refusals, row, column, reason):
    outcome = load_schools(
        csv_of(SCHOOLS, "urn,name,phase,type,meeting_days", row, "900002,Bede,,,")
    )

    assert refusals(outcome) == [(2, column, reason)]
    assert School.objects.get().pk == 900002


def test_same_urn_with_different_values_refuses_both(csv_of, counts, refusals):
    table = csv_of(SCHOOLS, "urn,name", "900001,A", "900001,B", "900002,C", "900002,C")
    outcome = load_schools(table)

    assert refusals(outcome) == [(2, "urn", "duplicate_row"), (3, "urn", "duplicate_row")]
    assert counts(outcome) == (1, 0, 1, 2)


TERM_HEADER = "academic_year,half_term,start,end"
AUTUMN = "2025,1,2025-09-01,2025-10-24"


def test_half_term_is_stored_and_touches_the_schools_with_a_roll(csv_of, counts):
    school = EnrolmentFactory().school
    SchoolFactory()
    outcome = load_terms(csv_of(TERMS, TERM_HEADER, AUTUMN))

    term = Term.objects.get()
    assert (term.starts_on, term.ends_on) == (date(2025, 9, 1), date(2025, 10, 24))
    assert counts(outcome) == (1, 0, 0, 0)
    assert outcome.touched == {school.pk}


def test_half_term_loaded_twice_touches_nothing(csv_of, counts):
    EnrolmentFactory()
    load_terms(csv_of(TERMS, TERM_HEADER, AUTUMN))
    outcome = load_terms(csv_of(TERMS, TERM_HEADER, AUTUMN))

    assert counts(outcome) == (0, 0, 1, 0)
    assert outcome.touched == set()


def test_half_term_with_new_dates_is_changed(csv_of, counts):
    load_terms(csv_of(TERMS, TERM_HEADER, AUTUMN))
    outcome = load_terms(csv_of(TERMS, TERM_HEADER, "2025,1,2025-09-02,2025-10-24"))

    assert counts(outcome) == (0, 1, 0, 0)
    assert Term.objects.get().starts_on == date(2025, 9, 2)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        ("2025,,2025-09-01,2025-10-24", "half_term", "missing_value"),
        ("2025,7,2025-09-01,2025-10-24", "half_term", "bad_value"),
        ("25,1,2025-09-01,2025-10-24", "academic_year", "bad_value"),
        ("2025,1,01/09/2025,2025-10-24", "start", "bad_date"),
        ("2025,1,2025-09-01,2025-08-31", "end", "bad_value"),
        ("2025,1,2025-07-31,2025-10-24", "end", "bad_value"),
        ("2025,6,2026-06-01,2026-08-01", "end", "bad_value"),
    ],
)
def test_bad_half_term_is_refused(csv_of, refusals, row, column, reason):
    outcome = load_terms(csv_of(TERMS, TERM_HEADER, row))

    assert refusals(outcome) == [(2, column, reason)]
    assert not Term.objects.exists()


def test_half_term_may_be_one_day_and_reach_both_ends_of_the_year(csv_of, counts):
    table = csv_of(
        TERMS,
        TERM_HEADER,
        "2025,1,2025-08-01,2025-08-01",
        "2025,6,2026-07-31,2026-07-31",
    )

    assert counts(load_terms(table)) == (2, 0, 0, 0)
