"""The forms of a meeting that goes on: who is here, the action bar, a decision, a referral."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from cases.choices import AGENCIES
from dashboards.filters import DayField

#: The owner of an action who has no login here.
SOMEBODY_ELSE: Final = "else"
_LONGEST_TEXT: Final = 300


class PeopleForm(forms.Form):
    """Who is here: those who were asked, and one who came without being asked."""

    came = forms.MultipleChoiceField(
        label="Who is here?",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick who is here."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["came"].choices = list(people)  # type: ignore[attr-defined]


class ActionForm(forms.Form):
    """The action bar: what, who, by when, about whom or what."""

    text = forms.CharField(
        label="What will be done?",
        max_length=_LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what will be done."},
    )
    owner = forms.ChoiceField(label="Who?", error_messages={"required": "Choose who will do it."})
    due_on = DayField(label="By when?", required_message="Say by when.")
    about = forms.ChoiceField(
        label="About", error_messages={"required": "Choose what it is about."}
    )
    other_name = forms.CharField(label="Their name", max_length=150, required=False)
    other_agency = forms.ChoiceField(
        label="For whom do they speak?",
        choices=[("", "Choose"), *((str(key), label) for key, label in AGENCIES.items())],
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        owners: Sequence[tuple[str, str]],
        about: Sequence[tuple[str, str]],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        choices = [*owners, (SOMEBODY_ELSE, "Somebody without a login")]
        self.fields["owner"].choices = choices  # type: ignore[attr-defined]
        self.fields["about"].choices = list(about)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Somebody without a login has a name and speaks for somebody."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("owner") == SOMEBODY_ELSE:
            if not found.get("other_name", "").strip():
                self.add_error("other_name", "Write their name.")
            if not found.get("other_agency"):
                self.add_error("other_agency", "Choose for whom they speak.")
        return found


class DecisionForm(forms.Form):
    """What was decided, and the figure it rests on, as it is seen now."""

    text = forms.CharField(
        label="What was decided?",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what was decided."},
    )
    figure = forms.ChoiceField(label="Which figure does it rest on?", required=False)

    def __init__(self, *args: Any, figures: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["figure"].choices = [  # type: ignore[attr-defined]
            ("", "No figure"),
            *((words, f"{words}: {shown}") for words, shown in figures),
        ]


class ReferForm(forms.Form):
    """Which child, to whom, and why."""

    pupil = forms.ChoiceField(
        label="For which pupil?", error_messages={"required": "Choose the pupil."}
    )
    to_agency = forms.ChoiceField(
        label="Who is asked to help?",
        choices=[("", "Choose"), *((str(key), label) for key, label in AGENCIES.items())],
        error_messages={"required": "Choose who is asked."},
    )
    service = forms.CharField(
        label="Which service?",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Name the service."},
    )
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why."},
    )
    meanwhile = forms.CharField(
        label="What helps meanwhile?", required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, pupils: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["pupil"].choices = [("", "Choose"), *pupils]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """Ends it all the same where a severely absent child has no action."""

    without_action = forms.BooleanField(
        label="End it all the same",
        error_messages={"required": "Tick the box to end it all the same, or agree an action."},
    )
