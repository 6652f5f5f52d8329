"""P6: move a case up or down, with reasons, on what is on record."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from accounts.services.drafts import save_draft
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case, StageChange
from cases.services.stages import LONGEST_REASON, SAY_WHY, check_can_move, move_stage
from cases.states import STAGES, Stage
from dashboards.conflicts import changed_meanwhile
from dashboards.parts import BothVersions, Version
from dashboards.read_models.cases.move import MovePage, move_page
from dashboards.views.cases.common import CaseView, acting
from dashboards.views.cases.forms import add_errors, refusal_of
from dashboards.views.drafts import typed
from schools.permissions import SignedInRequest

CLOSE: Final = "close"
SEEN: Final = "seen"
TITLE: Final = "Move stage"


class MoveForm(forms.Form):
    """To which stage, and why."""

    to = forms.ChoiceField(
        label="Move to",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a stage."},
    )
    reason = forms.CharField(
        label="Why does the case move?",
        help_text="Everyone who works with this child sees your reason. What is on record is "
        "attached by itself.",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": "5"}),
        error_messages={"required": SAY_WHY},
    )

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        stages = [
            (str(stage.value), facts.tag.label)
            for stage, facts in STAGES.items()
            if stage != case.stage
        ]
        self.fields["to"].choices = [*stages, (CLOSE, "Close the case")]  # type: ignore[attr-defined]

    @property
    def to_stage(self) -> int:
        """The stage chosen."""
        return int(self.cleaned_data["to"])


class MoveView(CaseView):
    """The stages, what the chosen one asks for, a reason; then the move."""

    permission = Permission.MOVE_STAGES

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """What the stage in the address asks for, or the next one; the reason typed so far."""
        case = self.case_of(request, reference)
        initial = as_initial(draft_here(request))
        asked = request.GET.get("to", "")
        if asked:
            initial["to"] = asked
        form = MoveForm(initial=initial, case=case)
        return self._page(request, case, form, str(initial.get("to", "")))

    def post(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """Move it, or say what is missing and keep the reason."""
        case = self.case_of(request, reference)
        asked = request.POST.get("to", "")
        if asked == CLOSE:
            _keep(request)
            return redirect("case_close", reference=case.reference)
        form = MoveForm(request.POST, case=case)
        if request.POST.get(SEEN, str(case.stage)) != str(case.stage):
            return self._moved_meanwhile(request, case)
        if not form.is_valid():
            check_can_move(request.user, case, clock.today())
            return self._page(request, case, form, asked)
        try:
            return once(request, lambda: self._move(request, case, form))
        except Invalid as problem:
            add_errors(form, problem)
        except Conflict:
            case.refresh_from_db()
            return self._moved_meanwhile(request, case)
        except Refused as refusal:
            if not refusal.errors:
                raise
            _keep(request)
            form.add_error("to", _short(refusal, form.to_stage))
        return self._page(request, case, form, asked)

    def _move(self, request: SignedInRequest, case: Case, form: MoveForm) -> Done:
        change = move_stage(
            case=case,
            to_stage=form.to_stage,
            reason=form.cleaned_data["reason"],
            **acting(request),
        )
        return Done(
            reverse("case", args=[case.reference]),
            f"Moved to {STAGES[Stage(change.to_stage)].label}.",
        )

    def _page(
        self, request: SignedInRequest, case: Case, form: MoveForm, asked: str
    ) -> HttpResponse:
        on = clock.today()
        page: MovePage = move_page(case, request.user, asked=asked, on=on)
        context = {
            "case": case,
            "form": form,
            "page": page,
            "title": TITLE,
            "is_refused": bool(form.is_bound and page.missing and not form.errors.get("reason")),
            "refusal": refusal_of(check_can_move, request.user, case, on),
            "back": reverse("case", args=[case.reference]),
            "draft": draft_here(request),
        }
        return render(request, "dashboards/cases/move.html", context)

    def _moved_meanwhile(self, request: SignedInRequest, case: Case) -> HttpResponse:
        """Both versions: where the case is by now and why, and what was typed."""
        _keep(request)
        last = StageChange.objects.visible_to(request.user).filter(case=case).last()
        asked = request.POST.get("to", "")
        yours = STAGES[Stage(int(asked))].label if asked in _NUMBERS else ""
        versions = BothVersions(
            who=str(last.by) if last and last.by else "somebody else",
            when=wording.moment(last.at) if last else "",
            fields=[
                Version("Stage", STAGES[Stage(case.stage)].label, yours),
                Version("Why", last.reason if last else "", request.POST.get("reason", "")),
            ],
            href=request.path,
        )
        return changed_meanwhile(request, thing="The stage", versions=versions)


_NUMBERS: Final = frozenset(str(stage.value) for stage in Stage)


def _short(refusal: Refused, to: int) -> str:
    """The refusal at its field: the gates stand one by one in the list."""
    things = wording.counted(len(refusal.errors), "thing is", "things are")
    return f"You cannot move to {STAGES[Stage(to)].label} yet: {things} still missing."


def _keep(request: SignedInRequest) -> None:
    """The reason stays for whoever goes to record what is missing and comes back."""
    save_draft(
        user=request.user,
        form=request.path,
        title=TITLE,
        typed=typed(request),
        at=clock.now(),
    )
