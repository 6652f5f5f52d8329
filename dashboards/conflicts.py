"""Changed by someone else meanwhile: a page with both versions, so that nothing typed is lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboards.parts import BothVersions


def changed_meanwhile(request: HttpRequest, *, thing: str, versions: BothVersions) -> HttpResponse:
    """409, with theirs and yours side by side. `thing`: what was changed, without a child's name.

    Nothing is saved. The person copies what they need and opens the form again at `href`.
    """
    context = {"thing": thing, "versions": versions}
    return render(request, "dashboards/changed_meanwhile.html", context, status=409)
