"""How sign-in behaves: nobody signs up by themselves."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedAdapter(DefaultAccountAdapter):
    """Accounts are given (`create_user`), not made at the door."""

    def is_open_for_signup(self, _request: HttpRequest) -> bool:
        """Never."""
        return False
