"""People, logs and exports, wide and on a phone: nothing a scan finds, no sideways scrolling."""

import pytest

from accounts.services.audit import check_chain
from attendance_portal.shared import clock
from schools.models import Membership
from tests.factories.journeys import NARROW
from tests.factories.screens import WIDE, is_wider_than_the_screen, violations

PAGES = {
    "administrator": (
        "/people/",
        "/people/?q=nobody",
        "/people/give/",
        "/people/{user}/",
        "/people/{user}/access/{membership}/end/",
        "/access-log/",
        "/access-log/?pupil={pupil}",
        "/audit/",
    ),
    "analyst": ("/exports/",),
}


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "320"])
@pytest.mark.parametrize("role", list(PAGES))
def test_page_of_administration_is_clean(borough, visit, user_with, role, viewport):
    lead = user_with("school_lead", school=borough.ash)
    held = Membership.objects.get(user=lead)
    page = visit(role, viewport=viewport)
    check_chain(by=None, at=clock.now())
    found = {}
    for address in PAGES[role]:
        page.goto(
            address.format(user=lead.pk, membership=held.pk, pupil=borough.ada.pupil.public_id)
        )
        found[address] = violations(page)
        if is_wider_than_the_screen(page):
            found[address].append("wider than the screen")

    assert {address: faults for address, faults in found.items() if faults} == {}
