"""What every page shows around its content: the council, the person, and where they may go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.roles import Permission
from schools.permissions import permissions_of


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the service navigation."""

    text: str
    href: str
    is_current: bool


_ITEMS = (
    ("Today", "worklist", Permission.SEE_WORKLIST),
    ("Pupils", "pupil_list", Permission.SEE_PUPILS),
    ("Borough", "borough", Permission.SEE_BOROUGH),
    ("Registers", "register_upload", Permission.UPLOAD_REGISTERS),
)


def navigation(path: str, permissions: frozenset[Permission]) -> list[NavigationItem]:
    """The pages that this person may open, in their settled order."""
    hrefs = [(text, reverse(name)) for text, name, needed in _ITEMS if needed in permissions]
    return [NavigationItem(text, href, _is_at(path, href)) for text, href in hrefs]


def _is_at(path: str, href: str) -> bool:
    """Whether a page lies under an entry; every register page lies under Registers."""
    if href == "/":
        return path == "/"
    return path.startswith(f"/{href.split('/')[1]}/")


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    context: dict[str, Any] = {"council_name": settings.COUNCIL_NAME, "navigation": []}
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        context["navigation"] = navigation(request.path, permissions_of(user))
    return context
