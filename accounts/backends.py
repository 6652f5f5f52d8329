"""Who may sign in with a password: active people. Machines never do."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class PersonBackend(AuthenticationBackend):
    """Checks e-mail address and password, and on every request that the person still may."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Active and a person; the machine user behind an API client has tokens, not sessions."""
        return super().user_can_authenticate(user) and not user.is_machine

    def _check_password(self, user: Any, password: str) -> Any:
        """allauth keeps a user aside whose password fits but who may not sign in, and would pass
        them on: an inactive person to a page of their own, an active machine straight in. Here
        both are one more failure in the same words."""
        found = super()._check_password(user, password)
        self.unstash_authenticated_user()
        return found
