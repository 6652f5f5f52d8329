"""How school systems prove who they are: tokens by client credentials, and what a token may do.

A client's token carries no user of its own; the portal puts the client's machine user there, so
that scoping and the logs know users only.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Q
from oauth2_provider.models import AbstractAccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauth2_provider.scopes import BaseScopes
from oauthlib.common import Request as OauthRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import ApiClient, User
from accounts.roles import API_SCOPES, MACHINE_ROLE
from attendance_portal.shared import clock

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings name this module before views can load

#: `last_used_at` tells an administrator which systems still call; it need not be exact.
USE_IS_NOTED_EVERY = timedelta(minutes=1)


class ClientScopes(BaseScopes):
    """A client may ask for the scopes it was given, and gets all of them when it names none."""

    def get_all_scopes(self) -> Mapping[str, str]:
        """Every scope of the portal and what it means."""
        return API_SCOPES

    def get_available_scopes(
        self, application: ApiClient | None = None, *_args: Any, **_kwargs: Any
    ) -> list[str]:
        """Scopes this client's tokens may carry."""
        return application.allowed_scopes.split() if application is not None else []

    def get_default_scopes(
        self, application: ApiClient | None = None, *_args: Any, **_kwargs: Any
    ) -> list[str]:
        """The same: a request that names no scope gets all that the client was given."""
        return self.get_available_scopes(application)


class ClientAuthentication(BaseAuthentication):
    """A live bearer token stands for the client's machine user; any other is 401.

    The token is checked by the library's validator and nothing reads the body, so that a dead
    token is refused before a hundred thousand marks are parsed.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """The machine user and the token, or None when no bearer token was sent."""
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        asked = OauthRequest(request.build_absolute_uri(), http_method=request.method or "GET")
        if not OAuth2Validator().validate_bearer_token(raw.strip(), [], asked):
            raise AuthenticationFailed(
                "This token has expired or was never valid. Ask for a new one."
            )
        _note_use(asked.client)
        machine = asked.client.user
        token = asked.access_token
        machine.roles_held = frozenset({MACHINE_ROLE})
        machine.scopes_held = frozenset(token.scopes)
        machine.agency = asked.client.agency
        return machine, token

    def authenticate_header(self, request: Request) -> str:
        """The challenge of RFC 6750; it says `invalid_token` when one was sent."""
        sent = "Authorization" in request.headers
        return 'Bearer realm="api"' + (', error="invalid_token"' if sent else "")


def _note_use(client: ApiClient) -> None:
    moment = clock.now()
    stale = moment - USE_IS_NOTED_EVERY
    if client.last_used_at is None or client.last_used_at < stale:
        ApiClient.objects.filter(
            Q(last_used_at__isnull=True) | Q(last_used_at__lt=stale), pk=client.pk
        ).update(last_used_at=moment)


def machine_of(request: Request) -> User:
    """The machine user behind a call that was let in."""
    return cast(User, request.user)


class NobodyUnlessScoped(BasePermission):
    """A view names the scopes that a token needs: all of `required_scopes` (a tuple, or a mapping
    from method to tuple), or one of `any_scope`. A view that names none is closed to everyone.
    """

    message = "This token does not carry the scope that is needed here."

    def has_permission(self, request: Request, view: APIView) -> bool:
        """The token carries the scopes needed."""
        token: AbstractAccessToken | None = request.auth  # only ours, by ClientAuthentication
        if token is None:
            return False
        named = getattr(view, "required_scopes", None)
        needed = named.get(request.method) if isinstance(named, Mapping) else named
        if needed:
            return bool(token.allow_scopes(needed))
        return any(token.allow_scopes((scope,)) for scope in getattr(view, "any_scope", ()))
