"""Which of our mails a person wants: their own choice, and nobody else's."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from accounts.services.mail_choices import choose_weekly_digest
from attendance_portal.shared import clock
from schools.permissions import GuardedView, SignedInRequest

ON, OFF = "on", "off"


class MailChoicesForm(forms.Form):
    """Whether the weekly digest is wanted."""

    weekly = forms.ChoiceField(
        label="The weekly digest",
        help_text="On Monday morning, counts for your schools and links. No child is named in it.",
        choices=[(ON, "Send it to me"), (OFF, "Do not send it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether you want the weekly digest"},
    )


class MailChoicesView(GuardedView):
    """Turn one's own weekly digest on or off. The morning's digest is part of the work."""

    permission = Permission.SEE_WORKLIST

    def get(self, request: SignedInRequest) -> HttpResponse:
        chosen = ON if request.user.wants_weekly_digest else OFF
        return self._page(request, MailChoicesForm(initial={"weekly": chosen}))

    def post(self, request: SignedInRequest) -> HttpResponse:
        form = MailChoicesForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        wanted = form.cleaned_data["weekly"] == ON
        return once(request, lambda: self._choose(request, wanted=wanted))

    def _choose(self, request: SignedInRequest, *, wanted: bool) -> Done:
        choose_weekly_digest(wanted=wanted, by=request.user, at=clock.now())
        said = "You get the weekly digest." if wanted else "You get no weekly digest from now on."
        return Done(reverse("mail_choices"), said)

    def _page(self, request: SignedInRequest, form: MailChoicesForm) -> HttpResponse:
        return render(request, "dashboards/mail_choices.html", {"form": form})
