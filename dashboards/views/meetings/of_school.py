"""The meetings of one school, among the pages of that school."""

from __future__ import annotations

from typing import Any

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.read_models.meetings.of_school import school_meetings
from dashboards.read_models.slices import Slice
from dashboards.views.meetings.common import log_about
from dashboards.views.schools import MEETINGS, SchoolView
from dashboards.views.slices import AskedSlice
from schools.models import School
from schools.permissions import SignedInRequest


class SchoolMeetingsView(SchoolView):
    """Every meeting with the school, and how many of the actions were done."""

    permission = Permission.PREPARE_MEETINGS
    route = MEETINGS
    template = "dashboards/meetings/of_school.html"

    def content(
        self, request: SignedInRequest, school: School, asked: AskedSlice, now: Slice
    ) -> dict[str, Any]:
        on, at = clock.today(), clock.moment()
        page = school_meetings(school, request.user, on=on, at=at)
        log_about(request, page.actions)
        return {"page": page, "export_href": ""}
