"""The fresh-start card: the day a child comes back after a long time, and three things to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.models import User
from accounts.roles import Permission
from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Invalid
from cases.models import SupportPlan
from cases.read_models.fresh_start import returned_after_absence
from cases.read_models.people import colleagues_of, people_for
from cases.rules.fresh_start import TASKS
from cases.services.actions import add_action
from cases.services.planning import check_can_change
from cases.states import Origin
from dashboards.filters import DayField
from dashboards.read_models.cases.plan import return_line
from dashboards.read_models.cases.plan_read import read_plan
from dashboards.views.cases.common import Acting, acting
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.cases.plan_common import PlanView
from schools.permissions import SignedInRequest


class TasksForm(forms.Form):
    """Who does each of the three things; one that nobody is chosen for is not promised."""

    due_on = DayField(label="By when?", required_message="Enter the day.")

    def __init__(
        self, *args: Any, forename: str, people: Iterable[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.texts = [task.format(forename=forename) for task in TASKS]
        owners = [("", "Nobody yet"), *people]
        for number, text in enumerate(self.texts, start=1):
            self.fields[f"owner_{number}"] = forms.ChoiceField(
                label=text, choices=owners, required=False
            )
        self.order_fields([*(f"owner_{n}" for n in range(1, len(TASKS) + 1)), "due_on"])

    def clean(self) -> dict[str, Any]:
        """At least one of them."""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.promised:
            self.add_error("owner_1", "Choose who does at least one of them.")
        return found

    @property
    def promised(self) -> list[tuple[str, int]]:
        """What is promised by whom."""
        owners = [self.cleaned_data.get(f"owner_{n}") for n in range(1, len(TASKS) + 1)]
        pairs = zip(self.texts, owners, strict=True)
        return [(text, int(owner)) for text, owner in pairs if owner]


class FreshStartView(PlanView):
    """The card to print, and the three things for those who write the plan."""

    permission = Permission.SEE_CASES

    def get(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        """The card."""
        plan = self.plan_of(request, plan_id)
        return self._page(request, plan, self._form(request, plan))

    def post(self, request: SignedInRequest, plan_id: int) -> HttpResponse:
        """Promise those that somebody was chosen for."""
        plan = self.plan_of(request, plan_id)
        check_can_change(request.user, plan)
        form = self._form(request, plan, request.POST)
        if not form.is_valid():
            return self._page(request, plan, form)
        try:
            return once(request, lambda: _promise(plan, form, acting(request)))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, plan, form)

    def _form(self, request: SignedInRequest, plan: SupportPlan, *data: Any) -> TasksForm:
        today = clock.today()
        due = ExpectedDays().after(today, 1, plan.case.school.meeting_days)
        people = people_for(plan.case, request.user, on=today)
        forename = plan.pupil.forename
        return TasksForm(*data, forename=forename, people=people, initial={"due_on": due})

    def _page(self, request: SignedInRequest, plan: SupportPlan, form: TasksForm) -> HttpResponse:
        today = clock.today()
        came_back = returned_after_absence(plan.pupil, on=today)
        context = {
            "plan": plan,
            "read": read_plan(plan, request.user, on=today),
            "came_back": return_line(plan.pupil.forename, came_back) if came_back else "",
            "form": form,
            "refusal": refusal_of(check_can_change, request.user, plan),
            "back": self.back(request, plan),
            "edit_href": reverse("plan_part", args=[plan.pk, "school"]),
        }
        return render(request, "dashboards/cases/fresh_start.html", context)


def _promise(plan: SupportPlan, form: TasksForm, who: Acting) -> Done:
    agencies = {
        one.user_id: one.agency for one in colleagues_of(plan.case, who["by"], on=who["on"])
    }
    owners = User.objects.in_bulk([owner for _, owner in form.promised])
    for text, owner in form.promised:
        add_action(
            text=text,
            due_on=form.cleaned_data["due_on"],
            origin=Origin.PLAN,
            origin_label="Fresh start",
            agency=agencies[owner],
            owner=owners[owner],
            plan=plan,
            **who,
        )
    said = f"{wording.counted(len(form.promised), 'action')} added."
    return Done(reverse("plan", args=[plan.pk]), said)
