"""enrolments.csv, and a school's own list of enrolments over REST."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.rejects import Outcome, Reason
from schools import choices
from schools.imports import values
from schools.imports.checking import Check, Column, FileColumns, Row
from schools.imports.overlaps import refused_starts
from schools.imports.tables import Table
from schools.imports.values import Unfit
from schools.models import Enrolment, School
from schools.services.confirmation import settle_confirmations
from schools.services.enrolments import (
    EnrolmentWord,
    Key,
    save_enrolments,
    stored_enrolments,
)
from schools.services.merging import Fate, one_import_at_a_time
from schools.services.pupils import pupil_ids


def _known_urn(raw: str) -> int:
    """A URN that is no number is a school nobody knows."""
    try:
        return values.urn(raw)
    except Unfit:
        raise Unfit(Reason.UNKNOWN_SCHOOL) from None


_URN: Final = Column("urn", _known_urn, required=True)
_URN_LEFT_OUT: Final = Column("urn", _known_urn, empty=None)
_COLUMNS: Final = (
    Column("upn", values.upn, required=True),
    Column("start_date", values.iso_date, required=True),
    Column("end_date", values.iso_date, empty=None),
    Column("status", values.coded(choices.ENROLMENT_STATUS, of="enrolment status"), empty="C"),
    Column("year_group", values.coded(choices.YEAR_GROUP, of="year group")),
)
ENROLMENTS: Final = FileColumns("enrolments.csv", (_URN, *_COLUMNS))
#: What a school sends of its own roll: the URN is in the address, and may be left out.
SCHOOL_ENROLMENTS: Final = FileColumns("enrolments.csv", (_URN_LEFT_OUT, *_COLUMNS))

_FIELDS: Final = {"end_date": "ends_on", "status": "status", "year_group": "year_group"}
_ENDS_FIRST: Final = "The enrolment ends before it starts. Correct one of the dates."
_OVERLAPS: Final = (
    "The pupil is on this school's roll on some of these days already. End that enrolment first, "
    "or correct the dates."
)


@transaction.atomic
def load_enrolments(
    table: Table,
    *,
    by: User | None = None,
    on: date,
    school: School | None = None,
    asserted: bool = False,
) -> Outcome:
    """Store the enrolments of a table. `on` is today; `asserted`: a school's own system says so."""
    one_import_at_a_time()
    settle_confirmations(on=on)  # a claim that waited goes before a new one
    columns = ENROLMENTS if school is None else SCHOOL_ENROLMENTS
    check = Check(table, columns.columns)
    ids = _refuse_strangers(check, school)
    rows, repeats = check.singles(
        ((_key(row, ids, school), row) for row in check.rows()), "start_date"
    )
    stored = stored_enrolments(set(ids.values()))
    words = _without_overlaps(check, [(_word(row, ids, school), row) for row in rows], stored)
    fates = save_enrolments(words, stored, by=by, on=on, asserted=asserted)
    touched = {
        word.school_id
        for word, fate in zip(words, fates, strict=True)
        if fate is not Fate.UNCHANGED
    }
    return check.outcome(fates, repeats=repeats, touched=touched)


def _refuse_strangers(check: Check, school: School | None) -> dict[str, int]:
    """Refuse pupils and schools that are not known, and dates in the wrong order; pupils' ids."""
    rows = check.rows()
    ids = pupil_ids(row.facts["upn"] for row in rows)
    urns = {school.pk} if school is not None else set(School.objects.values_list("urn", flat=True))
    for row in rows:
        facts = row.facts
        ends_on = facts.get("end_date")
        if facts["upn"] not in ids:
            check.refuse(row.place, Reason.UNKNOWN_UPN, "upn")
        elif _urn(row, school) not in urns:
            check.refuse(row.place, Reason.UNKNOWN_SCHOOL, "urn")
        elif ends_on is not None and ends_on < facts["start_date"]:
            check.refuse(row.place, Reason.BAD_VALUE, "end_date", says=_ENDS_FIRST)
    return ids


def _urn(row: Row, school: School | None) -> int:
    said = row.facts.get("urn")
    if said is None and school is not None:
        return int(school.pk)
    return int(said or 0)


def _key(row: Row, ids: dict[str, int], school: School | None) -> Key:
    return ids[row.facts["upn"]], _urn(row, school), row.facts["start_date"]


def _word(row: Row, ids: dict[str, int], school: School | None) -> EnrolmentWord:
    facts: dict[str, Any] = {
        field: row.facts[column] for column, field in _FIELDS.items() if column in row.facts
    }
    return EnrolmentWord(*_key(row, ids, school), facts)


def _without_overlaps(
    check: Check, words: list[tuple[EnrolmentWord, Row]], stored: dict[Key, Enrolment]
) -> list[EnrolmentWord]:
    """The words that leave no pupil twice on one roll at once; the others are refused."""
    wanted: dict[tuple[int, int], dict[date, date | None]] = defaultdict(dict)
    for word, _ in words:
        now = stored.get(word.key)
        ends_on = word.facts.get("ends_on", now.ends_on if now else None)
        wanted[word.pupil_id, word.school_id][word.starts_on] = ends_on
    already: dict[tuple[int, int], dict[date, date | None]] = defaultdict(dict)
    for (pupil_id, urn, starts_on), enrolment in stored.items():
        already[pupil_id, urn][starts_on] = enrolment.ends_on
    refused = {
        (*roll, start)
        for roll, stays in wanted.items()
        for start in refused_starts(already.get(roll, {}), stays)
    }
    for word, row in words:
        if word.key in refused:
            check.refuse(row.place, Reason.BAD_VALUE, "start_date", says=_OVERLAPS)
    return [word for word, _ in words if word.key not in refused]
