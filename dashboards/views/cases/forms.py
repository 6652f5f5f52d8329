"""A form about one case as a page: refused with its reason, saved once, nothing typed is lost."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once, token_of
from accounts.models import User
from accounts.roles import Permission
from accounts.services.drafts import save_draft
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from cases.models import Case
from dashboards.parts import Reason
from dashboards.read_models.cases.ladder import override_lines
from dashboards.views.cases.common import CaseView
from dashboards.views.drafts import typed
from schools.permissions import SignedInRequest, has_permission

NO_BASIS = "no_basis"


class CaseFormView(CaseView, ABC):
    """One form about a case, or about one thing of it (`thing_of`).

    `check` is the very check of the service: what it refuses stands as text instead of the form.
    """

    template: ClassVar[str] = "dashboards/cases/case_form.html"
    title: ClassVar[str]
    button: ClassVar[str] = "Save"
    #: Of a page that is read too: what the form on it needs.
    written_with: ClassVar[Permission | None] = None

    def get(self, request: SignedInRequest, reference: str, **names: Any) -> HttpResponse:
        """The form, with the draft that was kept."""
        case = self.case_of(request, reference)
        thing = self.thing_of(request, case, **names)
        initial = {**self.initial(request, case, thing), **as_initial(draft_here(request))}
        return self.page(request, case, thing, self.form(request, case, thing, initial=initial))

    def post(self, request: SignedInRequest, reference: str, **names: Any) -> HttpResponse:
        """Save it once, and go back."""
        case = self.case_of(request, reference)
        thing = self.thing_of(request, case, **names)
        form = self.form(request, case, thing, request.POST)
        if not form.is_valid():
            self.check(request, case, thing)
            return self.page(request, case, thing, form)
        try:
            return once(request, lambda: self._done(request, case, thing, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self.page(request, case, thing, form)
        except Conflict as conflict:
            form.add_error(None, conflict.message)
            return self.page(request, case, thing, form, status=409)
        except Refused as refusal:
            if refusal.code != NO_BASIS:
                raise
            return self._without_basis(request, case, thing, form, refusal)

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> Any:
        """What of the case the form is about, in scope. Raises Http404."""
        return None

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """Raises Refused where the service would."""

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """What stands in the form at first."""
        return {}

    @abstractmethod
    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""

    @abstractmethod
    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Do it; what is said when it is done."""

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """What the template needs beside the form."""
        return {}

    def fills_in(self, user: User) -> bool:
        """Whether the person's role has the form. Others, who come to read, are told of none."""
        return self.written_with is None or has_permission(user, self.written_with)

    def page(
        self,
        request: SignedInRequest,
        case: Case,
        thing: Any,
        form: forms.Form,
        *,
        status: int = 200,
        basis_for: Reason | None = None,
    ) -> HttpResponse:
        """The form as it stands, or why it cannot be filled in now."""
        context = {
            "case": case,
            "form": form,
            "title": self.title,
            "button": self.button,
            "refusal": refusal_of(self.check, request, case, thing),
            "reads_only": not self.fills_in(request.user),
            "basis_for": basis_for,
            "back": self.back(request, case),
            "draft": draft_here(request),
            "overrides": override_lines(case, request.user, on=clock.today()),
            **self.context(request, case, thing),
        }
        return render(request, self.template, context, status=status)

    def _done(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> Done:
        message = self.save(request, case, thing, form)
        if not Case.objects.visible_to(request.user).filter(pk=case.pk).exists():
            return Done(reverse("worklist"), message)  # it was their own part that ended
        return Done(self.back(request, case), message)

    def _without_basis(
        self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form, refusal: Refused
    ) -> HttpResponse:
        """The agency may not be told yet: where that is recorded. What was typed is kept."""
        save_draft(
            user=request.user,
            form=request.path,
            title=self.title,
            typed=typed(request),
            at=clock.now(),
            token=token_of(request),
        )
        field = "to_agency" if "to_agency" in form.fields else "agency"
        form.add_error(field if field in form.fields else None, refusal.message)
        address = reverse("consent_add", args=[case.reference])
        query = urlencode({"agency": request.POST.get(field, ""), "next": request.path}, safe="/")
        reason = Reason("Record it now, then come back here", f"{address}?{query}")
        return self.page(request, case, thing, form, status=403, basis_for=reason)


def refusal_of(check: Callable[..., None], *args: Any) -> str:
    """Why a check refuses; empty where it does not."""
    try:
        check(*args)
    except Refused as refusal:
        return refusal.message
    return ""


def add_errors(form: forms.Form, problem: Invalid) -> None:
    """What a service could not use, at its field where the form has it."""
    for error in problem.errors:
        field = (error.pointer or "").removeprefix("/")
        form.add_error(field if field in form.fields else None, error.message)
    if not problem.errors:
        form.add_error(None, problem.message)
