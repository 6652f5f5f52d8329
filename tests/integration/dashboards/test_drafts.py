"""Drafts: kept on the server, read by their owner alone, gone once the form is saved."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from accounts.models import Draft, SentForm
from accounts.services.drafts import LONGEST, as_initial, draft_of, forget_old_drafts, save_draft
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid

FORM = "/pupils/"
TYPED = {"draft_of": FORM, "draft_title": "A note", "note": "Half a sentence"}


def test_draft_is_kept_and_leads_back_to_its_form(signed_in):
    client = signed_in("attendance_officer")

    response = client.post("/drafts/", TYPED | {"password1": "secret", "form_token": "x"})

    assert response.url == FORM
    assert draft_of(user=client.user, form=FORM).typed == {"note": ["Half a sentence"]}
    assert "Your draft is saved" in client.get(response.url).content.decode()


def test_draft_saved_while_typing_says_when(signed_in):
    response = signed_in("attendance_officer").post(
        "/drafts/", TYPED, headers={"HX-Request": "true"}
    )

    text = response.content.decode()
    assert "Draft saved" in text
    assert "<html" not in text


def test_draft_outlives_the_sign_out(signed_in):
    client = signed_in("attendance_officer")
    client.post("/drafts/", TYPED)

    client.post("/sign-out/")
    client.force_login(client.user)

    assert "A note" in client.get("/drafts/").content.decode()


def test_draft_is_read_by_its_owner_alone(signed_in, user_with):
    save_draft(
        user=user_with("attendance_officer"), form=FORM, title="Theirs", typed={"note": ["x"]},
        at=clock.now(),
    )  # fmt: skip
    client = signed_in("team_manager")

    assert "Theirs" not in client.get("/drafts/").content.decode()
    assert draft_of(user=client.user, form=FORM) is None
    client.post("/drafts/", {"draft_of": FORM, "draft_forget": "list"})
    assert Draft.objects.count() == 1


def test_emptied_form_has_no_draft(signed_in):
    client = signed_in("attendance_officer")
    client.post("/drafts/", TYPED)

    client.post("/drafts/", TYPED | {"note": ""})

    assert not Draft.objects.exists()


@pytest.mark.parametrize(("where", "leads"), [("here", FORM), ("list", "/drafts/")])
def test_draft_is_deleted_and_one_stays_where_one_was(signed_in, where, leads):
    client = signed_in("attendance_officer")
    client.post("/drafts/", TYPED)

    response = client.post("/drafts/", TYPED | {"draft_forget": where})

    assert response.url == leads
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "path", ["", "https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere", "/no-page/",
             "/api/v1/schools/"]
)  # fmt: skip
def test_draft_of_no_page_of_ours_is_refused(signed_in, path):
    response = signed_in("attendance_officer").post("/drafts/", TYPED | {"draft_of": path})

    assert response.status_code == 400
    assert not Draft.objects.exists()


def test_draft_that_comes_after_its_form_was_saved_is_too_late(signed_in):
    client, token = signed_in("attendance_officer"), uuid.uuid4()
    SentForm.objects.create(user=client.user, token=token, digest="d", at=clock.now())

    client.post("/drafts/", TYPED | {"form_token": str(token)})

    assert not Draft.objects.exists()


@pytest.mark.parametrize(("length", "is_kept"), [(LONGEST, True), (LONGEST + 1, False)])
def test_draft_has_a_longest_length(user_with, length, is_kept):
    user = user_with("attendance_officer")
    try:
        save_draft(user=user, form=FORM, title="", typed={"note": ["x" * length]}, at=clock.now())
    except Invalid:
        assert not is_kept
    assert Draft.objects.exists() == is_kept


@pytest.mark.parametrize(("days", "gone"), [(30, 0), (31, 1)])
def test_draft_nobody_comes_back_to_is_forgotten_after_thirty_days(user_with, days, gone):
    at = clock.now()
    save_draft(
        user=user_with("attendance_officer"), form=FORM, title="", typed={"n": ["x"]},
        at=at - timedelta(days=days),
    )  # fmt: skip

    assert forget_old_drafts(at=at) == gone


def test_draft_goes_back_into_the_fields_it_came_from():
    draft = Draft(typed={"note": ["one"], "days": ["1", "2"]})

    assert as_initial(draft) == {"note": "one", "days": ["1", "2"]}
    assert as_initial(None) == {}
