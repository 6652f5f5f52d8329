"""Tokens: who gets one, what it may do, when it is dead."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone
from oauth2_provider.models import AccessToken
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from accounts.models import ApiClient
from accounts.oauth import (
    ClientAuthentication,
    NobodyUnlessScoped,
)
from tests.factories.users import SECRET, ApiClientFactory, token_for

pytestmark = pytest.mark.django_db

URL = "/api/oauth/token/"


def ask(client, api_client: ApiClient, **changes):
    fields = {
        "grant_type": "client_credentials",
        "client_id": api_client.client_id,
        "client_secret": SECRET,
        **changes,
    }
    return client.post(URL, fields)


def test_token_for_client_credentials_lives_an_hour_with_all_the_clients_scopes(client):
    response = ask(client, ApiClientFactory(allowed_scopes="attendance:read registers:write"))
    answer = response.json()
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert set(answer["scope"].split()) == {"attendance:read", "registers:write"}


def test_token_may_carry_fewer_scopes_but_no_other(client):
    api_client = ApiClientFactory(allowed_scopes="attendance:read registers:write")
    assert ask(client, api_client, scope="attendance:read").json()["scope"] == "attendance:read"
    refused = ask(client, api_client, scope="cases:read")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")


def test_token_is_given_for_basic_authentication_too(client):
    api_client = ApiClientFactory()
    basic = base64.b64encode(f"{api_client.client_id}:{SECRET}".encode()).decode()
    response = client.post(
        URL, {"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}
    )
    assert response.status_code == 200


def test_token_and_secret_are_not_kept_readable(client):
    api_client = ApiClientFactory()
    raw = ask(client, api_client).json()["access_token"]
    assert raw not in str(list(AccessToken.objects.values()))
    assert SECRET not in ApiClient.objects.get().client_secret


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"client_id": "nul\x00"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
def test_refusals_are_oauths_own(client, changes, status, error):
    response = ask(client, ApiClientFactory(), **changes)
    assert (response.status_code, response.json()["error"]) == (status, error)


def test_client_switched_off_gets_no_token(client):
    api_client = ApiClientFactory(user__is_active=False)
    assert ask(client, api_client).status_code == 401


def test_token_endpoint_is_throttled(client, monkeypatch):
    from rest_framework.throttling import ScopedRateThrottle

    monkeypatch.setattr(ScopedRateThrottle, "THROTTLE_RATES", {"token": "2/min"})
    api_client = ApiClientFactory()
    assert [ask(client, api_client).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    "path", ["/api/oauth/authorize/", "/o/authorize/", "/o/token/", "/api/oauth/revoke_token/"]
)
def test_there_is_no_other_oauth_endpoint(client, path):
    assert client.post(path).status_code == 404


# What a token may do.


class Echo(APIView):
    """Says who asked."""

    authentication_classes = (ClientAuthentication,)
    permission_classes = (NobodyUnlessScoped,)
    throttle_classes = ()
    required_scopes = ("attendance:read",)

    def get(self, request):
        return Response({"email": request.user.email, "roles": list(request.user.roles_held)})

    def post(self, request):
        return Response({})


def call(raw: str | None, view=Echo, method: str = "get", **headers):
    if raw is not None:
        headers["HTTP_AUTHORIZATION"] = f"Bearer {raw}"
    request = getattr(APIRequestFactory(), method)("/", **headers)
    response = view.as_view()(request)
    response.render()
    return response


def test_live_token_stands_for_the_machine_user():
    api_client, raw = token_for("attendance:read")
    answer = json.loads(call(raw).content)
    assert answer == {"email": api_client.user.email, "roles": ["machine"]}


def test_no_token_is_401_with_a_challenge():
    response = call(None)
    assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer realm="api"')


@pytest.mark.parametrize("raw", ["", "nonsense", "two words", "\x00", "é"])
def test_dead_token_is_401_and_says_so(raw):
    response = call(raw)
    assert response.status_code == 401
    assert 'error="invalid_token"' in response["WWW-Authenticate"]


def test_expired_token_is_401():
    _, raw = token_for("attendance:read", seconds=-1)
    assert call(raw).status_code == 401


def test_token_of_a_client_switched_off_is_401():
    api_client, raw = token_for("attendance:read")
    api_client.user.is_active = False
    api_client.user.save()
    assert call(raw).status_code == 401


def test_token_is_refused_before_the_body_is_read():
    request = Request(
        RequestFactory().post("/", b"{" * 10, "application/json", HTTP_AUTHORIZATION="Bearer x")
    )
    with pytest.raises(AuthenticationFailed):
        ClientAuthentication().authenticate(request)
    assert not request._request._read_started


def test_missing_scope_is_403():
    _, raw = token_for("registers:write")
    assert call(raw).status_code == 403


def test_view_that_names_no_scope_is_closed_to_every_token():
    class Forgotten(Echo):
        required_scopes = None

    _, raw = token_for("attendance:read")
    assert call(raw, Forgotten).status_code == 403


def test_scopes_may_be_named_by_method():
    class Mapped(Echo):
        required_scopes = {"GET": ("attendance:read",)}  # noqa: RUF012

    _, raw = token_for("attendance:read")
    assert call(raw, Mapped).status_code == 200
    assert call(raw, Mapped, "post").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (("attendance:read", "registers:write"), 200),
        (("registers:write", "attendance:read"), 200),
        (("pupils:write", "registers:write"), 403),
    ],
)
def test_one_of_the_scopes_named_may_be_enough(scopes, status):
    class Either(Echo):
        required_scopes = None
        any_scope = scopes

    _, raw = token_for("attendance:read")
    assert call(raw, Either).status_code == status


@pytest.mark.parametrize(
    ("scopes", "status"),
    [(("attendance:read",), 200), (("attendance:read", "registers:write"), 403)],
)
def test_every_scope_required_is_needed(scopes, status):
    class Both(Echo):
        required_scopes = scopes

    _, raw = token_for("attendance:read")
    assert call(raw, Both).status_code == status


def test_use_is_noted_at_most_once_a_minute():
    _, raw = token_for("attendance:read")
    call(raw)
    first = ApiClient.objects.get().last_used_at
    call(raw)
    assert ApiClient.objects.get().last_used_at == first
    ApiClient.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    call(raw)
    assert ApiClient.objects.get().last_used_at > first
