"""What a school does for every child, before any case: expect, and monitor."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from attendance_portal.shared import wording
from attendance_portal.shared.errors import Conflict, Invalid
from cases.services.school_steps import DAYS, TEXTS, save_school_steps
from dashboards.conflicts import changed_meanwhile
from dashboards.filters import DayField
from dashboards.parts import BothVersions, Version
from dashboards.read_models.cases.school_steps import form_values, steps_block, steps_of
from dashboards.views.cases.common import acting, back_to
from dashboards.views.cases.forms import add_errors
from schools.models import School
from schools.permissions import GuardedView, SignedInRequest

FIELDS: Final = (*DAYS, *TEXTS)


class StepsForm(forms.Form):
    """The policy, the champion, the culture, and how absence is watched."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    policy_on = DayField(
        label="Date of the attendance policy", required=False, help_text="For example 2025-09-01."
    )
    policy_where = forms.CharField(
        label="Where to find it",
        help_text="The address of the page, or who sends it.",
        required=False,
        max_length=TEXTS["policy_where"],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    champion_name = forms.CharField(
        label="Senior attendance champion",
        help_text="A member of the leadership team. Leave it empty if the page names them above.",
        required=False,
        max_length=TEXTS["champion_name"],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    champion_since = DayField(label="Champion since", required=False)
    champion_trained_on = DayField(label="Last training of the champion", required=False)
    culture = forms.CharField(
        label="What makes every child feel expected and welcome?",
        required=False,
        max_length=TEXTS["culture"],
        widget=forms.Textarea(attrs={"rows": "4"}),
    )
    monitoring = forms.CharField(
        label="Who looks at absence, how often, and at which groups?",
        required=False,
        max_length=TEXTS["monitoring"],
        widget=forms.Textarea(attrs={"rows": "4"}),
    )

    @property
    def changes(self) -> dict[str, Any]:
        """The fields of the record, as typed."""
        return {name: self.cleaned_data[name] for name in FIELDS}


class SchoolStepsView(GuardedView):
    """The record of one school; another school is a page that never was."""

    permission = Permission.RECORD_SCHOOL_STEPS

    def get(self, request: SignedInRequest, urn: int) -> HttpResponse:
        """The form, with the draft that was kept."""
        school = _school(request, urn)
        steps = steps_of(school, request.user)
        known = form_values(steps, list(FIELDS))
        initial = {**known, **as_initial(draft_here(request))}
        initial["version"] = steps.version if steps else 0
        return self._page(request, school, StepsForm(initial=initial))

    def post(self, request: SignedInRequest, urn: int) -> HttpResponse:
        """Save it; where somebody else did meanwhile, both versions."""
        school = _school(request, urn)
        form = StepsForm(request.POST)
        if not form.is_valid():
            return self._page(request, school, form)
        try:
            return once(request, lambda: self._save(request, school, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, school, form)
        except Conflict:
            return _both(request, school, form)

    def _save(self, request: SignedInRequest, school: School, form: StepsForm) -> Done:
        save_school_steps(
            school=school,
            version=form.cleaned_data["version"],
            changes=form.changes,
            **acting(request),
        )
        return Done(_back(request, school), "Saved: what the school does for every child.")

    def _page(self, request: SignedInRequest, school: School, form: StepsForm) -> HttpResponse:
        context = {
            "school": school,
            "form": form,
            "block": steps_block(school, request.user),
            "back": _back(request, school),
            "draft": draft_here(request),
        }
        return render(request, "dashboards/cases/school_steps.html", context)


def _school(request: SignedInRequest, urn: int) -> School:
    schools = School.objects.visible_to(request.user).select_related("attendance_champion")
    return get_object_or_404(schools, pk=urn)


def _back(request: SignedInRequest, school: School) -> str:
    return back_to(request, reverse("school", args=[school.pk]))


def _both(request: SignedInRequest, school: School, form: StepsForm) -> HttpResponse:
    theirs = steps_of(school, request.user)
    fields = [
        Version(
            str(form.fields[name].label),
            _shown(getattr(theirs, name, None)),
            _shown(value),
        )
        for name, value in form.changes.items()
    ]
    versions = BothVersions(
        who=str(theirs.by) if theirs and theirs.by else "somebody else",
        when=wording.moment(theirs.updated_at) if theirs else "",
        fields=fields,
        href=request.path,
    )
    return changed_meanwhile(request, thing="The school's record", versions=versions)


def _shown(value: Any) -> str:
    return wording.day(value) if hasattr(value, "isoformat") else str(value or "")
