"""What every page shows around its content: the council, the person, and where they may go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, resolve, reverse

from accounts.models import User
from accounts.roles import Permission, Role, permissions_of_roles
from dashboards.read_models.cases.actions import open_count
from schools.scoping import roles_of

MOST_ITEMS: Final = 6
MY_ACTIONS: Final = "My actions"

Entry = tuple[str, str]  # the text, and the name of the page's route

_BOROUGH_WORK: Final[tuple[Entry, ...]] = (
    ("Today", "worklist"),
    ("Cases", "case_list"),
    ("Schools", "school_list"),
    ("Meetings", "meeting_list"),
    ("Support", "support"),
    ("Borough", "borough"),
)

#: The service navigation of each role. A page that is not built has no route, and no entry.
NAVIGATION: Final[dict[Role, tuple[Entry, ...]]] = {
    Role.ATTENDANCE_OFFICER: _BOROUGH_WORK,
    Role.TEAM_MANAGER: _BOROUGH_WORK,
    Role.SCHOOL_LEAD: (
        ("Today", "worklist"),
        ("Pupils", "pupil_list"),
        ("Meetings", "meeting_list"),
        ("Support", "support"),
        ("Compare", "explore"),
        ("Registers", "register_upload"),
    ),
    Role.EARLY_HELP_WORKER: (
        ("My families", "family_list"),
        ("My actions", "action_list"),
        ("Support", "support"),
    ),
    Role.PANEL_MEMBER: (("My panels", "panel_list"), ("My actions", "action_list")),
    Role.ANALYST: (
        ("Borough", "borough"),
        ("Explore", "explore"),
        ("Exports", "export_list"),
        ("Data", "feed_health"),
    ),
    Role.ADMINISTRATOR: (
        ("People", "people"),
        ("API clients", "client_list"),
        ("Access log", "access_log"),
        ("Data", "feed_health"),
    ),
}
#: Where roles begin until their own first page is built.
_MEANWHILE: Final[dict[Role, tuple[str, Entry]]] = {
    Role.PANEL_MEMBER: ("panel_list", ("Pupils", "pupil_list")),
}
_OWN_PAGES: Final[tuple[Entry, ...]] = (
    ("My actions", "action_list"),
    ("Exports", "export_list"),
    ("People", "people"),
    ("Saved views", "saved_views"),
    ("Drafts", "draft"),
    ("E-mails", "mail_choices"),
)
_FOOTER: Final[tuple[Entry, ...]] = (
    ("Get help", "help"),
    ("What our figures mean", "help_figures"),
    ("Accessibility", "accessibility"),
    ("Privacy", "privacy"),
)


@dataclass(frozen=True)
class NavigationItem:
    """One entry of a navigation."""

    text: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Navigation:
    """The service navigation, at most six entries, and what else stands in the account menu."""

    items: list[NavigationItem]
    account: list[NavigationItem]
    search: str = ""


@cache
def _page(route: str) -> tuple[str, Permission | None] | None:
    """The address of a page and what it asks for; None while it is not built."""
    try:
        href = reverse(route)
    except NoReverseMatch:
        return None
    view = getattr(resolve(href).func, "view_class", None)
    return href, getattr(view, "permission", None)


def _open_to(entries: list[Entry], held: frozenset[Permission], path: str) -> list[NavigationItem]:
    """The entries that are built and that this person may open, each once, in their order."""
    found = {text: _page(route) for text, route in entries}
    return [
        NavigationItem(text, page[0], _is_at(path, page[0]))
        for text, page in found.items()
        if page is not None and (page[1] is None or page[1] in held)
    ]


def _is_at(path: str, href: str) -> bool:
    """Whether a page lies under an entry: the first word of the address says it."""
    if href == "/":
        return path == "/"
    return path.startswith(f"/{href.split('/')[1]}/")


def navigation(path: str, roles: frozenset[str]) -> Navigation:
    """Where someone with these roles may go: the union of them, never a switch between them."""
    held = permissions_of_roles(roles)
    entries = [entry for role in Role if role in roles for entry in _entries_of(role)]
    items = _open_to(entries, held, path)
    own = _open_to([one for one in _OWN_PAGES if one not in entries], held, path)
    search = _open_to([("Search", "search")], held, path)
    return Navigation(
        items=items[:MOST_ITEMS],
        account=items[MOST_ITEMS:] + own,
        search=search[0].href if search else "",
    )


def _entries_of(role: Role) -> tuple[Entry, ...]:
    own, instead = _MEANWHILE.get(role, ("", ("", "")))
    if own and _page(own) is None:
        return (instead, *NAVIGATION[role])
    return NAVIGATION[role]


def with_count(shown: Navigation, user: User, roles: frozenset[str]) -> Navigation:
    """My actions, wherever it stands, with how many are open: the only number of the frame."""
    if Permission.HAVE_ACTIONS not in permissions_of_roles(roles):
        return shown
    number = open_count(user)
    if not number:
        return shown
    counted = f"{MY_ACTIONS} ({number:,})"
    return replace(
        shown,
        items=[
            replace(one, text=counted) if one.text == MY_ACTIONS else one for one in shown.items
        ],
        account=[
            replace(one, text=counted) if one.text == MY_ACTIONS else one for one in shown.account
        ],
    )


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    shown = Navigation([], [])
    user = getattr(request, "user", None)
    if isinstance(user, User):
        held = user.roles_held or roles_of(user)
        shown = with_count(navigation(request.path, held), user, held)
    return {
        "council_name": settings.COUNCIL_NAME,
        "navigation": shown.items,
        "account_links": shown.account,
        "search_href": shown.search,
        "search_word": request.GET.get("q", "") if request.path == shown.search else "",
        "footer_links": _open_to(list(_FOOTER), frozenset(), request.path),
    }
