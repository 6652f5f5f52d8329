"""Where school systems get their tokens."""

from __future__ import annotations

from django.http import HttpResponse
from oauth2_provider.views.mixins import OAuthLibMixin
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView


class TokenView(OAuthLibMixin, APIView):
    """POST /api/oauth/token/: a token for an hour, by client credentials and nothing else.

    Answers and errors are OAuth's own (RFC 6749, sections 4.4 and 5).
    """

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "token"
    schema = None

    def post(self, request: Request) -> HttpResponse:
        """Check the client and give it a token."""
        _, headers, body, status = self.create_token_response(request._request)
        return HttpResponse(content=body, status=status, headers=headers)
