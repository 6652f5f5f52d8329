"""Every component with sample data, for whoever builds or tests a page."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import render

from accounts.forms import as_initial, draft_here
from attendance import states
from dashboards import charts, listing, samples
from dashboards.charts import samples as chart_samples
from dashboards.frame import NavigationItem
from dashboards.read_models.standing import Standing
from schools.permissions import GuardedView, SignedInRequest
from schools.rules.calendar import HalfTerm

SAMPLE_HALF_TERM: Final = HalfTerm(date(2025, 11, 3), date(2025, 11, 7), 2025, 2)


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Name", help_text="As the school writes it")
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    year = forms.ChoiceField(label="Year group", choices=[("7", "Year 7"), ("8", "Year 8")])
    term = forms.ChoiceField(
        label="Term", widget=forms.RadioSelect, choices=[("1", "Autumn"), ("2", "Spring")]
    )
    days = forms.MultipleChoiceField(
        label="Days",
        widget=forms.CheckboxSelectMultiple,
        choices=[("1", "Monday"), ("2", "Tuesday")],
        required=False,
    )
    file = forms.FileField(label="File", required=False)
    password = forms.CharField(label="Password", widget=forms.PasswordInput, required=False)


class ComponentsView(GuardedView):
    """The gallery. It shows no child and no figure of ours."""

    permission = None

    def get(self, request: SignedInRequest) -> HttpResponse:
        context = sample_context()
        context["list"] = samples.sample_list(request.GET)
        context["parts"] = samples.sample_parts()
        context["draft"] = draft_here(request)
        context["sample_form"] = SampleForm(initial=as_initial(context["draft"]))
        return render(request, "dashboards/components.html", context)


def sample_context() -> dict[str, Any]:
    """Invented data for each component."""
    wrong = SampleForm({"name": "", "year": "7", "term": ""})
    wrong.is_valid()
    query = QueryDict("kind=at_risk")
    columns = (listing.Column("Pupil", "name"), listing.Column("Absence", "absence", True))
    facts = charts.StripFacts(
        weeks=[charts.Week(SAMPLE_HALF_TERM.start, "/\\L#I I OX".ljust(14))],
        half_terms=[SAMPLE_HALF_TERM],
        met={
            (SAMPLE_HALF_TERM.start + timedelta(days=day), session)
            for day in range(5)
            for session in (0, 1)
        },
        first=SAMPLE_HALF_TERM.start,
        last=SAMPLE_HALF_TERM.end,
    )
    return {
        "sample_form": SampleForm(),
        "wrong_form": wrong,
        "kinds": list(states.FLAGS),
        "sample_navigation": [
            NavigationItem("Today", "#", True),
            NavigationItem("Pupils", "#", False),
        ],
        "headers": listing.headers(columns, query, "-absence"),
        "chips": [listing.Chip("Open flag: At risk, 5% to under 10%", "?")],
        "pages": listing.PageLinks(
            "?page=1",
            "?page=3",
            [listing.PageItem(n, f"?page={n}", n == 2) for n in (1, 2, 3)] + [listing.PageItem(0)],
        ),
        "latest": Standing(SAMPLE_HALF_TERM.end),
        "earlier": Standing(
            SAMPLE_HALF_TERM.end, False, "12 of them were corrected after that day.", "", "?"
        ),
        "rows": [("Kind", "At risk"), ("Opened on", "Tue 4 Nov 2025")],
        "blocks": charts.year_strip(facts),
        "charts": chart_samples.charts(),
        "out": {"picture": "#", "numbers": "#"},
        "protected_charts": chart_samples.protected_charts(),
    }
