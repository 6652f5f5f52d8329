"""The pupil record: six sub-pages, each an address and a reading of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from accounts.services import log_view
from attendance_portal.shared import clock, wording
from dashboards import listing
from dashboards.frame import NavigationItem
from dashboards.read_models.cases.plan_page import plan_page
from dashboards.read_models.pupil import Record, record_of
from dashboards.read_models.pupil_attendance import (
    Absence,
    absence_links,
    absence_of,
    attendance_of,
)
from dashboards.read_models.pupil_casework import casework_summary
from dashboards.read_models.pupil_family import family_of
from dashboards.read_models.pupil_summary import summary_of
from dashboards.read_models.pupil_top import top_of
from dashboards.read_models.pupil_viewed import last_day_shown, viewing_lines, viewings
from dashboards.read_models.standing import Standing, standing
from dashboards.views.dates import asked_as_of
from dashboards.views.timeline import timeline_context
from schools.models import Enrolment, Pupil
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.services.confirmation import confirm_enrolment

#: The sub-pages in order: route, words, and what a role needs beyond opening the record.
TABS: tuple[tuple[str, str, Permission], ...] = (
    ("pupil", "Summary", Permission.SEE_PUPILS),
    ("pupil_attendance", "Attendance", Permission.SEE_PUPILS),
    ("pupil_plan", "Plan", Permission.SEE_CASES),
    ("pupil_timeline", "Timeline", Permission.SEE_PUPILS),
    ("pupil_family", "Family", Permission.SEE_PUPILS),
    ("pupil_viewed", "Who viewed", Permission.SEE_VIEWINGS),
)


class RecordView(GuardedView, ABC):
    """P3, one sub-page. Every opening is written to the access log under the route's name."""

    permission = Permission.SEE_PUPILS
    route: ClassVar[str]

    def get(self, request: SignedInRequest, public_id: UUID) -> HttpResponse:
        where, record = opened(request, public_id)
        pupil = record.pupil
        log_view(
            user=request.user, subject_ref=str(pupil.public_id), page=self.route, at=clock.now()
        )
        context = {
            "pupil": pupil,
            "top": top_of(record),
            "standing": where,
            "tabs": _tabs(record, self.route, request.GET.get("as_of", "")),
            **self.content(record, request),
        }
        return render(request, f"dashboards/{self.route}.html", context)

    @abstractmethod
    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        """What the sub-page's own template needs."""


def opened(request: SignedInRequest, public_id: UUID) -> tuple[Standing, Record]:
    """A record in scope, as of the day asked for. Whoever shows it writes the reading down.
    Raises Http404."""
    asked = asked_as_of(request)
    pupil = get_object_or_404(
        Pupil.objects.visible_to(request.user).select_related("ward"), public_id=public_id
    )
    where = standing(asked, user=request.user, latest_href=request.path, pupil_id=pupil.pk)
    record = record_of(
        pupil,
        request.user,
        permissions=permissions_of(request.user),
        as_of=where.as_of,
        on=clock.today(),
        minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
        at=clock.now(),
    )
    return where, record


def _tabs(record: Record, current: str, as_of: str) -> list[NavigationItem]:
    query = f"?as_of={as_of}" if as_of else ""
    return [
        NavigationItem(
            words, reverse(route, args=[record.pupil.public_id]) + query, route == current
        )
        for route, words, needed in TABS
        if needed in record.permissions
    ]


class PupilView(RecordView):
    """Summary."""

    route = "pupil"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        may_confirm = Permission.CONFIRM_ENROLMENTS in record.permissions
        return {
            "page": summary_of(record),
            "casework": casework_summary(record),
            "may_confirm": may_confirm,
        }


class PupilAttendanceView(RecordView):
    """Attendance; `absence` narrows it to one kind."""

    route = "pupil_attendance"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        kind = kind_asked(request)
        links = [
            NavigationItem(words, listing.address(request.GET, absence=one.value or None), is_shown)
            for one, words, is_shown in absence_links(kind)
        ]
        return {"page": attendance_of(record, kind), "kinds": links}


def kind_asked(request: SignedInRequest) -> Absence:
    """The kind of absence that the address narrows to. Raises BadRequest."""
    kind = absence_of(request.GET.get("absence", ""))
    if kind is None:
        kinds = wording.listed(one.value for one in Absence if one.value)
        raise BadRequest(f"The absence in the address is one of {kinds}.")
    return kind


class PupilPlanView(RecordView):
    """Plan, read-only: it is changed on its own page."""

    permission = Permission.SEE_CASES
    route = "pupil_plan"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        plan = record.plan
        return {
            "page": plan_page(plan, request.user, on=record.on) if plan else None,
            "case": record.case,
            "is_whole": record.is_whole,
        }


class PupilTimelineView(RecordView):
    """Timeline; `kind`, `agency` and `stage` narrow it."""

    route = "pupil_timeline"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        return timeline_context(request, record)


class PupilFamilyView(RecordView):
    """Family."""

    route = "pupil_family"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        return {"page": family_of(record)}


class PupilViewedView(RecordView):
    """Who viewed."""

    permission = Permission.SEE_VIEWINGS
    route = "pupil_viewed"

    def content(self, record: Record, request: SignedInRequest) -> dict[str, Any]:
        page = Paginator(viewings(record), listing.PER_PAGE).get_page(request.GET.get("page"))
        return {
            "lines": viewing_lines(list(page)),
            "count": page.paginator.count,
            "until": last_day_shown(record),
            "pages": listing.page_links(page, request.GET),
        }


class ConfirmEnrolmentView(GuardedView):
    """Say that a child has moved to the school that says so. The service decides and records."""

    permission = Permission.CONFIRM_ENROLMENTS
    http_method_names = ("post", "options")

    def post(self, request: SignedInRequest, public_id: UUID, enrolment_id: int) -> HttpResponse:
        enrolment = (
            Enrolment.objects.visible_to(request.user)
            .filter(pk=enrolment_id, pupil__public_id=public_id)
            .select_related("school", "pupil")
            .first()
        )
        if enrolment is None:
            raise Http404
        return once(request, lambda: self._confirm(request, enrolment))

    def _confirm(self, request: SignedInRequest, enrolment: Enrolment) -> Done:
        confirm_enrolment(enrolment=enrolment, by=request.user, at=clock.now())
        address = reverse("pupil", args=[enrolment.pupil.public_id])
        return Done(address, f"The move to {enrolment.school} is confirmed.")
