"""How often each code stands in a register, by half-term and by session of the week. Pure.

Units: sessions (half days) at which the school met; the codes that show no session (#, - and Z) are
left out. Source: STAT-02 to STAT-05 (how a code counts), STAT-30 (absence by reason).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from attendance.codes import Code, symbol_for
from attendance.rules.marks import Mark
from attendance.states import CodeClass
from schools.rules.calendar import TermDates, academic_year

BETWEEN_HALF_TERMS = 0  # the half-term of a day that lies in none


@dataclass(frozen=True, order=True)
class Place:
    """Where a mark counts. `slot`: 0 is Monday morning, 1 Monday afternoon, to 13."""

    academic_year: int
    half_term: int
    slot: int
    symbol: str


def class_of(code: Code) -> CodeClass:
    """The one of four ways in which a code counts (STAT-02 to STAT-05)."""
    if code.is_attended:
        return CodeClass.ATTENDED
    if code.is_authorised:
        return CodeClass.AUTHORISED
    return CodeClass.UNAUTHORISED if code.is_unauthorised else CodeClass.NOT_POSSIBLE


def count_by_reason(marks: Iterable[Mark], terms: TermDates) -> Counter[Place]:
    """Sessions by academic year, half-term, slot of the week and symbol.

    Raises CodeNotInForceError for a code not in force on its day.
    """
    found: Counter[Place] = Counter()
    for mark in marks:
        if mark.meaning.makes_a_session:
            half = terms.on(mark.date)
            found[
                Place(
                    academic_year=academic_year(mark.date),
                    half_term=BETWEEN_HALF_TERMS if half is None else half.half_term,
                    slot=2 * mark.date.weekday() + mark.session,
                    symbol=symbol_for(mark.code, mark.date) or "",
                )
            ] += 1
    return found
