"""People, machines and their tokens."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta

import factory
from django.utils import timezone
from oauth2_provider.models import AccessToken

from accounts.models import ApiClient, User

PASSWORD = "a long enough password"
SECRET = "a-very-secret-secret"


class UserFactory(factory.django.DjangoModelFactory):
    """A person who can sign in with `PASSWORD` and holds no role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(**{"password": PASSWORD, **kwargs})


class ApiClientFactory(factory.django.DjangoModelFactory):
    """A school's system with its machine user, whose secret is `SECRET`."""

    class Meta:
        model = ApiClient

    name = factory.Sequence(lambda n: f"System {n}")
    client_type = ApiClient.CLIENT_CONFIDENTIAL
    authorization_grant_type = ApiClient.GRANT_CLIENT_CREDENTIALS
    client_secret = SECRET
    allowed_scopes = "attendance:read registers:write pupils:write"
    user = factory.SubFactory(
        UserFactory,
        is_machine=True,
        password=None,
        email=factory.Sequence(lambda n: f"system{n}@clients.invalid"),
    )


def token_for(*scopes: str, schools=(), seconds: int = 3600) -> tuple[ApiClient, str]:
    """A client that sees these schools, and a token of it that lives for so many seconds."""
    from tests.factories.schools import MembershipFactory

    client = ApiClientFactory(allowed_scopes=" ".join(scopes))
    for school in schools:
        MembershipFactory(user=client.user, role="machine", scope="school", school=school)
    raw = uuid.uuid4().hex
    AccessToken.objects.create(
        application=client,
        token_checksum=hashlib.sha256(raw.encode()).hexdigest(),
        scope=" ".join(scopes),
        expires=timezone.now() + timedelta(seconds=seconds),
    )
    return client, raw
