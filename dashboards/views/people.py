"""P36: who has access, giving it and ending it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from smtplib import SMTPException
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.invitations import send_invitation
from accounts.models import User
from accounts.roles import ROLES, Permission, Role
from accounts.services import invite_person
from accounts.services.people import person_with, persons_address
from attendance_portal.shared import clock, wording
from attendance_portal.shared.errors import Invalid
from dashboards import listing
from dashboards.filters import DayField, PeopleFilter
from dashboards.read_models import people as reading
from dashboards.read_models.people import visible_people
from dashboards.views.chips import filter_chips
from schools.models import Membership
from schools.permissions import GuardedView, SignedInRequest, permissions_of
from schools.services.giving import (
    check_facts,
    refusals_to_end,
    refusals_to_give,
    roles_given_by,
    urns_named,
)
from schools.services.people import end_access, give_access

ALL = "all"
AT_MOST = 1000  # people on one page, to print


class PeopleView(GuardedView):
    """The list, and above it what needs attention."""

    permission = Permission.SEE_PEOPLE

    def get(self, request: SignedInRequest) -> HttpResponse:
        on = clock.today()
        found = PeopleFilter(
            request.GET,
            visible_people(request.user),
            schools=reading.schools_given_by(request.user),
        )
        sort = listing.chosen_sort(request.GET, reading.COLUMNS, reading.DEFAULT_SORT)
        people = reading.ordered(reading.with_dates(found.qs, on=on), sort)
        is_whole = request.GET.get(listing.PAGE) == ALL
        paginator: Paginator[User] = Paginator(people, AT_MOST if is_whole else listing.PER_PAGE)
        page: Page[User] = paginator.get_page(1 if is_whole else request.GET.get(listing.PAGE))
        context = {
            "count": paginator.count,
            "rows": reading.person_rows(page, on=on),
            "headers": listing.headers(reading.COLUMNS, request.GET, sort),
            "pages": listing.page_links(page, request.GET),
            "filter_form": found.form,
            "chips": filter_chips(found.form, request.GET),
            "clear": request.path,
            "kept": [(listing.SORT, sort)] if sort != reading.DEFAULT_SORT else [],
            "attention": reading.attention(request.user, on=on),
            "whole": "" if is_whole else _whole(request, paginator.count),
        }
        return render(request, "dashboards/people.html", context)


def _whole(request: SignedInRequest, count: int) -> str:
    """The address of the list on one page, to print; empty when it is on one already."""
    if not listing.PER_PAGE < count <= AT_MOST:
        return ""
    changed = request.GET.copy()
    changed[listing.PAGE] = ALL
    return f"?{changed.urlencode()}"


class PersonView(GuardedView):
    """One person: what they can see and do, and every access they hold or held."""

    permission = Permission.SEE_PEOPLE

    def get(self, request: SignedInRequest, user_id: int) -> HttpResponse:
        person = _person(request, user_id)
        context = {
            "page": reading.person_page(person, by=request.user, on=clock.today()),
            "may_give": person.pk != request.user.pk,
            "sees_log": Permission.SEE_ACCESS_LOG in permissions_of(request.user),
        }
        return render(request, "dashboards/person.html", context)


def _person(request: SignedInRequest, user_id: int) -> User:
    person = visible_people(request.user).filter(pk=user_id).first()
    if person is None:
        raise Http404
    return person


class GiveForm(forms.Form):
    """Who gets which role, for which schools, from and until when, and why."""

    email = forms.EmailField(
        label="Their email address",
        help_text="Someone new gets a mail in which they choose their own password.",
        error_messages={"required": "Enter their email address."},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label="Their name, if they are new here",
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Role", error_messages={"required": "Choose a role."})
    scope = forms.ChoiceField(
        label="For which schools?", error_messages={"required": "Choose for which schools."}
    )
    from_on = DayField(label="First day", required_message="Enter the first day.")
    until_on = DayField(
        label="Last day",
        required=False,
        help_text="Panel members need one. Others may go without.",
    )
    reason = forms.CharField(
        label="Why do they need it?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why they need it. It is kept with the access."},
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.by = by
        roles = [(role.value, ROLES[role].label) for role in roles_given_by(by)]
        self.fields["role"].choices = [("", "Choose a role"), *roles]  # type: ignore[attr-defined]
        self.scopes = _scopes(by)
        choices = [("", "Choose"), *((key, label) for key, (label, _) in self.scopes.items())]
        self.fields["scope"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What the service would refuse is said here, at its field."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        try:
            check_facts(
                role=cleaned["role"],
                scope=cleaned["scope"].split(":")[0],
                from_on=cleaned["from_on"],
                until_on=cleaned["until_on"],
                today=clock.today(),
            )
        except Invalid as wrong:
            for error in wrong.errors:
                self.add_error(error.pointer, error.message)
        for reason in [] if self.errors else self._refusals(cleaned):
            self.add_error("email", reason)
        return cleaned

    def clean_email(self) -> str:
        """A person's address."""
        try:
            return persons_address(self.cleaned_data["email"])
        except Invalid as problem:
            raise forms.ValidationError(problem.message) from None

    def _refusals(self, cleaned: Mapping[str, Any]) -> list[str]:
        scope = self.scope_facts()
        named = {"schools": [], "trusts": [], "patch": None, **scope}
        return refusals_to_give(
            self.by,
            user=person_with(cleaned["email"]),
            role=cleaned["role"],
            urns=urns_named(**{"scope": cleaned["scope"], **named}),
        )

    def scope_facts(self) -> dict[str, Any]:
        """The scope as the service takes it."""
        return self.scopes[self.cleaned_data["scope"]][1]

    def in_words(self) -> list[tuple[str, str]]:
        """The answers, to be checked."""
        facts = self.cleaned_data
        person = person_with(facts["email"])
        until = facts["until_on"]
        return [
            ("Person", _who(person, facts)),
            ("Role", ROLES[Role(facts["role"])].label),
            ("For", self.scopes[facts["scope"]][0]),
            ("First day", wording.day(facts["from_on"])),
            ("Last day", wording.day(until) if until else reading.NO_END),
            ("Why", facts["reason"]),
        ]


def _who(person: User | None, facts: Mapping[str, Any]) -> str:
    if person is not None:
        return f"{person} ({person.email})" if person.name else person.email
    called = f"{facts['name']} ({facts['email']})" if facts["name"] else facts["email"]
    return f"{called}, new here: a mail lets them choose a password"


def _scopes(by: User) -> dict[str, tuple[str, dict[str, Any]]]:
    """What may stand in `scope`: its words, and the facts for the service."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    if Permission.MANAGE_PEOPLE in permissions_of(by) or reading.sees_every_school(by):
        found["la"] = ("The whole local authority", {"scope": "la"})
    if Permission.MANAGE_PEOPLE in permissions_of(by):
        found["nobody"] = ("No school: only children granted, or none", {"scope": "nobody"})
    for trust in reading.trusts_given_by(by):
        found[f"trust:{trust.uid}"] = (f"Trust: {trust.name}", {"trusts": [trust]})
    for patch in reading.patches_given_by(by):
        found[f"patch:{patch.pk}"] = (f"Patch: {patch.name}", {"patch": patch})
    for school in reading.schools_given_by(by):
        found[f"school:{school.urn}"] = (school.name, {"schools": [school]})
    return found


class GiveAccessView(GuardedView):
    """A form, its answers to check, and the access. Pressed twice, it is given once."""

    permission = Permission.SEE_PEOPLE

    def get(self, request: SignedInRequest) -> HttpResponse:
        known = visible_people(request.user).filter(email=_asked_email(request)).first()
        initial = {"from_on": clock.today(), "email": known.email if known else ""}
        return _give_page(request, GiveForm(initial=initial, by=request.user))

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = GiveForm(request.POST, by=request.user)
        step = request.POST.get("step")
        if not form.is_valid() or step == "change":
            return _give_page(request, form)
        if step != "give":
            context = {"form": form, "rows": form.in_words(), "values": _typed(form)}
            return render(request, "dashboards/people_check.html", context)
        return once(request, lambda: _give(request, form))


def _asked_email(request: SignedInRequest) -> str:
    """Whom the address names; the database cannot even look for a NUL."""
    return request.GET.get("email", "").replace("\0", "")


def _give_page(request: SignedInRequest, form: GiveForm) -> HttpResponse:
    return render(request, "dashboards/people_give.html", {"form": form})


def _typed(form: GiveForm) -> list[tuple[str, str]]:
    return [(name, form.data.get(name, "")) for name in form.fields]


def _give(request: SignedInRequest, form: GiveForm) -> Done:
    facts, by, at = form.cleaned_data, request.user, clock.now()
    person, is_new = invite_person(email=facts["email"], name=facts["name"], by=by, at=at)
    give_access(
        user=person,
        role=facts["role"],
        from_on=facts["from_on"],
        until_on=facts["until_on"],
        reason=facts["reason"],
        by=by,
        at=at,
        **form.scope_facts(),
    )
    message = _told(request, person) if is_new else "Access given."
    return Done(address=reverse("person", args=[person.pk]), message=message)


def _told(request: SignedInRequest, person: User) -> str:
    """Write to someone new; a mail that cannot go out takes nothing back."""
    origin = request.build_absolute_uri("/").rstrip("/")
    try:
        send_invitation(person, by=request.user, origin=origin)
    except (OSError, SMTPException):
        page = reverse("account_reset_password")
        return f"Access given. The mail could not be sent: ask them to choose a password at {page}."
    return f"Access given. A mail to {person.email} lets them choose a password."


class EndForm(forms.Form):
    """From when, and why."""

    reason = forms.CharField(
        label="Why does it end?",
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say why it ends. It is kept with the access."},
    )
    last_day = DayField(
        label="Last day, if it should run on",
        required=False,
        help_text="Leave this empty to end it at once, whatever is open on their screen.",
    )

    def clean_last_day(self) -> date | None:
        """Not a day gone by: what was seen cannot be unseen."""
        last_day: date | None = self.cleaned_data["last_day"]
        if last_day is not None and last_day < clock.today():
            raise forms.ValidationError("Give today or a later day, or leave it empty.")
        return last_day


class EndAccessView(GuardedView):
    """Ends one membership, at once or with a day."""

    permission = Permission.SEE_PEOPLE

    def get(self, request: SignedInRequest, user_id: int, membership_id: int) -> HttpResponse:
        membership = _membership(request, user_id, membership_id)
        if membership.ended_at is not None:
            return redirect("person", user_id=user_id)
        return self._page(request, membership, EndForm())

    def post(self, request: SignedInRequest, user_id: int, membership_id: int) -> HttpResponse:
        membership = _membership(request, user_id, membership_id)
        form = EndForm(request.POST)
        if not form.is_valid():
            return self._page(request, membership, form)
        return once(request, lambda: _end(request, membership, form))

    def _page(
        self, request: SignedInRequest, membership: Membership, form: EndForm
    ) -> HttpResponse:
        context = {
            "form": form,
            "membership": membership,
            "role": reading.role_label(membership.role),
            "scope": reading.scope_in_words(membership),
            "refused": refusals_to_end(request.user, membership, None),
        }
        return render(request, "dashboards/people_end.html", context)


def _end(request: SignedInRequest, membership: Membership, form: EndForm) -> Done:
    last_day = form.cleaned_data["last_day"]
    end_access(
        membership=membership,
        last_day=last_day,
        reason=form.cleaned_data["reason"],
        by=request.user,
        at=clock.now(),
    )
    when = f"ends with {wording.day(last_day)}" if last_day else "has ended"
    return Done(
        address=reverse("person", args=[membership.user_id]),
        message=f"{reading.role_label(membership.role)}: the access {when}.",
    )


def _membership(request: SignedInRequest, user_id: int, membership_id: int) -> Membership:
    found = (
        Membership.objects.filter(pk=membership_id, user=_person(request, user_id))
        .select_related("user", "school", "trust", "patch")
        .first()
    )
    if found is None:
        raise Http404
    return found
