"""Sign-in: one plain form, for active people; five failures close it for five minutes."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.urls import NoReverseMatch, reverse

from tests.factories.users import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

WRONG = "not the right password"


def sign_in(client, email: str, password: str = PASSWORD, **extra):
    return client.post("/sign-in/", {"login": email, "password": password, **extra})


def is_in(client) -> bool:
    return SESSION_KEY in client.session


def test_sign_in_page_is_an_ordinary_form(client):
    page = client.get("/sign-in/").content.decode()
    assert 'name="login"' in page
    assert 'name="password"' in page
    assert "csrfmiddlewaretoken" in page


@pytest.mark.parametrize("typed", ["ann@example.org", "Ann@Example.org", " ann@example.org "])
def test_sign_in_with_the_right_password_lets_in_and_goes_home(client, typed):
    UserFactory(email="ann@example.org")
    response = sign_in(client, typed)
    assert (response.status_code, response.url) == (302, "/")
    assert is_in(client)


def test_sign_in_goes_on_to_the_page_that_was_asked_for(client):
    UserFactory(email="ann@example.org")
    assert sign_in(client, "ann@example.org", next="/borough/").url == "/borough/"


def test_sign_in_does_not_go_on_to_another_site(client):
    UserFactory(email="ann@example.org")
    assert sign_in(client, "ann@example.org", next="https://example.com/").url == "/"


def test_sign_in_with_a_wrong_password_is_refused(client):
    UserFactory(email="ann@example.org")
    assert sign_in(client, "ann@example.org", WRONG).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("facts", [{"is_active": False}, {"is_machine": True}])
def test_inactive_people_and_machines_are_refused_in_the_same_words(client, facts):
    UserFactory(email="ann@example.org", **facts)
    refused = sign_in(client, "ann@example.org")
    unknown = sign_in(client, "nobody@example.org")
    assert not is_in(client)
    assert refused.status_code == unknown.status_code == 200
    assert refused.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()


def test_person_switched_off_is_out_at_the_next_request(signed_in):
    client = signed_in("attendance_officer")
    client.user.is_active = False
    client.user.save()
    assert client.get("/").url.startswith("/sign-in/")


def test_session_of_a_machine_is_not_honoured(client):
    client.force_login(UserFactory(is_machine=True))
    assert client.get("/").url.startswith("/sign-in/")


def test_five_failures_close_the_door_even_to_the_right_password(client):
    UserFactory(email="ann@example.org")
    for _ in range(5):
        sign_in(client, "ann@example.org", WRONG)
    assert "Too many" in str(sign_in(client, "ann@example.org").context["form"].errors)
    assert not is_in(client)


def test_four_failures_leave_it_open(client):
    UserFactory(email="ann@example.org")
    for _ in range(4):
        sign_in(client, "ann@example.org", WRONG)
    sign_in(client, "ann@example.org")
    assert is_in(client)


def test_failures_of_one_person_do_not_lock_another(client):
    UserFactory(email="ann@example.org")
    UserFactory(email="bob@example.org")
    for _ in range(6):
        sign_in(client, "ann@example.org", WRONG)
    sign_in(client, "bob@example.org")
    assert is_in(client)


def test_the_door_opens_again_after_five_minutes(client, time_machine):
    UserFactory(email="ann@example.org")
    time_machine.move_to("2026-03-03T09:00:00Z", tick=False)
    for _ in range(5):
        sign_in(client, "ann@example.org", WRONG)
    time_machine.move_to("2026-03-03T09:04:59Z", tick=False)
    sign_in(client, "ann@example.org")
    assert not is_in(client)
    time_machine.move_to("2026-03-03T09:05:01Z", tick=False)
    sign_in(client, "ann@example.org")
    assert is_in(client)


def test_sign_out_asks_first_and_then_ends_the_session(signed_in):
    client = signed_in("attendance_officer")
    client.get("/sign-out/")
    assert is_in(client)
    assert client.post("/sign-out/").url == "/sign-in/"
    assert not is_in(client)


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password"])
def test_there_is_no_sign_up(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_new_password_by_mail(client):
    UserFactory(email="ann@example.org")
    client.post("/new-password/", {"email": "ann@example.org"})
    path = re.search(r"https?://[^/]+(/new-password/\S+)", mail.outbox[0].body).group(1)
    form = client.get(path, follow=True)
    new = "another long password"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    sign_in(client, "ann@example.org", new)
    assert is_in(client)


@pytest.mark.parametrize("facts", [None, {"is_active": False}])
def test_new_password_for_nobody_looks_the_same_and_sends_nothing(client, facts):
    if facts is not None:
        UserFactory(email="ann@example.org", **facts)
    response = client.post("/new-password/", {"email": "ann@example.org"})
    assert response.url == "/new-password/sent/"
    assert mail.outbox == []
