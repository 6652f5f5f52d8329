"""P3: the family of a child, and who has looked at the record."""

from datetime import date, datetime

import pytest

from accounts.models import AccessLogEntry
from attendance_portal.shared.clock import LONDON
from schools.models import Household
from tests.factories.pupils import ParentFactory, PupilGrantFactory, ResponsibilityFactory
from tests.factories.records import address, moved, page_of, text_of

# Family.


def with_family(borough):
    home = Household.objects.create()
    for one in (borough.ben, borough.eve):
        one.pupil.household = home
        one.pupil.save()
    mother = ParentFactory(
        name="Maja Sample", phone="01632 960123", email="maja@example.org", language="Polish"
    )
    ResponsibilityFactory(pupil=borough.ben.pupil, parent=mother)
    father = ParentFactory(name="Adam Sample", phone="01632 960124")
    ResponsibilityFactory(
        pupil=borough.ben.pupil,
        parent=father,
        relationship="Father",
        parental_responsibility=None,
        lives_with=False,
    )


def rows_of(page):
    return {parent.name: dict(parent.rows) for parent in page.parents}


def test_family_puts_the_parent_who_lives_with_the_child_first(borough, signed_in):
    with_family(borough)

    page = page_of(signed_in("attendance_officer"), borough.ben, "family/")

    assert list(rows_of(page)) == ["Maja Sample", "Adam Sample"]
    assert rows_of(page)["Maja Sample"] == {
        "Parental responsibility": "Yes",
        "Lives with the child": "Yes",
        "Language": "Polish",
        "Telephone": "01632 960123",
        "E-mail": "maja@example.org",
    }
    assert rows_of(page)["Adam Sample"]["Parental responsibility"] == "Not known"


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("attendance_officer", True),
        ("team_manager", True),
        ("early_help_worker", True),
        ("panel_member", False),
        ("analyst", False),
    ],
)
def test_contact_details_and_the_inset_are_for_those_who_contact(borough, signed_in, role, sees):
    with_family(borough)
    client = signed_in(role)
    PupilGrantFactory(user=client.user, pupil=borough.ben.pupil)

    text = text_of(client, borough.ben, "family/")

    assert "Maja Sample" in text
    assert ("01632 960123" in text) is sees
    assert ("Telephone" in text) is sees
    assert ("Maja Sample speaks Polish. Ask whether an interpreter would help." in text) is sees


@pytest.mark.parametrize("language", ["", "English", "english "])
def test_inset_is_left_out_where_nothing_is_known(borough, signed_in, language):
    ResponsibilityFactory(pupil=borough.ben.pupil, parent=ParentFactory(language=language))

    assert "Before you contact" not in text_of(signed_in("attendance_officer"), borough.ben)


def test_sibling_is_shown_with_a_link_to_those_who_may_open_it_only(borough, user_with, client):
    with_family(borough)
    client.force_login(user_with("attendance_officer"))
    (sibling,) = page_of(client, borough.ben, "family/").siblings
    assert (sibling.name, sibling.school) == ("Eve Sample", "Elm School")
    assert address(borough.eve) in text_of(client, borough.ben, "family/")

    client.force_login(user_with("school_lead", school=borough.ash))
    assert page_of(client, borough.ben, "family/").siblings == []
    assert "Eve Sample" not in text_of(client, borough.ben, "family/")


def test_professionals_are_those_given_the_child_and_the_schools_own(borough, user_with, client):
    officer = user_with("attendance_officer")
    borough.ash.link_officer = officer
    borough.ash.save()
    worker = user_with("early_help_worker")
    worker.organisation = "Family hub"
    worker.save()
    PupilGrantFactory(user=worker, pupil=borough.ben.pupil)
    PupilGrantFactory(
        user=user_with("panel_member"), pupil=borough.ben.pupil, until_on=date(2026, 3, 2)
    )
    client.force_login(officer)

    people = page_of(client, borough.ben, "family/").professionals

    assert [(one.role, one.organisation, one.since) for one in people] == [
        ("Link officer of Ash School", officer.organisation, ""),
        ("Early help worker", "Family hub", "1 Sep 2025"),
    ]
    assert people[1].reach == worker.email


def test_family_of_a_leaver_is_closed_to_the_school_left(borough, signed_in):
    with_family(borough)
    moved(borough)

    text = text_of(signed_in("school_lead", school=borough.ash), borough.ben, "family/")

    assert "This child has left the school." in text
    assert "Maja" not in text


# Who viewed.


def viewed(user, enrolment, at, roles="attendance_officer", page="pupil"):
    return AccessLogEntry.objects.create(
        at=at,
        user=user,
        roles=roles,
        action="view",
        subject_kind="pupil",
        subject_ref=str(enrolment.pupil.public_id),
        page=page,
    )


def moment(day, hour=9):
    return datetime(2026, 1, day, hour, tzinfo=LONDON)


def test_viewings_say_role_organisation_when_and_page(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    client.user.organisation = "Ash School"
    client.user.save()
    viewed(client.user, borough.ben, moment(12), "early_help_worker school_lead", "flag_why")
    viewed(client.user, borough.ben, moment(13), "machine", "api:pupil-absence")
    viewed(client.user, borough.eve, moment(14))

    lines = client.get(address(borough.ben, "viewed/")).context["lines"]

    assert [(line.role, line.page) for line in lines] == [
        ("School lead", "Who viewed"),
        ("School system", "Figures, sent to a system"),
        ("Early help worker and School lead", "Why this flag"),
    ]
    assert (lines[2].organisation, lines[2].when) == ("Ash School", "12 Jan 2026, 9:00am")


def test_viewings_turn_pages(borough, signed_in):
    client = signed_in("attendance_officer")
    for hour in range(30):
        viewed(client.user, borough.ben, moment(12 + hour // 24, hour % 24))

    response = client.get(address(borough.ben, "viewed/?page=2"))

    assert (response.context["count"], len(response.context["lines"])) == (31, 6)


def test_viewings_of_a_leaver_end_for_the_school_left_on_its_last_day(borough, signed_in):
    moved(borough)
    client = signed_in("school_lead", school=borough.ash)
    viewed(client.user, borough.ben, moment(30, 23))
    viewed(client.user, borough.ben, moment(31, 0))

    response = client.get(address(borough.ben, "viewed/"))

    assert [line.when for line in response.context["lines"]] == ["30 Jan 2026, 11:00pm"]
    assert "up to 30 Jan 2026, the child" in response.content.decode()


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "analyst"])
def test_viewings_are_for_the_council_and_the_school(borough, signed_in, role):
    client = signed_in(role)
    PupilGrantFactory(user=client.user, pupil=borough.ben.pupil)

    assert client.get(address(borough.ben, "viewed/")).status_code == 403
    assert "Who viewed" not in text_of(client, borough.ben)
