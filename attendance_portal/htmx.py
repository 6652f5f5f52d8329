"""What HTMX is told besides pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.http import HttpResponseClientRedirect


class SignInAgain:
    """A part of a page asked for after signing out: the whole browser goes to sign in.

    Without this the script would follow the redirect by itself and look for the list in the
    sign-in page. Afterwards the person is back on the page that they were reading.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer; a redirect to sign in becomes one for the browser."""
        response = self.get_response(request)
        details = getattr(request, "htmx", None)
        if not details or not self._leads_to_sign_in(response):
            return response
        here = details.current_url_abs_path or settings.LOGIN_REDIRECT_URL
        again = redirect_to_login(here).url
        was_signed_in = settings.SESSION_COOKIE_NAME in request.COOKIES
        return HttpResponseClientRedirect(f"{again}&idle=1" if was_signed_in else again)

    def _leads_to_sign_in(self, response: HttpResponseBase) -> bool:
        address = response.headers.get("Location", "")
        return response.status_code == 302 and address.startswith(resolve_url(settings.LOGIN_URL))
