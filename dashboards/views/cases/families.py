"""P8: the families someone works with, and the sheet of paper for a visit."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.read_models.families import families
from dashboards.read_models.standing import standing
from dashboards.read_models.visit_sheet import visit_sheet
from dashboards.views.cases.common import log_reading
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest, has_permission

MINE: Final = "My families"
SHARED: Final = "The children shared with you"


class FamilyListView(GuardedView):
    """A card a household, the one seen next first. A panel member only reads."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        logs = has_permission(request.user, Permission.LOG_CONTACTS)
        context = {
            "title": MINE if logs else SHARED,
            "families": families(request.user, on=clock.today(), at=clock.now()),
            "standing": standing(None, user=request.user, latest_href=request.path),
            "whom_to_ask": _whom_to_ask(),
        }
        return render(request, "dashboards/families.html", context)


def _whom_to_ask() -> str:
    phone = settings.SUPPORT_PHONE
    return f"Ask the attendance team{f' on {phone}' if phone else ''}."


class VisitSheetView(GuardedView):
    """One household on paper; 404 from the minute on that the family is no longer one's own."""

    permission = Permission.LOG_CONTACTS

    def get(self, request: SignedInRequest, public_id: UUID) -> HttpResponse:
        pupil = Pupil.objects.worked_with_by(request.user).filter(public_id=public_id).first()
        if pupil is None:
            raise Http404
        sheet = visit_sheet(pupil, request.user, on=clock.today())
        for child in sheet.pupils:
            log_reading(request, child)
        return render(request, "dashboards/cases/visit_sheet.html", {"sheet": sheet})
