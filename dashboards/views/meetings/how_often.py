"""How many meetings a year a school has, and why: the council says so, and the school reads it."""

from __future__ import annotations

from typing import Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.read_models.meetings.of_school import how_often_in_words
from dashboards.views.cases.forms import add_errors
from meetings.models import TsmFrequency
from meetings.rules.frequency import DUE_TERMS, ONE_A_TERM
from meetings.services.own_view import LONGEST_REASON, set_frequency
from schools.models import School
from schools.permissions import GuardedView, SignedInRequest

_CHOICES: Final = [(str(number), how_often_in_words(number)) for number in DUE_TERMS]


class HowOftenForm(forms.Form):
    """How often, and why."""

    per_year = forms.ChoiceField(
        label="How many meetings a year?",
        choices=_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose 1, 2 or 3 meetings a year."},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="The school reads this.",
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why."},
    )


class HowOftenView(GuardedView):
    """`/schools/<urn>/meetings/how-often/`, for those who keep the agendas."""

    permission = Permission.EDIT_AGENDAS

    def get(self, request: SignedInRequest, urn: int) -> HttpResponse:
        school = _school(request, urn)
        kept = TsmFrequency.objects.visible_to(request.user).filter(school=school).first()
        initial = {"per_year": str(kept.per_year if kept else ONE_A_TERM)}
        if kept is not None:
            initial["reason"] = kept.reason
        return _page(request, school, HowOftenForm(initial=initial))

    def post(self, request: SignedInRequest, urn: int) -> HttpResponse:
        """Keep it, once."""
        school = _school(request, urn)
        form = HowOftenForm(request.POST)
        if form.is_valid():
            try:
                return once(request, lambda: _kept(request, school, form))
            except Invalid as problem:
                add_errors(form, problem)
        return _page(request, school, form)


def _school(request: SignedInRequest, urn: int) -> School:
    found: School = get_object_or_404(
        School.objects.visible_to(request.user).filter(status="open"), pk=urn
    )
    return found


def _kept(request: SignedInRequest, school: School, form: HowOftenForm) -> Done:
    set_frequency(
        school=school,
        per_year=int(form.cleaned_data["per_year"]),
        reason=form.cleaned_data["reason"],
        by=request.user,
        at=clock.moment(),
    )
    return Done(_back(school), f"Saved: how often {school} meets.")


def _page(request: SignedInRequest, school: School, form: HowOftenForm) -> HttpResponse:
    context = {"form": form, "school": school, "back": _back(school)}
    return render(request, "dashboards/meetings/how_often.html", context)


def _back(school: School) -> str:
    return reverse("school_meetings", args=[school.pk])
