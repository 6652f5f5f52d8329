"""What a school does for every child, before any case: its policy, champion, culture, monitoring.

Raises: Refused (this person may not, or the school is not theirs), Invalid (a day to come, too
long a text), Conflict (somebody else saved meanwhile).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared.errors import Conflict, ErrorDetail, Invalid, Refused
from cases.models import SchoolSteps
from cases.services.common import write_audit
from schools.models import School
from schools.permissions import check_has

DAYS: Final = ("policy_on", "champion_since", "champion_trained_on")
#: Each text and its longest, in characters.
TEXTS: Final = {"policy_where": 300, "champion_name": 150, "culture": 4000, "monitoring": 4000}
CHANGED: Final = "school_steps_changed"


def check_can_record_steps(user: User, school: School) -> None:
    """Whether this person keeps this school's record. Raises Refused."""
    check_has(user, Permission.RECORD_SCHOOL_STEPS)
    if not School.objects.visible_to(user).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")


@transaction.atomic
def save_school_steps(
    *, school: School, version: int, changes: dict[str, Any], by: User, on: date, at: datetime
) -> SchoolSteps:
    """Save what the school does. `version`: of the record as the person saw it, 0 for none yet;
    `changes`: field to value, of `DAYS` and `TEXTS`."""
    check_can_record_steps(by, school)
    _check(changes, on)
    School.objects.select_for_update(of=("self",)).get(pk=school.pk)  # one after another
    steps = SchoolSteps.objects.filter(school=school).first()
    if (steps.version if steps else 0) != version:
        raise Conflict("Somebody else changed this record meanwhile.", code=CHANGED)
    steps = steps or SchoolSteps(school=school, version=0)
    before = {name: _plain(getattr(steps, name)) for name in changes}
    for name, value in changes.items():
        setattr(steps, name, value.strip() if isinstance(value, str) else value)
    steps.by, steps.updated_at = by, at
    steps.version += 1
    steps.save()
    after = {name: _plain(getattr(steps, name)) for name in changes}
    write_audit(
        verb="school.steps_saved",
        about=steps,
        by=by,
        at=at,
        before={**before, "school": school.pk},
        after={**after, "school": school.pk},
    )
    return steps


def _check(changes: dict[str, Any], on: date) -> None:
    problems = []
    for name, value in changes.items():
        if name in DAYS and value is not None and value > on:
            problems.append(ErrorDetail(name, "Give today or an earlier day.", pointer=name))
        elif name in TEXTS and len(value.strip()) > TEXTS[name]:
            message = f"Use {TEXTS[name]:,} characters or fewer."
            problems.append(ErrorDetail(name, message, pointer=name))
        elif name not in DAYS and name not in TEXTS:
            problems.append(ErrorDetail(name, "This is no part of the record.", pointer=name))
    if problems:
        raise Invalid(problems[0].message, code="school_steps", errors=tuple(problems))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
