"""The forms of a plan's parts. Rules are in the services: here are words and what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms

from cases.choices import ADJUSTMENTS, AGENCIES, BARRIERS, DOMAINS, SMALL_STEPS, choices_of
from cases.models import Action, Goal, SupportPlan
from cases.rules.deadlines import MOST_ON_FAMILY_COPY
from cases.services.barriers import LONGEST_NOTE, NAMED_BY
from cases.services.plan_parts import OTHER
from cases.services.plans import FIELDS, digest_of
from dashboards.filters import DayField

ROWS: Final = 3  # blank actions on the page: one for each agency of a usual plan
NO_LOGIN: Final = "somebody_else"


def _long(label: str, hint: str = "", rows: int = 3, longest: int = 0) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=longest or None,
        widget=forms.Textarea(attrs={"rows": str(rows)}),
    )


def _line(label: str, hint: str = "", longest: int = 300, classes: str = "") -> forms.CharField:
    attrs = {"autocomplete": "off", **({"classes": classes} if classes else {})}
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs=attrs),
    )


def _some(label: str, choices: Iterable[tuple[str, str]], hint: str = "") -> Any:
    return forms.MultipleChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=list(choices),
        widget=forms.CheckboxSelectMultiple,
    )


class PartForm(forms.Form):
    """A form of one part of a plan; `names` are those of the plan's own row that it saves.

    It carries the version it was opened on, and a sign of what these fields said then.
    """

    names: tuple[str, ...] = ()

    def __init__(
        self, data: Any = None, *, plan: SupportPlan, initial: Mapping[str, Any] | None = None
    ) -> None:
        kept = {name: getattr(plan, name) for name in self.names}
        if self.names:
            kept |= {"version": plan.version, "seen": digest_of(plan, self.names)}
        super().__init__(data, initial={**kept, **(initial or {})})
        self.plan = plan
        if self.names:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
            self.fields["seen"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def changes(self) -> dict[str, Any]:
        """What is to be saved in the plan's own row."""
        return {name: self.cleaned_data[name] for name in self.names}


class ChildForm(PartForm):
    """What the child says."""

    names = ("child_view", "child_view_on", "no_child_view", "strengths")

    child_view = _long("", "In their own words, as they said them.", 5, FIELDS["child_view"])
    child_view_on = DayField(
        label="When did you hear it?", required=False, help_text="Today, if you leave this empty."
    )
    no_child_view = _line(
        "If it was not possible to hear them: why?",
        "For example: not ready to talk yet. We ask again.",
        FIELDS["no_child_view"],
    )
    strengths = _long("", "", 2, FIELDS["strengths"])

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        forename = self.plan.pupil.forename
        self.fields["child_view"].label = f"What does {forename} say?"
        self.fields["strengths"].label = f"What is {forename} good at, and what do they love?"


class FamilyForm(PartForm):
    """What the family says."""

    names = ("family_view", "family_view_on", "no_family_view")

    family_view = _long(
        "What does the family say?",
        "What would help, and what they have tried. In their own words.",
        5,
        FIELDS["family_view"],
    )
    family_view_on = DayField(
        label="When did you hear it?", required=False, help_text="Today, if you leave this empty."
    )
    no_family_view = _line(
        "If it was not possible to hear them: why?",
        "For example: has not replied to 2 messages. We ask again.",
        FIELDS["no_family_view"],
    )


class BarriersForm(PartForm):
    """Barriers to be named, as boxes to tick by domain. Those that stand are not offered."""

    named_by = forms.ChoiceField(
        label="Who named it?", choices=list(NAMED_BY.items()), widget=forms.RadioSelect
    )
    note = _long("What do we know about it?", "You may leave this empty.", 2, LONGEST_NOTE)

    def __init__(self, *args: Any, standing: Iterable[str], **options: Any) -> None:
        initial = {"named_by": "worker", **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=initial, **options)
        stands = set(standing)
        boxes = {}
        for domain, label in DOMAINS.items():
            kinds = [(k.key, k.label) for k in BARRIERS.values() if k.domain == domain]
            offered = [(key, words) for key, words in kinds if key not in stands]
            if offered:
                boxes[domain.value] = _some(label, offered)
        self.fields = {**boxes, **self.fields}

    @property
    def kinds(self) -> list[str]:
        """Those that were ticked."""
        domains = [domain.value for domain in DOMAINS if domain.value in self.fields]
        return [kind for domain in domains for kind in self.cleaned_data.get(domain, ())]


class GoalForm(PartForm):
    """A goal to add. Left wholly empty, none is added."""

    kind = forms.ChoiceField(
        label="What is it about?",
        choices=[
            (Goal.Kind.OTHER.value, "Something else than days at school"),
            (Goal.Kind.ATTENDANCE.value, "Days at school"),
        ],
        widget=forms.RadioSelect,
        initial=Goal.Kind.OTHER.value,
    )
    text = _line("What do we hope for?", "One thing that can be seen.")
    measure = _line("How will we see it?", "For example: mornings on the bus.")
    baseline = _line("Where does it start?", "For example: none last week.", 200)
    target = _line("Where should it get to?", "For example: three a week.", 200)
    target_percent = forms.IntegerField(
        label="For days at school: sessions missed at most, in percent",
        help_text="Leave this empty for anything else. Measure and start come from the registers.",
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "classes": "govuk-input--width-3"}),
        error_messages={"invalid": "Give a whole number from 0 to 100."},
    )
    target_on = DayField(label="By when?", required=False)
    chosen_by_child = forms.MultipleChoiceField(
        label="Whose goal is it?",
        required=False,
        choices=[("yes", "The child chose it")],
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def is_blank(self) -> bool:
        """Nothing was typed."""
        names = ("text", "measure", "baseline", "target", "target_percent", "target_on")
        return not any(self.cleaned_data.get(name) for name in names)

    def clean(self) -> dict[str, Any]:
        """A goal has its day; the service looks at the rest."""
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.is_blank and not found.get("target_on"):
            self.add_error("target_on", "Enter the day.")
        return found


class StepsForm(PartForm):
    """Rungs to add to the ladder, and what the child will try."""

    names = ("child_will_try",)

    child_will_try = _long("", "It stands on the family copy.", 2, FIELDS["child_will_try"])

    def __init__(self, *args: Any, there: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        known = set(there)
        offered = [
            (key, label) for key, label in SMALL_STEPS.items() if key not in known and key != OTHER
        ]
        if offered:
            self.fields["kinds"] = _some("Which small steps come next?", offered)
        self.fields["other"] = _line("Another small step, in your own words", longest=200)
        self.fields["child_will_try"].label = f"What will {self.plan.pupil.forename} try?"
        self.order_fields(["kinds", "other", *self.names])

    @property
    def steps(self) -> list[tuple[str, str]]:
        """Kind and own words of each step to add."""
        found = [(kind, "") for kind in self.cleaned_data.get("kinds", ())]
        own = self.cleaned_data["other"].strip()
        return [*found, (OTHER, own)] if own else found


class ReachedForm(forms.Form):
    """When a rung was reached, and how."""

    reached_on = DayField(label="When?", required_message="Enter the day.")
    note = _line("How did it go?", "You may leave this empty.")


@dataclass(frozen=True)
class TypedAction:
    """One row of the actions as it was typed."""

    number: int
    text: str
    owner_id: int | None
    owner_name: str
    agency: str
    due_on: date | None
    on_family_copy: bool


def _id_of(owner: str) -> int | None:
    """Whose login was chosen; None for somebody without one."""
    return None if owner in ("", NO_LOGIN) else int(owner)


@dataclass(frozen=True)
class ActionRow:
    """The fields of one row: what, who and when; and those for somebody without a login."""

    main: list[forms.BoundField]
    outside: list[forms.BoundField]

    @property
    def is_open(self) -> bool:
        """Whether the second part has something in it, or something wrong."""
        return any(field.value() or field.errors for field in self.outside)


class ActionsForm(PartForm):
    """Blank rows for promises, and which promises stand on the family copy."""

    def __init__(
        self,
        *args: Any,
        people: Iterable[tuple[str, str]],
        standing: Iterable[Action],
        **options: Any,
    ) -> None:
        rows = list(standing)
        shown = [str(row.pk) for row in rows if row.on_family_copy]
        room = MOST_ON_FAMILY_COPY - len(shown)
        at_first = {f"copy_{n}": ["yes"] for n in range(1, ROWS + 1) if n <= room}
        at_first |= {"shown": shown, **(options.pop("initial", None) or {})}
        super().__init__(*args, initial=at_first, **options)
        if rows:
            self.fields["shown"] = _some(
                "Which of them stand on the family copy?",
                [(str(row.pk), row.text) for row in rows],
                f"Up to {MOST_ON_FAMILY_COPY}.",
            )
        owners = [("", "Choose"), *people, (NO_LOGIN, "Somebody without a login")]
        for number in range(1, ROWS + 1):
            self._add_row(number, owners)

    def _add_row(self, number: int, owners: list[tuple[str, str]]) -> None:
        agencies = [("", "Choose"), *choices_of(AGENCIES)]
        self.fields[f"text_{number}"] = _line("What will be done?")
        self.fields[f"owner_{number}"] = forms.ChoiceField(
            label="Who will do it?", choices=owners, required=False
        )
        self.fields[f"name_{number}"] = _line(
            "Their name", "The child or a parent, for example.", 150
        )
        self.fields[f"agency_{number}"] = forms.ChoiceField(
            label="Who are they?", choices=agencies, required=False
        )
        self.fields[f"due_{number}"] = DayField(label="By when?", required=False)
        self.fields[f"copy_{number}"] = forms.MultipleChoiceField(
            label="For the family",
            required=False,
            choices=[("yes", "Show it on the family copy")],
            widget=forms.CheckboxSelectMultiple,
        )

    def rows(self) -> list[ActionRow]:
        """The fields of each blank row, to be drawn together."""
        return [
            ActionRow(
                main=[self[f"{part}_{number}"] for part in ("text", "owner", "due", "copy")],
                outside=[self[f"{part}_{number}"] for part in ("name", "agency")],
            )
            for number in range(1, ROWS + 1)
        ]

    def clean(self) -> dict[str, Any]:
        """A row that says anything says what, who and when."""
        found: dict[str, Any] = super().clean() or {}
        for number in range(1, ROWS + 1):
            self._check_row(number, found)
        return found

    def _check_row(self, number: int, found: Mapping[str, Any]) -> None:
        text, owner, name, agency = (
            found.get(f"{part}_{number}") or "" for part in ("text", "owner", "name", "agency")
        )
        due_field = f"due_{number}"
        if not (text or owner or name or found.get(due_field)) and due_field not in self.errors:
            return
        if name and not owner:
            owner = NO_LOGIN
        needs = (
            (not text, "text", "Say what will be done."),
            (not owner, "owner", "Choose who will do it."),
            (owner == NO_LOGIN and not name, "name", "Write their name."),
            (owner == NO_LOGIN and not agency, "agency", "Choose who they are."),
            (owner not in ("", NO_LOGIN) and bool(name), "name", "Choose one person, or a name."),
        )
        for is_so, part, message in needs:
            if is_so:
                self.add_error(f"{part}_{number}", message)
        if not found.get(due_field) and due_field not in self.errors:
            self.add_error(due_field, "Enter the day.")

    @property
    def typed(self) -> list[TypedAction]:
        """The rows that say something."""
        found = self.cleaned_data
        return [
            TypedAction(
                number=number,
                text=found[f"text_{number}"],
                owner_id=_id_of(found[f"owner_{number}"]),
                owner_name=found[f"name_{number}"],
                agency=found[f"agency_{number}"],
                due_on=found[f"due_{number}"],
                on_family_copy=bool(found[f"copy_{number}"]),
            )
            for number in range(1, ROWS + 1)
            if found[f"text_{number}"]
        ]

    @property
    def shown(self) -> set[int]:
        """Ids of the promises that should stand on the family copy."""
        return {int(pk) for pk in self.cleaned_data.get("shown", ())}


class SchoolForm(PartForm):
    """Adjustments to add, and the card for the day of coming back."""

    names = ("fresh_start_greeter", "fresh_start_first_day", "fresh_start_not_to_say")

    fresh_start_greeter = _line(
        "Who greets them on the day they come back?", "", FIELDS["fresh_start_greeter"]
    )
    fresh_start_first_day = _long(
        "What happens on the first day?", "", 3, FIELDS["fresh_start_first_day"]
    )
    fresh_start_not_to_say = _long(
        "What should nobody say?",
        "For example: do not ask where they have been.",
        2,
        FIELDS["fresh_start_not_to_say"],
    )

    def __init__(self, *args: Any, there: Iterable[str], **options: Any) -> None:
        super().__init__(*args, **options)
        known = set(there)
        offered = [
            (key, label) for key, label in ADJUSTMENTS.items() if key not in known and key != OTHER
        ]
        more: dict[str, Any] = {}
        if offered:
            more["kinds"] = _some("What will the school do differently?", offered)
        more["other"] = _line("Something else, in your own words")
        more["who"] = _line("Who at school sees to it?", "", 150)
        self.fields = {**more, **self.fields}

    @property
    def adjustments(self) -> list[tuple[str, str]]:
        """Kind and own words of each adjustment to add."""
        found = [(kind, "") for kind in self.cleaned_data.get("kinds", ())]
        own = self.cleaned_data["other"].strip()
        return [*found, (OTHER, own)] if own else found


class ReviewDayForm(PartForm):
    """When we meet next, whom to ring, and who has a copy."""

    names = ("next_review_on", "ring_name", "ring_phone", "copies")

    next_review_on = DayField(
        label="When do we look at the plan again?", required=False, help_text="A school day."
    )
    ring_name = _line("Who to ring: one name", "It stands on the family copy.", 150)
    ring_phone = _line("Their number", "", 50, "govuk-input--width-20")
    copies = _long("Who has a copy?", "You may leave this empty.", 2, FIELDS["copies"])


class AgreeForm(forms.Form):
    """Who agreed the plan, by name and who they are."""

    ROWS: Final = 5

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, self.ROWS + 1):
            self.fields[f"name_{number}"] = _line(f"Name {number}", "", 150)
            self.fields[f"agency_{number}"] = forms.ChoiceField(
                label=f"Who are they? ({number})",
                choices=[("", "Choose"), *choices_of(AGENCIES)],
                required=False,
            )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Name and agency of each row."""
        numbers = range(1, self.ROWS + 1)
        return [(self[f"name_{number}"], self[f"agency_{number}"]) for number in numbers]

    def clean(self) -> dict[str, Any]:
        """At least one person, each with who they are."""
        found: dict[str, Any] = super().clean() or {}
        for number in range(1, self.ROWS + 1):
            name, agency = found.get(f"name_{number}"), found.get(f"agency_{number}")
            if name and not agency:
                self.add_error(f"agency_{number}", "Choose who they are.")
            if agency and not name:
                self.add_error(f"name_{number}", "Write the name.")
        if not self.errors and not self.parties:
            self.add_error("name_1", "Say who agreed the plan.")
        return found

    @property
    def parties(self) -> list[tuple[str, str]]:
        """Name and agency of each who agreed."""
        found = self.cleaned_data
        pairs = [
            (found.get(f"name_{n}"), found.get(f"agency_{n}")) for n in range(1, self.ROWS + 1)
        ]
        return [(name, agency) for name, agency in pairs if name and agency]


class ReviewForm(forms.Form):
    """Assess, plan, do, review: one turn of it."""

    child_says = _long("What does the child say now?", "", 3, FIELDS["child_view"])
    family_says = _long("What does the family say now?", "", 3, FIELDS["family_view"])
    what_helped = forms.CharField(
        label="What helped, and what did not?",
        max_length=FIELDS["child_view"],
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": "Say what helped, and what did not."},
    )
    what_changes = _long("What changes now?", "You may leave this empty.", 3, FIELDS["child_view"])
    next_review_on = DayField(
        label="When do we look at the plan again?", required_message="Enter the day."
    )


class EndForm(forms.Form):
    """Why the plan ends."""

    reason = forms.CharField(
        label="Why does the plan end?",
        help_text="For example: back in school as hoped, or a new plan begins.",
        max_length=FIELDS["child_view"],
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say why the plan ends."},
    )
