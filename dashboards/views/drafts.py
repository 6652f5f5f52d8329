"""Drafts: a form keeps itself here while it is being typed, and one's own list of them."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.forms import CSRF, TOKEN, token_of
from accounts.models import Draft
from accounts.services.drafts import LONGEST_ADDRESS, forget_draft, save_draft
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.addresses import route_at
from schools.permissions import GuardedView, SignedInRequest

FORM: Final = "draft_of"
TITLE: Final = "draft_title"
FORGET: Final = "draft_forget"
NOT_TYPED: Final = frozenset({CSRF, TOKEN, FORM, TITLE, FORGET})
LONGEST_TITLE: Final = 120


class DraftView(GuardedView):
    """Everyone has drafts of their own and sees nobody else's."""

    permission = None

    def get(self, request: SignedInRequest) -> HttpResponse:
        mine = Draft.objects.filter(user=request.user)
        return render(request, "dashboards/drafts.html", {"drafts": mine})

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = request.POST.get(FORM, "")
        if not route_at(form.partition("?")[0]) or len(form) > LONGEST_ADDRESS:
            raise BadRequest("A draft belongs to one of our pages.")
        if request.POST.get(FORGET):
            forget_draft(user=request.user, form=form)
            messages.success(request, "The draft is deleted.")
            return redirect(form if request.POST[FORGET] == "here" else "draft")
        try:
            return self._keep(request, form)
        except Invalid as problem:
            raise BadRequest(problem.message) from None

    def _keep(self, request: SignedInRequest, form: str) -> HttpResponse:
        draft = save_draft(
            user=request.user,
            form=form,
            title=_storable(request.POST.get(TITLE, ""))[:LONGEST_TITLE],
            typed=typed(request),
            at=clock.now(),
            token=token_of(request),
        )
        if getattr(request, "htmx", False):
            return render(request, "components/draft_state.html", {"draft": draft})
        if draft:
            messages.success(request, "Your draft is saved. Only you see it.")
        return redirect(form)


def typed(request: HttpRequest) -> dict[str, list[str]]:
    """The fields of the form as they stand; no password is ever kept."""
    return {
        _storable(name): [_storable(str(value)) for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_TYPED and "password" not in name
    }


def _storable(text: str) -> str:
    """Without the one character that the database cannot hold."""
    return text.replace("\0", "")
