"""P7: log a contact in three fields, with one thumb; and say that one is ringing now."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.models import Draft
from accounts.roles import Permission
from attendance.read_models.calendar import ExpectedDays
from attendance_portal.shared import clock, wording
from attendance_portal.shared.clock import LONDON
from attendance_portal.shared.errors import Conflict, Invalid
from cases.choices import BARRIERS, CONTACT_KINDS, DOMAINS, REACHED, choices_of
from cases.rules.contacts import FOLLOW_UPS, LONGEST_WORDS, FollowUp, follow_up_on
from cases.selectors import main_school
from cases.services.contacts import claim_call, log_contact, release_call
from dashboards.addresses import route_at
from dashboards.read_models.contact_page import ContactPage, choices_of_child, contact_page
from dashboards.views.cases.common import acting, back_to, log_reading
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest, has_permission

LOG: Final = "contact_log"
EXPLAINED, RESTRICTED = "explained", "restricted"
#: Fields that stand under More; the form opens there when one of them is wrong or was typed.
MORE: Final = (
    "child_words", "family_words", "barrier", "also", "others", "day", "time",
)  # fmt: skip
#: Fields of the service, by the field of the form that says them.
FIELD_OF: Final = {"happened_at": "day", "follow_up_on": "follow_up", "pupils": "others"}
NOON: Final = time(12)


class ContactForm(forms.Form):
    """Three fields and a promise; the rest is under More."""

    kind = forms.ChoiceField(
        label="What was it?",
        choices=choices_of(CONTACT_KINDS),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what it was."},
    )
    reached = forms.ChoiceField(
        label="Who did you reach?",
        choices=choices_of(REACHED),
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who you reached."},
    )
    said = forms.CharField(
        label="What was said?",
        help_text="Write as if the child will read this one day. They may.",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    child_words = forms.CharField(
        label="The child's own words",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    family_words = forms.CharField(
        label="The family's own words",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    barrier = forms.ChoiceField(
        label="Something that makes school hard",
        help_text="It is named on the child's case too, unless this note is restricted.",
        required=False,
        choices=[
            ("", "Nothing new"),
            *((key, f"{DOMAINS[one.domain]}: {one.label}") for key, one in BARRIERS.items()),
        ],
    )
    also = forms.MultipleChoiceField(
        label="Anything else?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            (EXPLAINED, "I explained plainly what may follow"),
            (RESTRICTED, "Restricted: only I, the case's lead and managers may read it"),
        ],
    )
    others = forms.MultipleChoiceField(
        label="Was it about these children too?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    day = forms.DateField(
        label="Another day",
        help_text="Leave this empty for today.",
        required=False,
        widget=forms.DateInput(attrs={"type": "date", "classes": "govuk-input--width-10"}),
        error_messages={"invalid": "Write the day as 2026-03-24."},
    )
    time = forms.TimeField(
        label="Another time",
        required=False,
        widget=forms.TimeInput(
            format="%H:%M", attrs={"type": "time", "classes": "govuk-input--width-5"}
        ),
        error_messages={"invalid": "Write the time as 14:30."},
    )
    follow_up = forms.ChoiceField(
        label="Follow up?",
        initial=FollowUp.NONE.value,
        required=False,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, page: ContactPage, due: dict[FollowUp, date], **options: Any):
        super().__init__(*args, **options)
        self.due = due
        self.fields["follow_up"].choices = _follow_ups(due)  # type: ignore[attr-defined]
        if page.others:
            self.fields["others"].choices = page.others  # type: ignore[attr-defined]
        else:
            del self.fields["others"]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields under More."""
        return [self[name] for name in MORE if name in self.fields]

    @property
    def is_more_open(self) -> bool:
        """Whether something under More is wrong, or was typed before."""
        return any(field.errors or field.value() for field in self.more)

    def happened_at(self, on: date, at: datetime) -> datetime:
        """When it was: now, unless another day or time was given. A day without a time: at noon.

        `on` is the portal's today, which a demonstration may fix; the hour is the clock's.
        """
        day, hour = self.cleaned_data["day"], self.cleaned_data["time"]
        if hour is None:
            hour = NOON if day and day != on else at.astimezone(LONDON).time()
        return datetime.combine(day or on, hour, LONDON)

    def facts(self, on: date, at: datetime) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        found, also = self.cleaned_data, self.cleaned_data["also"]
        return {
            **{name: found[name] for name in ("kind", "reached", "said", "barrier")},
            **{name: found[name] for name in ("child_words", "family_words")},
            "consequences_explained": EXPLAINED in also,
            "is_restricted": RESTRICTED in also,
            "happened_at": self.happened_at(on, at),
            "follow_up_on": self.due.get(FollowUp(found["follow_up"] or FollowUp.NONE)),
        }


def _follow_ups(due: dict[FollowUp, date]) -> list[tuple[str, str]]:
    """The choices with their days, as 'In 3 school days, Fri 6 Mar'."""
    words = {key: f"{label}, {wording.short_day(due[key])}" if key in due else label
             for key, label in FOLLOW_UPS.items()}  # fmt: skip
    tomorrow = due[FollowUp.TOMORROW]
    if (tomorrow - clock.today()).days > 1:
        words[FollowUp.TOMORROW] = f"Next school day, {wording.short_day(tomorrow)}"
    return [(key.value, label) for key, label in words.items()]


class ContactLogView(GuardedView):
    """The form, for one child; without one, whom it could be about."""

    permission = Permission.LOG_CONTACTS

    def get(self, request: SignedInRequest) -> HttpResponse:
        if not request.GET.get("pupil"):
            return self._choose(request)
        pupil = _pupil(request, request.GET["pupil"])
        draft = draft_here(request, form=address_of(pupil))
        page = _page_of(request, pupil)
        form = ContactForm(initial=as_initial(draft), page=page, due=_due(pupil))
        return self._page(request, page, form, draft)

    def post(self, request: SignedInRequest) -> HttpResponse:
        pupil = _pupil(request, request.GET.get("pupil", ""))
        page = _page_of(request, pupil)
        form = ContactForm(request.POST, page=page, due=_due(pupil))
        if form.is_valid():
            try:
                return once(
                    request, lambda: self._log(request, pupil, form), form=address_of(pupil)
                )
            except Invalid as problem:
                _show(form, problem)
        return self._page(request, page, form, draft_here(request, form=address_of(pupil)))

    def _log(self, request: SignedInRequest, pupil: Pupil, form: ContactForm) -> Done:
        on, at = clock.today(), clock.now()
        others = form.cleaned_data.get("others", [])
        contacts = log_contact(
            pupils=[pupil, *_pupils(request).filter(public_id__in=others)],
            **form.facts(on, at),
            by=request.user,
            on=on,
            at=at,
        )
        kind = contacts[0].get_kind_display()
        return Done(_back(request, pupil), f"{kind} saved. {_promised(form)}".strip())

    def _page(
        self, request: SignedInRequest, page: ContactPage, form: ContactForm, draft: Draft | None
    ) -> HttpResponse:
        pupil = page.pupil
        log_reading(request, pupil)
        kept = as_initial(draft).get("next", "")
        context = {
            "page": page,
            "form": form,
            "draft": draft,
            "address": address_of(pupil),
            "back": _back(request, pupil, kept if isinstance(kept, str) else ""),
            "more_is_open": form.is_more_open or "more" in request.GET,
        }
        return render(request, "dashboards/cases/contact_log.html", context)

    def _choose(self, request: SignedInRequest) -> HttpResponse:
        context = {
            "children": choices_of_child(request.user, on=clock.today()),
            "may_search": has_permission(request.user, Permission.SEARCH),
        }
        return render(request, "dashboards/cases/contact_choose.html", context)


class RingingView(GuardedView):
    """'I'm ringing now', 'I have stopped ringing'; back to the form."""

    permission = Permission.LOG_CONTACTS

    def post(self, request: SignedInRequest) -> HttpResponse:
        pupil = _pupil(request, request.POST.get("pupil", ""))
        there = f"{address_of(pupil)}&{urlencode({'next': _back(request, pupil)})}"
        try:
            return once(request, lambda: self._ring(request, pupil, there))
        except Conflict as problem:  # the page shows who rings, and how to ring anyway
            messages.warning(request, problem.message)
            return redirect(there)

    def _ring(self, request: SignedInRequest, pupil: Pupil, there: str) -> Done:
        facts = acting(request)
        if "stop" in request.POST:
            release_call(pupil=pupil, **facts)
            return Done(there)
        claim_call(pupil=pupil, anyway="anyway" in request.POST, **facts)
        return Done(there)


def address_of(pupil: Pupil) -> str:
    """The form about this child: also the address that its draft is kept by."""
    return f"{reverse(LOG)}?pupil={pupil.public_id}"


def _pupils(request: SignedInRequest) -> Any:
    return Pupil.objects.worked_with_by(request.user)


def _pupil(request: SignedInRequest, asked: str) -> Pupil:
    """The child that the address names, in the person's scope. Raises Http404."""
    try:
        public_id = UUID(asked)
    except ValueError:
        raise Http404 from None
    found: Pupil | None = _pupils(request).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _page_of(request: SignedInRequest, pupil: Pupil) -> ContactPage:
    return contact_page(pupil, request.user, on=clock.today(), at=clock.now())


def _due(pupil: Pupil) -> dict[FollowUp, date]:
    """Each choice of a follow-up and its day, on the days that the child's school meets."""
    days, on = ExpectedDays(), clock.today()
    school = main_school(pupil, on)

    def after(day: date, number: int) -> date:
        return days.after(day, number, school.meeting_days) if school else days.after(day, number)

    found = {choice: follow_up_on(choice, on, after) for choice in FollowUp}
    return {choice: due for choice, due in found.items() if due is not None}


def _back(request: SignedInRequest, pupil: Pupil, kept: str = "") -> str:
    """Where the person came from, now or when the draft was begun; else their own first page of
    this child."""
    if has_permission(request.user, Permission.SEE_WORKLIST):
        otherwise = reverse("pupil", args=[pupil.public_id])
    else:
        otherwise = reverse("family_list")
    return back_to(request, back_to_kept(kept) or otherwise)


def back_to_kept(kept: str) -> str:
    """The page that a draft came from, if it is one of ours."""
    return kept if kept and route_at(kept.partition("?")[0].partition("#")[0]) else ""


def _show(form: ContactForm, problem: Invalid) -> None:
    """What the service found wrong, at the fields that say it."""
    for error in problem.errors:
        name = (error.pointer or "").removeprefix("/")
        field = FIELD_OF.get(name, name)
        form.add_error(field if field in form.fields else None, error.message)


def _promised(form: ContactForm) -> str:
    due = form.due.get(FollowUp(form.cleaned_data["follow_up"] or FollowUp.NONE))
    return f"You will be in touch again by {wording.day_of_week(due)}." if due else ""
