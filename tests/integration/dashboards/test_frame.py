"""What every page shares: navigation by role, components, form fields, pages of errors."""

from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse

from accounts.roles import Role
from attendance_portal.shared.errors import Conflict
from dashboards import frame as frame_module
from dashboards.conflicts import changed_meanwhile
from dashboards.frame import frame
from dashboards.samples import sample_parts
from dashboards.templatetags.govuk_forms import govuk_error_summary, govuk_field
from dashboards.views.components import SampleForm, sample_context
from schools.permissions import GuardedView


def navigation(client):
    return [item.text for item in client.get("/help/").context["navigation"]]


#: Pages of pages.md, section 1, that are still to come: without a route they have no entry.
TO_COME = {
    "Support": "support",
    "API clients": "client_list",
    "My panels": "panel_list",
}


@pytest.mark.parametrize("route", sorted(TO_COME.values()))
def test_entry_that_is_to_come_has_no_page_yet(route):
    with pytest.raises(NoReverseMatch):
        reverse(route)


@pytest.mark.parametrize(
    ("role", "items"),
    [
        ("attendance_officer", ["Today", "Cases", "Schools", "Meetings", "Borough"]),
        ("team_manager", ["Today", "Cases", "Schools", "Meetings", "Borough"]),
        ("school_lead", ["Today", "Pupils", "Meetings", "Compare", "Registers"]),
        ("early_help_worker", ["My families", "My actions"]),
        ("panel_member", ["Pupils", "My actions"]),
        ("analyst", ["Borough", "Explore", "Exports", "Data"]),
        ("administrator", ["People", "Access log", "Data"]),
    ],
)
def test_navigation_of_a_role_is_what_is_built_for_it(signed_in, role, items):
    assert navigation(signed_in(role)) == items


def test_navigation_of_two_roles_is_both(client, user_with):
    person = user_with("administrator")
    user_with("early_help_worker", user=person)
    client.force_login(person)

    assert navigation(client) == ["My families", "My actions", "People", "Access log", "Data"]


def test_navigation_has_six_entries_at_most_and_the_rest_beside_the_name():
    shown = frame_module.navigation("/", frozenset(Role))

    assert len(shown.items) <= frame_module.MOST_ITEMS
    texts = [item.text for item in (*shown.items, *shown.account)]
    assert len(texts) == len(set(texts))
    assert {"Today", "Schools", "Borough", "Pupils", "Registers", "People"} <= set(texts)


def test_navigation_of_every_role_has_six_entries_at_most():
    assert all(len(own) <= frame_module.MOST_ITEMS for own in frame_module.NAVIGATION.values())
    assert set(frame_module.NAVIGATION) == set(Role)


@pytest.mark.parametrize(
    ("role", "has_it"),
    [("attendance_officer", True), ("school_lead", True), ("panel_member", False),
     ("administrator", False)],
)  # fmt: skip
def test_search_box_stands_on_the_page_of_whoever_may_search(signed_in, role, has_it):
    text = signed_in(role).get("/help/").content.decode()

    assert ('role="search"' in text) == has_it


@pytest.mark.parametrize("role", ["attendance_officer", "administrator"])
def test_footer_leads_only_to_pages_that_are_there(signed_in, role):
    client = signed_in(role)
    links = client.get("/help/").context["footer_links"]

    assert [client.get(link.href).status_code for link in links] == [200] * len(links)


def test_navigation_marks_where_one_is(signed_in):
    items = signed_in("analyst").get("/borough/").context["navigation"]

    assert [item.text for item in items if item.is_current] == ["Borough"]


def test_components_page_draws_every_component(signed_in):
    text = signed_in("administrator").get("/components/").content.decode()

    for mark in ("govuk-tag--magenta", "app-alert", "govuk-pagination", "govuk-error-summary"):
        assert mark in text


def test_components_page_has_sample_data_for_each_file_of_components(signed_in):
    folder = Path(__file__).parents[3] / "templates" / "components"
    shown = {
        template.name
        for template in signed_in("attendance_officer").get("/components/").templates
        if template.name
    }
    elsewhere = ("year_strip", "strip_parts", "take_out", "reasons_panel")  # of records and figures
    of_a_record = {f"components/{name}.html" for name in elsewhere}

    everything = {f"components/{path.name}" for path in folder.glob("*.html")}
    assert everything - shown - of_a_record == set()


@pytest.mark.parametrize("name", list(SampleForm.base_fields))
def test_form_field_has_its_label_and_name(name):
    field = SampleForm()[name]

    drawn = govuk_field(field)

    assert str(field.label) in drawn
    assert f'name="{name}"' in drawn


def test_form_field_escapes_what_was_typed():
    form = SampleForm({"name": '"><script>'})

    assert "<script>" not in govuk_field(form["name"])


def test_form_field_that_is_wrong_says_so_at_the_field():
    form = sample_context()["wrong_form"]

    assert "This field is required." in govuk_field(form["name"])


def test_error_summary_links_to_each_field():
    drawn = govuk_error_summary(sample_context()["wrong_form"])

    assert 'href="#id_name"' in drawn


def test_error_summary_of_radios_links_to_the_first():
    form = sample_context()["wrong_form"]

    target = govuk_error_summary(form).split('href="#')[2].split('"')[0]

    assert f'id="{target}"' in govuk_field(form["term"])


def test_error_summary_of_a_good_form_is_nothing():
    class Form(forms.Form):
        name = forms.CharField(required=False)

    assert govuk_error_summary(Form({})) == ""


ERROR_PAGES = ["400", "403", "403_csrf", "404", "409", "429", "500", "503"]


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_error_page_needs_no_context_and_says_what_is_safe_and_whom_to_ring(name, settings):
    settings.SUPPORT_PHONE = "01632 960123"

    text = render_to_string(f"{name}.html")

    assert "<h1" in text
    assert "01632 960123" in text
    assert any(words in text for words in ("Nothing was", "Nothing that", "is safe"))
    assert "personal data" not in text


def test_error_page_without_a_number_still_says_whom_to_ring(settings):
    settings.SUPPORT_PHONE = ""

    assert "Ring the attendance team if" in render_to_string("500.html")


def test_conflict_that_no_page_shows_is_409_with_its_reason(rf, user_with):
    class Page(GuardedView):
        permission = None

        def get(self, request):
            raise Conflict("Somebody confirmed this move before you.")

    request = rf.get("/")
    request.user = user_with("attendance_officer")
    response = Page.as_view()(request)

    assert response.status_code == 409
    assert "Somebody confirmed this move before you." in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
def test_database_that_does_not_answer_is_a_503_page(client, settings, problem, monkeypatch, db):
    def fails(*_args, **_kwargs):
        raise problem("connection refused")

    monkeypatch.setattr("allauth.account.views.login.view_class.get", fails)
    client.raise_request_exception = False

    response = client.get("/sign-in/")

    assert response.status_code == 503
    assert response["Retry-After"] == "60"
    assert "cannot reach its records" in response.content.decode()


def test_session_that_ended_is_told_so_at_the_sign_in(signed_in):
    client = signed_in("attendance_officer")
    client.session.flush()

    page = client.get("/pupils/", follow=True)

    assert page.redirect_chain[0][0].endswith("&idle=1")
    assert "signed out after 30 minutes" in page.content.decode()


def test_visitor_who_never_signed_in_is_told_nothing_of_it(client, db):
    page = client.get("/pupils/", follow=True)

    assert "30 minutes" not in page.content.decode()


def test_part_of_a_page_asked_for_after_the_session_sends_the_browser_to_sign_in(client, db):
    asked = {"HX-Request": "true", "HX-Current-URL": "http://testserver/pupils/?flag=at_risk"}

    response = client.get("/pupils/?flag=severe_absence", headers=asked)

    assert response["HX-Redirect"] == "/sign-in/?next=/pupils/%3Fflag%3Dat_risk"


def test_changed_meanwhile_shows_both_versions(rf, user_with):
    request = rf.post("/")
    request.user = user_with("attendance_officer")

    response = changed_meanwhile(request, thing="This answer", versions=sample_parts()["versions"])

    text = response.content.decode()
    assert response.status_code == 409
    assert "Spoke to the family." in text
    assert "Rang, no answer yet." in text
    assert text.count("The same") == 1


def test_page_that_never_was_is_404_in_our_frame(signed_in):
    response = signed_in("analyst").get("/no-such-page/")

    assert response.status_code == 404
    assert "There is no such page, or it is not one that you can see." in response.content.decode()


def test_sign_in_page_is_ours_and_says_what_is_wrong(client, db):
    response = client.post("/sign-in/", {"login": "nobody@example.org", "password": "wrong"})

    text = response.content.decode()
    assert "<title>Error: Sign in" in text
    assert "There is a problem" in text


def test_frame_without_a_person_has_no_navigation():
    request = RequestFactory().get("/")
    request.user = AnonymousUser()

    assert frame(request)["navigation"] == []
