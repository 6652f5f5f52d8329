"""Casework on the page of a school: who has no plan yet, and who of early help works there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Count, Exists, OuterRef, Q

from accounts.roles import Permission
from attendance.models import EnrolmentPeriod
from attendance_portal.shared import wording
from cases.choices import Agency
from cases.models import CaseWorker, SupportPlan
from cases.states import LIVE, PlanState
from dashboards.read_models.rolls import enrolments_of_year
from dashboards.read_models.school_list import pupils_of
from schools.models import School
from schools.permissions import permissions_of
from schools.rules.calendar import academic_year
from schools.scoping import in_force

if TYPE_CHECKING:
    from accounts.models import User

LINKS_SHOWN: Final = 3  # people of early help named on the strip


@dataclass(frozen=True)
class WithoutPlan:
    """Severely absent pupils on roll today, and those of them without an agreed plan (SUP-19)."""

    severe: int
    without: int
    href: str

    @property
    def text(self) -> str:
        """'3 of 11 severely absent pupils'."""
        of = wording.counted(self.severe, "severely absent pupil")
        return f"{self.without:,} of {of}"


def without_plan(school: School, user: User, *, as_of: date, on: date) -> WithoutPlan | None:
    """One query; None for readers without casework, and where nobody is severely absent."""
    if Permission.SEE_CASES not in permissions_of(user):
        return None
    severe = EnrolmentPeriod.objects.year(academic_year(as_of)).filter(
        enrolment=OuterRef("pk"), severe=True
    )
    agreed = SupportPlan.objects.visible_to(user).filter(
        pupil=OuterRef("pupil"), state=PlanState.AGREED
    )
    rows = enrolments_of_year(user, as_of=as_of, on=on).filter(
        in_force(on, "starts_on", "ends_on"), Exists(severe), school=school
    )
    counts = rows.order_by().aggregate(
        severe=Count("pk"), without=Count("pk", filter=~Q(Exists(agreed)))
    )
    if not counts["severe"]:
        return None
    href = pupils_of(school.pk, severe="true", plan="none", on_roll="true")
    return WithoutPlan(counts["severe"], counts["without"], href if counts["without"] else "")


def early_help_link(school: School, user: User, *, on: date) -> str:
    """Who of early help works with children of the school, those with most of them first; empty for
    readers without casework. One query."""
    if Permission.SEE_CASES not in permissions_of(user):
        return ""
    rows = CaseWorker.objects.visible_to(user).filter(
        in_force(on),
        agency=Agency.EARLY_HELP,
        ended_at__isnull=True,
        case__school=school,
        case__status__in=LIVE,
        user__is_active=True,
    )
    by_number = rows.order_by().values_list("user__name").annotate(n=Count("case", distinct=True))
    names = [name for name, _ in by_number.order_by("-n", "user__name")[:LINKS_SHOWN]]
    return wording.listed(names) if names else ""
