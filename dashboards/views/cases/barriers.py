"""Naming what makes school hard, and saying that it has eased."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from attendance_portal.shared.errors import Refused
from cases.choices import BARRIERS, DOMAINS, BarrierKind
from cases.models import Barrier, Case
from cases.services.barriers import LONGEST_NOTE, NAMED_BY, ease_barrier, name_barrier
from cases.services.planning import check_can_plan
from dashboards.views.cases.common import CaseView, acting
from schools.permissions import SignedInRequest

SAFEGUARDING = "Follow your safeguarding steps today, before anything else."


@dataclass(frozen=True)
class DomainChoice:
    """One domain of the radios and what may be chosen in it."""

    key: str
    label: str
    kinds: list[BarrierKind]
    is_open: bool


class BarrierForm(forms.Form):
    """What makes it hard, by domain, and who said so."""

    domain = forms.ChoiceField(choices=[(d.value, label) for d, label in DOMAINS.items()])
    kind = forms.ChoiceField(
        choices=[(key, known.label) for key, known in BARRIERS.items()],
        error_messages={"required": "Choose what makes it hard."},
    )
    named_by = forms.ChoiceField(
        label="Who named it?",
        choices=list(NAMED_BY.items()),
        widget=forms.RadioSelect,
        initial="worker",
        error_messages={"required": "Choose who named it."},
    )
    note = forms.CharField(
        label="What do we know about it?",
        help_text="In their own words where you can. You may leave this empty.",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["domain"].required = False

    def clean(self) -> dict[str, Any]:
        """A barrier of the domain that is open; a domain alone is half an answer."""
        found: dict[str, Any] = super().clean() or {}
        kind, domain = found.get("kind"), found.get("domain")
        if kind and domain and BARRIERS[kind].domain != domain:
            self.add_error("kind", "Choose what makes it hard.")
        return found

    def domains(self) -> list[DomainChoice]:
        """The five domains with their barriers, the chosen one open."""
        chosen, kind = self["domain"].value(), self["kind"].value()
        if not chosen and kind in BARRIERS:
            chosen = BARRIERS[kind].domain.value
        return [
            DomainChoice(
                domain.value,
                label,
                [known for known in BARRIERS.values() if known.domain == domain],
                domain == chosen,
            )
            for domain, label in DOMAINS.items()
        ]


class AddBarrierView(CaseView):
    """Name a barrier, then go back to where the person came from."""

    permission = Permission.EDIT_PLANS

    def get(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """The form, with the draft that was kept."""
        case = self.case_of(request, reference)
        return self._page(request, case, BarrierForm(initial=as_initial(draft_here(request))))

    def post(self, request: SignedInRequest, reference: str) -> HttpResponse:
        """Name it."""
        case = self.case_of(request, reference)
        form = BarrierForm(request.POST)
        if not form.is_valid():
            check_can_plan(request.user, case)
            return self._page(request, case, form)
        return once(request, lambda: self._named(request, case, form))

    def _named(self, request: SignedInRequest, case: Case, form: BarrierForm) -> Done:
        facts = form.cleaned_data
        name_barrier(
            case=case,
            kind=facts["kind"],
            named_by=facts["named_by"],
            note=facts["note"],
            **acting(request),
        )
        known = BARRIERS[facts["kind"]]
        message = f"Named: {known.label}."
        if known.asks_safeguarding:
            message = f"{message} {SAFEGUARDING}"
        return Done(self.back(request, case), message)

    def _page(self, request: SignedInRequest, case: Case, form: BarrierForm) -> HttpResponse:
        context = {
            "case": case,
            "form": form,
            "domains": form.domains(),
            "kind": form["kind"].value(),
            "standing": [BARRIERS[one.kind].label for one in standing_barriers(request, case)],
            "safeguarding": SAFEGUARDING,
            "refusal": refusal_to_plan(request, case),
            "back": self.back(request, case),
            "draft": draft_here(request),
        }
        return render(request, "dashboards/cases/barrier_add.html", context)


class EaseForm(forms.Form):
    """What changed."""

    note = forms.CharField(
        label="What made it easier?",
        help_text="It may help another child. You may leave this empty.",
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )


class EaseBarrierView(CaseView):
    """It no longer makes school hard."""

    permission = Permission.EDIT_PLANS

    def get(self, request: SignedInRequest, reference: str, barrier_id: int) -> HttpResponse:
        """What would be said of which barrier."""
        case = self.case_of(request, reference)
        barrier = _barrier(request, case, barrier_id)
        form = EaseForm(initial=as_initial(draft_here(request)))
        return self._page(request, case, barrier, form)

    def post(self, request: SignedInRequest, reference: str, barrier_id: int) -> HttpResponse:
        """Say so."""
        case = self.case_of(request, reference)
        barrier = _barrier(request, case, barrier_id)
        form = EaseForm(request.POST)
        if not form.is_valid():
            return self._page(request, case, barrier, form)
        return once(request, lambda: self._eased(request, case, barrier, form))

    def _eased(
        self, request: SignedInRequest, case: Case, barrier: Barrier, form: EaseForm
    ) -> Done:
        ease_barrier(
            barrier=barrier,
            note=form.cleaned_data["note"],
            **acting(request),
        )
        return Done(self.back(request, case), f"Eased: {BARRIERS[barrier.kind].label}.")

    def _page(
        self, request: SignedInRequest, case: Case, barrier: Barrier, form: EaseForm
    ) -> HttpResponse:
        context = {
            "case": case,
            "barrier": barrier,
            "label": BARRIERS[barrier.kind].label,
            "form": form,
            "refusal": refusal_to_plan(request, case),
            "back": self.back(request, case),
            "draft": draft_here(request),
        }
        return render(request, "dashboards/cases/barrier_ease.html", context)


def standing_barriers(request: SignedInRequest, case: Case) -> list[Barrier]:
    """Those of a case that have not eased."""
    rows = Barrier.objects.visible_to(request.user).filter(case=case, eased_on__isnull=True)
    return list(rows)


def refusal_to_plan(request: SignedInRequest, case: Case) -> str:
    """Why this person may not plan on the case now; empty when they may."""
    try:
        check_can_plan(request.user, case)
    except Refused as refusal:
        return refusal.message
    return ""


def _barrier(request: SignedInRequest, case: Case, barrier_id: int) -> Barrier:
    found: Barrier | None = (
        Barrier.objects.visible_to(request.user)
        .filter(pk=barrier_id, case=case)
        .select_related("case")
        .first()
    )
    if found is None:
        raise Http404
    return found
