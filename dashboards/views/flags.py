"""Why a flag stands."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.roles import Permission
from accounts.services import log_view
from attendance_portal.shared import clock
from dashboards.read_models.flag import visible_flag, why_page
from dashboards.read_models.flag_next import next_step
from dashboards.read_models.standing import standing
from schools.permissions import GuardedView, SignedInRequest


class WhyView(GuardedView):
    """P4. Opening it is a reading of the child's record."""

    permission = Permission.SEE_PUPILS

    def get(self, request: SignedInRequest, flag_id: int) -> HttpResponse:
        flag = visible_flag(flag_id, request.user)
        if flag is None:
            raise Http404
        pupil = flag.enrolment.pupil
        log_view(
            user=request.user, subject_ref=str(pupil.public_id), page="flag_why", at=clock.now()
        )
        context = {
            "page": why_page(flag, request.user),
            "step": next_step(flag, request.user, on=clock.today()),
            "standing": standing(None, user=request.user, latest_href=request.path),
            "rule_href": reverse("help_rule", args=[flag.kind]),
        }
        return render(request, "dashboards/why.html", context)
