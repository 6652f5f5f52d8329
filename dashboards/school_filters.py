"""The filters of lists of schools: those in scope, and the board of their meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User
from dashboards import listing
from dashboards.read_models.cases.school_steps import without_champion_or_policy
from dashboards.read_models.meetings import board as boards
from schools.choices import PHASE
from schools.models import School, Trust
from schools.permissions import SignedInRequest
from schools.rules.names import fold_text

#: What a filter that is on says of its value.
_IN_WORDS = {**PHASE, "missing": "one of them not recorded yet"}


class _OfSchools(forms.Form):
    """What both forms say of the filters that are on."""

    def chips(self, request: SignedInRequest) -> list[listing.Chip]:
        """The filters that are on, in words."""
        if not self.is_valid():
            return []
        return [
            listing.Chip(
                f"{self.fields[name].label}: {self._in_words(name, value)}",
                listing.address(request.GET, **{name: None}),
            )
            for name, value in self.cleaned_data.items()
            if value
        ]

    def _in_words(self, name: str, value: Any) -> Any:
        return value


class SchoolsForm(_OfSchools):
    """The filters of the list, by the API's names."""

    q = forms.CharField(label="Name", required=False)
    phase = forms.ChoiceField(label="Phase", choices=[("", "Any"), *PHASE.items()], required=False)
    trust = forms.ModelChoiceField(
        label="Trust",
        queryset=Trust.objects.none(),
        to_field_name="uid",
        empty_label="Any",
        required=False,
    )
    steps = forms.ChoiceField(
        label="Policy and champion",
        choices=[("", "Any"), ("missing", "One of them not recorded yet")],
        required=False,
    )

    def __init__(self, *args: Any, schools: QuerySet[School], **options: Any) -> None:
        """`schools`: those in scope, whose trusts may be chosen."""
        super().__init__(*args, **options)
        trusts = Trust.objects.filter(schools__in=schools).distinct().order_by("name", "pk")
        self.fields["trust"].queryset = trusts  # type: ignore[attr-defined]

    def applied_to(self, schools: QuerySet[School]) -> QuerySet[School]:
        """The schools that answer to every filter given; one that is wrong finds none."""
        if not self.is_valid():
            return schools.none()
        for word in fold_text(self.cleaned_data["q"]).split():
            schools = schools.filter(folded_name__contains=word)
        if self.cleaned_data["phase"]:
            schools = schools.filter(phase=self.cleaned_data["phase"])
        if self.cleaned_data["trust"]:
            schools = schools.filter(trust=self.cleaned_data["trust"])
        if self.cleaned_data["steps"]:
            schools = without_champion_or_policy(schools)
        return schools

    def _in_words(self, name: str, value: Any) -> Any:
        return _IN_WORDS.get(str(value), value)


class BoardForm(_OfSchools):
    """The filters of the board."""

    officer = forms.ChoiceField(label="Officer", required=False)
    phase = forms.ChoiceField(label="Phase", choices=[("", "Any"), *PHASE.items()], required=False)
    meeting = forms.ChoiceField(
        label="This term's meeting", choices=[("", "Any"), *boards.SHOWN.items()], required=False
    )

    def __init__(self, *args: Any, user: User, on: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on
        officers = boards.officers_to_choose(user, on=on)
        self.fields["officer"].choices = [("", "Any"), *officers]  # type: ignore[attr-defined]

    @property
    def shown(self) -> str:
        """Which rows are asked for; empty for all."""
        return self.cleaned_data.get("meeting", "") if self.is_valid() else ""

    def applied_to(self, schools: QuerySet[School]) -> QuerySet[School]:
        """The schools that answer to officer and phase; a filter that is wrong finds none."""
        if not self.is_valid():
            return schools.none()
        if self.cleaned_data["phase"]:
            schools = schools.filter(phase=self.cleaned_data["phase"])
        if self.cleaned_data["officer"]:
            schools = boards.of_officer(schools, self.cleaned_data["officer"], on=self.on)
        return schools

    def _in_words(self, name: str, value: Any) -> Any:
        return dict(self.fields[name].choices)[value]  # type: ignore[attr-defined]
