"""Access that was ended is named nowhere as if it still held."""

from datetime import date

import pytest

from attendance_portal.shared import clock
from schools.models import Membership
from tests.factories.pupils import PupilGrantFactory
from tests.factories.schools import MembershipFactory, PatchFactory

pytestmark = pytest.mark.django_db


def ended(user) -> None:
    Membership.objects.filter(user=user).update(ended_at=clock.now())


def test_professional_whose_access_was_ended_is_not_on_the_family_page(borough, user_with, client):
    worker = user_with("early_help_worker")
    PupilGrantFactory(user=worker, pupil=borough.ben.pupil)
    client.force_login(user_with("attendance_officer"))
    address = f"/pupils/{borough.ben.pupil.public_id}/family/"
    assert len(client.get(address).context["page"].professionals) == 1

    ended(worker)

    assert client.get(address).context["page"].professionals == []


def test_officer_whose_access_was_ended_has_no_schools_on_the_managers_table(
    borough, user_with, client
):
    patch = PatchFactory(schools=[borough.ash])
    officer = user_with("attendance_officer", patch=patch)
    client.force_login(user_with("team_manager"))
    assert client.get("/").context["work"].team.officers[0].schools == 1

    ended(officer)

    (nobody,) = client.get("/").context["work"].team.officers
    assert (nobody.officer, nobody.schools) == ("No officer's patch", 2)


def test_cover_that_was_ended_is_not_told(borough, signed_in):
    client = signed_in("attendance_officer")
    MembershipFactory(
        user=client.user, role="team_manager", until_on=date(2026, 3, 14), ended_at=clock.now()
    )

    assert "cover for" not in client.get("/").content.decode()
