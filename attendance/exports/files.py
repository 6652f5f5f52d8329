"""Streams a named statement into a CSV file, whole or not at all, and writes down that it left."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

from accounts.models import ExportRecord, User
from accounts.services import log_export
from attendance.sql.working import (
    CHECK_STATEMENTS,
    PERIOD_STATEMENTS,
    TEMPORARY,
    WEEK_STATEMENTS,
    Question,
    answers,
)
from attendance_portal.shared.errors import Invalid


class Counting:
    """A binary file that counts lines and takes the checksum of what passes through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.lines = 0

    def write(self, chunk: bytes) -> int:
        self._digest.update(chunk)
        self.lines += chunk.count(b"\n")  # no value holds a line break: codes, dates and numbers
        return self._file.write(chunk)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def write_export(
    *,
    kind: str,
    as_of: date,
    path: Path,
    by: User | None,
    at: datetime,
    progress: Callable[[str], None] | None = None,
) -> ExportRecord:
    """Work the figures out as of a date and put them at `path`, all at once.

    `by` is None for a command on the server. Raises Invalid when the file cannot be written there.
    """
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as problem:
        raise Invalid(f"Cannot write {path}: {problem.strerror}.") from problem
    try:
        with os.fdopen(handle, "wb") as file:
            counting = Counting(file)
            write_lines(kind, as_of, counting, progress=progress)
        Path(draft).chmod(0o640)  # children's figures: not for every user of the machine
        Path(draft).replace(path)
    except OSError as problem:
        raise Invalid(f"Cannot write {path}: {problem.strerror}.") from problem
    finally:
        Path(draft).unlink(missing_ok=True)
    return log_export(
        user=by,
        kind=kind,
        as_of=as_of,
        rows=counting.lines - 1,
        sha256=counting.sha256,
        page=f"export_{kind}",
        at=at,
    )


@dataclass(frozen=True)
class Selection:
    """Which enrolments a file is of. None is all there are.

    `urns`: the figures of these schools alone are worked out. `enrolments`: of those, only these
    stand in the file; a school's days are found from everyone on its roll all the same. `hidden`:
    pupils whose own facts (sex, meals, SEN, ethnicity, ward) are left empty.
    """

    urns: Sequence[int] | None = None
    enrolments: Sequence[int] | None = None
    hidden: Sequence[int] = ()


EVERYTHING: Final = Selection()
STATEMENTS: Final = {
    "periods": (*PERIOD_STATEMENTS, *WEEK_STATEMENTS),
    "checks": CHECK_STATEMENTS,
    "dashboard": PERIOD_STATEMENTS,
}
_TABLES: Final = {
    "periods": ("enrolment", "period", "week"),
    "checks": ("check",),
    "dashboard": ("period",),
}


@contextmanager
def worked_out(
    kind: str,
    as_of: date,
    selection: Selection = EVERYTHING,
    progress: Callable[[str], None] | None = None,
) -> Iterator[tuple[Any, str]]:
    """A cursor and the statement whose rows are the lines of this kind of file, in order."""
    question = Question(as_of=as_of, schools=selection.urns)
    with answers(question, STATEMENTS[kind], progress=progress) as cursor:
        _keep_only(cursor, kind, selection)
        if progress is not None:
            progress("Writing the file")
        yield cursor, TEMPORARY.text(f"export_{kind}").strip()
        cursor.execute("DROP TABLE IF EXISTS pg_temp.asked_taken, pg_temp.asked_hidden")


def _keep_only(cursor: Any, kind: str, selection: Selection) -> None:
    """Take out of the working tables what the file is not of."""
    cursor.execute(
        "CREATE TEMPORARY TABLE asked_hidden AS SELECT unnest(%s::bigint[]) AS pupil_id",
        [list(selection.hidden)],
    )
    if selection.enrolments is None:
        return
    cursor.execute(
        "CREATE TEMPORARY TABLE asked_taken AS SELECT unnest(%s::bigint[]) AS enrolment_id",
        [list(selection.enrolments)],
    )
    for table in _TABLES[kind]:
        cursor.execute(
            f"DELETE FROM {TEMPORARY.name(table)} "  # noqa: S608 - names of our own
            "WHERE enrolment_id NOT IN (SELECT enrolment_id FROM pg_temp.asked_taken)"
        )


def write_lines(
    kind: str,
    as_of: date,
    target: Any,
    *,
    selection: Selection = EVERYTHING,
    progress: Callable[[str], None] | None = None,
) -> None:
    """The file of one kind, into something that takes bytes."""
    with worked_out(kind, as_of, selection, progress) as (cursor, lines):
        cursor.copy_expert(f"COPY ({lines}) TO STDOUT WITH (FORMAT csv, HEADER)", target)
