"""Which enrolment a mark belongs to: that of the pupil at the school which covers the date.

Knows the pupils, schools and enrolments that a file has named so far, looked up once each, so that
a small call asks for little and a large file asks once. Dates are day numbers (`day_number`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np
from django.db import connection

from attendance.imports.cells import Numbers
from schools.models import School

FIRST_MONDAY = date(2001, 1, 1)  # day 0; a week is a day number over 7
NO_ENROLMENT = -1
_FOR_EVER = int(np.iinfo(np.int32).max)
# A UPN that is one child's now is that child's, whoever had it before.
_PUPILS = """
SELECT upn, pupil_id FROM schools_formerupn WHERE upn = ANY(%s)
UNION ALL
SELECT upn, id FROM schools_pupil WHERE upn = ANY(%s)
"""
_ENROLMENTS = """
SELECT id, pupil_id, school_id, starts_on - %s, coalesce(ends_on - %s, %s)
  FROM schools_enrolment
 WHERE school_id = ANY(%s)
"""


def day_number(day: date) -> int:
    """Days since Monday 1 January 2001."""
    return day.toordinal() - FIRST_MONDAY.toordinal()


class Enrolled:
    """Pupils by UPN, schools by URN, and the enrolments of those schools in arrays."""

    def __init__(self) -> None:
        self._pupils: dict[str, int | None] = {}
        self._meeting_days: dict[int, str | None] = {}
        self._loaded: set[int] = set()
        self._load_rows([])

    def pupils(self, upns: Iterable[str]) -> dict[str, int | None]:
        """The pupil of each UPN, a former one included; None where there is none."""
        missing = [upn for upn in upns if upn not in self._pupils]
        if missing:
            self._pupils.update(dict.fromkeys(missing))
            with connection.cursor() as cursor:  # an array: `IN` takes seconds for 20,000 texts
                cursor.execute(_PUPILS, [missing, missing])
                self._pupils.update(dict(cursor.fetchall()))
        return self._pupils

    def meeting_days(self, urns: Iterable[int]) -> dict[int, str | None]:
        """The ISO weekdays on which each school meets; None where there is no such school."""
        missing = [urn for urn in urns if urn not in self._meeting_days]
        if missing:
            self._meeting_days.update(dict.fromkeys(missing))
            rows = School.objects.filter(urn__in=missing).values_list("urn", "meeting_days")
            self._meeting_days.update(dict(rows))
        return self._meeting_days

    def covering(self, pupils: Numbers, schools: Numbers, days: Numbers) -> Numbers:
        """For each row the enrolment's id, or `NO_ENROLMENT`."""
        import pandas as pd

        self._load(np.unique(schools).tolist())
        pair_of_row, pairs = pd.factorize(_pair(pupils, schools))
        first = np.searchsorted(self._pairs, pairs, side="left")[pair_of_row]
        place = np.searchsorted(self._pairs, pairs, side="right")[pair_of_row] - 1
        # Enrolments of one pair never overlap and stand in order: step back while too late.
        late = np.flatnonzero((place >= first) & (self._starts[place] > days))
        while len(late):
            place[late] -= 1
            late = late[(place[late] >= first[late]) & (self._starts[place[late]] > days[late])]
        covered = (place >= first) & (self._ends[place] >= days)
        return np.where(covered, self._ids[place], NO_ENROLMENT)

    def _load(self, urns: list[int]) -> None:
        missing = [urn for urn in urns if urn not in self._loaded]
        if not missing:
            return
        self._loaded.update(missing)
        with connection.cursor() as cursor:
            cursor.execute(_ENROLMENTS, [FIRST_MONDAY, FIRST_MONDAY, _FOR_EVER, list(self._loaded)])
            self._load_rows(cursor.fetchall())

    def _load_rows(self, rows: list[tuple[int, ...]]) -> None:
        facts = np.array(rows, dtype=np.int64).reshape(-1, 5)
        pairs = _pair(facts[:, 1], facts[:, 2])
        order = np.lexsort((facts[:, 3], pairs))
        # One more row, that is nobody's, so that a place past the end can be looked at.
        self._pairs = pairs[order]
        self._ids = np.append(facts[order, 0], NO_ENROLMENT)
        self._starts = np.append(facts[order, 3], _FOR_EVER)
        self._ends = np.append(facts[order, 4], -_FOR_EVER)


def _pair(pupils: Numbers, schools: Numbers) -> Numbers:
    return (pupils << np.int64(32)) | schools
