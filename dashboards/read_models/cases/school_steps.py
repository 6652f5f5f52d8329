"""What one school does for every child, in words; and which schools have not said yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import wording
from cases.models import SchoolSteps
from schools.models import School
from schools.permissions import has_permission

if TYPE_CHECKING:
    from accounts.models import User

NOT_YET = "Not recorded yet"


@dataclass(frozen=True)
class StepsBlock:
    """The rows of the school's page, and where they are changed; `href` is empty for somebody
    who may not. `version`: of the record, 0 for none."""

    rows: list[tuple[str, str]]
    href: str
    version: int
    saved: str


def steps_of(school: School, user: User) -> SchoolSteps | None:
    """The school's record, if there is one and this person may see it."""
    found: SchoolSteps | None = (
        SchoolSteps.objects.visible_to(user).filter(school=school).select_related("by").first()
    )
    return found


def steps_block(school: School, user: User) -> StepsBlock:
    """What the school does for every child (SUP-05: policy, champion), row by row."""
    steps = steps_of(school, user)
    may_record = has_permission(user, Permission.RECORD_SCHOOL_STEPS)
    return StepsBlock(
        rows=[
            ("Attendance policy", _policy(steps)),
            ("Senior attendance champion", _champion(school, steps)),
            ("A culture that welcomes", _text(steps, "culture")),
            ("How absence is watched", _text(steps, "monitoring")),
        ],
        href=reverse("school_steps", args=[school.pk]) if may_record else "",
        version=steps.version if steps else 0,
        saved=f"Saved {wording.moment(steps.updated_at)}." if steps else "",
    )


def _policy(steps: SchoolSteps | None) -> str:
    if steps is None or steps.policy_on is None:
        return NOT_YET
    where = f", {steps.policy_where}" if steps.policy_where else ""
    return f"{wording.day(steps.policy_on)}{where}"


def _champion(school: School, steps: SchoolSteps | None) -> str:
    name = str(school.attendance_champion or "") or (steps.champion_name if steps else "")
    if not name:
        return NOT_YET
    since = f", since {wording.day(steps.champion_since)}" if steps and steps.champion_since else ""
    trained = (
        f", trained {wording.day(steps.champion_trained_on)}"
        if steps and steps.champion_trained_on
        else ""
    )
    return f"{name}{since}{trained}"


def _text(steps: SchoolSteps | None, field: str) -> str:
    value: str = getattr(steps, field, "") if steps else ""
    return value or NOT_YET


def without_champion_or_policy(schools: QuerySet[School]) -> QuerySet[School]:
    """Those of these schools whose champion or policy date nobody recorded yet (SUP-05)."""
    has_champion = Q(attendance_champion__isnull=False) | Q(steps__champion_name__gt="")
    return schools.exclude(has_champion & Q(steps__policy_on__isnull=False))


def form_values(steps: SchoolSteps | None, names: list[str]) -> dict[str, Any]:
    """What stands in the form at first."""
    return {name: getattr(steps, name) for name in names} if steps else {}
