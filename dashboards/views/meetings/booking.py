"""Booking a meeting: times, who must come, where; and moving, changing or calling it off."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Conflict, Invalid
from dashboards.read_models.meetings.booking import schools_to_book
from dashboards.views.cases.common import back_to
from dashboards.views.cases.forms import add_errors
from dashboards.views.meetings.common import acting
from dashboards.views.meetings.forms import MeetingFormView
from dashboards.views.meetings.times import TimesForm
from meetings.choices import THEMES, Side
from meetings.models import Meeting
from meetings.permissions import check_ahead, check_can_book, check_not_started
from meetings.read_models.invitation import Candidate, people_to_ask
from meetings.rules.booking import NO_DECISION_MAKER
from meetings.services.booking import (
    Plan,
    book_meeting,
    change_contact,
    change_plan,
    offer_meeting,
    rearrange_meeting,
    record_not_held,
)
from meetings.services.people import Guest
from schools.models import School
from schools.permissions import GuardedView, SignedInRequest

OFFER: Final = "offer"
AGREED: Final = "agreed"
LENGTHS: Final = (30, 45, 60, 90, 120)  # minutes


class SchoolForm(forms.Form):
    """With which school."""

    school = forms.ChoiceField(label="School", error_messages={"required": "Choose a school."})

    def __init__(self, *args: Any, schools: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["school"].choices = [("", "Choose a school"), *schools]  # type: ignore[attr-defined]


def _plan_fields() -> dict[str, forms.Field]:
    return {
        "minutes": forms.TypedChoiceField(
            label="How long",
            choices=[(str(one), f"{one} minutes") for one in LENGTHS],
            coerce=int,
            initial="60",
        ),
        "place": forms.CharField(
            label="Place",
            required=False,
            max_length=200,
            help_text="Leave it empty if the meeting is online only.",
        ),
        "link": forms.CharField(
            label="Link, if somebody joins online",
            required=False,
            max_length=500,
            help_text="The whole address, from https:// on.",
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
        ),
        "theme": forms.ChoiceField(
            label="Theme",
            required=False,
            choices=[("", "The theme of its term"), *THEMES.items()],
            help_text="It fills the agenda. Both sides can add to it.",
        ),
    }


class PlanForm(forms.Form):
    """Where, how long, and what about."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.update(_plan_fields())

    @property
    def plan(self) -> Plan:
        """As the service takes it."""
        facts = self.cleaned_data
        return Plan(facts["minutes"], facts["place"], facts["link"], facts["theme"])


class BookForm(TimesForm):
    """Up to three times, who must come, where and how long."""

    how = forms.ChoiceField(
        label="Is a time agreed already?",
        choices=[
            (OFFER, "No, let the school choose from up to three times"),
            (AGREED, "Yes, book the first time below"),
        ],
        initial=OFFER,
        widget=forms.RadioSelect,
    )
    la_contact = forms.ChoiceField(label="Who leads it for the attendance team?")
    people = forms.MultipleChoiceField(
        label="Who must come?",
        required=False,
        help_text="The senior attendance champion, or somebody else who can decide, should be.",
        widget=forms.CheckboxSelectMultiple,
    )
    other_name = forms.CharField(
        label="Somebody else of the school: name",
        required=False,
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    other_email = forms.CharField(
        label="Their e-mail address",
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    other_decides = forms.MultipleChoiceField(
        label="Can they decide?",
        required=False,
        choices=[("yes", "They can decide for the school")],
        widget=forms.CheckboxSelectMultiple,
    )
    warned = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, candidates: list[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.candidates = {str(one.user.pk): one for one in candidates}
        self.fields.update(_plan_fields())
        of_team = [one for one in candidates if one.side is Side.LA]
        others = [one for one in candidates if one.side is not Side.LA]
        self.fields["la_contact"].choices = [(str(one.user.pk), str(one.user)) for one in of_team]  # type: ignore[attr-defined]
        self.fields["people"].choices = [(str(one.user.pk), one.label) for one in others]  # type: ignore[attr-defined]
        if not others:
            del self.fields["people"]

    @property
    def contact(self) -> User:
        """Who leads it for the council."""
        return self.candidates[self.cleaned_data["la_contact"]].user

    @property
    def guests(self) -> list[Guest]:
        """Everyone who was ticked, and whoever was written in."""
        ticked = [self.candidates[key] for key in self.cleaned_data.get("people", [])]
        found = [
            Guest(one.side, user=one.user, is_decision_maker=one.is_decision_maker)
            for one in ticked
        ]
        name, email = self.cleaned_data["other_name"], self.cleaned_data["other_email"]
        if name or email:
            decides = bool(self.cleaned_data["other_decides"])
            found.append(Guest(Side.SCHOOL, name=name, email=email, is_decision_maker=decides))
        return found

    @property
    def plan(self) -> Plan:
        """As the service takes it."""
        facts = self.cleaned_data
        return Plan(facts["minutes"], facts["place"], facts["link"], facts["theme"])

    @property
    def needs_warning(self) -> bool:
        """Whether nobody who is asked can decide for the school, and that was not said yet."""
        decides = any(one.is_decision_maker for one in self.guests)
        return not decides and not self.cleaned_data["warned"]


class BookView(GuardedView):
    """`/meetings/book/?school=`: first the school, where the address names none."""

    permission = Permission.BOOK_MEETINGS

    def get(self, request: SignedInRequest) -> HttpResponse:
        asked = request.GET.get("school", "")
        if not asked:
            schools = schools_to_book(request.user, on=clock.today())
            return render(
                request,
                "dashboards/meetings/book_school.html",
                {"form": SchoolForm(schools=schools), "back": reverse("meeting_list")},
            )
        school = _school(request, asked)
        candidates = people_to_ask(school, clock.today())
        typed = as_initial(draft_here(request, form=_address(school)))
        form = BookForm(candidates=candidates, initial={**_start(request, candidates), **typed})
        return self._page(request, school, form)

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Offer the times, or book the one agreed."""
        school = _school(request, request.GET.get("school", ""))
        form = BookForm(request.POST, candidates=people_to_ask(school, clock.today()))
        if not form.is_valid():
            check_can_book(request.user, school)
            return self._page(request, school, form)
        if form.needs_warning:
            return self._page(request, school, form, warning=NO_DECISION_MAKER)
        try:
            return once(request, lambda: self._done(request, school, form), form=_address(school))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, school, form)
        except Conflict as clash:
            form.add_error(None, clash.message)
            return self._page(request, school, form, status=409)

    def _done(self, request: SignedInRequest, school: School, form: BookForm) -> Done:
        facts: dict[str, Any] = {
            "school": school,
            "la_contact": form.contact,
            "guests": form.guests,
            "plan": form.plan,
            **acting(request),
        }
        if form.cleaned_data["how"] == AGREED:
            made = book_meeting(starts_at=form.times[0], **facts)
            message = f"The meeting with {school} is booked. Everyone gets a calendar file."
        else:
            made = offer_meeting(times=form.times, **facts)
            message = f"The times are offered to {school}, with a link to choose one."
        return Done(reverse("meeting", args=[made.meeting.pk]), message)

    def _page(
        self,
        request: SignedInRequest,
        school: School,
        form: BookForm,
        *,
        warning: str = "",
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "school": school,
            "form": form,
            "warning": warning,
            "back": back_to(request, reverse("meeting_list")),
            "draft": draft_here(request, form=_address(school)),
            "address": _address(school),
        }
        return render(request, "dashboards/meetings/book.html", context, status=status)


def _school(request: SignedInRequest, urn: str) -> School:
    schools = School.objects.visible_to(request.user).filter(status="open")
    return get_object_or_404(schools, pk=urn if urn.isdecimal() and len(urn) <= 9 else 0)


def _address(school: School) -> str:
    return f"{reverse('meeting_book')}?school={school.pk}"


def _start(request: SignedInRequest, candidates: list[Candidate]) -> dict[str, Any]:
    of_team = [one.user.pk for one in candidates if one.side is Side.LA]
    own = request.user.pk if request.user.pk in of_team else next(iter(of_team), None)
    asked = [str(one.user.pk) for one in candidates if one.is_decision_maker]
    return {"la_contact": str(own or ""), "people": asked}


class _ChangeView(MeetingFormView):
    """What is done with a meeting that has not started, by those who book."""

    permission = Permission.BOOK_MEETINGS
    route = "meeting"

    def check(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> None:
        """The checks of the services."""
        check_can_book(request.user, meeting.school)
        check_ahead(meeting)
        check_not_started(meeting)


class MoveView(_ChangeView):
    """One time moves it; several are offered anew."""

    title = "Offer other times, or move it"
    button = "Send"
    keeps_draft = False
    template = "dashboards/meetings/move.html"

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Up to three times."""
        return TimesForm(*data, **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Move it, and mail everyone."""
        assert isinstance(form, TimesForm)  # noqa: S101 - for the type checker
        moved = rearrange_meeting(meeting=meeting, times=form.times, **acting(request))
        if moved.starts_at is None:
            return "Other times are offered, with a link to choose one."
        return f"The meeting is on {wording.long_moment(moved.starts_at)} now. Everyone was told."


class ChangeView(_ChangeView):
    """Another place, link, length or theme."""

    title = "Change the place, link, length or theme"
    button = "Save and tell everyone"
    keeps_draft = False

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """As it stands."""
        return {
            "minutes": str(meeting.minutes),
            "place": meeting.place,
            "link": meeting.link,
            "theme": meeting.theme,
        }

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """Four questions."""
        return PlanForm(*data, **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Keep it, and mail the new calendar file."""
        assert isinstance(form, PlanForm)  # noqa: S101 - for the type checker
        change_plan(meeting=meeting, plan=form.plan, **acting(request))
        return "Saved. Those who are asked were told."


class ContactForm(forms.Form):
    """Who."""

    la_contact = forms.ChoiceField(label="Who leads it for the attendance team?")

    def __init__(self, *args: Any, team: dict[str, User], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["la_contact"].choices = [(key, str(one)) for key, one in team.items()]  # type: ignore[attr-defined]


class ContactView(_ChangeView):
    """Somebody else leads it for the attendance team."""

    title = "Change who leads it"
    button = "Save and tell everyone"
    keeps_draft = False

    def thing_of(self, request: SignedInRequest, meeting: Meeting, **names: Any) -> dict[str, User]:
        """The officers and managers who have the school."""
        people = people_to_ask(meeting.school, clock.today())
        return {str(one.user.pk): one.user for one in people if one.side is Side.LA}

    def initial(self, request: SignedInRequest, meeting: Meeting, thing: Any) -> dict[str, Any]:
        """As it stands."""
        return {"la_contact": str(meeting.la_contact_id)}

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return ContactForm(*data, team=thing, **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Change it."""
        contact = thing[form.cleaned_data["la_contact"]]
        change_contact(meeting=meeting, la_contact=contact, **acting(request))
        return f"{contact} leads it now."


class NotHeldForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="Why is it not held?",
        help_text="The school reads it. Name no child.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": "3"}),
        error_messages={"required": "Say why it is not held."},
    )


class NotHeldView(_ChangeView):
    """Call it off, or write down why it did not take place."""

    title = "Call it off, or record that it was not held"
    button = "Record it"

    def form(
        self, request: SignedInRequest, meeting: Meeting, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """One question."""
        return NotHeldForm(*data, **options)

    def save(self, request: SignedInRequest, meeting: Meeting, thing: Any, form: forms.Form) -> str:
        """Record it; those asked are told where the day is still to come."""
        reason = form.cleaned_data["reason"]
        record_not_held(meeting=meeting, reason=reason, **acting(request))
        return "Recorded as not held. Book another for this term."
