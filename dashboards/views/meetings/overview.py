"""The page of one meeting: times, people, agenda."""

from __future__ import annotations

from django.http import HttpResponse

from dashboards.read_models.meetings.overview import overview
from dashboards.views.meetings.agenda import ItemForm
from dashboards.views.meetings.common import MeetingView
from schools.permissions import SignedInRequest


class OverviewView(MeetingView):
    """For everyone who was asked, and everyone who has the school. It names no child."""

    needs_figures = False
    route = "meeting"
    template = "dashboards/meetings/overview.html"

    def get(self, request: SignedInRequest, meeting_id: int) -> HttpResponse:
        meeting = self.meeting_of(request, meeting_id)
        page = overview(meeting, request.user)
        context = {"page": page, "title": "Overview", "form": ItemForm()}
        return self.show(request, meeting, context)
