"""Marks, from a file or a call: read by columns, checked, and handed to the one service for them.

Everything about one file happens in one transaction: the receipt, the refused rows, the weeks, the
history. Raises: Invalid, for what makes a file unreadable as a whole; nothing is stored then.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from django.db import transaction

from accounts.models import User
from attendance.imports import byte_table
from attendance.imports.cells import Chunk, Column, Misfit, SparseColumn
from attendance.imports.checks import REQUIRED, Checker, Placed, cell_number, minutes_late
from attendance.imports.enrolled import FIRST_MONDAY, day_number
from attendance.imports.weeks import Weeks, week_start
from attendance.models import MarkChange, RegisterBatch
from attendance.services import batches
from attendance.services.flag_changes import FlagChange, flag_changes
from attendance.services.registers import Correction, RegisterMerge
from attendance_portal.shared.rejects import Rejected
from schools.imports.tables import Table, sniff, table_from_records
from schools.models import School

Source = bytes | Path | list[dict[str, Any]]
Progress = Callable[[int], None]  # rows read so far

FILE: Final = "marks.csv"
SPARSE: Final = ("minutes_late", "comment")
MOST_SHOWN: Final = 200  # corrections and pupils kept for a review page
_READ_AT_ONCE: Final = 1024 * 1024


@dataclass
class Preview:
    """What a dry run found besides its counts."""

    corrections: list[Correction] = field(default_factory=list)
    not_sent: list[int] = field(default_factory=list)  # enrolments
    flags: list[FlagChange] = field(default_factory=list)  # of uploads, which name their school


def receive_marks(
    source: Source,
    *,
    school: School | None,
    route: str,
    by: User | None,
    on: date,
    at: datetime,
    atomic: bool = False,
    dry_run: bool = False,
    file_name: str = "",
    progress: Progress | None = None,
) -> RegisterBatch:
    """Store the good marks and refuse the bad ones, each with its reason; the receipt says both.

    `school` None takes the school from each row. `atomic`: with one row refused, none is stored and
    the receipt's state is `refused`. `dry_run`: nothing but the receipt is stored, in state
    `review`.
    """
    marks_file = MarksFile.open(source, school=school, file_name=file_name)
    with transaction.atomic():
        batch = batches.open_batch(
            route=route,
            by=by,
            school=school,
            file_name=file_name,
            sha256=marks_file.sha256,
            warnings=marks_file.warnings,
        )
        run = MarksRun(marks_file, batch=batch, on=on, at=at, progress=progress)
        if dry_run:
            run.preview()
        else:
            run.apply(all_or_nothing=atomic)
    return batch


@dataclass
class MarksFile:
    """Marks that can be read more than once, in chunks.

    `emptying` are the columns in which an empty cell empties what is stored, in every row.
    """

    file: str
    school: School | None
    sha256: str
    warnings: list[str]
    chunks: Callable[[], Iterator[Chunk]]
    emptying: frozenset[str] = frozenset()

    @classmethod
    def open(cls, source: Source, *, school: School | None, file_name: str = "") -> MarksFile:
        """Look at the whole file once. Raises Invalid."""
        file = file_name or FILE
        required = REQUIRED if school else ("upn", "urn", *REQUIRED[1:])
        known = ("upn", "urn", *REQUIRED[1:], *SPARSE)
        if isinstance(source, list):
            table = table_from_records(source, file=file, required=required, known=known)
            chunk = _chunk_of(table)
            return cls(file, school, "", table.warnings, lambda: iter([chunk]))
        shape = sniff(source, file=file, required=required, known=known)
        layout = byte_table.Layout(
            columns=shape.columns,
            dense=tuple(name for name in known if name in shape.columns and name not in SPARSE),
            sparse=tuple(name for name in SPARSE if name in shape.columns),
            delimiter=shape.delimiter,
        )

        def chunks() -> Iterator[Chunk]:
            with _opened(source) as stream:
                stream.seek(shape.skip_bytes)
                rows = _below_the_header(stream)
                blocks = byte_table.read_blocks(rows, layout, first_line=shape.header_line + 1)
                yield from _one_ahead(blocks)

        return cls(
            file, school, _sha256(source), list(shape.warnings), chunks, frozenset(layout.sparse)
        )


def _below_the_header(stream: IO[bytes]) -> IO[bytes]:
    """The stream after its header; lines that end in a lone carriage return are mended first."""
    header = stream.readline()
    if b"\r" not in header.rstrip(b"\r\n"):
        return stream
    mended = (header + stream.read()).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    rows = io.BytesIO(mended)
    rows.readline()
    return rows


class MarksRun:
    """One file being laid over the register. Use it inside a transaction."""

    def __init__(
        self,
        marks_file: MarksFile,
        *,
        batch: RegisterBatch,
        on: date,
        at: datetime,
        progress: Progress | None = None,
    ) -> None:
        self._file, self._batch, self._at = marks_file, batch, at
        self._progress = progress or (lambda _: None)
        urn = marks_file.school.urn if marks_file.school else None
        self._checker = Checker(file=marks_file.file, school_urn=urn, on=on)
        self._days: set[int] = set()
        self._received = self._rejected = 0
        self._merge = RegisterMerge()

    def apply(self, *, all_or_nothing: bool = False) -> None:
        """Store what is good; fill and save the receipt."""
        self._stage()
        if all_or_nothing and self._rejected:
            self._batch.state = RegisterBatch.State.REFUSED
        else:
            self._store()
            self._batch.state = RegisterBatch.State.APPLIED
            self._batch.applied_at = self._at
        self._batch.save()
        self._merge.close()

    def preview(self) -> Preview:
        """Store, look, and take it back; the receipt is saved in state `review`."""
        self._stage()
        found = Preview()
        if self._file.school:
            days = [date.fromordinal(FIRST_MONDAY.toordinal() + day) for day in sorted(self._days)]
            found.not_sent = self._merge.pupils_not_sent(
                school_urn=self._file.school.urn, days=days
            )
        savepoint = transaction.savepoint()
        self._store()
        rows = MarkChange.objects.filter(batch=self._batch).exclude(old=" ").order_by("id")
        found.corrections = [
            Correction(*row)
            for row in rows.values_list("enrolment_id", "date", "session", "old", "new")[
                :MOST_SHOWN
            ]
        ]
        if self._batch.route == RegisterBatch.Route.UPLOAD and self._file.school:
            found.flags = flag_changes(self._file.school.urn)
        transaction.savepoint_rollback(savepoint)
        self._batch.state = RegisterBatch.State.REVIEW
        self._batch.save()
        self._merge.close()
        return found

    def _stage(self) -> None:
        weeks = Weeks()
        for chunk in self._file.chunks():
            placed, refused = self._checker.check(chunk)
            self._received += len(chunk) + len(chunk.misfits)
            self._refuse(refused)
            self._merge.send_weeks(weeks.add(placed))
            self._merge.send_notes(_note_lines(chunk, placed))
            self._days.update(np.unique(placed.days).tolist())
            self._progress(self._received)
        self._merge.send_weeks(weeks.rest())
        conflicts = self._merge.conflicts(in_parts=weeks.in_parts)
        if conflicts:
            self._refuse_conflicts(conflicts)
        self._batch.received, self._batch.rejected = self._received, self._rejected

    def _store(self) -> None:
        merged = self._merge.merge(
            batch=self._batch,
            at=self._at,
            empties_minutes="minutes_late" in self._file.emptying,
            empties_comments="comment" in self._file.emptying,
        )
        batch = self._batch
        batch.inserted, batch.changed = merged.inserted, merged.changed
        batch.unchanged = batch.received - batch.rejected - batch.inserted - batch.changed

    def _refuse(self, rejects: Sequence[Rejected]) -> None:
        self._rejected += batches.store_rejects(self._batch, rejects)

    def _refuse_conflicts(self, conflicts: Sequence[tuple[int, date, int]]) -> None:
        """Read the file again to find the lines: this is rare, and keeps nothing in memory."""
        places = np.array(
            [(key, day_number(monday) // 7, slot) for key, monday, slot in conflicts],
            dtype=np.int64,
        )
        wanted = cell_number(places[:, 0], places[:, 1], places[:, 2])
        for chunk in self._file.chunks():
            placed, _ = self._checker.check(chunk)
            rows = placed.rows[np.isin(placed.cells, wanted)]
            self._refuse([self._checker.duplicate(chunk, row) for row in rows.tolist()])


def _note_lines(chunk: Chunk, placed: Placed) -> str:
    """CSV lines of the marks that say something more: all that were given, where some were not."""
    if not chunk.sparse:
        return ""
    place = np.full(len(chunk), -1, dtype=np.int64)
    place[placed.rows] = np.arange(len(placed.rows))
    rows: set[int] = set()
    for column in chunk.sparse.values():
        rows.update(column.texts)
        if column.given is not None:
            rows.update(np.flatnonzero(column.given).tolist())
    text = io.StringIO()
    writer = csv.writer(text)
    for row in sorted(rows):
        at = int(place[row])
        if at >= 0:
            writer.writerow(
                [
                    int(placed.enrolments[at]),
                    week_start(int(placed.weeks[at])),
                    int(placed.slots[at]) + 1,
                    int(placed.lines[at]),
                    *_said(chunk.sparse, row),
                ]
            )
    return text.getvalue()


def _said(sparse: dict[str, SparseColumn], row: int) -> list[object]:
    """Minutes, comment (quoted even when empty: not null), and whether each was given."""
    texts = {name: column.texts.get(row, "") for name, column in sparse.items()}
    given = {
        name: column.given is None or bool(column.given[row]) for name, column in sparse.items()
    }
    minutes = texts.get("minutes_late", "")
    return [
        minutes_late(minutes) if minutes else None,
        texts.get("comment", ""),
        given.get("minutes_late", False),
        given.get("comment", False),
    ]


def _chunk_of(table: Table) -> Chunk:
    """The rows of a JSON list."""
    names = list(table.frame.columns)
    texts = {name: table.frame[name].tolist() for name in names}
    return Chunk(
        table.lines,
        {name: Column.of_texts(texts[name]) for name in names if name not in SPARSE},
        {
            name: SparseColumn.of_texts(texts[name], table.given(name))
            for name in names
            if name in SPARSE
        },
        [Misfit(row.line, row.upn, row.message) for row in table.rejects],
    )


def _one_ahead(chunks: Iterator[Chunk]) -> Iterator[Chunk]:
    """Reads the next chunk in another thread while this one is checked; it asks no database."""
    with ThreadPoolExecutor(max_workers=1) as reader:
        following = reader.submit(next, chunks, None)
        while (chunk := following.result()) is not None:
            following = reader.submit(next, chunks, None)
            yield chunk


@contextmanager
def _opened(source: bytes | Path) -> Iterator[IO[bytes]]:
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        yield stream


def _sha256(source: bytes | Path) -> str:
    digest = hashlib.sha256()
    with _opened(source) as stream:
        while part := stream.read(_READ_AT_ONCE):
            digest.update(part)
    return digest.hexdigest()
