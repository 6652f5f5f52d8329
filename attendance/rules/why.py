"""Why a flag holds, and what would close it, in sentences for staff. Pure.

Both read only the figures stored with the flag (`FlagState.evidence`), so a closed flag still
explains itself. Percentages are printed by `shown_percent`.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from attendance.rules.absence import AT_RISK_ONE_IN, PERSISTENT_ONE_IN, SEVERE_ONE_IN
from attendance.rules.flags import Evidence
from attendance.rules.penalty_window import THRESHOLD_SESSIONS, WINDOW_SCHOOL_WEEKS
from attendance.rules.percent import shown_percent
from attendance.rules.returns import REASON_DUE_SCHOOL_DAYS, SICKNESS_RETURN_SESSIONS
from attendance.rules.runs import THRESHOLD_DAYS
from attendance.states import FlagKind

_ONE_IN: Final[Mapping[FlagKind, int]] = {
    FlagKind.SEVERE_ABSENCE: SEVERE_ONE_IN,
    FlagKind.PERSISTENT_ABSENCE: PERSISTENT_ONE_IN,
    FlagKind.AT_RISK: AT_RISK_ONE_IN,
}


def _number(figures: Evidence, name: str) -> int:
    return int(figures[name] or 0)


def _day(figures: Evidence, name: str) -> str | None:
    """'4 Nov 2025', or None where no date is stored."""
    stored = figures[name]
    if stored is None:
        return None
    day = date.fromisoformat(str(stored))
    return f"{day.day} {day:%b %Y}"


def _sessions(number: int) -> str:
    return f"{number:,} session" if number == 1 else f"{number:,} sessions"


def _days(number: int) -> str:
    return f"{number:,} day" if number == 1 else f"{number:,} days"


def _why_absence(figures: Evidence, one_in: int) -> str:
    absent, possible = _number(figures, "absent"), _number(figures, "possible")
    share = shown_percent(absent, possible)
    return (
        f"{absent:,} of {possible:,} possible sessions missed, {share}. "
        f"The line is {100 // one_in}%."
    )


def _why_penalty_threshold(figures: Evidence) -> str:
    return (
        f"{_sessions(_number(figures, 'rolling_now'))} unauthorised in the latest "
        f"{WINDOW_SCHOOL_WEEKS} school weeks. The line is {THRESHOLD_SESSIONS}."
    )


def _why_run(figures: Evidence) -> str:
    days = _days(_number(figures, "run_now"))
    return (
        f"{days} in a row with every possible session unauthorised. The line is {THRESHOLD_DAYS}."
    )


def _why_sickness(figures: Evidence) -> str:
    ill = _sessions(_number(figures, "illness_sessions"))
    return (
        f"{ill} of illness on {_days(_number(figures, 'illness_days'))} this academic year. "
        f"The line is {SICKNESS_RETURN_SESSIONS} sessions, 15 school days."
    )


def _why_reason_owed(figures: Evidence) -> str:
    return (
        f"{_sessions(_number(figures, 'n_overdue'))} with no reason after more than "
        f"{REASON_DUE_SCHOOL_DAYS} school days. The oldest is of {_day(figures, 'n_oldest')}."
    )


def _why_silent(figures: Evidence) -> str:
    last = _day(figures, "last_mark_on")
    ending = "None was ever sent." if last is None else f"The last was on {last}."
    return f"No mark on the school's last {_days(_number(figures, 'school_days'))}. {ending}"


_WHY: Final[Mapping[FlagKind, Callable[[Evidence], str]]] = {
    FlagKind.PENALTY_NOTICE_THRESHOLD: _why_penalty_threshold,
    FlagKind.UNAUTHORISED_RUN: _why_run,
    FlagKind.SICKNESS_RETURN: _why_sickness,
    FlagKind.UNRESOLVED_N: _why_reason_owed,
    FlagKind.NO_RECENT_MARKS: _why_silent,
}


def why_sentence(kind: FlagKind, figures: Evidence) -> str:
    """What was found, and where the line is.

    '38 of 370 possible sessions missed, 10.3%. The line is 10%.'
    """
    if kind in _ONE_IN:
        return _why_absence(figures, _ONE_IN[kind])
    return _WHY[kind](figures)


def sessions_to_go_under(absent: int, possible: int, one_in: int) -> int:
    """How many sessions attended, with none missed, bring the share under one in `one_in`."""
    return max(absent * one_in - possible + 1, 0)


def _closes_absence(figures: Evidence, one_in: int) -> str:
    absent, possible = _number(figures, "absent"), _number(figures, "possible")
    needed = _sessions(sessions_to_go_under(absent, possible, one_in))
    return (
        f"{needed} attended, with none missed, would bring it under {100 // one_in}%. "
        "Counting starts again on 1 August."
    )


def _closes_penalty_threshold(figures: Evidence) -> str:
    excess = _sessions(_number(figures, "rolling_now") - THRESHOLD_SESSIONS + 1)
    return (
        f"{excess} must fall out of the {WINDOW_SCHOOL_WEEKS} school weeks, "
        "or be corrected to an authorised or attended code."
    )


def _closes_sickness(figures: Evidence) -> str:
    excess = _number(figures, "illness_sessions") - SICKNESS_RETURN_SESSIONS + 1
    are = "is" if excess == 1 else "are"
    return f"It stands until 31 July, unless {_sessions(excess)} {are} corrected to another code."


def _closes_reason_owed(figures: Evidence) -> str:
    owed = _sessions(_number(figures, "n_overdue"))
    return f"The school gives a reason for {owed}. If no reason can be found, the code is O."


_CLOSES: Final[Mapping[FlagKind, Callable[[Evidence], str]]] = {
    FlagKind.PENALTY_NOTICE_THRESHOLD: _closes_penalty_threshold,
    FlagKind.UNAUTHORISED_RUN: lambda _: (
        "One day with a session attended or authorised ends the run."
    ),
    FlagKind.SICKNESS_RETURN: _closes_sickness,
    FlagKind.UNRESOLVED_N: _closes_reason_owed,
    FlagKind.NO_RECENT_MARKS: lambda _: (
        "A mark from the school, or the child's last day on its roll."
    ),
}


def what_would_close_it(kind: FlagKind, figures: Evidence) -> str:
    """What has to happen for the flag to close, in sessions."""
    if kind in _ONE_IN:
        return _closes_absence(figures, _ONE_IN[kind])
    return _CLOSES[kind](figures)


_METHODOLOGY: Final = "Department for Education, Pupil absence statistics: methodology"
_NOTICES: Final = (
    "Education (Penalty Notices) (England) Regulations 2007 as amended by SI 2024/210, and the "
    "National Framework for Penalty Notices, in force from 19 August 2024"
)
_REGISTERS: Final = "School Attendance (Pupil Registration) (England) Regulations 2024, SI 2024/208"
_SOURCES: Final[Mapping[FlagKind, str]] = {
    FlagKind.SEVERE_ABSENCE: f"{_METHODOLOGY}, sections 3.1 and 3.2",
    FlagKind.PERSISTENT_ABSENCE: f"{_METHODOLOGY}, sections 3.1 and 3.2",
    FlagKind.AT_RISK: "Our own band, on the edges of the department's published bands",
    FlagKind.PENALTY_NOTICE_THRESHOLD: _NOTICES,
    FlagKind.UNAUTHORISED_RUN: f"{_REGISTERS}, regulation 13",
    FlagKind.SICKNESS_RETURN: (
        f"{_REGISTERS}, regulation 13; that 15 days are 30 sessions is our reading"
    ),
    FlagKind.UNRESOLVED_N: f"{_REGISTERS}, regulation 10(7) to (9)",
    FlagKind.NO_RECENT_MARKS: "Our own rule, against children who slip off a register",
}


def source_in_words(kind: FlagKind) -> str:
    """Where the rule stands: document and section, for people."""
    return _SOURCES[kind]
