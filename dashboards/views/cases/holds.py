"""Holds: nothing steps up and nothing is sent. Placing one, letting it go on, ending it."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Refused
from cases.choices import HOLDS
from cases.models import Case, Hold
from cases.services.holds import (
    check_can_change_hold,
    check_can_hold,
    end_hold,
    extend_hold,
    place_hold,
)
from dashboards.filters import DayField
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest


class ReviewForm(forms.Form):
    """Until when the hold goes on, and why."""

    review_on = DayField(
        label="When do we look at it again?",
        help_text="Within 13 weeks. The hold stands until somebody ends it.",
        required_message="Enter the day to review the hold.",
    )
    reason = forms.CharField(
        label="Why?",
        help_text="In few words. Everyone who works on the case reads this.",
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say why."},
    )


class HoldForm(ReviewForm):
    """Why nothing should be sent, and until when."""

    field_order = ("kind", "review_on", "reason")
    kind = forms.ChoiceField(
        label="Why should nothing be sent?",
        choices=[(key.value, label) for key, label in HOLDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why nothing should be sent."},
    )


class EndHoldForm(forms.Form):
    """Why it can end."""

    reason = forms.CharField(
        label="Why can it end?",
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say why the hold can end."},
    )


def _standing(request: SignedInRequest, case: Case) -> Hold | None:
    holds = Hold.objects.visible_to(request.user).select_related("pupil")
    found: Hold | None = holds.filter(pupil=case.pupil_id, ended_at__isnull=True).first()
    return found


class HoldView(CaseFormView):
    """Place a hold; where one stands, let it go on to another day."""

    permission = Permission.LEAD_CASES
    template = "dashboards/cases/case_hold.html"
    title = "Hold messages and steps"
    button = "Place the hold"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> Hold | None:
        """The hold that stands."""
        return _standing(request, case)

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        if thing is None:
            check_can_hold(request.user, case.pupil, clock.today())
        else:
            check_can_change_hold(request.user, thing, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Whether it is a new one decides what is asked."""
        return (HoldForm if thing is None else ReviewForm)(*data, **options)

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """The hold that stands, and what the page is called."""
        return (
            {"hold": None}
            if thing is None
            else {
                "hold": thing,
                "kind": HOLDS[thing.kind],
                "title": "Let the hold go on",
                "button": "Let it go on",
            }
        )

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Place it, or let it go on."""
        facts = form.cleaned_data
        if thing is None:
            place_hold(pupil=case.pupil, **facts, **acting(request))
        else:
            extend_hold(hold=thing, **facts, **acting(request))
        day = wording.day(facts["review_on"])
        return f"Nothing steps up and nothing is sent. We look again on {day}."


class EndHoldView(CaseFormView):
    """End the hold that stands."""

    permission = Permission.LEAD_CASES
    title = "End the hold"
    button = "End the hold"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> Hold | None:
        """The hold that stands; None where it has ended meanwhile."""
        return _standing(request, case)

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        if thing is None:
            raise Refused("No hold stands for this child.", code="no_hold")
        check_can_change_hold(request.user, thing, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return EndHoldForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """End it."""
        self.check(request, case, thing)
        end_hold(hold=thing, reason=form.cleaned_data["reason"], **acting(request))
        return "The hold has ended. Steps and letters are possible again."
