"""Writing down at a case what a gate asks for: a contract offered, notes written, an agreement.

Raises: Refused (this person may not), Invalid (no such fact, or an answer left empty).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance.models import RegisterWeek
from attendance_portal.shared import wording
from attendance_portal.shared.errors import ErrorDetail, Invalid, Refused
from cases.models import Case, TimelineEntry
from cases.permissions import check_live, check_visible, is_lead_of
from cases.read_models.evidence import counts_since
from cases.rules.recorded_facts import RECORDED_FACTS, RecordedFact, text_of
from cases.services.common import acting_role, tell, write_audit
from cases.services.stages import check_can_move
from cases.states import EntryKind, Fact
from schools.permissions import check_has

LONGEST_ANSWER: Final = 4000  # characters
#: The code of a holiday that the school did not grant.
_HOLIDAY: Final = "G"


def check_can_record(user: User, case: Case, fact: str, on: date) -> None:
    """Whether this person may write this down. A manager's agreement is somebody's who does not
    lead the case. Raises Refused."""
    if not RECORDED_FACTS[fact].by_manager:
        check_can_move(user, case, on)
    else:
        check_has(user, Permission.OVERRIDE_GATES)
        check_visible(user, case)
        check_live(case)
        if is_lead_of(user, case, on):
            raise Refused(
                "You lead this case, so another manager agrees or does not.", code="own_case"
            )
    if fact == Fact.TERM_TIME_HOLIDAY:
        _check_holiday_in_register(case)


def _check_holiday_in_register(case: Case) -> None:
    """The register bears it out: nobody's word alone lifts the gates of support."""
    since = counts_since(case)
    weeks = RegisterWeek.objects.filter(enrolment__pupil=case.pupil_id, week_start__gte=since)
    if not weeks.filter(marks__contains=_HOLIDAY).exists():
        raise Refused(
            f"The register has no session with code G since {wording.day(since)}. "
            "Ask the school to correct it first.",
            code="no_holiday_in_register",
        )


@transaction.atomic
def record_fact(
    *,
    case: Case,
    fact: str,
    way: str,
    answers: Mapping[str, str],
    by: User,
    on: date,
    at: datetime,
) -> TimelineEntry:
    """Write it down on the child's timeline, where the gates find it. `way`: what it was, one of
    the fact's own; `answers` by the names of its questions."""
    known = RECORDED_FACTS.get(fact)
    if known is None:
        raise Invalid("Choose what to write down.", code="fact")
    check_can_record(by, case, fact, on)
    _check_answers(known, way, answers)
    Case.objects.select_for_update().get(pk=case.pk)
    permission = Permission.OVERRIDE_GATES if known.by_manager else Permission.MOVE_STAGES
    entry = tell(
        pupil=case.pupil,
        case=case,
        kind=EntryKind.STAGE if known.by_manager else EntryKind.LEGAL,
        title=known.ways[way],
        text=text_of(known, answers),
        fact=known.fact.value,
        at=at,
        by=by,
        by_role=acting_role(by, permission, on),
    )
    write_audit(
        verb="case.fact_recorded",
        about=entry,
        by=by,
        at=at,
        after={"case": case.reference, "fact": known.fact.value, "way": way},
    )
    return entry


def _check_answers(known: RecordedFact, way: str, answers: Mapping[str, str]) -> None:
    problems = []
    if way not in known.ways:
        problems.append(ErrorDetail("way", "Choose what it was.", pointer="way"))
    for one in known.questions:
        text = answers.get(one.name, "").strip()
        if not text:
            problems.append(ErrorDetail(one.name, "Answer this question.", pointer=one.name))
        elif len(text) > LONGEST_ANSWER:
            message = f"Use {LONGEST_ANSWER:,} characters or fewer."
            problems.append(ErrorDetail(one.name, message, pointer=one.name))
    if problems:
        raise Invalid(problems[0].message, code="fact_incomplete", errors=tuple(problems))
