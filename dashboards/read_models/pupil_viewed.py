"""Who looked at a record: role, organisation, when, on which page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from accounts.models import AccessLogEntry
from accounts.roles import MACHINE_ROLE, ROLES, Role
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from dashboards.read_models.pupil import Record

#: The pages by the names they are logged under.
PAGES = {
    "pupil": "Summary",
    "pupil_attendance": "Attendance",
    "pupil_timeline": "Timeline",
    "pupil_family": "Family",
    "pupil_viewed": "Who viewed",
    "flag_why": "Why this flag",
    "flag_answer": "Answer to a flag",
    "plan_family": "Family copy of the plan",
    "plan_family_pdf": "Family copy of the plan, taken out",
    "case_print": "Paper about the case",
    "case_pdf": "Paper about the case, taken out",
    "api:pupil-absence": "Figures, sent to a system",
}


@dataclass(frozen=True)
class Viewing:
    """One opening of the record."""

    role: str
    organisation: str
    when: str
    page: str


def viewings(record: Record) -> QuerySet[AccessLogEntry]:
    """Every opening, latest first; for a school the child has left, those up to its last day."""
    entries = AccessLogEntry.objects.filter(
        subject_kind="pupil", subject_ref=str(record.pupil.public_id)
    ).select_related("user")
    last = last_day_shown(record)
    if last is not None:
        after = datetime.combine(last + timedelta(days=1), time(), tzinfo=LONDON)
        entries = entries.filter(at__lt=after)
    return entries.order_by("-at", "-pk")


def last_day_shown(record: Record) -> date | None:
    """The child's last day on the roll that this reader knows of; None: nothing is hidden."""
    if record.is_whole:
        return None
    return max((row.ends_on or record.on for row in record.enrolments), default=record.on)


def viewing_lines(entries: Sequence[AccessLogEntry]) -> list[Viewing]:
    """The lines of one page."""
    return [
        Viewing(
            role=_roles(entry.roles),
            organisation=entry.user.organisation or "Not known",
            when=wording.moment(entry.at),
            page=PAGES.get(entry.page, entry.page.replace("_", " ").capitalize()),
        )
        for entry in entries
    ]


def _roles(stored: str) -> str:
    labels = [ROLES[Role(role)].label for role in stored.split() if role in set(Role)]
    if MACHINE_ROLE in stored.split():
        labels.append("School system")
    return wording.listed(labels) if labels else "Not known"
