"""From a name to its page: schools from flags, lists and feeds, figures to their file."""

import pytest
from django.urls import reverse

from attendance.models import RegisterBatch
from attendance.states import ROUTES
from tests.factories.pupils import PupilGrantFactory


def text_of(client, address):
    return client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/", "/pupils/", "/data/feeds/"])
def test_school_on_a_list_leads_to_its_page(borough, signed_in, address):
    text = text_of(signed_in("attendance_officer"), address)

    assert f'href="/schools/{borough.ash.urn}/' in text


def test_school_on_a_record_leads_to_its_page(borough, signed_in):
    record = f"/pupils/{borough.ben.pupil.public_id}/"

    assert f'href="/schools/{borough.ash.urn}/"' in text_of(signed_in("attendance_officer"), record)


@pytest.mark.parametrize("address", ["/", "/pupils/"])
def test_school_of_a_child_granted_from_elsewhere_is_named_without_a_link(
    borough, user_with, client, address
):
    lead = user_with("school_lead", school=borough.elm)
    PupilGrantFactory(user=lead, pupil=borough.ben.pupil)
    client.force_login(lead)

    text = text_of(client, address)

    assert "Ash School" in text
    assert f'href="/schools/{borough.ash.urn}/' not in text


def test_early_help_worker_finds_no_link_to_a_page_that_is_not_theirs(borough, user_with, client):
    worker = user_with("early_help_worker")
    PupilGrantFactory(user=worker, pupil=borough.ben.pupil)
    client.force_login(worker)

    assert 'href="/schools/' not in text_of(client, f"/pupils/{borough.ben.pupil.public_id}/")


def test_administrator_sees_feeds_without_links_to_schools(borough, signed_in):
    text = text_of(signed_in("administrator"), "/data/feeds/")

    assert "Ash School" in text
    assert 'href="/schools/' not in text


def test_officers_reach_the_whole_list_and_the_upload_from_today(borough, signed_in):
    text = text_of(signed_in("attendance_officer"), "/")

    assert f'href="{reverse("pupil_list")}">All pupils</a>' in text
    assert f'href="{reverse("register_upload")}">upload a register</a>' in text


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("/schools/{urn}/?as_of=2026-02-05", "school={urn}&amp;as_of=2026-02-05"),
        ("/borough/?as_of=2026-02-05", "as_of=2026-02-05"),
        ("/borough/?phase=PS", "phase=PS&amp;as_of=2026-02-06"),
    ],
)
def test_figures_lead_to_the_form_of_their_file(borough, signed_in, address, part):
    urn = borough.elm.urn
    client = signed_in("analyst")
    href = f"/exports/?kind=dashboard&amp;{part.format(urn=urn)}"

    assert f'href="{href}"' in text_of(client, address.format(urn=urn))

    form = client.get(href.replace("&amp;", "&")).context["form"]
    for pair in part.format(urn=urn).split("&amp;"):
        name, value = pair.split("=")
        assert str(form[name].value()) == value


def test_every_route_of_a_batch_is_said_as_people_say_it():
    assert set(ROUTES) == set(RegisterBatch.Route.values)
    assert ROUTES["bundle"] == "Files loaded by the council"
