"""Keeping a case up to date: two people at once see both versions, and nothing typed is lost."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse

from accounts.forms import draft_here, once, token_of
from accounts.models import Draft, User
from accounts.roles import Permission
from accounts.services.drafts import save_draft
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Invalid
from cases.models import Case
from cases.permissions import check_can_work, check_leads
from cases.read_models.people import people_for
from cases.services.cases import DECIDED_BY_THE_LEAD, LONGEST_NAME, update_case
from cases.states import DIRECTIONS, TRACKS, Direction, Track
from dashboards.conflicts import changed_meanwhile
from dashboards.filters import DayField
from dashboards.parts import BothVersions, Version
from dashboards.views.cases.common import acting
from dashboards.views.cases.forms import CaseFormView, add_errors, refusal_of
from dashboards.views.drafts import typed
from schools.permissions import SignedInRequest

VERSION = "version"
NOBODY = "Nobody"


class EditForm(forms.Form):
    """What a case says of the work. The last fields are for whoever leads it."""

    aim = forms.CharField(
        label="What does the family hope for?",
        help_text="In their own words.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    deescalation = forms.CharField(
        label="When things get hard, what helps?",
        help_text="What calms things down, and when we would step back.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    trusted_adult = forms.CharField(
        label="Who does the child trust?",
        help_text="Anyone the child names. It need not be someone who works here.",
        required=False,
        max_length=LONGEST_NAME,
    )
    preferred_contact = forms.CharField(
        label="How does the family like to be contacted?",
        required=False,
        max_length=LONGEST_NAME,
    )
    worker_direction = forms.ChoiceField(
        label="How do you see it going?",
        help_text="Your own view. What the marks say stands beside it.",
        choices=[(key.value, label) for key, label in DIRECTIONS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you see it going."},
    )
    worker_direction_why = forms.CharField(
        label="What do you see?",
        required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    track = forms.ChoiceField(
        label="Track",
        choices=[(key.value, f"{one.label}. {one.means}") for key, one in TRACKS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a track."},
    )
    reason = forms.CharField(
        label="Why does the track change?",
        help_text="Only if it does. The next review moves with the track's pace.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )
    next_review_on = DayField(
        label="Next review", required_message="Enter the day of the next review."
    )
    lead_practitioner = forms.ChoiceField(
        label="Lead practitioner",
        help_text="Who the family turns to, where several people help.",
        required=False,
    )

    def __init__(self, *data: Any, people: list[tuple[str, str]], leads: bool, **options: Any):
        """`leads`: whether the reader decides about the case."""
        super().__init__(*data, **options)
        if not leads:
            for name in (*DECIDED_BY_THE_LEAD, "reason"):
                del self.fields[name]
        else:
            choices = [("", NOBODY), *people]
            self.fields["lead_practitioner"].choices = choices  # type: ignore[attr-defined]

    @property
    def changes(self) -> dict[str, Any]:
        """What the service may be given."""
        found = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        if "lead_practitioner" in found:
            chosen = found["lead_practitioner"]
            found["lead_practitioner"] = User.objects.get(pk=chosen) if chosen else None
        return found


class EditView(CaseFormView):
    """The form carries the version that it was opened on."""

    permission = Permission.LEAD_CASES
    template = "dashboards/cases/case_edit.html"
    title: ClassVar[str] = "Edit the case"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_work(request.user, case, clock.today())

    def get(self, request: SignedInRequest, reference: str, **names: Any) -> HttpResponse:
        """The form; a draft from before somebody else saved stands above it, not in it."""
        case = self.case_of(request, reference)
        draft = draft_here(request)
        initial = _stored(case)
        if draft is not None and not _is_stale(draft, case):
            initial |= {name: values[0] for name, values in draft.typed.items() if values}
        return self.page(request, case, None, self.form(request, case, None, initial=initial))

    def post(self, request: SignedInRequest, reference: str, **names: Any) -> HttpResponse:
        """Save, or show both versions."""
        case = self.case_of(request, reference)
        form = self.form(request, case, None, request.POST)
        if not form.is_valid():
            self.check(request, case, None)
            return self.page(request, case, None, form)
        try:
            return once(request, lambda: self._done(request, case, None, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self.page(request, case, None, form)
        except Conflict:
            return self._both(request, case, form)

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> EditForm:
        """The fields that the reader decides."""
        leads = not refusal_of(check_leads, request.user, case, clock.today())
        people = people_for(case, request.user, on=clock.today()) if leads else []
        known = {key for key, _ in people}
        now = case.lead_practitioner
        if leads and now is not None and str(now.pk) not in known:
            people = [(str(now.pk), str(now)), *people]
        return EditForm(*data, people=people, leads=leads, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Write what changed."""
        assert isinstance(form, EditForm)  # noqa: S101 - made above
        saved = update_case(
            case=case,
            version=_version(request),
            changes=form.changes,
            reason=form.cleaned_data.get("reason", ""),
            **acting(request),
        )
        return "Nothing had changed." if saved.version == case.version else "The case is saved."

    def context(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """The version, whose word it is, and a draft that came too late to be filled in."""
        draft = draft_here(request)
        is_late = request.method == "GET" and draft is not None and _is_stale(draft, case)
        return {
            "version": _version(request) if request.method == "POST" else case.version,
            "decided_by": refusal_of(check_leads, request.user, case, clock.today()),
            "late_draft": _late(draft) if is_late and draft is not None else [],
        }

    def _both(self, request: SignedInRequest, case: Case, form: EditForm) -> HttpResponse:
        """Both versions. What was typed is kept as a draft too."""
        save_draft(
            user=request.user,
            form=request.path,
            title=self.title,
            typed=typed(request),
            at=clock.now(),
            token=token_of(request),
        )
        case.refresh_from_db()
        last = case.timeline_entries.filter(by__isnull=False).order_by("-pk").first()
        stored = {name: str(value or "") for name, value in _stored(case).items()}
        fields = [
            Version(
                str(form.fields[name].label),
                _in_words(form, name, stored[name]),
                _in_words(form, name, form.data.get(name, "")),
            )
            for name in form.fields
            if name in stored
        ]
        versions = BothVersions(
            who=str(last.by) if last is not None else "somebody",
            when=wording.moment(case.updated_at),
            fields=fields,
            href=request.path,
        )
        return changed_meanwhile(request, thing=f"Case {case.reference}", versions=versions)


def _stored(case: Case) -> dict[str, Any]:
    """The case as the form shows it."""
    return {
        "aim": case.aim,
        "deescalation": case.deescalation,
        "trusted_adult": case.trusted_adult,
        "preferred_contact": case.preferred_contact,
        "worker_direction": case.worker_direction,
        "worker_direction_why": case.worker_direction_why,
        "track": case.track,
        "next_review_on": case.next_review_on,
        "lead_practitioner": case.lead_practitioner_id or "",
    }


def _version(request: SignedInRequest) -> int:
    """The version the form was opened on; one that is none is no version of ours."""
    asked = request.POST.get(VERSION, "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 9 else 0


def _is_stale(draft: Draft, case: Case) -> bool:
    return bool(draft.typed.get(VERSION, [""])[0] != str(case.version))


def _late(draft: Draft | None) -> list[tuple[str, str]]:
    """What a late draft holds, in words."""
    if draft is None:
        return []
    names = {name: str(field.label) for name, field in EditForm.base_fields.items()}
    return [
        (label, _choice(name, draft.typed[name][0]))
        for name, label in names.items()
        if draft.typed.get(name) and name != "lead_practitioner"
    ]


def _choice(name: str, value: str) -> str:
    if name == "track" and value in set(Track):
        return TRACKS[Track(value)].label
    if name == "worker_direction" and value in set(Direction):
        return DIRECTIONS[Direction(value)]
    return value


def _in_words(form: EditForm, name: str, value: str) -> str:
    choices = getattr(form.fields[name], "choices", None)
    return str(dict(choices).get(value, value)) if choices else value
