"""Pausing, closing, reopening and transferring a case: a form each."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Refused
from cases.choices import OUTCOMES
from cases.models import Case
from cases.read_models.people import leads_for
from cases.services.closing import (
    check_can_close,
    check_can_pause,
    check_can_reopen,
    check_can_resume,
    check_can_transfer,
    close_case,
    pause_case,
    reopen_case,
    resume_case,
    transfer_case,
)
from cases.states import CaseStatus
from dashboards.filters import DayField
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.models import School
from schools.permissions import SignedInRequest

QUEUE = ""


def _text(label: str, needed: str, hint: str = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        widget=forms.Textarea(attrs={"rows": str(rows)}),
        error_messages={"required": needed},
    )


class PauseForm(forms.Form):
    """Until when, and why."""

    until_on = DayField(
        label="Pause until",
        help_text="Within 13 weeks. The review waits until then. Promises keep their days.",
        required_message="Enter the day the pause ends.",
    )
    reason = _text("Why is it paused?", "Say why the case is paused.")


class NoForm(forms.Form):
    """A button alone."""


class PauseView(CaseFormView):
    """Pause an open case; take a paused one up again."""

    permission = Permission.LEAD_CASES
    template = "dashboards/cases/case_pause.html"
    title = "Pause the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check = check_can_resume if _is_paused(case) else check_can_pause
        check(request.user, case, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """A day and a reason, or the button alone."""
        return (NoForm if _is_paused(case) else PauseForm)(*data, **options)

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """What the page is called."""
        if not _is_paused(case):
            return {"button": "Pause the case"}
        return {"title": "Take the case up again", "button": "Take it up again"}

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Pause, or go on."""
        if _is_paused(case):
            resume_case(case=case, **acting(request))
            return "The case is open again."
        facts = form.cleaned_data
        pause_case(case=case, until_on=facts["until_on"], reason=facts["reason"], **acting(request))
        return f"The case is paused until {wording.day(facts['until_on'])}."


def _is_paused(case: Case) -> bool:
    return case.status == CaseStatus.PAUSED


class CloseForm(forms.Form):
    """How it ended, and what helped."""

    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=[(key.value, label) for key, label in OUTCOMES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how the case ended."},
    )
    what_helped = _text(
        "What helped?",
        "Say what helped, or that nothing did.",
        "So that the next person knows. If nothing helped, say what was tried.",
    )


class CloseView(CaseFormView):
    """Close a case."""

    permission = Permission.LEAD_CASES
    template = "dashboards/cases/case_close.html"
    title = "Close the case"
    button = "Close the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_close(request.user, case, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Two questions."""
        return CloseForm(*data, **options)

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """What stays when the case closes."""
        open_actions = case.actions.open().count()
        return {"open_actions": wording.counted(open_actions, "action") if open_actions else ""}

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Close it."""
        close_case(
            case=case,
            outcome=form.cleaned_data["outcome"],
            what_helped=form.cleaned_data["what_helped"],
            **acting(request),
        )
        return f"Case {case.reference} is closed."


class ReopenForm(forms.Form):
    """Why."""

    reason = _text("Why does it open again?", "Say why the case opens again.")


class ReopenView(CaseFormView):
    """Reopen a closed case, with its history."""

    permission = Permission.OPEN_CASES
    template = "dashboards/cases/case_reopen.html"
    title = "Reopen the case"
    button = "Reopen the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check; another open case is a refusal here."""
        try:
            check_can_reopen(request.user, case, clock.today())
        except Conflict as standing:
            raise Refused(standing.message, code=standing.code) from standing

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return ReopenForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Reopen it."""
        reason = form.cleaned_data["reason"]
        case = reopen_case(case=case, reason=reason, **acting(request))
        led = f"{case.lead} leads it" if case.lead else "it waits in the queue"
        return f"Case {case.reference} is open again: {led}."


class TransferForm(forms.Form):
    """Where to, to whom, and why."""

    school = forms.ChoiceField(
        label="Which school has the child now?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the school."},
    )
    lead = forms.ChoiceField(label="Who leads it there?", required=False)
    reason = _text("Why does it move?", "Say why the case moves.")

    def __init__(
        self,
        *data: Any,
        schools: list[School],
        leads: list[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*data, **options)
        self.fields["school"].choices = [(str(one.urn), one.name) for one in schools]  # type: ignore[attr-defined]
        self.fields["lead"].choices = [(QUEUE, "Leave it for allocation"), *leads]  # type: ignore[attr-defined]
        if len(schools) == 1:
            self.fields["school"].initial = str(schools[0].urn)


class TransferView(CaseFormView):
    """Hand a case to the school to which the child has moved."""

    permission = Permission.LEAD_CASES
    title = "Move the case to another school"
    button = "Move the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check, and somewhere to go."""
        check_can_transfer(request.user, case, clock.today())
        if not _schools(case):
            raise Refused(
                f"The child is on the roll of {case.school} only. "
                "The case can move once another school has the child on its roll.",
                code="nowhere_to_go",
            )

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The schools that have the child, and who could lead there."""
        schools = _schools(case)
        leads = {
            key: label
            for school in schools
            for key, label in leads_for(school, request.user, on=clock.today())
        }
        return TransferForm(*data, schools=schools, leads=list(leads.items()), **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Move it."""
        facts = form.cleaned_data
        school = School.objects.get(urn=facts["school"])
        lead = User.objects.get(pk=facts["lead"]) if facts["lead"] else None
        transfer_case(
            case=case,
            school=school,
            lead=lead,
            reason=facts["reason"],
            **acting(request),
        )
        return f"The case is with {school} now."


def _schools(case: Case) -> list[School]:
    """Other schools that have the child on their roll today, by name."""
    rolls = case.pupil.enrolments.on_roll(clock.today()).filter(awaiting_confirmation=False)
    rows = School.objects.filter(pk__in=rolls.values("school")).exclude(pk=case.school_id)
    return list(rows.alphabetical())
