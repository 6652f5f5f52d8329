"""What becomes of rows that come in: the reasons for refusing one, and the count of an import.

The reason codes are fixed by the interface that suppliers rely on; each has one sentence that says
what to do.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Reason(StrEnum):
    """Why a row was refused."""

    UNKNOWN_UPN = "unknown_upn"
    BAD_UPN = "bad_upn"
    UNKNOWN_SCHOOL = "unknown_school"
    NO_ENROLMENT = "no_enrolment"
    UNKNOWN_CODE = "unknown_code"
    CODE_NOT_IN_FORCE = "code_not_in_force"
    BAD_DATE = "bad_date"
    FUTURE_DATE = "future_date"
    BAD_SESSION = "bad_session"
    NOT_A_SCHOOL_DAY = "not_a_school_day"
    DUPLICATE_ROW = "duplicate_row"
    MISSING_VALUE = "missing_value"
    BAD_VALUE = "bad_value"


WHAT_TO_DO: dict[Reason, str] = {
    Reason.UNKNOWN_UPN: "No pupil here has this UPN. Send the pupil first, or correct the UPN.",
    Reason.BAD_UPN: "This is not a valid UPN. Check each character against the pupil's record.",
    Reason.UNKNOWN_SCHOOL: "This school is not one you can send for. Check the URN.",
    Reason.NO_ENROLMENT: "The pupil is not on this school's roll on this date. Send or correct the "
    "enrolment, or the date.",
    Reason.UNKNOWN_CODE: "This is not a national attendance code. Correct the code.",
    Reason.CODE_NOT_IN_FORCE: "This code was not in force on this date. Use the code of that time.",
    Reason.BAD_DATE: "This is not a date. Write dates as 2026-03-02.",
    Reason.FUTURE_DATE: "This date has not come yet. Send the mark when the session is over.",
    Reason.BAD_SESSION: "The session must be AM or PM.",
    Reason.NOT_A_SCHOOL_DAY: "The school does not meet on this weekday. Correct the date, or the "
    "school's meeting days.",
    Reason.DUPLICATE_ROW: "The same row is there twice with different values, so neither was kept. "
    "Send the right one.",
    Reason.MISSING_VALUE: "A value is missing here. Fill it in.",
    Reason.BAD_VALUE: "This value cannot be used here. Correct it.",
}


@dataclass(frozen=True, slots=True)
class Rejected:
    """One refused row. `line` counts the header as line 1 in a file, from 1 in JSON."""

    file: str
    line: int
    column: str
    value: str
    reason_code: Reason
    message: str
    upn: str = ""


def rejected(
    reason: Reason, *, file: str, line: int, column: str, value: str, upn: str = "", says: str = ""
) -> Rejected:
    """A refused row with the standard sentence, or a more exact one (`says`)."""
    return Rejected(file, line, column, value[:200], reason, says or WHAT_TO_DO[reason], upn[:40])


@dataclass
class Outcome:
    """What became of one file or call. Rows: received = inserted + changed + unchanged + rejected.

    `touched` are the URNs in which a figure may have changed.
    """

    received: int = 0
    inserted: int = 0
    changed: int = 0
    unchanged: int = 0
    rejects: list[Rejected] = field(default_factory=list)
    touched: set[int] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)
