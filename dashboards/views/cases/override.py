"""Asking a manager to let a case step up although something is missing, and the decision."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse

from accounts.forms import as_initial
from accounts.roles import Permission
from accounts.services.drafts import draft_of
from attendance_portal.shared import clock
from cases.models import Case, StageOverride
from cases.services.stages import (
    LONGEST_REASON,
    ask_override,
    check_can_decide,
    check_can_move,
    decide_override,
)
from cases.states import STAGES, Stage
from dashboards.read_models.cases.ladder import override_line
from dashboards.read_models.cases.move import move_page
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView, refusal_of
from schools.permissions import SignedInRequest


class AskForm(forms.Form):
    """For which stage, and why now."""

    to = forms.TypedChoiceField(coerce=int, widget=forms.HiddenInput)
    reason = forms.CharField(
        label="Why should the case move now?",
        help_text="What was tried, and why it cannot be there in time.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": "5"}),
        error_messages={"required": "Say why the case should move now."},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(stage.value, facts.label) for stage, facts in STAGES.items()]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]


class AskOverrideView(CaseFormView):
    """What is missing, a reason; the manager decides."""

    permission = Permission.MOVE_STAGES
    template = "dashboards/cases/override_ask.html"
    title = "Ask for an override"
    button = "Ask the manager"

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """The stage that the address names, and the reason typed where the move was refused."""
        moving = draft_of(user=request.user, form=reverse("case_move", args=[case.reference]))
        return {"reason": as_initial(moving).get("reason", ""), "to": _asked(request)}

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One reason; the address wins over a draft about another stage."""
        if asked := _asked(request):
            options.get("initial", {})["to"] = asked
        return AskForm(*data, **options)

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """Who moves the case asks."""
        check_can_move(request.user, case, clock.today())

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Ask."""
        ask_override(
            case=case,
            to_stage=form.cleaned_data["to"],
            reason=form.cleaned_data["reason"],
            **acting(request),
        )
        return "The manager was asked. The case stays where it is until they decide."

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """What is missing for the stage asked for."""
        page = move_page(case, request.user, asked=_asked(request), on=clock.today())
        refusal = refusal_of(self.check, request, case, thing) or page.no_override
        return {"page": page, "to_value": _asked(request), "refusal": refusal}


def _asked(request: SignedInRequest) -> str:
    return request.POST.get("to") or request.GET.get("to") or ""


class DecideForm(forms.Form):
    """Agreed or not, and why."""

    decision = forms.ChoiceField(
        label="Do you agree to the override?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, move the case"), ("no", "No, it stays where it is")],
        error_messages={"required": "Choose whether you agree."},
    )
    reason = forms.CharField(
        label="Why do you decide so?",
        help_text="It stays in view on every later page of this case, and in any court pack.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": "5"}),
        error_messages={"required": "Say why you decide so."},
    )


class DecideOverrideView(CaseFormView):
    """What was asked, what is missing, and the manager's decision."""

    permission = Permission.OVERRIDE_GATES
    template = "dashboards/cases/override_decide.html"
    title = "Decide on an override"
    button = "Save the decision"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> StageOverride:
        """The override, in scope. Raises Http404."""
        found: StageOverride | None = (
            StageOverride.objects.visible_to(request.user)
            .filter(case=case, pk=names["override_id"])
            .select_related("case__lead", "asked_by", "decided_by", "change")
            .first()
        )
        if found is None:
            raise Http404
        return found

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The decision."""
        return DecideForm(*data, **options)

    def check(self, request: SignedInRequest, case: Case, thing: StageOverride) -> None:
        """Somebody senior who did not ask for it."""
        check_can_decide(request.user, thing, clock.today())

    def save(
        self, request: SignedInRequest, case: Case, thing: StageOverride, form: forms.Form
    ) -> str:
        """Decide."""
        decided = decide_override(
            override=thing,
            is_agreed=form.cleaned_data["decision"] == "yes",
            reason=form.cleaned_data["reason"],
            **acting(request),
        )
        if decided.decision == StageOverride.Decision.AGREED:
            return f"Agreed. The case is at {STAGES[Stage(decided.to_stage)].label}."
        return "Not agreed. The case stays where it is."

    def context(self, request: SignedInRequest, case: Case, thing: StageOverride) -> dict[str, Any]:
        """The override in words, and what would be missing today."""
        on = clock.today()
        is_decided = thing.decision != StageOverride.Decision.WAITING
        done = {"refusal": "This override was decided already."} if is_decided else {}
        return done | {
            "override": override_line(thing, request.user, on=on),
            "page": move_page(case, request.user, asked=str(thing.to_stage), on=on),
        }
