"""Sign-ins, sign-outs and failed sign-ins stand in the audit trail."""

import pytest

from accounts.models import AuditEvent
from tests.factories.users import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def sign_in(client, email: str, password: str = PASSWORD):
    return client.post("/sign-in/", {"login": email, "password": password})


def events() -> list[tuple]:
    return [(e.verb, e.actor_label, e.object_ref, e.after) for e in AuditEvent.objects.all()]


def test_sign_in_and_sign_out_are_written_down(client):
    ann = UserFactory(email="ann@example.org")
    sign_in(client, "ann@example.org")
    client.post("/sign-out/")
    facts = ("ann@example.org", str(ann.pk), {"email": "ann@example.org"})
    assert events() == [("signed_in", *facts), ("signed_out", *facts)]


def test_failed_sign_in_names_the_person_and_no_actor(client):
    ann = UserFactory(email="ann@example.org")
    sign_in(client, "Ann@example.org", "not the password")
    assert events() == [("sign_in_failed", "The portal", str(ann.pk), {"email": "ann@example.org"})]


def test_failed_sign_in_of_nobody_keeps_no_word_of_what_was_typed(client):
    sign_in(client, "my-own-password-by-mistake@example.org")
    assert events() == [("sign_in_failed", "The portal", "", {"address": "not known here"})]
