"""Supervision notes of a case: reading those one may read, and writing one."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.models import Case, SupervisionNote
from cases.services.supervision import (
    LONGEST,
    add_supervision_note,
    check_can_supervise,
)
from dashboards.filters import DayField
from dashboards.read_models.cases.partners import supervised_choices
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest


class SupervisionForm(forms.Form):
    """With whom, when, what about, and what was agreed."""

    with_user = forms.ChoiceField(label="With whom?", required=False)
    on_day = DayField(label="When?", required_message="Enter the day.")
    text = forms.CharField(
        label="What did you talk about?",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": "6"}),
        error_messages={"required": "Say what you talked about."},
    )
    agreed = forms.CharField(
        label="What did you agree?",
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )

    def __init__(self, *data: Any, people: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*data, **options)
        choices = [("", "Nobody in particular"), *people]
        self.fields["with_user"].choices = choices  # type: ignore[attr-defined]


class SupervisionAddView(CaseFormView):
    """The notes that one may read, and a form for those who supervise."""

    permission = Permission.SEE_CASES
    written_with = Permission.SUPERVISE
    template = "dashboards/cases/supervision.html"
    title = "Supervision notes"
    button = "Save the note"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_supervise(request.user, case, clock.today())

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """Today, with the lead."""
        return {"on_day": clock.today(), "with_user": case.lead_id or ""}

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return SupervisionForm(*data, people=supervised_choices(case, clock.today()), **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Keep it."""
        facts = dict(form.cleaned_data)
        chosen = facts.pop("with_user")
        add_supervision_note(
            case=case,
            with_user=User.objects.get(pk=chosen) if chosen else None,
            **facts,
            **acting(request),
        )
        return "The note is saved. You, the lead worker and managers can read it."

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """Those that the reader may read."""
        notes = SupervisionNote.objects.visible_to(request.user).filter(case=case)
        return {"notes": notes.select_related("by", "with_user")}
