"""What every page of a meeting does first: find it in scope, and show its head."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from accounts.services import log_views
from attendance_portal.shared import clock
from dashboards.read_models.meetings.head import meeting_head
from dashboards.views.cases.common import Acting
from meetings.models import Meeting
from meetings.read_models.agreed import ActionLine
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest


def acting(request: SignedInRequest) -> Acting:
    """The person of this request, today at this hour: what every service of meetings is told."""
    return {"by": request.user, "on": clock.today(), "at": clock.moment()}


class MeetingView(GuardedView):
    """A page of one meeting. One out of scope is a page that never was.

    `needs_figures`: the page tells of pupils or figures, so it is for those who have the school;
    whoever was asked from elsewhere sees times, people and the agenda only.
    """

    permission = Permission.SEE_MEETINGS
    needs_figures: ClassVar[bool] = True
    route: ClassVar[str]
    template: ClassVar[str]

    def meeting_of(self, request: SignedInRequest, meeting_id: int) -> Meeting:
        """The meeting with its school and contact. Raises Http404."""
        rows = Meeting.objects
        seen = rows.with_figures_for if self.needs_figures else rows.visible_to
        found: Meeting | None = (
            seen(request.user).select_related("school", "la_contact").filter(pk=meeting_id).first()
        )
        if found is None:
            raise Http404
        return found

    def show(
        self,
        request: SignedInRequest,
        meeting: Meeting,
        context: dict[str, Any],
        *,
        status: int = 200,
    ) -> HttpResponse:
        """The page below the head of its meeting."""
        head = meeting_head(meeting, request.user, route=self.route)
        shown = {"head": head, "meeting": meeting, **context}
        return render(request, self.template, shown, status=status)


def log_about(request: SignedInRequest, actions: Iterable[ActionLine]) -> None:
    """Write down whom the actions on a page name."""
    log_children(request, [one.action.pupil for one in actions if one.action.pupil is not None])


def log_children(request: SignedInRequest, pupils: Iterable[Pupil]) -> None:
    """Write down that this person read of each of these children here, in one go."""
    route = request.resolver_match.url_name if request.resolver_match else None
    log_views(
        user=request.user,
        subject_refs=[str(pupil.public_id) for pupil in pupils],
        page=route or request.path,
        at=clock.now(),
    )
