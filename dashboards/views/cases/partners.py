"""Offers of support with their answers, and referrals with every step up to "outcome told"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, as_initial, draft_here, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict, Invalid
from cases.choices import AGENCIES, Agency
from cases.models import Case, Offer, Referral
from cases.permissions import check_visible
from cases.services import partners as services
from cases.services.consents import ASKED_FOR
from cases.services.partners import (
    ANSWERS,
    GOING_ON,
    LONGEST,
    OFFERED_BY,
    SAY_WHAT_CAME,
    SAY_WHY_DECLINED,
    check_can_refer,
)
from cases.states import OFFER_ANSWERS, OfferAnswer, ReferralState
from dashboards.filters import DayField
from dashboards.read_models.cases.partners import (
    basis_choices,
    helper_choices,
    helper_of,
    offer_facts,
    referral_page,
)
from dashboards.views.cases.common import CaseView, acting
from dashboards.views.cases.forms import CaseFormView, add_errors, refusal_of
from schools.permissions import SignedInRequest, check_has, has_permission


def _text(label: str, *, needed: str = "", hint: str = "", rows: int = 3) -> forms.CharField:
    """A long answer; `needed`: what is said when it is left out."""
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        required=bool(needed),
        widget=forms.Textarea(attrs={"rows": str(rows)}),
        error_messages={"required": needed},
    )


class OfferForm(forms.Form):
    """What was offered, by whom, when and to whom."""

    what = forms.CharField(
        label="What was offered?",
        help_text="For example: an hour a week with a mentor, a bus pass, a visit by early help.",
        max_length=200,
        error_messages={"required": "Say what was offered."},
    )
    agency = forms.ChoiceField(
        label="Who offers it?",
        choices=[(one.value, AGENCIES[one]) for one in OFFERED_BY],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who offers it."},
    )
    offered_to = forms.CharField(
        label="Who was it offered to?",
        help_text="For example: the mother. You may leave this empty.",
        max_length=150,
        required=False,
    )
    offered_on = DayField(label="When was it offered?", required_message="Enter the day.")


class OfferAddView(CaseFormView):
    """Offer support to the family, and write it down."""

    permission = Permission.REFER
    title = "Offer support"
    button = "Save the offer"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_refer(request.user, case, clock.today())

    def initial(self, request: SignedInRequest, case: Case, thing: Any) -> dict[str, Any]:
        """Today."""
        return {"offered_on": clock.today()}

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return OfferForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Make it."""
        offer = services.make_offer(case=case, **form.cleaned_data, **acting(request))
        return f"Offered: {offer.what}."


class AnswerForm(forms.Form):
    """What the family said, when, and what came of it."""

    answer = forms.ChoiceField(
        label="What did the family say?",
        choices=[(one.value, OFFER_ANSWERS[one]) for one in ANSWERS],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the family said."},
    )
    answered_on = DayField(label="When?", required_message="Enter the day.")
    result = _text(
        "What came of it?",
        hint="Needed for what was tried. In the family's own words where you can.",
    )

    def clean(self) -> dict[str, Any]:
        """What was tried has a result."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("answer") == OfferAnswer.TRIED and not found.get("result", "").strip():
            self.add_error("result", SAY_WHAT_CAME)
        return found


class OfferView(CaseFormView):
    """One offer, and its answer."""

    permission = Permission.REFER
    template = "dashboards/cases/offer.html"
    title = "Answer to an offer"
    button = "Save the answer"

    def thing_of(self, request: SignedInRequest, case: Case, **names: Any) -> Offer:
        """The offer."""
        found: Offer | None = (
            Offer.objects.visible_to(request.user).filter(pk=names["offer_id"], case=case).first()
        )
        if found is None:
            raise Http404
        return found

    def check(self, request: SignedInRequest, case: Case, thing: Offer) -> None:
        """What was offered may be answered after the case closed."""
        check_has(request.user, Permission.REFER)
        check_visible(request.user, case)

    def initial(self, request: SignedInRequest, case: Case, thing: Offer) -> dict[str, Any]:
        """The answer that stands, if there is one."""
        answer = "" if thing.answer == OfferAnswer.WAITING else thing.answer
        answered_on = thing.answered_on or clock.today()
        return {"answer": answer, "result": thing.result, "answered_on": answered_on}

    def form(
        self, request: SignedInRequest, case: Case, thing: Offer, *data: Any, **options: Any
    ) -> forms.Form:
        """The form."""
        return AnswerForm(*data, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Offer, form: forms.Form) -> str:
        """Keep the answer."""
        services.answer_offer(offer=thing, **form.cleaned_data, **acting(request))
        return f"{thing.what}: the answer is saved."

    def context(self, request: SignedInRequest, case: Case, thing: Offer) -> dict[str, Any]:
        """The offer in words."""
        return {"facts": offer_facts(thing)}


class ReferralForm(forms.Form):
    """Who is asked for what, and why."""

    to_agency = forms.ChoiceField(
        label="Who do you ask?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose who is asked."},
    )
    service = forms.CharField(
        label="Which service?",
        help_text="For example: family support, the sleep clinic.",
        max_length=150,
        error_messages={"required": "Say which service is asked."},
    )
    reason = _text(
        "Why is help needed?",
        needed="Say why help is needed.",
        hint="Write as if the child will read this one day. They may.",
        rows=4,
    )
    meanwhile = _text(
        "What helps meanwhile?", hint="While the family waits. You may leave this empty."
    )

    def __init__(self, *data: Any, agencies: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*data, **options)
        self.fields["to_agency"].choices = agencies  # type: ignore[attr-defined]


class ReferralAddView(CaseFormView):
    """Ask another agency to help."""

    permission = Permission.REFER
    title = "Ask another agency to help"
    button = "Send the referral"

    def check(self, request: SignedInRequest, case: Case, thing: Any) -> None:
        """The service's own check."""
        check_can_refer(request.user, case, clock.today())

    def form(
        self, request: SignedInRequest, case: Case, thing: Any, *data: Any, **options: Any
    ) -> forms.Form:
        """The form, saying of each agency whether it may be told yet."""
        agencies = basis_choices(case, ASKED_FOR)
        return ReferralForm(*data, agencies=agencies, **options)

    def save(self, request: SignedInRequest, case: Case, thing: Any, form: forms.Form) -> str:
        """Send it."""
        referral = services.send_referral(case=case, **form.cleaned_data, **acting(request))
        return f"{AGENCIES[Agency(referral.to_agency)]} is asked: {referral.service}."


class ReplyForm(forms.Form):
    """Accepted, perhaps with the person who will help; or declined, with the reason."""

    reply = forms.ChoiceField(
        label="What did they say?",
        choices=[("accepted", "Accepted"), ("declined", "Declined")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they said."},
    )
    worker = forms.ChoiceField(
        label="Who will help?",
        help_text="From now on this person can open the child's record. You may name them later.",
        required=False,
    )
    decline_reason = _text("Why was it declined?", hint="Only if it was declined.")

    def __init__(self, *data: Any, helpers: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*data, **options)
        self.fields["worker"].choices = [("", "Not named yet"), *helpers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A no has a reason."""
        found: dict[str, Any] = super().clean() or {}
        is_blank = not found.get("decline_reason", "").strip()
        if found.get("reply") == "declined" and is_blank:
            self.add_error("decline_reason", SAY_WHY_DECLINED)
        return found


class MeanwhileForm(forms.Form):
    """What else helps while the service is slow."""

    meanwhile = _text("What helps meanwhile?", needed="Say what helps meanwhile.")


class EndForm(forms.Form):
    """What came of it."""

    outcome = _text("What came of it?", needed=SAY_WHAT_CAME)


class NothingForm(forms.Form):
    """A button alone."""


@dataclass(frozen=True)
class Step:
    """One thing that can be done with a referral in some states: its words, form and service."""

    key: str
    title: str
    button: str
    states: tuple[ReferralState, ...]
    form: Callable[..., forms.Form]
    take: Callable[..., Any]
    said: str
    hint: str = ""


_OVER: Final = (ReferralState.DECLINED, ReferralState.ENDED)
_WAITING: Final = (ReferralState.SENT, ReferralState.ACCEPTED)
STEPS: Final = (
    Step(
        "reply", "Their answer", "Save their answer", (ReferralState.SENT,),
        ReplyForm, services.answer_referral, "their answer is saved.",
    ),
    Step(
        "start", "Help has begun", "Help has begun today", (ReferralState.ACCEPTED,),
        NothingForm, services.start_referral, "help has begun.",
        "The wait ends with this day.",
    ),
    Step(
        "tell", "Tell whoever asked", "The outcome was told", _OVER,
        NothingForm, services.tell_outcome, "the outcome is told.",
        "Tell them what came of it, then press the button.",
    ),
    Step(
        "meanwhile", "What helps meanwhile", "Save what helps", _WAITING,
        MeanwhileForm, services.add_meanwhile, "what helps meanwhile is saved.",
    ),
    Step(
        "end", "It is over", "End the referral", GOING_ON,
        EndForm, services.end_referral, "the referral has ended.",
    ),
)  # fmt: skip


class ReferralView(CaseView):
    """One referral: its days, and the steps that can be taken now, one form each."""

    permission = Permission.SEE_CASES
    template: ClassVar[str] = "dashboards/cases/referral.html"

    def get(self, request: SignedInRequest, reference: str, referral_id: int) -> HttpResponse:
        """The referral as it stands."""
        case = self.case_of(request, reference)
        return self._page(request, case, _referral(request, case, referral_id))

    def post(self, request: SignedInRequest, reference: str, referral_id: int) -> HttpResponse:
        """Take one step."""
        case = self.case_of(request, reference)
        referral = _referral(request, case, referral_id)
        step = next((one for one in STEPS if one.key == request.POST.get("step")), None)
        if step is None:
            return self._page(request, case, referral)
        form = self._form(step, case, referral, request.POST)
        if not form.is_valid():
            self._check(request, case)
            return self._page(request, case, referral, step=step, form=form)
        try:
            return once(request, lambda: self._take(request, case, referral, step, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, case, referral, step=step, form=form)
        except Conflict as conflict:
            return self._page(
                request, case, _referral(request, case, referral_id), moved_on=conflict.message
            )

    def _take(
        self,
        request: SignedInRequest,
        case: Case,
        referral: Referral,
        step: Step,
        form: forms.Form,
    ) -> Done:
        facts = dict(form.cleaned_data)
        if step.key == "reply":
            facts["is_accepted"] = facts.pop("reply") == "accepted"
            facts["worker"] = helper_of(facts["worker"], clock.today())
        step.take(referral=referral, **acting(request), **facts)
        here = reverse("referral", args=[case.reference, referral.pk])
        return Done(here, f"{referral.service}: {step.said}")

    def _form(self, step: Step, case: Case, referral: Referral, *data: Any) -> forms.Form:
        options: dict[str, Any] = {}
        if step.key == "reply":
            options["helpers"] = helper_choices(clock.today())
        return step.form(*data, **options)

    @staticmethod
    def _open_steps(referral: Referral) -> list[Step]:
        """What can be done now, the next step first."""
        is_told = referral.told_on is not None
        found = [one for one in STEPS if referral.state in one.states]
        return [one for one in found if not (one.key == "tell" and is_told)]

    def _check(self, request: SignedInRequest, case: Case) -> None:
        check_has(request.user, Permission.REFER)
        check_visible(request.user, case)

    def _page(
        self,
        request: SignedInRequest,
        case: Case,
        referral: Referral,
        *,
        step: Step | None = None,
        form: forms.Form | None = None,
        moved_on: str = "",
    ) -> HttpResponse:
        typed = {**as_initial(draft_here(request)), **request.POST.dict()}
        made = []
        for one in self._open_steps(referral):
            blank = self._form(one, case, referral)
            blank.initial = {"meanwhile": referral.meanwhile, **typed}
            made.append((one, form if one is step and form is not None else blank))
        context = {
            "case": case,
            "page": referral_page(referral, on=clock.today()),
            "steps": made,
            "wrong": form,
            "asked": step.key if step else "",
            "moved_on": moved_on,
            "refusal": refusal_of(self._check, request, case),
            "reads_only": not has_permission(request.user, Permission.REFER),
            "back": self.back(request, case),
            "draft": draft_here(request),
        }
        status = 409 if moved_on else 200
        return render(request, self.template, context, status=status)


def _referral(request: SignedInRequest, case: Case, referral_id: int) -> Referral:
    found: Referral | None = (
        Referral.objects.visible_to(request.user)
        .filter(pk=referral_id, case=case)
        .select_related("case__pupil", "sent_by", "consent")
        .first()
    )
    if found is None:
        raise Http404
    return found
