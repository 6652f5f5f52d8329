"""Why an agency may be told about a child: recording it, and taking it back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.choices import AGENCIES, BASES, Agency, Basis
from cases.models import Case, Consent
from cases.read_models.partners import in_sentence
from cases.services.consents import (
    ASKED_FOR,
    check_can_record,
    record_consent,
    withdraw_consent,
)
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest


class ConsentForm(forms.Form):
    """Who may be told, why, what for, and who agreed."""

    agency = forms.ChoiceField(
        label="Who may be told?",
        choices=[(one.value, AGENCIES[one]) for one in ASKED_FOR],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the agency that may be told."},
    )
    basis = forms.ChoiceField(
        label="Why may they be told?",
        choices=[(one.value, label) for one, label in BASES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose why it may be told."},
    )
    given_by = forms.CharField(
        label="Who agreed?",
        help_text="Only if the family agreed. For example: the mother, on the telephone.",
        max_length=150,
        required=False,
    )
    reason = forms.CharField(
        label="Why does another basis hold?",
        help_text="Only if you did not choose that the family agreed.",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    purpose = forms.CharField(
        label="What is it for?",
        help_text="What they will be told, and what they may do with it.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say what it is for."},
    )


class ConsentAddView(CaseFormView):
    """Record why an agency may be told."""

    permission = Permission.REFER
    title = "Record why an agency may be told"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_record(request.user, case.pupil, clock.today())

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """The agency that the address names."""
        asked = request.GET.get("agency", "")
        known = {one.value for one in ASKED_FOR}
        return {"agency": asked if asked in known else "", "basis": Basis.CONSENT.value}

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return ConsentForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Record it."""
        consent = record_consent(
            pupil=case.pupil,
            **form.cleaned_data,
            **acting(request),
        )
        return f"{AGENCIES[Agency(consent.agency)]} may be told now."


class WithdrawForm(forms.Form):
    """Why, or who asked for it."""

    reason = forms.CharField(
        label="Why is it withdrawn, or who asked for it?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say why it is withdrawn, or who asked for it."},
    )


class ConsentWithdrawView(CaseFormView):
    """From this moment the agency may not be told any more."""

    permission = Permission.REFER
    template = "dashboards/cases/consent_withdraw.html"
    title = "Withdraw the agreement to share"
    button = "Withdraw it now"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> Consent:
        """The consent that stands."""
        found: Consent | None = (
            Consent.objects.visible_to(request.user)
            .filter(pk=names["consent_id"], pupil=case.pupil_id)
            .first()
        )
        if found is None:
            raise Http404
        return found

    def check(self, request: SignedInRequest, case: Case, thing: Consent) -> None:
        """The service's own check."""
        check_can_record(request.user, case.pupil, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Consent, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return WithdrawForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Consent, form: forms.Form) -> str:
        """Withdraw it."""
        withdraw_consent(
            consent=thing,
            reason=form.cleaned_data["reason"],
            **acting(request),
        )
        return f"From now on {in_sentence(thing.agency)} may not be told, and sees nothing here."

    def context(self, request: SignedInRequest, case: Case, thing: Consent) -> dict[str, Any]:
        """What would be withdrawn."""
        return {
            "consent": thing,
            "agency": AGENCIES[Agency(thing.agency)],
            "basis": BASES[Basis(thing.basis)],
        }
