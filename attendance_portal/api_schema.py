"""How the API document describes its tokens. Importing it registers it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ClientToken(OpenApiAuthenticationExtension):
    """OAuth 2 client credentials, with the portal's scopes."""

    target_class = "accounts.oauth.ClientAuthentication"
    name = "client_credentials"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """The scheme."""
        flow = {"tokenUrl": "/api/oauth/token/", "scopes": settings.OAUTH2_PROVIDER["SCOPES"]}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}

    def get_security_requirement(self, auto_schema: Any) -> Any:
        """The scopes that this operation needs: all of some, or one of some."""
        view = auto_schema.view
        if one_of := getattr(view, "any_scope", None):
            return [{self.name: [scope]} for scope in one_of]
        return {self.name: list(getattr(view, "required_scopes", None) or ())}
