"""P39: help, what the figures mean, the rules, the codes, the stages, and two statements.

Nothing here is about a child. What the footer of the sign-in page leads to, and the three pages
that explain our words, are open to visitors; rules and guides are for people who have signed in.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.generic import View

from accounts.models import User
from accounts.roles import Permission, Role
from attendance_portal.shared import clock
from dashboards.charts.words import thresholds
from dashboards.filters import DayField
from dashboards.help import codes, guides, rules
from dashboards.help.figures import measures
from dashboards.help.privacy import roles_in_words
from dashboards.help.stages import stages_in_words
from schools.permissions import GuardedView, SignedInRequest, has_permission
from schools.scoping import roles_of


class PublicView(View):
    """A page for anyone, signed in or not. The frame may name who is: browsers keep no copy."""

    permission = None
    template: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As any page, and kept nowhere."""
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        return response

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, self.template, self.context(request))

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """What the page shows."""
        return {}


class HelpView(PublicView):
    """Where to find what. A visitor sees what is open to visitors, and whom to ring."""

    template = "dashboards/help/index.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        user = request.user
        if not isinstance(user, User):
            return {}
        held = roles_of(user)
        return {
            "own": [guide for role, guide in guides.GUIDES.items() if role in held],
            "others": [guide for role, guide in guides.GUIDES.items() if role not in held],
            "flags": rules.flag_links(),
            "cohorts": rules.cohort_links(),
        }


class FiguresView(PublicView):
    """Each measure in words, as a formula and worked through."""

    template = "dashboards/help/figures.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"measures": measures(settings.MINIMUM_POSSIBLE_SESSIONS, thresholds())}


class CodesForm(forms.Form):
    """The day on which codes are asked for."""

    on = DayField(
        label="In force on", required=False, help_text="Leave it empty for every code there was"
    )

    def clean_on(self) -> date | None:
        """A day on which there were codes, or none."""
        on: date | None = self.cleaned_data["on"]
        if on is not None and on < codes.first_day():
            first = codes.first_day().isoformat()
            raise forms.ValidationError(f"Our table of codes begins on {first}.")
        return on


class CodesView(PublicView):
    """The codes in force on a day, today's unless another is asked for; with none, every code."""

    template = "dashboards/help/codes.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        today = clock.today()
        is_asked = "on" in request.GET
        form = CodesForm(request.GET) if is_asked else CodesForm(initial={"on": today})
        on = form.cleaned_data["on"] if is_asked and form.is_valid() else today
        return {
            "form": form,
            "on": on,
            "groups": codes.code_groups(on),
            "regimes": codes.regimes(today),
        }


class PathwayView(PublicView):
    """The six stages of support, and who does what."""

    template = "dashboards/help/pathway.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {"stages": stages_in_words()}


class AccessibilityView(PublicView):
    """What was tested, how, what we know does not work, and whom to ask."""

    template = "dashboards/help/accessibility.html"


class PrivacyView(PublicView):
    """What is held, why, who sees it, and for how long."""

    template = "dashboards/help/privacy.html"

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "file_hours": settings.EXPORT_FILE_HOURS,
            "idle_minutes": settings.SESSION_COOKIE_AGE // 60,
            "limits": thresholds(),
            "roles": roles_in_words(),
        }


class RuleView(GuardedView):
    """One rule from both sides of its line."""

    permission = None

    def get(self, request: SignedInRequest, kind: str) -> HttpResponse:
        page = rules.rule_page(kind)
        if page is None:
            raise Http404
        sees_pupils = has_permission(request.user, Permission.SEE_PUPILS)
        href = f"{reverse('pupil_list')}?{page.query}" if sees_pupils else ""
        return render(request, "dashboards/help/rule.html", {"page": page, "pupils_href": href})


class GuideView(GuardedView):
    """The three-minute guide of a role. Anyone may read any of them; links are the role's own."""

    permission = None

    def get(self, request: SignedInRequest, role: str) -> HttpResponse:
        guide = guides.GUIDES.get(Role(role)) if role in set(Role) else None
        if guide is None:
            raise Http404
        is_own = role in roles_of(request.user)
        context = {"guide": guide, "things": _things(guide), "is_own": is_own}
        return render(request, "dashboards/help/guide.html", context)


def _things(guide: guides.Guide) -> list[tuple[guides.Thing, str]]:
    return [(thing, _address(thing)) for thing in guide.things]


def _address(thing: guides.Thing) -> str:
    address = reverse(thing.route, args=thing.arguments)
    return f"{address}?{thing.query}" if thing.query else address
