"""The run: everyone at night, some schools after an import; the same statements, merged.

A run works everything out from one snapshot of the marks into working tables, and merges what
differs in one transaction: the result is there as a whole or not at all, whenever it is killed.
After an import the same statements run for the schools it touched: there is no second, incremental
logic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now

from attendance import cohorts
from attendance.models import BatchSchool, NightlyRun
from attendance.selectors import figures_date
from attendance.services.flags import merge_flags, rows_written
from attendance.services.run_lock import only_run, only_run_for_everyone
from attendance.services.summaries import SUMMARIES, drop_all, merge
from attendance.sql.working import (
    CHECK_STATEMENTS,
    FLAG_STATEMENTS,
    NIGHTLY,
    PATTERN_STATEMENTS,
    PERIOD_STATEMENTS,
    REASON_STATEMENTS,
    SCHOOL_STATEMENTS,
    Question,
    one_snapshot,
    set_up,
)
from attendance.states import FLAGS, RULE_VERSION
from attendance_portal.shared.errors import Invalid
from schools.services.confirmation import settle_confirmations

Progress = Callable[[str], None]

_STATEMENTS = tuple(
    dict.fromkeys(
        (
            *PERIOD_STATEMENTS,
            *REASON_STATEMENTS,
            *CHECK_STATEMENTS,
            *PATTERN_STATEMENTS,
            *SCHOOL_STATEMENTS,
            *FLAG_STATEMENTS,
        )
    )
)
_INTERRUPTED = "The run was interrupted before it finished. Nothing of it was kept."


def run_for_everyone(
    *, as_of: date, full: bool = False, progress: Progress | None = None
) -> NightlyRun:
    """Recompute every school as of a day; with `full`, after dropping the summaries.

    Raises Invalid for a day before the figures' date, Conflict while another such run goes on.
    """
    with only_run_for_everyone():
        stands_at = figures_date()
        if stands_at is not None and as_of < stands_at:
            raise Invalid(
                f"The figures already stand at {stands_at.isoformat()}, after {as_of.isoformat()}. "
                "Use the exports for figures of an earlier date.",
                code="before_figures_date",
            )
        settle_confirmations(on=as_of)
        return _run(
            as_of=as_of, schools=None, full=full, is_repeat=as_of == stands_at, progress=progress
        )


def recompute_schools(
    urns: Sequence[int], *, progress: Progress | None = None
) -> NightlyRun | None:
    """Recompute these schools as of the figures' date; None before the first run for everyone.

    Waits for a run that is going on. Raises Conflict when that takes too long.
    """
    with only_run():
        as_of = figures_date()
        if as_of is None or not urns:
            return None
        return _run(as_of=as_of, schools=sorted(set(urns)), progress=progress)


def recompute_waiting(*, progress: Progress | None = None) -> NightlyRun | None:
    """Recompute the schools in which an import changed something since their last run.

    None when nothing waits, or before the first run for everyone.
    """
    if not BatchSchool.objects.filter(recomputed_at__isnull=True).exists():
        return None
    with only_run():
        as_of = figures_date()
        waiting = BatchSchool.objects.filter(recomputed_at__isnull=True)
        urns = sorted(set(waiting.values_list("school_id", flat=True)))
        if as_of is None or not urns:
            return None
        return _run(as_of=as_of, schools=urns, progress=progress)


def _run(
    *,
    as_of: date,
    schools: list[int] | None,
    full: bool = False,
    is_repeat: bool = False,
    progress: Progress | None,
) -> NightlyRun:
    """One run under the lock: its row first, so that its progress shows, then the work."""
    NightlyRun.objects.filter(state=NightlyRun.State.RUNNING).update(
        state=NightlyRun.State.FAILED, finished_at=Now(), message=_INTERRUPTED
    )
    run = NightlyRun.objects.create(
        as_of=as_of,
        is_for_everyone=schools is None,
        school_urns=schools or [],
        started_at=Now(),
    )
    question = Question(as_of=as_of, schools=schools)
    try:
        with _steps(run, progress) as say:
            waiting = _work_out(run, question, say)
            _merge(run, question, waiting, full=full, may_compare=is_repeat and not full, say=say)
    except BaseException as problem:
        with suppress(DatabaseError):
            NightlyRun.objects.filter(pk=run.pk).update(
                state=NightlyRun.State.FAILED, finished_at=Now(), message=str(problem)[:1000]
            )
        raise
    run.refresh_from_db()
    return run


def _parameters(run: NightlyRun, question: Question) -> dict[str, Any]:
    return {
        **question.parameters(),
        **cohorts.lines(),
        "yearly": [str(kind) for kind, state in FLAGS.items() if state.resets_each_year],
        "rule_version": RULE_VERSION,
        "run": run.pk,
    }


def _work_out(run: NightlyRun, question: Question, say: Progress) -> dict[int, int]:
    """Fill the working tables from one snapshot of the marks.

    Returns the imports that this snapshot holds and no run has picked up: their row's id to URN.
    """
    with one_snapshot() as cursor:
        waiting = BatchSchool.objects.filter(recomputed_at__isnull=True)
        if question.schools is not None:
            waiting = waiting.filter(school_id__in=question.schools)
        seen = dict(waiting.values_list("pk", "school_id"))
        NIGHTLY.clear(cursor, _STATEMENTS)
        NIGHTLY.run(cursor, _STATEMENTS, _parameters(run, question), progress=say)
    return seen


def _merge(
    run: NightlyRun,
    question: Question,
    waiting: dict[int, int],
    *,
    full: bool,
    may_compare: bool,
    say: Progress,
) -> None:
    """Write what differs, stamp the imports and finish the run's row: all at once or not at all."""
    with transaction.atomic(), connection.cursor() as cursor:
        set_up(cursor)
        if full:
            drop_all(cursor)
        counts = _merge_summaries(cursor, question, waiting, say)
        say("Opening and closing flags")
        counts["flags"] = merge_flags(cursor, NIGHTLY, _parameters(run, question))
        counts["rows_written"] += rows_written(counts["flags"])
        if not may_compare:  # on a new day any row may differ: there is nothing to compare with
            counts["left_different"] = None
        NIGHTLY.clear(cursor, _STATEMENTS)
        BatchSchool.objects.filter(pk__in=waiting).update(recomputed_at=Now())
        NightlyRun.objects.filter(pk=run.pk).update(
            state=NightlyRun.State.FINISHED, finished_at=Now(), step="", counts=counts
        )


def _merge_summaries(
    cursor: Any, question: Question, waiting: dict[int, int], say: Progress
) -> dict[str, Any]:
    counts: dict[str, Any] = {"rows_written": 0, "left_different": 0}
    for summary in SUMMARIES:
        say(f"Merging {summary.table.replace('_', ' ')}")
        written = merge(cursor, NIGHTLY, summary, question, set(waiting.values()))
        counts[summary.table] = {
            "inserted": written.inserted,
            "updated": written.updated,
            "deleted": written.deleted,
        }
        counts["rows_written"] += written.rows
        counts["left_different"] += written.unexpected
    return counts


@contextmanager
def _steps(run: NightlyRun, progress: Progress | None) -> Iterator[Progress]:
    """Say each step to the caller and in the run's row, there by a connection of its own.

    The run's own connection is inside its transaction, whose rows nobody sees until the end.
    """
    beside = None if connection.in_atomic_block else connection.copy()

    def say(step: str) -> None:
        if progress is not None:
            progress(step)
        if beside is not None:
            with beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE attendance_nightlyrun SET step = %s WHERE id = %s", [step, run.pk]
                )

    try:
        yield say
    finally:
        if beside is not None:
            beside.close()
