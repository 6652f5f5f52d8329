"""What a person may do (their roles today), and the guard that every page stands behind.

Which rows they may do it to is `schools.scoping`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.generic import View

from accounts.roles import (
    DESCRIPTIONS,
    Permission,
    permissions_of_roles,
    permissions_of_scopes,
)
from attendance_portal.shared.errors import Conflict, Refused
from schools.scoping import roles_of

if TYPE_CHECKING:
    from accounts.models import User

NO_ACCESS = (
    "You can sign in, but nobody has given you access to anything today. "
    "Ask the attendance team for it."
)


def permissions_of(user: User) -> frozenset[Permission]:
    """What the roles that this person holds today allow; for a machine user, what its call does."""
    return permissions_of_roles(roles_of(user)) | permissions_of_scopes(user.scopes_held)


def has_permission(user: User, permission: Permission) -> bool:
    """Whether one of the person's roles allows it."""
    return permission in permissions_of(user)


def check_has(user: User, permission: Permission) -> None:
    """Raises Refused, with the reason, unless one of the person's roles allows it.

    A system's call may do what its token's scopes allow.
    """
    if permission not in permissions_of_scopes(user.scopes_held):
        _check(permission, roles_of(user))


def allowed(check: Callable[..., None], *args: Any) -> bool:
    """A check as a yes or no, for pages that hide what would be refused."""
    with suppress(Refused):
        check(*args)
        return True
    return False


def _check(permission: Permission, roles: frozenset[str]) -> None:
    if not roles:
        raise Refused(NO_ACCESS, code="no_access")
    if permission not in permissions_of_roles(roles):
        raise Refused(
            f"Your role does not include this: {DESCRIPTIONS[permission]}.",
            code="permission_missing",
        )


def sign_in_again(request: HttpRequest, address: str) -> HttpResponse:
    """To the sign-in page and back; someone whose session ended meanwhile is told so there."""
    response = redirect_to_login(address)
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        response["Location"] += "&idle=1"
    return response


class SignedInRequest(HttpRequest):
    """A request that has passed the guard: someone has signed in. For annotations only."""

    user: User


class GuardedView(View):
    """A page for people who hold a permission; None lets anyone in who has signed in.

    Visitors are sent to sign in. A refusal, here or from a service, is a 403 page with its
    reason; a conflict that the page does not show itself is a 409 page. Browsers keep no copy.
    """

    permission: ClassVar[Permission | None]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the person in, or say why not."""
        user = request.user
        if not user.is_authenticated:
            return sign_in_again(request, request.get_full_path())
        if not hasattr(self, "permission"):
            raise ImproperlyConfigured(f"{type(self).__name__} does not say who may open it.")
        user.roles_held = roles_of(user)
        try:
            if self.permission is not None:
                _check(self.permission, user.roles_held)
            response = super().dispatch(request, *args, **kwargs)
        except Refused as refusal:
            raise PermissionDenied(refusal.message) from refusal
        except Conflict as conflict:
            response = render(request, "409.html", {"reason": conflict.message}, status=409)
        response["Cache-Control"] = "no-store, private"
        return response
