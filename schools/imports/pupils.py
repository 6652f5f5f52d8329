"""pupils.csv, and a school's own list of pupils over REST."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import transaction

from accounts.models import User
from attendance_portal.shared.rejects import Outcome, Reason
from schools import choices
from schools.imports import values
from schools.imports.checking import Check, Column, FileColumns
from schools.imports.identity import Claim, Sorted, Stored, sort_out
from schools.imports.tables import Table
from schools.models import School
from schools.services.merging import one_import_at_a_time
from schools.services.pupils import PupilWord, current_upns, pupil_ids, save_pupils

EARLIEST_BIRTH: Final = date(1990, 1, 1)  # nobody born before is on a register since 2010
_DECILES: Final = (1, 10)
_ANOTHER_CHILD: Final = "A former UPN here belongs to another child. Correct it."


def _columns(on: date | None = None) -> tuple[Column, ...]:
    sen, care = choices.SEN_PROVISION, choices.SOCIAL_CARE
    ethnicities = {**choices.ETHNICITY, **choices.ETHNICITY_EXTENDED}
    return (
        Column("upn", values.upn, required=True),
        Column("surname", values.text(100), required=True),
        Column("forename", values.text(100), required=True),
        Column("date_of_birth", values.date_of_birth(EARLIEST_BIRTH, on), required=True),
        Column("sex", values.coded(choices.SEX, of="sex")),
        Column("ethnicity", values.coded(ethnicities, of="ethnicity")),
        Column("first_language", values.language),
        Column("sen_provision", values.coded(sen, of="SEN provision")),
        Column("fsm_eligible", values.boolean, empty=None),
        Column("pupil_premium", values.boolean, empty=None),
        Column("social_care", values.coded(care, of="social care status")),
        Column("young_carer", values.boolean, empty=None),
        Column("home_la", values.digits(3, of="An authority's number")),
        Column("postcode", values.capitals(10)),
        Column("ward_code", values.capitals(20)),
        Column("idaci_decile", values.whole(*_DECILES), empty=None),
        Column("former_upn", values.upns, empty=frozenset()),
    )


PUPILS: Final = FileColumns("pupils.csv", _columns())


@transaction.atomic
def load_pupils(
    table: Table, *, by: User | None = None, school: School | None = None, on: date | None = None
) -> Outcome:
    """Store the pupils of a table. `school`: sent by that school's own system.

    `on` is today: with it a date of birth in the future is refused, and a school that a child
    has left no longer describes it. No figure depends on these facts, so nothing is touched.
    """
    one_import_at_a_time()
    check = Check(table, _columns(on))
    claims = [
        Claim(
            row.place,
            row.facts["upn"],
            row.facts.get("former_upn", frozenset()) - {row.facts["upn"]},
            {name: fact for name, fact in row.facts.items() if name not in ("upn", "former_upn")},
        )
        for row in check.rows()
    ]
    found = sort_out(claims, _stored(claims))
    _refuse(check, found)
    children = found.children
    words = [
        PupilWord(child.pupil_id, child.upn, child.former, child.row.details) for child in children
    ]
    fates = save_pupils(words, school=school, on=on)
    return check.outcome(fates, repeats=sum(child.repeats for child in children))


def _stored(claims: list[Claim]) -> dict[str, Stored]:
    ids = pupil_ids(upn for claim in claims for upn in claim.upns)
    current = current_upns(set(ids.values()))
    return {
        upn: Stored(pupil_id, is_current=upn in current)
        for upn, pupil_id in {**ids, **current}.items()
    }


def _refuse(check: Check, found: Sorted) -> None:
    for place in found.contested:
        check.refuse(place, Reason.BAD_VALUE, "former_upn", says=_ANOTHER_CHILD)
    for place in found.contradicting:
        check.refuse(place, Reason.DUPLICATE_ROW, "upn")
