"""What every page shares: navigation by role, components, form fields, pages of errors."""

from pathlib import Path

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory

from dashboards.frame import frame
from dashboards.templatetags.govuk_forms import govuk_error_summary, govuk_field
from dashboards.views.components import SampleForm, sample_context


def navigation(client):
    return [item.text for item in client.get("/components/").context["navigation"]]


@pytest.mark.parametrize(
    ("role", "items"),
    [
        ("attendance_officer", ["Today", "Pupils", "Borough", "Registers"]),
        ("team_manager", ["Today", "Pupils", "Borough", "Registers"]),
        ("early_help_worker", ["Pupils"]),
        ("panel_member", ["Pupils"]),
        ("analyst", ["Pupils", "Borough", "Registers"]),
        ("administrator", []),
    ],
)
def test_navigation_shows_only_what_the_role_may_open(signed_in, role, items):
    assert navigation(signed_in(role)) == items


def test_navigation_of_two_roles_is_both(client, user_with):
    person = user_with("administrator")
    user_with("early_help_worker", user=person)
    client.force_login(person)

    assert navigation(client) == ["Pupils"]


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
        for template in signed_in("administrator").get("/components/").templates
        if template.name
    }
    needs_a_list = {"components/filter_panel.html", "components/year_strip.html"}

    everything = {f"components/{path.name}" for path in folder.glob("*.html")}
    assert everything - shown == needs_a_list


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


@pytest.mark.parametrize("name", ["400.html", "403.html", "404.html", "500.html", "403_csrf.html"])
def test_error_page_needs_no_context(name):
    assert "<h1" in render_to_string(name)


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
