"""The pupil record."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.roles import Permission
from accounts.services import log_view
from attendance_portal.shared import clock
from dashboards.read_models.pupil import pupil_page
from dashboards.read_models.standing import standing
from dashboards.views.dates import asked_as_of
from schools.models import Enrolment, Pupil
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.services.confirmation import confirm_enrolment


class PupilView(GuardedView):
    """P3, the pupil record. Every opening is written to the access log."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest, public_id: UUID) -> HttpResponse:
        asked = asked_as_of(request)
        pupil = get_object_or_404(
            Pupil.objects.visible_to(request.user).select_related("ward"), public_id=public_id
        )
        log_view(user=request.user, subject_ref=str(pupil.public_id), page="pupil", at=clock.now())
        permissions = permissions_of(request.user)
        where = standing(asked, user=request.user, latest_href=request.path)
        page = pupil_page(
            pupil,
            request.user,
            as_of=where.as_of,
            on=clock.today(),
            minimum=settings.MINIMUM_POSSIBLE_SESSIONS,
            sees_sensitive=Permission.SEE_SENSITIVE in permissions,
        )
        may_confirm = Permission.CONFIRM_ENROLMENTS in permissions
        context = {"page": page, "standing": where, "may_confirm": may_confirm}
        return render(request, "dashboards/pupil.html", context)


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
        confirm_enrolment(enrolment=enrolment, by=request.user, at=clock.now())
        messages.success(request, f"The move to {enrolment.school} is confirmed.")
        return redirect("pupil", public_id=public_id)
