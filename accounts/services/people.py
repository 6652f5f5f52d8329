"""People and school systems are made here. What they may see is given on the floor above."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from oauth2_provider.generators import generate_client_id, generate_client_secret

from accounts.models import ApiClient, User
from accounts.roles import API_SCOPES
from accounts.services.audit import record_audit
from attendance_portal.shared.errors import Conflict, Invalid


@transaction.atomic
def create_person(
    *, email: str, password: str, name: str = "", by: User | None, at: datetime
) -> User:
    """Make someone who can sign in. Raises Invalid (address, weak password), Conflict (taken)."""
    address = _address(email)
    person = User(email=address, name=name)
    _check_password(password, person)
    if User.objects.filter(email=address).exists():
        raise Conflict(f"There is already a person with the e-mail address {address}.")
    person = User.objects.create_user(address, password, name=name)
    _write_down(person, by=by, at=at)
    return person


@transaction.atomic
def invite_person(*, email: str, name: str, by: User | None, at: datetime) -> tuple[User, bool]:
    """The person with this address, made without a password if there is none yet, and whether
    they are new. Raises Invalid for what is no address, or belongs to a school's system."""
    address = persons_address(email)
    person, is_new = User.objects.get_or_create(
        email=address, defaults={"name": name.strip(), "password": make_password(None)}
    )
    if is_new:
        _write_down(person, by=by, at=at)
    return person, is_new


def persons_address(email: str) -> str:
    """An address as it is kept. Raises Invalid for what is none, or belongs to a machine."""
    address = _address(email)
    if User.objects.filter(email=address, is_machine=True).exists():
        raise Invalid("This address belongs to a school's system. Give a person's address.")
    return address


def person_with(email: str) -> User | None:
    """The person with this address, if there is one."""
    return User.objects.filter(email=email.strip().lower(), is_machine=False).first()


@transaction.atomic
def create_client(
    *, name: str, scopes: Sequence[str], agency: str = "school", by: User | None, at: datetime
) -> tuple[ApiClient, str]:
    """Make a school system's client and its machine user, who can never sign in. Returns the
    client and its secret, which is kept only as a hash. Raises Invalid for an unknown scope.

    `agency`: whom the system speaks for in casework; the caller has checked its name.
    """
    if not name.strip():
        raise Invalid("Give the client a name that says whose system it is.")
    allowed = _known_scopes(scopes)
    client_id, secret = generate_client_id(), generate_client_secret()
    machine = User.objects.create_user(
        f"{client_id.lower()}@clients.invalid", name=name, is_machine=True
    )
    client = ApiClient.objects.create(
        name=name,
        user=machine,
        client_id=client_id,
        client_secret=secret,
        client_type=ApiClient.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ApiClient.GRANT_CLIENT_CREDENTIALS,
        allowed_scopes=" ".join(allowed),
        agency=agency,
    )
    record_audit(
        by=by,
        verb="created",
        object_kind="api_client",
        object_ref=client_id,
        after={"name": name, "scopes": allowed, "agency": agency},
        at=at,
    )
    return client, secret


def _write_down(person: User, *, by: User | None, at: datetime) -> None:
    record_audit(
        by=by,
        verb="created",
        object_kind="person",
        object_ref=str(person.pk),
        after={"email": person.email, "name": person.name},
        at=at,
    )


def _address(email: str) -> str:
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid(f"'{email}' is not an e-mail address.") from None
    return address


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as weak:
        raise Invalid(f"This password is too weak. {' '.join(weak.messages)}") from None


def _known_scopes(scopes: Sequence[str]) -> list[str]:
    unknown = [scope for scope in scopes if scope not in API_SCOPES]
    if unknown:
        raise Invalid(f"There is no scope '{unknown[0]}'. There are: {', '.join(API_SCOPES)}.")
    if not scopes:
        raise Invalid(f"Name at least one scope of: {', '.join(API_SCOPES)}.")
    return sorted(set(scopes))
