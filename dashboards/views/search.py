"""One box for pupils, cases and schools."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.roles import Permission
from attendance_portal.shared import clock
from dashboards.read_models import search
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.rules.search_words import LONGEST, Asked, read_search

SUGGESTS_FROM = 3  # characters: while someone types, fewer find half the borough


class SearchForm(forms.Form):
    """The one box. `asked` is what was typed, read."""

    q = forms.CharField(
        label="Search for a pupil, case or school",
        help_text=(
            "A name, UPN, case reference, URN or DfE number. "
            "A date of birth helps, for example 14 May 2012."
        ),
        required=False,
        max_length=LONGEST,
    )
    asked: Asked | None = None

    def clean_q(self) -> str:
        """The words, if there is anything to look for."""
        typed: str = self.cleaned_data["q"]
        self.asked = read_search(typed, clock.today()) if typed else None
        if self.asked and self.asked.is_too_short:
            raise ValidationError("Enter 2 letters or more")
        return typed


class SearchView(GuardedView):
    """P2. What was typed stays out of every log (`attendance_portal.logs`) and every cache."""

    permission = Permission.SEARCH

    def get(self, request: SignedInRequest) -> HttpResponse:
        form = SearchForm(request.GET if "q" in request.GET else None)
        context: dict[str, Any] = {"form": form}
        is_suggestion = bool(request.headers.get("HX-Request"))
        if form.is_valid() and form.asked and not _is_too_soon(form, is_suggestion):
            direct = "" if is_suggestion else _address_of(form, request)
            if direct:
                return redirect(direct)
            context |= _results(form.asked, request)
        return render(request, "dashboards/search.html", context)


def _is_too_soon(form: SearchForm, is_suggestion: bool) -> bool:
    return is_suggestion and len(form.cleaned_data["q"]) < SUGGESTS_FROM


def _results(asked: Asked, request: SignedInRequest) -> dict[str, Any]:
    found = search.found(asked, request.user, on=clock.today(), with_schools=_sees_schools(request))
    return {"found": found, "count": search.found_in_words(found)}


def _address_of(form: SearchForm, request: SignedInRequest) -> str:
    """Where a whole number leads at once; empty when it is none, or not this person's to see."""
    asked = form.asked or Asked()
    if asked.upn:
        public_id = search.pupil_of_upn(asked.upn, request.user)
        return reverse("pupil", args=[public_id]) if public_id else ""
    reference = search.case_of_reference(form.cleaned_data["q"], request.user)
    if reference:
        return reverse("case", args=[reference])
    urn = search.school_of_number(asked, request.user) if _sees_schools(request) else None
    return "" if urn is None else reverse("school", args=[urn])


def _sees_schools(request: SignedInRequest) -> bool:
    """Whether a school found could be opened; one that could not is not shown."""
    return Permission.SEE_SCHOOLS in permissions_of(request.user)
