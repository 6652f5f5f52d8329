"""What many tests stand on, made once a process and laid down again in each of them.

The services that make it run once; its rows are copied out and rolled back. A test copies them in,
which takes milliseconds, and nothing of one test is left for another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from io import BytesIO
from typing import Generic, TypeVar

from django.db import connection, transaction

from tests.emptying import filled_tables
from tests.factories.standing import stands_still

T = TypeVar("T")


@contextmanager
def never_kept() -> Iterator[None]:
    """A transaction that is rolled back whatever happens in it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Kept(Generic[T]):
    """`Kept(SmallBorough)`: what the function made, and every row it wrote."""

    def __init__(self, make: Callable[[], T]) -> None:
        with stands_still(), never_kept():
            filled = filled_tables()
            self._made = make()
            written = filled_tables()
            assert not _grown(filled, written), "Rows of what is kept stand among others."
            self._rows = {table: _rows_of(table) for table in written.keys() - filled.keys()}

    def lay(self) -> T:
        """Write the rows, in the test's own transaction; a copy of what was made, for this test."""
        with transaction.atomic(), connection.cursor() as cursor:
            for table, rows in self._rows.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", BytesIO(rows))
        return deepcopy(self._made)


def _grown(before: dict[str, int], after: dict[str, int]) -> list[str]:
    return [name for name, rows in before.items() if after.get(name) != rows]


def _rows_of(table: str) -> bytes:
    rows = BytesIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table} TO STDOUT", rows)
    return rows.getvalue()
