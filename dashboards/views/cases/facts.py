"""Writing down what a gate of Formalise or Enforce asks for: a contract offered, notes, a word."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404

from accounts.roles import Permission
from attendance_portal.shared import clock
from cases.models import Case
from cases.rules.recorded_facts import RECORDED_FACTS, RecordedFact
from cases.services.recorded_facts import LONGEST_ANSWER, check_can_record, record_fact
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView
from schools.permissions import SignedInRequest


class FactForm(forms.Form):
    """What it was, where there is a choice, and an answer to each of its questions."""

    way = forms.ChoiceField(
        label="What was it?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was."},
    )

    def __init__(self, *args: Any, known: RecordedFact, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = known
        if len(known.ways) == 1:
            del self.fields["way"]
        else:
            self.fields["way"].choices = list(known.ways.items())  # type: ignore[attr-defined]
        for one in known.questions:
            self.fields[one.name] = forms.CharField(
                label=one.label,
                help_text=one.hint,
                max_length=LONGEST_ANSWER,
                widget=forms.Textarea(attrs={"rows": "4"}),
                error_messages={"required": "Answer this question."},
            )

    @property
    def way_chosen(self) -> str:
        """What it was; the only way there is where nobody was asked."""
        chosen: str = self.cleaned_data.get("way") or next(iter(self.known.ways))
        return chosen


class RecordFactView(CaseFormView):
    """One page for each of the things that a gate asks to be written down."""

    permission = Permission.MOVE_STAGES
    template = "dashboards/cases/fact.html"
    title = "Write it down"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> RecordedFact:
        """What is written down. Raises Http404 for what no gate knows."""
        known = RECORDED_FACTS.get(names["fact"])
        if known is None:
            raise Http404
        return known

    def form(
        self, request: SignedInRequest, case: Case, thing: RecordedFact, *data: Any, **options: Any
    ) -> forms.Form:
        """Its questions."""
        return FactForm(*data, known=thing, **options)

    def check(self, request: SignedInRequest, case: Case, thing: RecordedFact) -> None:
        """The service's own check."""
        check_can_record(request.user, case, thing.fact.value, clock.today())

    def save(
        self, request: SignedInRequest, case: Case, thing: RecordedFact, form: forms.Form
    ) -> str:
        """Write it down."""
        assert isinstance(form, FactForm)  # noqa: S101 - for the type checker
        record_fact(
            case=case,
            fact=thing.fact.value,
            way=form.way_chosen,
            answers=form.cleaned_data,
            **acting(request),
        )
        return f"Written down: {thing.heading}."

    def context(self, request: SignedInRequest, case: Case, thing: RecordedFact) -> dict[str, Any]:
        """The page is named after what is written down."""
        return {"title": thing.heading, "known": thing}
