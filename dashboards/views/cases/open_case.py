"""P5, Open a case: check the flag's facts, choose a track and who leads; the aim may wait."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.models import Draft, User
from accounts.roles import Permission
from attendance.models import Flag
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from cases.choices import OPENED_FROM, OpenedFrom
from cases.read_models.people import leads_for
from cases.services.cases import check_can_open, open_case
from cases.states import TRACKS
from dashboards.read_models.cases.case_open import OpenPage, open_page, pupil_to_open_for
from dashboards.read_models.flag import visible_flag
from dashboards.views.cases.common import acting, back_to, log_reading
from dashboards.views.cases.forms import add_errors
from schools.models import Pupil
from schools.permissions import GuardedView, SignedInRequest, has_permission

FOR_THE_TEAM = "team"
_MOST_DIGITS = 18  # of a number that the database can look for
_MOST_RADIOS = 8


class OpenCaseForm(forms.Form):
    """A flag already says what the case comes from; a concern has words."""

    opened_from = forms.ChoiceField(
        label="What does it come from?",
        choices=[
            (one.value, label) for one, label in OPENED_FROM.items() if one is not OpenedFrom.FLAG
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the case comes from."},
    )
    concern = forms.CharField(
        label="What is the concern, in their words?",
        widget=forms.Textarea(attrs={"rows": "4"}),
        error_messages={"required": "Write down the concern, in their words."},
    )
    track = forms.ChoiceField(
        label="What sort of help seems right?",
        help_text="This sets how soon we look again. You can change it later.",
        choices=[(key.value, f"{one.label}. {one.means}") for key, one in TRACKS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a track."},
    )
    lead = forms.ChoiceField(
        label="Who leads?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who leads."},
    )
    aim = forms.CharField(
        label="What does the family hope for? (optional)",
        help_text="In the family's own words, if you have spoken already. It can wait.",
        required=False,
        widget=forms.Textarea(attrs={"rows": "2"}),
    )

    def __init__(
        self, *data: Any, is_from_flag: bool, leads: list[tuple[str, str]], **options: Any
    ) -> None:
        """`leads`: who may be chosen, the reader first."""
        super().__init__(*data, **options)
        if is_from_flag:
            del self.fields["opened_from"], self.fields["concern"]
        if len(leads) > _MOST_RADIOS:
            self.fields["lead"].widget = forms.Select()
        self.fields["lead"].choices = leads  # type: ignore[attr-defined]
        self.fields["lead"].initial = leads[0][0]


class OpenCaseView(GuardedView):
    """Open a case for the child of a flag (`?flag=`), or for a child (`?pupil=`)."""

    permission = Permission.OPEN_CASES

    def get(self, request: SignedInRequest) -> HttpResponse:
        if not request.GET.get("flag") and not request.GET.get("pupil"):
            return redirect("pupil_list")  # a case is about somebody: find them first
        page, flag = self._asked(request)
        form = self._form(request, page, flag, initial=as_initial(_draft(request)))
        return self._shown(request, page, form)

    def post(self, request: SignedInRequest) -> HttpResponse:
        page, flag = self._asked(request)
        form = self._form(request, page, flag, request.POST)
        if not form.is_valid():
            check_can_open(request.user, page.pupil, clock.today())
            return self._shown(request, page, form)
        try:
            return once(request, lambda: self._open(request, page, form), form=_address(request))
        except Invalid as problem:
            add_errors(form, problem)
            return self._shown(request, page, form)
        except Conflict:
            page, flag = self._asked(request)
            return self._shown(request, page, form, status=409)

    def _asked(self, request: SignedInRequest) -> tuple[OpenPage, Flag | None]:
        """The child that the address names. Raises Http404."""
        flag = _flag(request)
        pupil = flag.enrolment.pupil if flag is not None else _pupil(request)
        log_reading(request, pupil)
        return open_page(pupil, request.user, flag=flag, on=clock.today()), flag

    def _form(
        self,
        request: SignedInRequest,
        page: OpenPage,
        flag: Flag | None,
        *data: Any,
        **options: Any,
    ) -> OpenCaseForm:
        leads = _leads(request.user, page)
        return OpenCaseForm(*data, is_from_flag=flag is not None, leads=leads, **options)

    def _open(self, request: SignedInRequest, page: OpenPage, form: OpenCaseForm) -> Done:
        facts = form.cleaned_data
        case = open_case(
            pupil=page.pupil,
            opened_from=facts.get("opened_from", OpenedFrom.FLAG.value),
            flags=page.flags,
            concern=facts.get("concern", ""),
            track=facts["track"],
            aim=facts["aim"],
            lead=None if facts["lead"] == FOR_THE_TEAM else User.objects.get(pk=facts["lead"]),
            **acting(request),
        )
        return Done(reverse("case", args=[case.reference]), f"Case {case.reference} is open.")

    def _shown(
        self, request: SignedInRequest, page: OpenPage, form: OpenCaseForm, *, status: int = 200
    ) -> HttpResponse:
        context = {
            "page": page,
            "form": form,
            "draft": _draft(request),
            "address": _address(request),
            "back": back_to(request, reverse("pupil", args=[page.pupil.public_id])),
        }
        return render(request, "dashboards/cases/case_open.html", context, status=status)


def _address(request: SignedInRequest) -> str:
    """The page with what it is about: its draft is another for another child."""
    name = "flag" if request.GET.get("flag") else "pupil"
    return f"{request.path}?{urlencode({name: request.GET.get(name, '')})}"


def _draft(request: SignedInRequest) -> Draft | None:
    return draft_here(request, form=_address(request))


def _flag(request: SignedInRequest) -> Flag | None:
    """The flag named by the address; None where a child is named instead."""
    asked = request.GET.get("flag", "")
    if not asked:
        return None
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS
    flag = visible_flag(int(asked), request.user) if is_number else None
    if flag is None:
        raise Http404
    return flag


def _pupil(request: SignedInRequest) -> Pupil:
    try:
        public_id = UUID(request.GET.get("pupil", ""))
    except ValueError:
        raise Http404 from None
    pupil = pupil_to_open_for(public_id, request.user)
    if pupil is None:
        raise Http404
    return pupil


def _leads(user: User, page: OpenPage) -> list[tuple[str, str]]:
    """Me, the queue; a manager may give it to anyone of the school's people at once."""
    mine = [(str(user.pk), f"Me, {user}")]
    queue = [(FOR_THE_TEAM, "Leave it for the attendance team to allocate")]
    if page.school is None or not has_permission(user, Permission.ALLOCATE_CASES):
        return mine + queue
    others = leads_for(page.school, user, on=clock.today())
    return mine + queue + [one for one in others if one[0] != mine[0][0]]
