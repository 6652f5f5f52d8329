"""What holds for any file: loaded twice nothing changes, and the order of rows does not matter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attendance_portal.shared.rejects import Outcome
from schools.imports import load
from schools.imports.checking import FileColumns
from schools.imports.tables import Table, read_table
from schools.models import Enrolment, Parent, Pupil, Responsibility, School, Term
from tests.factories.pupils import EnrolmentFactory, FormerUpnFactory, PupilFactory, upn
from tests.factories.schools import SchoolFactory

pytestmark = pytest.mark.django_db

# A file is dearer than a number: a quarter of the examples of the profile in force.
SOME = settings(
    max_examples=settings().max_examples // 4,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TODAY = date(2026, 3, 3)
UPNS = [upn(number) for number in range(950, 956)]
DAYS = ["2024-09-02", "2025-01-06", "2025-07-22", "2025-09-01", "2026-02-23"]
JUNK = st.sampled_from(["", "x", "2026-02-30", "A123", "1e9", "=1+1", "'", "ß" * 250])


def _cell(*values: str) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(values), st.sampled_from(values), JUNK)


def _rows(**cells: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, str]]]:
    return st.lists(st.fixed_dictionaries(cells), max_size=7)


PUPIL_ROWS = _rows(
    upn=_cell(*UPNS),
    surname=_cell("Lee", "Roe"),
    forename=st.just("Ann"),
    date_of_birth=st.sampled_from(["2012-05-14", "2012-05-14", "soon"]),
    fsm_eligible=_cell("1", "Y", "0"),
    former_upn=st.one_of(st.just(""), st.sampled_from(UPNS)),
)
ENROLMENT_ROWS = _rows(
    upn=_cell(*UPNS[:3]),
    urn=_cell("900701", "900702"),
    start_date=_cell(*DAYS),
    end_date=st.one_of(st.just(""), _cell(*DAYS)),
    status=_cell("C", "M", "S"),
)
PARENT_ROWS = _rows(
    parent_ref=_cell("R1", "R2", "R3"),
    upn=_cell(*UPNS[:4]),
    name=st.just("Jo Lee"),
    lives_with=_cell("1", "0"),
)
SCHOOL_ROWS = _rows(
    urn=_cell("900701", "900703"),
    name=_cell("Hild", "Bede"),
    trust_uid=_cell("77", "78"),
    ward_code=_cell("E1", "E2"),
    meeting_days=_cell("12345", "54321", "6"),
)
TERM_ROWS = _rows(
    academic_year=_cell("2024", "2025"),
    half_term=_cell("1", "6"),
    start=_cell(*DAYS),
    end=_cell(*DAYS),
)
FILES = [
    pytest.param(load.SCHOOLS, load.load_schools, SCHOOL_ROWS, id="schools"),
    pytest.param(load.TERMS, load.load_terms, TERM_ROWS, id="terms"),
    pytest.param(load.PUPILS, partial(load.load_pupils, on=TODAY), PUPIL_ROWS, id="pupils"),
    pytest.param(load.PARENTS, load.load_parents, PARENT_ROWS, id="parents"),
    pytest.param(
        load.ENROLMENTS,
        partial(load.load_enrolments, on=TODAY),
        ENROLMENT_ROWS,
        id="enrolments",
    ),
]


def table_of(spec: FileColumns, rows: list[dict[str, str]]) -> Table:
    stream = io.StringIO(newline="")
    header = list(rows[0]) if rows else list(spec.required)
    writer = csv.DictWriter(stream, header)
    writer.writeheader()
    writer.writerows(rows)
    return read_table(
        stream.getvalue().encode(), file=spec.file, required=spec.required, known=spec.known
    )


@contextmanager
def small_borough() -> Iterator[None]:
    """Two schools, three children, one of whom has a former UPN; undone at the end."""
    with transaction.atomic():
        first, _ = SchoolFactory(urn=900701), SchoolFactory(urn=900702)
        children = [PupilFactory(upn=number, surname="Lee") for number in UPNS[:3]]
        FormerUpnFactory(pupil=children[0], upn=UPNS[5])
        EnrolmentFactory(pupil=children[0], school=first, starts_on=date(2025, 1, 6))
        yield
        transaction.set_rollback(True)


def everything() -> list[list[tuple]]:
    """All that the loaders store, by natural keys."""
    homes: dict[int | None, str] = {None: "none"}
    for number, home in Pupil.objects.order_by("upn").values_list("upn", "household_id"):
        homes.setdefault(home, number)
    return [
        list(School.objects.order_by("urn").values_list("urn", "name", "trust__uid", "ward__code")),
        list(Term.objects.values_list("academic_year", "half_term", "starts_on", "ends_on")),
        sorted(
            (*facts, homes[home])
            for *facts, home in Pupil.objects.values_list(
                "upn", "surname", "folded_name", "household_id"
            )
        ),
        sorted(Pupil.objects.values_list("upn", "former_upns__upn")),
        list(Parent.objects.order_by("parent_ref").values_list("parent_ref", "name")),
        sorted(
            Responsibility.objects.values_list("parent__parent_ref", "pupil__upn", "lives_with"),
            key=str,
        ),
        list(
            Enrolment.objects.order_by("pupil__upn", "school", "starts_on").values_list(
                "pupil__upn", "school", "starts_on", "ends_on", "status", "awaiting_confirmation"
            )
        ),
    ]


def told(outcome: Outcome) -> tuple:
    """The counts, and how many rows were refused for each reason."""
    reasons = sorted((one.reason_code, one.column, one.value) for one in outcome.rejects)
    return outcome.inserted, outcome.changed, outcome.unchanged, reasons


@pytest.mark.parametrize(("spec", "loader", "rows"), FILES)
def test_file_loaded_twice_changes_nothing_the_second_time(db, spec, loader, rows):
    @SOME
    @given(rows)
    def check(some):
        with small_borough():
            first = loader(table_of(spec, some))
            before = everything()
            second = loader(table_of(spec, some))

            assert second.received == first.received == len(table_of(spec, some).frame)
            assert (second.inserted, second.changed) == (0, 0)
            assert told(second)[3] == told(first)[3]
            assert second.touched == set()
            assert everything() == before

    check()


@pytest.mark.parametrize(("spec", "loader", "rows"), FILES)
def test_order_of_rows_does_not_matter(db, spec, loader, rows):
    @SOME
    @given(rows, st.randoms())
    def check(some, random):
        with small_borough():
            one = told(loader(table_of(spec, some)))
            after = everything()
        with small_borough():
            other = told(loader(table_of(spec, random.sample(some, len(some)))))

            assert other == one
            assert everything() == after

    check()
