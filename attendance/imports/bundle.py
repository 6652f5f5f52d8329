"""Loads a bundle: a folder of CSV files, in the order in which they rest on each other.

One transaction a file; good rows are kept, refused rows go to `rejects.csv`. `strict` makes it one
transaction for all, kept only if no row was refused. A dry run is the same, taken back at the end.
Afterwards the schools in which something changed are recomputed.
Raises: Invalid, for a file that cannot be read as a whole (files before it stay loaded).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from attendance.imports.marks import FILE as MARKS
from attendance.imports.marks import receive_marks
from attendance.models import RegisterBatch, Reject
from attendance.services.batches import record_outcome, rejects_csv
from attendance.services.nightly import recompute_waiting
from attendance.services.rehoming import rehome_marks
from attendance_portal.shared.errors import Conflict, Invalid
from attendance_portal.shared.rejects import Outcome
from schools.imports import load
from schools.imports.checking import FileColumns
from schools.imports.tables import Table, read_table

Progress = Callable[[str], None]
REJECTS: Final = "rejects.csv"


@dataclass
class BundleReceipt:
    """What became of a bundle: a receipt a file, in order, and whether anything was kept.

    `recomputed` are the URNs of the schools whose figures were brought up to date.
    """

    batches: list[RegisterBatch] = field(default_factory=list)
    kept: bool = True
    rejects: list[str] = field(default_factory=list)  # CSV lines, of a dry run only
    recomputed: list[int] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)  # what the loading itself has to say

    @property
    def rejected(self) -> int:
        """How many rows were refused."""
        return sum(batch.rejected for batch in self.batches)

    @property
    def warnings(self) -> list[str]:
        """What was odd about the files, or the loading."""
        return [warning for batch in self.batches for warning in batch.warnings] + self.notices


def load_bundle(
    directory: Path,
    *,
    by: User | None,
    on: date,
    at: datetime,
    strict: bool = False,
    dry_run: bool = False,
    rejects_path: Path | None = None,
    progress: Progress | None = None,
) -> BundleReceipt:
    """Load every file of the bundle that is there. `on` is today: later marks are refused."""
    say = progress or (lambda _: None)
    loader = _Loader(_files_of(directory), by=by, on=on, at=at, say=say)
    receipt = BundleReceipt()
    rejects = rejects_path or directory / REJECTS
    if not dry_run:
        _write_rejects(rejects, receipt)  # before anything is stored: can it be written there?
    with transaction.atomic() if strict or dry_run else nullcontext():
        try:
            for batch in loader.load():
                receipt.batches.append(batch)
        except Invalid:
            if not (strict or dry_run):  # what came before is stored: finish what it began
                _finish(receipt, rejects, say)
            raise
        receipt.kept = not dry_run and not (strict and receipt.rejected)
        if dry_run:
            receipt.rejects = list(rejects_csv(_rejects_of(receipt)))
        elif not receipt.kept:
            _write_rejects(rejects, receipt)
        if not receipt.kept:
            transaction.set_rollback(True)
    if receipt.kept:
        _finish(receipt, rejects, say)
    return receipt


def _finish(receipt: BundleReceipt, rejects: Path, say: Progress) -> None:
    """Tell what was refused, and bring the figures of what was stored up to date."""
    _write_rejects(rejects, receipt)
    try:
        run = recompute_waiting(progress=say)
    except Conflict as busy:
        receipt.notices.append(f"{busy.message} The figures follow with the next run.")
        return
    receipt.recomputed = run.school_urns if run else []


@dataclass(frozen=True)
class _Loader:
    """Loads file after file, each in a transaction of its own."""

    paths: dict[str, Path]
    by: User | None
    on: date
    at: datetime
    say: Progress

    def load(self) -> Iterator[RegisterBatch]:
        """The receipts, as the files are done."""
        for name, columns, store in self._rolls():
            if name in self.paths:
                with self._timed(name):
                    batch = self._load_roll(self.paths[name], columns, store)
                self._tell(batch)
                yield batch
        if MARKS in self.paths:
            with self._timed(MARKS):
                batch = self._load_marks(self.paths[MARKS])
            self._tell(batch)
            yield batch

    def _rolls(self) -> Sequence[tuple[str, FileColumns, Callable[[Table], Outcome]]]:
        by, on = self.by, self.on
        return (
            ("schools.csv", load.SCHOOLS, lambda table: load.load_schools(table, by=by)),
            ("terms.csv", load.TERMS, lambda table: load.load_terms(table, by=by)),
            ("pupils.csv", load.PUPILS, lambda table: load.load_pupils(table, by=by, on=on)),
            ("parents.csv", load.PARENTS, lambda table: load.load_parents(table, by=by)),
            (
                "enrolments.csv",
                load.ENROLMENTS,
                self._load_enrolments,
            ),
        )

    def _load_roll(
        self, path: Path, columns: FileColumns, store: Callable[[Table], Outcome]
    ) -> RegisterBatch:
        table = read_table(path, file=columns.file, required=columns.required, known=columns.known)
        with transaction.atomic():
            return record_outcome(
                store(table),
                content=columns.file.removesuffix(".csv"),
                route=RegisterBatch.Route.BUNDLE,
                by=self.by,
                at=self.at,
                file_name=columns.file,
            )

    def _load_enrolments(self, table: Table) -> Outcome:
        outcome = load.load_enrolments(table, by=self.by, on=self.on)
        rehome_marks(outcome.touched)
        return outcome

    def _load_marks(self, path: Path) -> RegisterBatch:
        started = time.monotonic()

        def say_rate(received: int) -> None:
            rate = received / max(time.monotonic() - started, 0.001)
            self.say(f"{MARKS}: {received:,} marks read ({rate:,.0f} a second)")

        return receive_marks(
            path,
            school=None,
            route=RegisterBatch.Route.BUNDLE,
            by=self.by,
            on=self.on,
            at=self.at,
            file_name=MARKS,
            progress=say_rate,
        )

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        self.say(f"{name}: reading ...")
        started = time.monotonic()
        yield
        self.say(f"{name}: done in {time.monotonic() - started:.1f} s")

    def _tell(self, batch: RegisterBatch) -> None:
        self.say(
            f"{batch.file_name}: {batch.received:,} rows: {batch.inserted:,} new, "
            f"{batch.changed:,} changed, {batch.unchanged:,} unchanged, {batch.rejected:,} refused"
        )


def _files_of(directory: Path) -> dict[str, Path]:
    """The files of a bundle that are there. Raises Invalid when none is."""
    known = ("schools.csv", "terms.csv", "pupils.csv", "parents.csv", "enrolments.csv", MARKS)
    if not directory.is_dir():
        raise Invalid(f"There is no folder {directory}. Give the folder that holds the CSV files.")
    found = {name: directory / name for name in known if (directory / name).is_file()}
    if not found:
        raise Invalid(f"{directory} has no file of a bundle in it: {', '.join(known)}.")
    return found


def _rejects_of(receipt: BundleReceipt) -> QuerySet[Reject]:
    return Reject.objects.filter(batch__in=[batch.pk for batch in receipt.batches])


def _write_rejects(path: Path, receipt: BundleReceipt) -> None:
    """Always written, so that an old one never lingers; whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(rejects_csv(_rejects_of(receipt)))
        draft.replace(path)
    except OSError as error:
        raise Invalid(
            f"The refused rows cannot be written to {path} ({error.strerror}). Give another place "
            "with --rejects."
        ) from error
