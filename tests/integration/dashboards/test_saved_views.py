"""Saved views: a name for a list with its filters, for its owner alone."""

from __future__ import annotations

import pytest

from accounts.models import AuditEvent, SavedView
from accounts.services.saved_views import MOST
from attendance_portal.shared import clock
from tests.factories.classes import queries_of
from tests.factories.users import UserFactory

PLACE = {"path": "/pupils/", "query": "flag=at_risk&page=2"}


def view_of(user, name="Year 9", **facts):
    return SavedView.objects.create(
        **{"user": user, "name": name, "path": "/pupils/", "saved_at": clock.now()} | facts
    )


def test_list_leads_to_the_page_that_names_it(borough, signed_in):
    client = signed_in("attendance_officer")
    text = client.get("/pupils/?flag=at_risk").content.decode()
    href = "/views/?path=%2Fpupils%2F&amp;query=flag%3Dat_risk"
    assert href in text

    named = client.get(href.replace("&amp;", "&")).content.decode()

    assert "Save the view of: Pupils" in named
    assert 'value="flag=at_risk"' in named


def test_saved_view_is_listed_and_leads_to_its_filters_without_the_page(signed_in):
    client = signed_in("attendance_officer")

    response = client.post("/views/", PLACE | {"name": "  At  risk "}, follow=True)

    text = response.content.decode()
    assert "The view At risk is saved." in text
    assert 'href="/pupils/?flag=at_risk"' in text
    assert SavedView.objects.get().user == client.user


def test_saved_view_is_written_down_without_its_filters(signed_in):
    signed_in("attendance_officer").post("/views/", PLACE | {"name": "Mine", "query": "q=Sample"})

    event = AuditEvent.objects.get(object_kind="view")
    assert (event.verb, event.object_kind, event.after) == ("saved", "view", {"page": "/pupils/"})


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Enter a name for this view"),
        ("x" * 61, "at most 60 characters"),
        ("year 9", "You have a saved view called year 9"),
    ],
)
def test_view_that_cannot_be_saved_says_why_at_the_field(signed_in, name, says):
    client = signed_in("attendance_officer")
    view_of(client.user)

    text = client.post("/views/", PLACE | {"name": name}).content.decode()

    assert text.count(says) == 2  # in the summary and at the field
    assert "<title>Error: " in text
    assert SavedView.objects.count() == 1


def test_one_more_than_the_most_is_refused(signed_in):
    client = signed_in("attendance_officer")
    for number in range(MOST):
        view_of(client.user, f"View {number}")

    text = client.post("/views/", PLACE | {"name": "One more"}).content.decode()

    assert "Delete one of them first" in text


@pytest.mark.parametrize(
    "path", ["/drafts/", "/pupils", "//elsewhere.example/", "https://elsewhere.example/pupils/"]
)
def test_address_that_is_no_list_of_ours_cannot_be_saved(signed_in, path):
    client = signed_in("attendance_officer")

    assert client.post("/views/", {"name": "x", "path": path}).status_code == 404
    assert "Save the view of" not in client.get(f"/views/?path={path}").content.decode()
    assert not SavedView.objects.exists()


def test_view_of_somebody_else_is_neither_shown_nor_deleted(signed_in):
    theirs = view_of(UserFactory(), "Theirs")
    client = signed_in("attendance_officer")

    assert "Theirs" not in client.get("/views/").content.decode()
    assert client.post(f"/views/{theirs.pk}/delete/").status_code == 404
    assert SavedView.objects.exists()


def test_view_is_deleted_once_however_often_it_is_pressed(signed_in):
    client = signed_in("attendance_officer")
    mine = view_of(client.user)
    token = {"form_token": "6f1c3f3e-2f44-4a84-9a8c-4a8a6c0b8a11"}

    pressed = [client.post(f"/views/{mine.pk}/delete/", token).status_code for _ in range(2)]

    assert pressed == [302, 302]
    assert not SavedView.objects.exists()
    assert AuditEvent.objects.filter(verb="deleted", object_kind="view").count() == 1


def test_two_people_may_use_the_same_name(signed_in):
    view_of(UserFactory(), "At risk")

    signed_in("attendance_officer").post("/views/", PLACE | {"name": "At risk"})

    assert SavedView.objects.count() == 2


def test_list_of_views_asks_the_same_with_two_and_with_many(signed_in):
    client = signed_in("attendance_officer")
    for number in range(2):
        view_of(client.user, f"View {number}")
    few = queries_of(client, "/views/")
    for number in range(2, 30):
        view_of(client.user, f"View {number}")

    assert queries_of(client, "/views/") == few
