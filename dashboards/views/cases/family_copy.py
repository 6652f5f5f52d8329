"""The family copy of a plan: one side of paper to leave on the fridge, as a page and a PDF."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Permission
from accounts.services import log_paper
from attendance_portal.shared import clock, wording
from cases.models import SupportPlan
from cases.rules.family_words import Part
from dashboards.parts import Reason
from dashboards.printing import Paper
from dashboards.printing.family import boxed, family_paper, too_long
from dashboards.read_models.cases.family_copy import FamilyCopy, family_copy
from dashboards.views.cases.common import log_reading
from schools.permissions import GuardedView, SignedInRequest


class FamilyCopyView(GuardedView):
    """The copy on the screen, with hints to its writer; printed, the copy alone."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        plan, is_large = _plan(request, plan_id), _is_large(request)
        log_reading(request, plan.pupil)
        copy = family_copy(plan, request.user)
        made = family_paper(copy, is_large=is_large, at=clock.now())
        return render(
            request, "dashboards/cases/family_copy.html", _context(plan, copy, made, is_large)
        )


class FamilyCopyPdfView(GuardedView):
    """The file. One that would not fit is not made: the page says which part to shorten."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        plan, is_large = _plan(request, plan_id), _is_large(request)
        copy, at = family_copy(plan, request.user), clock.now()
        made = family_paper(copy, is_large=is_large, at=at)
        if too_long(copy, made.pages, is_large=is_large):
            return redirect(_address("plan_family", plan, is_large))
        log_paper(
            user=request.user,
            subject_ref=str(plan.pupil.public_id),
            page="plan_family_pdf",
            at=at,
        )
        # No name in the name of a file: it stands in lists of downloads for all to see.
        return HttpResponse(
            made.pdf,
            content_type="application/pdf",
            headers={"Content-Disposition": 'inline; filename="our-plan.pdf"'},
        )


def _plan(request: SignedInRequest, plan_id: int) -> SupportPlan:
    plans = SupportPlan.objects.visible_to(request.user).filter(pk=plan_id)
    plan: SupportPlan | None = plans.select_related("pupil", "case__lead").first()
    if plan is None:
        raise Http404
    return plan


def _is_large(request: SignedInRequest) -> bool:
    return request.GET.get("large") == "1"


def _address(route: str, plan: SupportPlan, is_large: bool) -> str:
    return reverse(route, args=[plan.pk]) + ("?large=1" if is_large else "")


def _context(plan: SupportPlan, copy: FamilyCopy, made: Paper, is_large: bool) -> dict[str, Any]:
    long = too_long(copy, made.pages, is_large=is_large)
    shown_as = "in ordinary print" if is_large else "in large print"
    return {
        "copy": copy,
        "is_large": is_large,
        "back": reverse("plan", args=[plan.pk]),
        "refusal": [Reason(long[0], _part_page(plan, long[1]))] if long else [],
        "pdf_text": "Print it, as a PDF" + (" in large print" if is_large else ""),
        "pdf_href": _address("plan_family_pdf", plan, is_large),
        "runs_to": f"It prints on {wording.counted(made.pages, 'side')} of paper.",
        "other_text": f"Show it {shown_as}",
        "other_href": _address("plan_family", plan, not is_large),
        "hints": [
            {"heading": hint.heading, "text": hint.text, "href": _part_page(plan, hint.part)}
            for hint in (*copy.hints, *boxed(copy))
        ],
    }


def _part_page(plan: SupportPlan, part: Part) -> str:
    """The page of the plan that fills this part of the copy."""
    filled_by = Part.MEET if part == Part.RING else part
    return reverse("plan_part", args=[plan.pk, filled_by.value])
