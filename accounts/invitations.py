"""The mail that lets someone new choose a password. Nobody else ever sees one."""

from __future__ import annotations

from typing import Final

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import User

_TEXT: Final = """{greeting}

{by} has given you access to the attendance portal of {council}.

Choose a password here:
{link}

The link works for {days} days. After that, ask for a new one here:
{again}

Sign in with this address: {email}
"""


def password_path(person: User) -> str:
    """The path of the page on which this person chooses a password, once."""
    return reverse(
        "account_reset_password_from_key",
        kwargs={
            "uidb36": user_pk_to_url_str(person),
            "key": default_token_generator.make_token(person),
        },
    )


def send_invitation(person: User, *, by: User, origin: str) -> None:
    """Write to someone new. `origin`: scheme and host of the portal, as 'https://host'."""
    text = _TEXT.format(
        greeting=f"Hello {person.name}," if person.name else "Hello,",
        by=str(by),
        council=settings.COUNCIL_NAME,
        link=f"{origin}{password_path(person)}",
        again=f"{origin}{reverse('account_reset_password')}",
        days=settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
        email=person.email,
    )
    send_mail("Your access to the attendance portal", text, None, [person.email])
