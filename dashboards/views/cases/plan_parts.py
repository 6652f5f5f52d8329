"""P9: each part of a plan is a page; Save and next walks the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.models import User
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, ErrorDetail, Invalid
from cases.choices import BARRIERS
from cases.models import Adjustment, Barrier, Contact, Goal, SmallStep, SupportPlan
from cases.read_models.people import colleagues_of, people_for
from cases.read_models.plan_facts import problems_of
from cases.rules import plans as rules
from cases.services.actions import add_action, set_family_copy
from cases.services.barriers import name_barrier
from cases.services.plan_parts import (
    add_adjustment,
    add_goal,
    add_small_step,
    end_adjustment,
    reach_goal,
    reach_step,
    take_out,
)
from cases.services.planning import check_can_change
from cases.services.plans import save_part
from cases.states import Origin, PlanState
from dashboards.parts import Reason
from dashboards.read_models.cases.plan_page import part_titles
from dashboards.views.cases import plan_forms
from dashboards.views.cases.barriers import SAFEGUARDING
from dashboards.views.cases.common import Acting, acting
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.cases.plan_common import (
    CHANGED,
    DRAFT_TITLE,
    PlanView,
    both_versions,
    said_now,
)
from schools.permissions import SignedInRequest

SAVED: Final = "Saved."
STAY, TO_PLAN = "stay", "plan"


@dataclass(frozen=True)
class Part:
    """How one part is made into a form, and how the form is saved; `save` says what was done."""

    make: Callable[..., plan_forms.PartForm]
    save: Callable[[SupportPlan, Any, Acting], str]


class PlanPartView(PlanView):
    """One part: what stands in it, and the form that adds to it."""

    def get(self, request: SignedInRequest, plan_id: int, part: str) -> HttpResponse:
        """The form as the plan stands, with the draft that was kept."""
        plan = self.plan_of(request, plan_id)
        initial = {**_heard_before(request, plan, part), **as_initial(draft_here(request))}
        form = PARTS[part].make(request, plan, initial=initial)
        return self._page(request, plan, part, form)

    def post(self, request: SignedInRequest, plan_id: int, part: str) -> HttpResponse:
        """Save the part, or do something with one of its rows."""
        plan = self.plan_of(request, plan_id)
        check_can_change(request.user, plan)
        if request.POST.get("row"):
            return self._row(request, plan, part)
        form = PARTS[part].make(request, plan, request.POST)
        if not form.is_valid():
            return self._page(request, plan, part, form)
        try:
            return once(request, lambda: self._saved(request, plan, part, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, plan, part, form)
        except Conflict as conflict:
            if conflict.code != CHANGED:
                raise
            return both_versions(request, plan.pk, form)

    def _saved(
        self, request: SignedInRequest, plan: SupportPlan, part: str, form: plan_forms.PartForm
    ) -> Done:
        said = PARTS[part].save(plan, form, acting(request))
        return Done(_onward(request, plan, part), said)

    def _row(self, request: SignedInRequest, plan: SupportPlan, part: str) -> HttpResponse:
        """One row of the part: reached, ended or taken out."""
        row = _row_of(request, plan, part)
        form = plan_forms.ReachedForm(request.POST)
        asks_day = request.POST.get("do") == "reach"
        if asks_day and not form.is_valid():
            shown = PARTS[part].make(request, plan)
            return self._page(request, plan, part, shown, wrong=form, wrong_row=row)
        try:
            return once(request, lambda: _done_with(request, plan, part, row, form))
        except Invalid as problem:
            form.add_error("reached_on", problem.message)
            shown = PARTS[part].make(request, plan)
            return self._page(request, plan, part, shown, wrong=form, wrong_row=row)

    def _page(
        self,
        request: SignedInRequest,
        plan: SupportPlan,
        part: str,
        form: plan_forms.PartForm,
        *,
        wrong: forms.Form | None = None,
        wrong_row: Any = None,
    ) -> HttpResponse:
        today, draft = clock.today(), draft_here(request)
        place = rules.PARTS.index(part) + 1
        context = {
            "plan": plan,
            "part": part,
            "title": part_titles(plan.pupil.forename)[part],
            "place": f"Part {place} of {len(rules.PARTS)}",
            "form": wrong if wrong is not None else form,
            "part_form": form,
            "rows": _rows(plan, part),
            "row_form": wrong,
            "today": today,
            "wrong_row": wrong_row,
            "is_draft": plan.state == PlanState.DRAFT and not plan.versions.exists(),
            "safeguarding": SAFEGUARDING,
            "refusal": refusal_of(check_can_change, request.user, plan),
            "in_the_way": _in_the_way(plan),
            "back": reverse("plan", args=[plan.pk]),
            "draft": draft,
            "draft_title": DRAFT_TITLE,
            "said_now": [] if form.is_bound else said_now(plan, form, draft),
        }
        return render(request, "dashboards/cases/plan_part.html", context)


def _in_the_way(plan: SupportPlan) -> list[Reason]:
    """Why a draft cannot be agreed yet, each with the part that mends it."""
    if plan.state != PlanState.DRAFT:
        return []
    return [
        Reason(one.text, reverse("plan_part", args=[plan.pk, one.part]))
        for one in problems_of(plan, on=clock.today())
    ]


def _onward(request: SignedInRequest, plan: SupportPlan, part: str) -> str:
    """The next part; after the last, the page on which a whole draft is agreed, or the plan."""
    then = request.POST.get("then")
    after = part if then == STAY else rules.part_after(part)
    if after and then != TO_PLAN:
        return reverse("plan_part", args=[plan.pk, after])
    if then != TO_PLAN and plan.state == PlanState.DRAFT:
        plan.refresh_from_db()
        if not problems_of(plan, on=clock.today()):
            return reverse("plan_agree", args=[plan.pk])
    return reverse("plan", args=[plan.pk])


def _heard_before(request: SignedInRequest, plan: SupportPlan, part: str) -> dict[str, Any]:
    """Their latest words from a contact, where the plan has none: nothing is asked twice."""
    field, words = {
        rules.CHILD: ("child_view", "child_words"),
        rules.FAMILY: ("family_view", "family_words"),
    }.get(part, ("", ""))
    if not field or getattr(plan, field) or getattr(plan, f"no_{field}"):
        return {}
    contacts = Contact.objects.visible_to(request.user).filter(
        pupil=plan.pupil_id, is_restricted=False
    )
    latest = contacts.exclude(**{words: ""}).order_by("-at").first()
    if latest is None:
        return {}
    return {field: getattr(latest, words), f"{field}_on": latest.at.astimezone(clock.LONDON).date()}


def _rows(plan: SupportPlan, part: str) -> list[Any]:
    """What stands in a part already."""
    if part == rules.BARRIERS:
        standing = Barrier.objects.filter(case=plan.case_id, eased_on__isnull=True)
        return [(BARRIERS[row.kind], row) for row in standing]
    if part == rules.ACTIONS:
        return list(plan.actions.open().select_related("owner"))
    related = {rules.GOALS: "goals", rules.STEPS: "small_steps", rules.SCHOOL: "adjustments"}
    return list(getattr(plan, related[part]).all()) if part in related else []


def _row_of(
    request: SignedInRequest, plan: SupportPlan, part: str
) -> Goal | SmallStep | Adjustment:
    models: dict[str, Any] = {
        rules.GOALS: Goal,
        rules.STEPS: SmallStep,
        rules.SCHOOL: Adjustment,
    }
    model = models.get(part)
    number = request.POST["row"]
    if model is None or not number.isascii() or not number.isdigit() or len(number) > 12:
        raise Http404
    rows = model.objects.filter(plan=plan, pk=int(number)).select_related("plan__case")
    row: Goal | SmallStep | Adjustment | None = rows.first()
    if row is None:
        raise Http404
    return row


def _done_with(
    request: SignedInRequest,
    plan: SupportPlan,
    part: str,
    row: Goal | SmallStep | Adjustment,
    form: plan_forms.ReachedForm,
) -> Done:
    who, do = acting(request), request.POST.get("do")
    address = reverse("plan_part", args=[plan.pk, part])
    if do == "out":
        said = f"Taken out: {row}."
        take_out(row=row, **who)
    elif do == "end" and isinstance(row, Adjustment):
        end_adjustment(adjustment=row, **who)
        said = f"Ended: {row}."
    elif do == "reach" and isinstance(row, Goal):
        reach_goal(goal=row, reached_on=form.cleaned_data["reached_on"], **who)
        said = f"Reached: {row}."
    elif do == "reach" and isinstance(row, SmallStep):
        facts = form.cleaned_data
        reach_step(step=row, reached_on=facts["reached_on"], note=facts["note"], **who)
        said = f"Reached: {row}."
    else:
        raise Http404
    return Done(address, said)


def _plain(form: type[plan_forms.PartForm]) -> Callable[..., plan_forms.PartForm]:
    def make(
        request: SignedInRequest, plan: SupportPlan, *data: Any, **facts: Any
    ) -> plan_forms.PartForm:
        return form(*data, plan=plan, **facts)

    return make


def _barriers(
    request: SignedInRequest, plan: SupportPlan, *data: Any, **facts: Any
) -> plan_forms.PartForm:
    standing = Barrier.objects.filter(case=plan.case_id, eased_on__isnull=True)
    kinds = standing.values_list("kind", flat=True)
    return plan_forms.BarriersForm(*data, plan=plan, standing=kinds, **facts)


def _steps(
    request: SignedInRequest, plan: SupportPlan, *data: Any, **facts: Any
) -> plan_forms.PartForm:
    there = plan.small_steps.values_list("kind", flat=True)
    return plan_forms.StepsForm(*data, plan=plan, there=there, **facts)


def _actions(
    request: SignedInRequest, plan: SupportPlan, *data: Any, **facts: Any
) -> plan_forms.PartForm:
    people = people_for(plan.case, request.user, on=clock.today())
    standing = plan.actions.open()
    return plan_forms.ActionsForm(*data, plan=plan, people=people, standing=standing, **facts)


def _school(
    request: SignedInRequest, plan: SupportPlan, *data: Any, **facts: Any
) -> plan_forms.PartForm:
    there = plan.adjustments.filter(until_on__isnull=True).values_list("kind", flat=True)
    return plan_forms.SchoolForm(*data, plan=plan, there=there, **facts)


def _save_row(plan: SupportPlan, form: plan_forms.PartForm, who: Acting) -> str:
    """The plan's own row."""
    facts = form.cleaned_data
    save_part(plan=plan, version=facts["version"], seen=facts["seen"], changes=form.changes, **who)
    return SAVED


def _save_barriers(plan: SupportPlan, form: plan_forms.BarriersForm, who: Acting) -> str:
    facts = form.cleaned_data
    for kind in form.kinds:
        name_barrier(
            case=plan.case, kind=kind, named_by=facts["named_by"], note=facts["note"], **who
        )
    asks = any(BARRIERS[kind].asks_safeguarding for kind in form.kinds)
    return f"{SAVED} {SAFEGUARDING}" if asks else SAVED


def _save_goal(plan: SupportPlan, form: plan_forms.GoalForm, who: Acting) -> str:
    if form.is_blank:
        return ""
    facts = form.cleaned_data
    add_goal(
        plan=plan,
        kind=facts["kind"],
        text=facts["text"],
        measure=facts["measure"],
        baseline=facts["baseline"],
        target=facts["target"],
        target_percent=facts["target_percent"],
        target_on=facts["target_on"],
        chosen_by_child=bool(facts["chosen_by_child"]),
        **who,
    )
    return f"Goal set: {facts['text']}."


def _save_steps(plan: SupportPlan, form: plan_forms.StepsForm, who: Acting) -> str:
    _save_row(plan, form, who)
    for kind, text in form.steps:
        add_small_step(plan=plan, kind=kind, text=text, **who)
    return SAVED


def _save_actions(plan: SupportPlan, form: plan_forms.ActionsForm, who: Acting) -> str:
    _show_on_copy(plan, form, who)
    colleagues = {one.user_id: one for one in colleagues_of(plan.case, who["by"], on=who["on"])}
    for row in form.typed:
        _add(plan, row, colleagues, who)
    added = len(form.typed)
    return f"{wording.counted(added, 'action')} added." if added else SAVED


def _show_on_copy(plan: SupportPlan, form: plan_forms.ActionsForm, who: Acting) -> None:
    """First what comes off the family copy, then what goes on it: there is room for six."""
    if "shown" not in form.fields:
        return
    standing = list(plan.actions.open())
    for shown in (False, True):
        for action in standing:
            if (action.pk in form.shown) is shown:
                set_family_copy(action=action, shown=shown, **who)


def _add(
    plan: SupportPlan, row: plan_forms.TypedAction, colleagues: dict[int, Any], who: Acting
) -> None:
    """One promise; what cannot be used is said at its own row."""
    owner = User.objects.filter(pk=row.owner_id).first() if row.owner_id in colleagues else None
    agency = colleagues[row.owner_id].agency if owner and row.owner_id else row.agency
    assert row.due_on is not None  # noqa: S101 - the form has seen to it
    try:
        add_action(
            text=row.text,
            due_on=row.due_on,
            origin=Origin.PLAN,
            origin_label="Support plan",
            agency=agency,
            owner=owner,
            owner_name=row.owner_name,
            plan=plan,
            on_family_copy=row.on_family_copy,
            **who,
        )
    except Invalid as problem:
        details = tuple(_at_row(row.number, error) for error in problem.errors)
        details = details or (
            ErrorDetail(problem.code, problem.message, pointer=f"copy_{row.number}"),
        )
        raise Invalid(problem.message, code=problem.code, errors=details) from problem


def _at_row(number: int, error: ErrorDetail) -> ErrorDetail:
    part = (error.pointer or "").strip("/").removesuffix("_on").removesuffix("_name")
    return replace(error, pointer=f"{part}_{number}")


def _save_school(plan: SupportPlan, form: plan_forms.SchoolForm, who: Acting) -> str:
    _save_row(plan, form, who)
    for kind, text in form.adjustments:
        add_adjustment(plan=plan, kind=kind, text=text, who=form.cleaned_data["who"], **who)
    return SAVED


#: Part to its form and how it is saved.
PARTS: Final = {
    rules.CHILD: Part(_plain(plan_forms.ChildForm), _save_row),
    rules.FAMILY: Part(_plain(plan_forms.FamilyForm), _save_row),
    rules.BARRIERS: Part(_barriers, _save_barriers),
    rules.GOALS: Part(_plain(plan_forms.GoalForm), _save_goal),
    rules.STEPS: Part(_steps, _save_steps),
    rules.ACTIONS: Part(_actions, _save_actions),
    rules.SCHOOL: Part(_school, _save_school),
    rules.REVIEW: Part(_plain(plan_forms.ReviewDayForm), _save_row),
}
