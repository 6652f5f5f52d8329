"""P9: a support plan: started, read, agreed, reviewed, ended, and as it was agreed before."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import SupportPlan
from cases.read_models.plan_facts import review_facts
from cases.rules import plans as rules
from cases.services.common import acting_role, agency_of
from cases.services.planning import check_can_change, check_can_plan
from cases.services.plans import (
    agree_plan,
    check_can_agree,
    end_plan,
    review_plan,
    standing_plan,
    start_plan,
)
from cases.states import PlanState
from dashboards.parts import Reason
from dashboards.read_models.cases.ladder import override_lines
from dashboards.read_models.cases.plan_page import part_titles, plan_page
from dashboards.read_models.cases.plan_read import read_version
from dashboards.views.cases.common import CaseView, acting
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.cases.plan_common import PlanView
from dashboards.views.cases.plan_forms import AgreeForm, EndForm, ReviewForm
from schools.permissions import SignedInRequest


class PlanStartView(CaseView):
    """What starting a plan means, and starting it. Where one stands, it is that one."""

    permission = Permission.EDIT_PLANS

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """What a plan is made of, and one button."""
        case = self.case_of(request, reference)
        standing = standing_plan(case)
        if standing is not None:
            return redirect("plan", plan_id=standing.pk)
        context = {
            "case": case,
            "parts": part_titles(case.pupil.forename).values(),
            "refusal": refusal_of(check_can_plan, request.user, case),
            "back": self.back(request, case),
        }
        return render(request, "dashboards/cases/plan_start.html", context)

    def post(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """Start it, and begin with what the child says."""
        case = self.case_of(request, reference)
        standing = standing_plan(case)
        if standing is not None:
            return redirect("plan", plan_id=standing.pk)

        def start() -> Done:
            plan = start_plan(case=case, **acting(request))
            return Done(reverse("plan_part", args=[plan.pk, rules.CHILD]), "The plan is started.")

        return once(request, start)


class PlanPageView(PlanView):
    """The plan: its tasks for those who write it, the whole of it for everyone who reads it."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        """The page."""
        plan = self.plan_of(request, plan_id)
        today = clock.today()
        page = plan_page(plan, request.user, on=today)
        context = {
            "plan": plan,
            "page": page,
            "overrides": override_lines(plan.case, request.user, on=today),
            "read": page.read,
            "first_href": reverse("plan_part", args=[plan.pk, rules.CHILD]),
        }
        return render(request, "dashboards/cases/plan.html", context)


class PlanVersionView(PlanView):
    """The plan as it was agreed or reviewed that day."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest, plan_id: int, number: int) -> HttpResponse:
        """The version, whole."""
        plan = self.plan_of(request, plan_id)
        version = plan.versions.filter(number=number).select_related("plan__pupil", "by").first()
        if version is None:
            raise Http404
        context = {
            "plan": plan,
            "version": version,
            "read": read_version(version, on=clock.today()),
            "back": self.back(request, plan),
        }
        return render(request, "dashboards/cases/plan_version.html", context)


class PlanFormView(PlanView, ABC):
    """One form about a whole plan, on a page of its own."""

    template: ClassVar[str]

    def get(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        """The form, with the draft that was kept; or why not now."""
        plan = self.plan_of(request, plan_id)
        initial = {**self.initial(request, plan), **as_initial(draft_here(request))}
        return self.page(request, plan, self.form(initial=initial))

    def post(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        """Do it once, and show the plan."""
        plan = self.plan_of(request, plan_id)
        form = self.form(request.POST)
        if not form.is_valid():
            self.check(request, plan)
            return self.page(request, plan, form)

        def work() -> Done:
            said = self.save(request, plan, form)
            return Done(reverse("plan", args=[plan.pk]), said)

        try:
            return once(request, work)
        except Invalid as problem:
            add_errors(form, problem)
            return self.page(request, plan, form)
        except Conflict as conflict:
            form.add_error(None, f"{conflict.message} Read it again before you go on.")
            return self.page(request, plan, form, status=409)

    @abstractmethod
    def form(self, *data: Any, **options: Any) -> Any:
        """The form."""

    def initial(self, request: SignedInRequest, plan: SupportPlan) -> dict[str, Any]:
        """What stands in it at first."""
        return {}

    def check(self, request: SignedInRequest, plan: SupportPlan) -> None:
        """The very check of the service. Raises Refused."""
        check_can_change(request.user, plan)

    @abstractmethod
    def save(self, request: SignedInRequest, plan: SupportPlan, form: forms.Form) -> str:
        """Do it; what is said when it is done."""

    def page(
        self, request: SignedInRequest, plan: SupportPlan, form: Any, *, status: int = 200
    ) -> HttpResponse:
        """The form as it stands, or each reason why not now with the part that would mend it."""
        context = {
            "plan": plan,
            "form": form,
            "reasons": self._reasons(request, plan),
            "back": reverse("plan", args=[plan.pk]),
            "draft": draft_here(request),
        }
        return render(request, self.template, context, status=status)

    def _reasons(self, request: SignedInRequest, plan: SupportPlan) -> list[Reason]:
        try:
            self.check(request, plan)
        except Refused as refusal:
            details = [
                Reason(one.message, reverse("plan_part", args=[plan.pk, one.pointer]))
                for one in refusal.errors
                if one.pointer in rules.PARTS
            ]
            return details or [Reason(refusal.message)]
        return []


class PlanAgreeView(PlanFormView):
    """Who agrees the plan."""

    template = "dashboards/cases/plan_agree.html"

    def form(self, *data: Any, **options: Any) -> AgreeForm:
        """Names, each with who they are."""
        return AgreeForm(*data, **options)

    def initial(self, request: SignedInRequest, plan: SupportPlan) -> dict[str, Any]:
        """Whoever presses the button agrees; nobody else does until they are named."""
        role = acting_role(request.user, Permission.EDIT_PLANS, clock.today())
        return {
            "version": plan.version,
            "name_1": str(request.user),
            "agency_1": agency_of(role, request.user),
        }

    def check(self, request: SignedInRequest, plan: SupportPlan) -> None:
        """Whole, and theirs to change."""
        check_can_change(request.user, plan)
        check_can_agree(plan, on=clock.today())

    def save(self, request: SignedInRequest, plan: SupportPlan, form: AgreeForm) -> str:  # type: ignore[override]
        """It is agreed."""
        agree_plan(
            plan=plan,
            version=form.cleaned_data["version"],
            parties=form.parties,
            **acting(request),
        )
        return "The plan is agreed."


class PlanReviewView(PlanFormView):
    """One review."""

    template = "dashboards/cases/plan_review.html"

    def form(self, *data: Any, **options: Any) -> ReviewForm:
        """What helped, what changes, when next."""
        return ReviewForm(*data, **options)

    def initial(self, request: SignedInRequest, plan: SupportPlan) -> dict[str, Any]:
        """The next review is offered at the pace of the track."""
        facts = review_facts(plan, None, today=clock.today())
        return {"next_review_on": facts.usual}

    def check(self, request: SignedInRequest, plan: SupportPlan) -> None:
        """An agreed plan of theirs."""
        check_can_change(request.user, plan)
        if plan.state != PlanState.AGREED:
            raise Refused("Agree the plan first. A draft is not reviewed.", code="plan_not_agreed")

    def save(self, request: SignedInRequest, plan: SupportPlan, form: forms.Form) -> str:
        """It is reviewed."""
        facts = form.cleaned_data
        review_plan(plan=plan, **facts, **acting(request))
        return f"Reviewed. The next review is on {wording.day_of_week(facts['next_review_on'])}."


class PlanEndView(PlanFormView):
    """The end of a plan."""

    template = "dashboards/cases/plan_end.html"

    def form(self, *data: Any, **options: Any) -> EndForm:
        """Why."""
        return EndForm(*data, **options)

    def save(self, request: SignedInRequest, plan: SupportPlan, form: forms.Form) -> str:
        """It ends."""
        end_plan(plan=plan, reason=form.cleaned_data["reason"], **acting(request))
        return "The plan has ended. What people promised stands until they end it."
