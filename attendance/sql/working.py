"""Runs the named statements into working tables, for any date and any schools or enrolments.

One set of statements serves the nightly run, the run after an import, exports and figures of a past
date: only where the working tables live differs. The run's are unlogged and analysed, so that big
scans may use several workers; everyone else's are temporary, so that nobody meets anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.db import connection, transaction

from attendance import codes
from schools.rules.calendar import academic_year, academic_year_start

_LONG_AGO: Final = date(1900, 1, 1)  # before any register
REASON_YEARS: Final = 2  # of codes and days of the week this year and the one before are stored

_FOLDER: Final = Path(__file__).parent

# In order: each may read those before it.
PERIOD_STATEMENTS: Final = ("enrolment", "piece", "total", "period")
CHECK_STATEMENTS: Final = (
    "enrolment",
    "school_week",
    "school_day",
    "school",
    "absence_week",
    "rolling",
    "run_week",
    "run",
    "illness",
    "unexplained",
    "last_mark",
    "check",
)

WEEK_STATEMENTS: Final = ("enrolment", "piece", "week")
# Whole schools, or those enrolments alone that are asked for, by code and by day of the week.
REASON_STATEMENTS: Final = ("enrolment", "piece", "reason_week", "reason")
# Schools in the year up to each of many days; each enrolment in the year up to one.
MILESTONE_STATEMENTS: Final = ("enrolment", "milestone_piece", "milestone_part", "milestone")
YEAR_SO_FAR_STATEMENTS: Final = (*MILESTONE_STATEMENTS[:-1], "year_so_far")
# After the periods and the checks, which number the school weeks.
PATTERN_STATEMENTS: Final = (
    "pattern_school",
    "pattern_sum",
    "pattern_spell",
    "pattern_slot",
    "pattern",
)
# After the checks, which find the last marks.
SCHOOL_STATEMENTS: Final = ("school_year",)
FLAG_STATEMENTS: Final = (
    "silent",
    "holding",
    "standing",
    "fresh",
    "since_year",
    "since_window",
    "opening",
)

WHAT_IT_DOES: Final = {
    "enrolment": "Choosing enrolments",
    "piece": "Laying out weeks and half-terms",
    "total": "Summing sessions",
    "period": "Adding up years, terms and half-terms",
    "week": "Counting weeks",
    "reason_week": "Counting weeks that are alike",
    "reason": "Counting codes and days of the week",
    "milestone_piece": "Laying out weeks up to each day asked",
    "milestone_part": "Summing sessions up to each day asked",
    "milestone": "Adding up schools up to each day asked",
    "year_so_far": "Adding up the year so far",
    "school_year": "Adding up schools",
    "school_week": "Finding school weeks",
    "school_day": "Finding school days",
    "school": "Finding each school's latest days",
    "absence_week": "Opening weeks with absence",
    "rolling": "Checking ten sessions in ten weeks",
    "run_week": "Writing out days of absence",
    "run": "Checking ten days in a row",
    "illness": "Counting illness",
    "unexplained": "Counting reasons owed",
    "last_mark": "Finding last marks",
    "check": "Gathering the checks",
    "pattern_school": "Laying out the latest school weeks",
    "pattern_sum": "Summing the latest school weeks",
    "pattern_spell": "Telling spells of absence apart",
    "pattern_slot": "Comparing the days of the week",
    "pattern": "Gathering the named cohorts",
    "silent": "Finding children the register is silent about",
    "holding": "Asking which flags hold",
    "standing": "Looking at open flags",
    "fresh": "Choosing new flags",
    "since_year": "Dating new flags of the year",
    "since_window": "Dating new flags of ten weeks",
    "opening": "Dating new flags",
}


@dataclass(frozen=True)
class Question:
    """What the statements are asked: as of which day, for which schools, enrolments (None: all).

    `milestones`: days up to which `milestone_piece` cuts the years, none later than `as_of`;
    `weeks_from`: the first Monday that `week` counts; `is_of_one_year`: the sums leave the years
    before that of the day out, which takes a third of the time where three are stored.
    """

    as_of: date
    schools: Sequence[int] | None = None
    enrolments: Sequence[int] | None = None
    milestones: Sequence[date] = ()
    weeks_from: date = _LONG_AGO
    is_of_one_year: bool = False

    def parameters(self) -> dict[str, Any]:
        """The named parameters of every statement."""
        return {
            "as_of": self.as_of,
            "academic_year": academic_year(self.as_of),
            "year_start": academic_year_start(academic_year(self.as_of)),
            "from_day": academic_year_start(academic_year(self.as_of))
            if self.is_of_one_year
            else _LONG_AGO,
            "schools": None if self.schools is None else list(self.schools),
            "enrolments": None if self.enrolments is None else list(self.enrolments),
            "weeks_from": self.weeks_from,
            "milestones": sorted(set(self.milestones)),
            "possible": codes.SYMBOLS_POSSIBLE,
            "attended": codes.SYMBOLS_ATTENDED,
            "unauthorised": codes.SYMBOLS_UNAUTHORISED,
            "illness": codes.SYMBOLS_ILLNESS,
            "unexplained": codes.SYMBOLS_UNEXPLAINED,
            "late": codes.SYMBOLS_LATE,
            "present": codes.PRESENT_MORNING + codes.PRESENT_AFTERNOON,
            "not_a_session": codes.SYMBOLS_NOT_A_SESSION,
            "reasons_from": academic_year(self.as_of) - REASON_YEARS + 1,  # `lines` may say another
            "weeks_compared": 0,  # `lines` say how many school weeks the named cohorts compare
            **_session_letters(),
        }


@cache
def _session_letters() -> dict[str, str]:
    """For translate(): every symbol to U (unauthorised), A (absent otherwise), P (attended) or a
    space; and to A (absent), P (attended) or a space."""

    def told(symbol: str) -> str:
        if symbol in codes.SYMBOLS_ATTENDED:
            return "P"
        return "A" if symbol in codes.SYMBOLS_POSSIBLE else " "

    def letter(symbol: str) -> str:
        return "U" if symbol in codes.SYMBOLS_UNAUTHORISED else told(symbol)

    symbols = codes.SYMBOLS_ALL
    return {
        "run_from": symbols,
        "run_to": "".join(letter(symbol) for symbol in symbols),
        "told_from": symbols,
        "told_to": "".join(told(symbol) for symbol in symbols),
    }


@cache
def statement(name: str) -> str:
    """The text of one named statement."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Workbench:
    """Where working tables live: `storage` and name prefix."""

    storage: str
    prefix: str

    def name(self, table: str) -> str:
        """The working table's name in SQL."""
        return f"{self.prefix}{table}"

    def text(self, statement_name: str) -> str:
        """A named statement, told where its tables live."""
        return (
            statement(statement_name)
            .replace("{storage}", self.storage)
            .replace("{work}", self.prefix)
        )

    def run(
        self,
        cursor: Any,
        names: Iterable[str],
        parameters: dict[str, Any],
        *,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        """Make and analyse the working tables, one after the other."""
        cursor.execute(f"SET LOCAL default_statistics_target = {SAMPLE}")
        for name in names:
            if progress is not None:
                progress(WHAT_IT_DOES[name])
            cursor.execute(self.text(name), parameters)
            cursor.execute(f"ANALYZE {self.name(name)}")
        cursor.execute("SET LOCAL default_statistics_target TO DEFAULT")

    def clear(self, cursor: Any, names: Iterable[str]) -> None:
        """Drop the working tables, there or not."""
        tables = ", ".join(self.name(name) for name in names)
        cursor.execute(f"DROP TABLE IF EXISTS {tables}")


NIGHTLY: Final = Workbench(storage="UNLOGGED", prefix="nightly_")
TEMPORARY: Final = Workbench(storage="TEMPORARY", prefix="pg_temp.asked_")

SAMPLE: Final = 10  # 3,000 rows of a table tell its size: ten times as many took a second a run
WORK_MEMORY: Final = "256MB"  # what the biggest sums take for 22,000 pupils over three years


def set_up(cursor: Any) -> None:
    """Settings of this transaction: no just-in-time compiling, memory for the biggest sums."""
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL work_mem = %s", [WORK_MEMORY])
    # A client that was killed is noticed within seconds, and what it held is freed.
    cursor.execute("SET LOCAL client_connection_check_interval = '2s'")


@contextmanager
def one_snapshot() -> Iterator[Any]:
    """A cursor in a transaction in which every statement sees the marks of one moment."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if is_outermost:  # inside another transaction (tests) nobody else writes
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        set_up(cursor)
        yield cursor


@contextmanager
def answers(
    question: Question,
    names: Iterable[str],
    *,
    progress: Callable[[str], None] | None = None,
    lines: Mapping[str, int] | None = None,
) -> Iterator[Any]:
    """A cursor beside which the temporary working tables of these statements are filled.

    `lines`: thresholds from the settings, for statements that ask for some.
    """
    wanted = tuple(dict.fromkeys(names))
    with one_snapshot() as cursor:
        TEMPORARY.clear(cursor, wanted)
        parameters = {**question.parameters(), **(lines or {})}
        TEMPORARY.run(cursor, wanted, parameters, progress=progress)
        yield cursor
        TEMPORARY.clear(cursor, wanted)
