"""Absences told apart into spells: sessions missed one after the other. Pure.

Units: a spell has sessions, and days (the days on which it took a session, however many).
Source: our rule, for the named cohorts; see docs/domain/cohorts.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from attendance.rules.marks import Mark, Register
from schools.rules.calendar import academic_year


@dataclass(frozen=True)
class Spell:
    """Possible sessions missed one after the other, in order; an attended session ends it.

    What was not possible (closures, holidays, weekends, no mark) neither counts nor ends it.
    """

    marks: tuple[Mark, ...]

    @property
    def sessions(self) -> int:
        return len(self.marks)

    @property
    def days(self) -> int:
        """How many days lost a session to it: half a day counts as one."""
        return len({mark.date for mark in self.marks})

    @property
    def first(self) -> date:
        return self.marks[0].date

    @property
    def last(self) -> date:
        return self.marks[-1].date


def spells(marks: Iterable[Mark]) -> list[Spell]:
    """Every spell among these marks, in order."""
    found: list[Spell] = []
    missed: list[Mark] = []
    for mark in sorted(mark for mark in marks if mark.meaning.is_possible):
        if mark.meaning.is_attended:
            if missed:
                found.append(Spell(tuple(missed)))
            missed = []
        else:
            missed.append(mark)
    return [*found, Spell(tuple(missed))] if missed else found


def of_the_year(marks: Register, on: date) -> Register:
    """The marks of the academic year of `on`, up to it."""
    year = academic_year(on)
    return tuple(mark for mark in marks if mark.date <= on and academic_year(mark.date) == year)
