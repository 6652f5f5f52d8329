"""The charts of one child's attendance: only for people who may open the record, and written in
the child's own log."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from accounts.roles import Permission
from dashboards.charts import Chart
from dashboards.exports import registry
from dashboards.read_models.pupil_attendance import attendance_of
from dashboards.views.pupils import kind_asked, opened
from schools.permissions import SignedInRequest


def _chart(request: SignedInRequest, key: str) -> Chart | None:
    """A chart of one roll that the child is on; of the first where none is named."""
    try:
        public_id = UUID(request.GET.get("public_id", ""))
    except ValueError:
        raise Http404 from None
    _, record = opened(request, public_id)
    rolls = attendance_of(record, kind_asked(request)).rolls
    asked = request.GET.get("roll") or (str(rolls[0].heading.enrolment_id) if rolls else "")
    for roll in rolls:
        if str(roll.heading.enrolment_id) == asked:
            return next((chart for chart in roll.charts if chart.key == key), None)
    return None


@registry.chart(
    "pupil-weeks-missed",
    "Which weeks, one child",
    Permission.SEE_PUPILS,
    page="pupil_attendance",
    args=("public_id",),
    names_children=True,
)
def weeks_missed(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F5."""
    return _chart(request, "weeks-missed")


@registry.chart(
    "pupil-running-absence",
    "Where the year stands, one child",
    Permission.SEE_PUPILS,
    page="pupil_attendance",
    args=("public_id",),
    names_children=True,
)
def running_absence(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F6."""
    return _chart(request, "running-absence")


@registry.chart(
    "pupil-weekday-pattern",
    "Days of the week, one child",
    Permission.SEE_PUPILS,
    page="pupil_attendance",
    args=("public_id",),
    names_children=True,
)
def weekday_pattern(request: SignedInRequest, _is_protected: bool) -> Chart | None:
    """F7."""
    return _chart(request, "weekday-pattern")
