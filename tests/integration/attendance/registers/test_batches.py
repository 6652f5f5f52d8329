"""Receipts, and refused rows as a file that a spreadsheet opens safely."""

from datetime import UTC, datetime

import pytest

from attendance.models import BatchSchool, RegisterBatch
from attendance.services.batches import open_batch, record_outcome, rejects_csv, store_rejects
from attendance_portal.shared.rejects import Outcome, Reason, rejected
from tests.factories.schools import SchoolFactory

AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
HEADER = "file,line,column,value,reason_code,message\n"


@pytest.fixture
def batch(db) -> RegisterBatch:
    return open_batch(route="bundle", by=None, school=None, file_name="marks.csv")


def refused(value: str, line: int = 2):
    return rejected(
        Reason.BAD_DATE, file="marks.csv", line=line, column="date", value=value, says="No date."
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_cell_that_starts_a_formula_is_defused(batch, start):
    store_rejects(batch, [refused(f"{start}cmd()")])
    lines = list(rejects_csv(batch.rejects.all()))
    assert lines == [HEADER, f"marks.csv,2,date,'{start}cmd(),bad_date,No date.\n"]


def test_refused_rows_come_in_the_order_of_their_lines(batch):
    store_rejects(batch, [refused("b", 9), refused("a", 3)])
    assert [line.split(",")[1] for line in rejects_csv(batch.rejects.all())][1:] == ["3", "9"]


def test_no_refused_row_leaves_the_header_alone(batch):
    assert store_rejects(batch, []) == 0
    assert list(rejects_csv(batch.rejects.all())) == [HEADER]


@pytest.mark.parametrize("value", ["\\", 'say "x"', "a,b", "a\nb", "", "  x ", "N\x00UL", "\\."])
def test_any_value_is_stored_as_it_was(batch, value):
    store_rejects(batch, [refused(value)])
    assert batch.rejects.get().value == value.replace("\0", "")


def test_too_long_a_value_is_cut(batch):
    store_rejects(batch, [refused("é" * 300)])
    assert batch.rejects.get().value == "é" * 200


def test_outcome_becomes_a_receipt_and_the_schools_wait(db):
    school = SchoolFactory()
    outcome = Outcome(
        received=4, inserted=1, changed=1, unchanged=1, rejects=[refused("x")], touched={school.urn}
    )
    batch = record_outcome(
        outcome, content="enrolments", route="bundle", by=None, at=AT, file_name="enrolments.csv"
    )
    stored = RegisterBatch.objects.get(pk=batch.pk)
    assert (stored.received, stored.inserted, stored.changed) == (4, 1, 1)
    assert (stored.unchanged, stored.rejected, stored.applied_at) == (1, 1, AT)
    waiting = BatchSchool.objects.get(batch=batch)
    assert (waiting.school, waiting.recomputed_at) == (school, None)
