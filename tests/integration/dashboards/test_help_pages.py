"""P39: help opens for whom it is for, says what the rules say, and leads only where one may go."""

from __future__ import annotations

import html
import re

import pytest
from django.urls import reverse

from accounts.roles import ROLES, Role
from cases.states import STAGES
from dashboards.help.guides import GUIDES
from dashboards.help.rules import rule_kinds

PUBLIC = {
    "help": "Help",
    "help_figures": "What our figures mean",
    "help_codes": "Attendance codes",
    "help_pathway": "The six stages of support",
    "accessibility": "Accessibility",
    "privacy": "Privacy",
}
MOST_WORDS = 25


def all_pages():
    rules = [reverse("help_rule", args=[kind]) for kind in rule_kinds()]
    return [
        *(reverse(name) for name in PUBLIC),
        *(reverse("help_role", args=[role]) for role in Role),
        *rules,
    ]


def main_of(response):
    return response.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def sentences(markup):
    """What a person reads, a sentence each; a source is a title and not a sentence."""
    text = re.sub(r"</?(p|li|dd|dt|td|th|h[1-6]|caption|div)\b[^>]*>", "\n", markup)
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [
        sentence
        for line in lines
        if line and not line.startswith(("Source:", "Department for", "Education (Penalty"))
        for sentence in re.split(r"(?<=[.?!])\s", line)
    ]


@pytest.mark.parametrize("role", list(Role))
def test_every_help_page_opens_for_each_role(role, signed_in):
    client = signed_in(role)

    assert {address: client.get(address).status_code for address in all_pages()} == dict.fromkeys(
        all_pages(), 200
    )


@pytest.mark.parametrize(("name", "title"), PUBLIC.items())
def test_public_page_opens_for_a_visitor_without_asking_the_database(name, title, client):
    # No database is given to this test: a query would raise.
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert re.search(rf"<h1[^>]*>{title}</h1>", response.content.decode())
    assert response["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("address", ["/help/rules/at_risk/", "/help/school_lead/"])
def test_rule_and_guide_ask_a_visitor_to_sign_in(address, client):
    response = client.get(address)

    assert response.status_code == 302
    assert response.url == f"/sign-in/?next={address}"


@pytest.mark.parametrize("address", ["/help/rules/no_such_rule/", "/help/no_such_role/"])
def test_rule_or_role_that_never_was_is_not_found(address, signed_in):
    assert signed_in("school_lead").get(address).status_code == 404


def test_machine_has_no_guide(signed_in):
    assert signed_in("administrator").get("/help/machine/").status_code == 404


def test_footer_of_the_sign_in_page_leads_to_pages_that_open(client):
    footer = client.get("/sign-in/").content.decode().split("<footer")[1]
    found = dict(re.findall(r'footer__link"\s+href="([^"]+)">([^<]+)<', footer))

    assert list(found.values()) == [
        "Get help", "What our figures mean", "Accessibility", "Privacy",
    ]  # fmt: skip
    assert {client.get(address).status_code for address in found} == {200}


# Guides.


@pytest.mark.parametrize("role", list(Role))
def test_guide_has_five_things_and_every_link_opens_for_the_role(role, borough, signed_in):
    client = signed_in(role, school=borough.ash) if role == "school_lead" else signed_in(role)
    page = main_of(client.get(f"/help/{role}/"))
    five = page.split("Good to know")[0]
    steps = [html.unescape(found) for found in re.findall(r'href="([^"#]+)"', five)]

    assert ROLES[role].label in page
    assert len(GUIDES[role].things) == page.count("app-guide__thing") == 5
    assert len(steps) == 5
    opened = {address: client.get(address, follow=True).status_code for address in steps}
    assert opened == dict.fromkeys(steps, 200)


def test_guide_of_another_role_says_that_it_is(signed_in):
    client = signed_in("panel_member")

    assert "another role than yours" in main_of(client.get("/help/analyst/"))
    assert "another role than yours" not in main_of(client.get("/help/panel_member/"))


def test_index_puts_the_own_guide_first(signed_in):
    page = main_of(signed_in("analyst").get("/help/"))

    assert page.index("Data analyst: the three-minute guide") < page.index("School lead")


def test_index_offers_a_visitor_what_is_open_to_them(client):
    page = main_of(client.get("/help/"))

    assert "/help/rules/" not in page
    assert "Sign in" in page


# Rules.


def test_rule_page_shows_both_sides_and_the_source(signed_in):
    page = main_of(signed_in("school_lead").get("/help/rules/persistent_absence/"))
    over, under = page.split("No flag")

    assert "methodology, sections 3.1 and 3.2" in page
    assert "36 of 360 possible sessions missed, 10.0%" in over
    assert "35 of 351 possible sessions missed, 9.97%" in under


def test_rule_page_follows_the_settings(signed_in, settings):
    settings.MINIMUM_POSSIBLE_SESSIONS = 40

    page = main_of(signed_in("school_lead").get("/help/rules/severe_absence/"))

    assert "Under 40 possible sessions it is too early to say." in page
    assert "fewer than 40 possible sessions" in page


@pytest.mark.parametrize("address", ["?flag=severe_absence", "?cohort=severely_absent"])
def test_rule_leads_to_the_pupils_it_holds_for(address, borough, signed_in):
    client = signed_in("attendance_officer")
    kind = address.split("=")[1]

    page = main_of(client.get(f"/help/rules/{kind}/"))

    assert f'href="/pupils/{address}"' in page
    assert client.get(f"/pupils/{address}").status_code == 200


def test_rule_offers_no_pupils_to_whoever_may_see_none(signed_in):
    assert "/pupils/" not in main_of(signed_in("administrator").get("/help/rules/at_risk/"))


def test_why_page_leads_to_the_rule(borough, signed_in):
    from attendance.models import Flag

    flag = Flag.objects.get(enrolment=borough.cal, kind="penalty_notice_threshold")
    page = signed_in("attendance_officer").get(f"/flags/{flag.pk}/why/").content.decode()

    assert 'href="/help/rules/penalty_notice_threshold/"' in page


# Codes.


def test_codes_of_today_stand_first(client):
    page = main_of(client.get("/help/codes/"))

    assert "In force on Tuesday 3 March 2026" in page
    assert "Leave: interview" in page
    assert "Family holiday agreed" not in page


def test_codes_of_an_earlier_day_are_those_of_that_day(client):
    page = main_of(client.get("/help/codes/?on=2024-08-18"))

    assert "Family holiday agreed" in page
    assert "Leave: interview" not in page


def test_codes_without_a_day_are_all_of_them(client):
    page = main_of(client.get("/help/codes/?on="))

    assert "Every code, whenever it was in force" in page
    assert "Family holiday agreed" in page
    assert "Leave: interview" in page


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("2006-08-31", "Our table of codes begins on 2006-09-01."),
        ("yesterday", "Write the date as 2026-03-02."),
    ],
)
def test_day_that_cannot_be_shown_says_why_and_shows_today(asked, says, client):
    response = client.get(f"/help/codes/?on={asked}")
    page = response.content.decode()

    assert response.status_code == 200
    assert says in page
    assert "<title>Error: " in page
    assert "In force on Tuesday 3 March 2026" in page


def test_first_day_of_the_table_can_be_shown(client):
    assert "In force on Friday 1 September 2006" in main_of(
        client.get("/help/codes/?on=2006-09-01")
    )


# Statements.


def test_privacy_page_takes_roles_and_periods_from_where_they_are_set(client, settings):
    settings.EXPORT_FILE_HOURS = 36

    page = main_of(client.get("/privacy/"))

    assert "kept for 36 hours" in page
    assert all(facts.label in page for facts in ROLES.values())
    assert "licensed under the Open Government Licence v3.0" in page


def test_statements_say_whom_to_ring(client, settings):
    settings.SUPPORT_PHONE = "01632 960123"

    assert "01632 960123" in main_of(client.get("/accessibility/"))
    assert "01632 960123" in main_of(client.get("/privacy/"))


@pytest.mark.parametrize("address", all_pages())
def test_sentences_of_help_are_short(address, signed_in):
    said = sentences(main_of(signed_in("attendance_officer").get(address)))

    assert [text for text in said if len(text.split()) > MOST_WORDS] == []


def test_pathway_names_stages_and_gates_as_the_portal_does(client):
    page = client.get("/help/pathway/").content.decode()
    for facts in STAGES.values():
        assert f'<h2 class="govuk-heading-m">{facts.label}</h2>' in page
    assert page.count("First, on record") == 3
    assert page.count("<li>A named barrier</li>") == 1
    assert "on hold" not in page
