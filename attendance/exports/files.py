"""Streams a named statement into a CSV file, whole or not at all, and writes down that it left."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from accounts.models import ExportRecord, User
from accounts.services import log_export
from attendance.sql.working import TEMPORARY, Question, answers
from attendance_portal.shared.errors import Invalid


class _Counting:
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
    statements: Sequence[str],
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
            counting = _Counting(file)
            _stream(kind, statements, as_of, counting, progress)
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


def _stream(
    kind: str,
    statements: Sequence[str],
    as_of: date,
    target: Any,
    progress: Callable[[str], None] | None,
) -> None:
    with answers(Question(as_of=as_of), statements, progress=progress) as cursor:
        if progress is not None:
            progress("Writing the file")
        lines = TEMPORARY.text(f"export_{kind}").strip()
        cursor.copy_expert(f"COPY ({lines}) TO STDOUT WITH (FORMAT csv, HEADER)", target)
