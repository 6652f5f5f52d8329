"""Tables from a few words of CSV or JSON."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from attendance_portal.shared.rejects import Outcome
from schools.imports.checking import FileColumns
from schools.imports.tables import Table, read_table, table_from_records


@pytest.fixture
def csv_of() -> Callable[..., Table]:
    """`csv_of(PUPILS, "upn,surname", "L80,Smith")`: a table of a header and rows."""

    def make(spec: FileColumns, *lines: str) -> Table:
        content = "\n".join(lines).encode()
        return read_table(content, file=spec.file, required=spec.required, known=spec.known)

    return make


@pytest.fixture
def json_of() -> Callable[..., Table]:
    """`json_of(PUPILS, {...})`: a table of JSON records."""

    def make(spec: FileColumns, *records: dict) -> Table:
        return table_from_records(records, file=spec.file, required=spec.required, known=spec.known)

    return make


@pytest.fixture
def counts() -> Callable[[Outcome], tuple[int, int, int, int]]:
    """Inserted, changed, unchanged, refused; and that they add up."""

    def count(outcome: Outcome) -> tuple[int, int, int, int]:
        numbers = (outcome.inserted, outcome.changed, outcome.unchanged, len(outcome.rejects))
        assert sum(numbers) == outcome.received
        return numbers

    return count


@pytest.fixture
def refusals() -> Callable[[Outcome], list[tuple[int, str, str]]]:
    """Line, column and reason of each refused row."""

    def refused(outcome: Outcome) -> list[tuple[int, str, str]]:
        return [(one.line, one.column, one.reason_code.value) for one in outcome.rejects]

    return refused
