"""The attendance codes as the help page shows them: what each means, how it counts, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from attendance.codes import Code, all_codes
from attendance_portal.shared.wording import day

CATEGORIES = {
    "present": "Present",
    "approved_educational_activity": "Taught or busy elsewhere, with the school's agreement",
    "authorised_absence": "Absent, authorised",
    "unauthorised_absence": "Absent, unauthorised",
    "unable_to_attend": "Unable to attend",
    "not_required": "Not required to attend",
    "closed": "School closed",
    "administrative": "For the register only",
}
#: What a code counts as in the figures, by the first of these that is true of it.
COUNTS_AS = (
    ("is_attended", "Attended"),
    ("is_authorised", "Authorised absence"),
    ("is_unauthorised", "Unauthorised absence"),
)
NOT_POSSIBLE = "Not a possible session"


@dataclass(frozen=True)
class CodeLine:
    """One code over one stretch of dates, in words."""

    code: str
    name: str
    counts_as: str
    to_threshold: str
    dates: str


@dataclass(frozen=True)
class CodeGroup:
    """The codes of one category."""

    title: str
    lines: list[CodeLine]


@dataclass(frozen=True)
class Regime:
    """A set of codes, and the address that shows it."""

    label: str
    href: str


def counts_as(code: Code) -> str:
    """What a session with this code is to the figures."""
    return next((words for name, words in COUNTS_AS if getattr(code, name)), NOT_POSSIBLE)


def code_groups(on: date | None) -> list[CodeGroup]:
    """The codes in force on a day, by category; None: every code, the present set first."""
    rows = [code for code in all_codes() if on is None or code.is_in_force(on)]
    return [
        CodeGroup(title, [_line(code) for code in rows if code.category == category])
        for category, title in CATEGORIES.items()
        if any(code.category == category for code in rows)
    ]


def _line(code: Code) -> CodeLine:
    return CodeLine(
        code=code.code,
        name=code.short_name,
        counts_as=counts_as(code),
        to_threshold="Yes" if code.counts_for_penalty_notice else "No",
        dates=_dates(code),
    )


def _dates(code: Code) -> str:
    if code.valid_to is None:
        return f"From {day(code.valid_from)}"
    return f"{day(code.valid_from)} to {day(code.valid_to)}"


def regimes(today: date) -> list[Regime]:
    """The set in force today, the set before it by its last day, and both together."""
    began = max(code.valid_from for code in all_codes())
    before = began - timedelta(days=1)
    return [
        Regime(f"Codes from {day(began)}", f"?on={max(today, began).isoformat()}"),
        Regime(f"Codes to {day(before)}", f"?on={before.isoformat()}"),
        Regime(f"Every code since {day(first_day())}", "?on="),
    ]


def first_day() -> date:
    """The first day on which any code of the table was in force."""
    return min(code.valid_from for code in all_codes())
