"""T10, who looked at this child? (less the case): access given, a reading found, access ended."""

from __future__ import annotations

import csv
import re
from datetime import date

import pytest
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import AuditEvent, ExportRecord, User
from accounts.services import seal_audit
from attendance_portal.shared import clock
from schools.models import Membership
from tests.factories.classes import LATEST, SmallBorough
from tests.factories.journeys import Journey, each_way

UNTIL = "2026-12-31"


@pytest.fixture
def journey(borough, visit, way, user_with) -> Journey:
    """An administrator, one of two, on their first screen."""
    user_with("administrator")
    page = visit("administrator", viewport=way.viewport, scripts=way.scripts)
    return Journey(page, way)


def main(page: Page):
    return page.get_by_role("main")


def go_to(journey: Journey, name: str) -> None:
    """By the navigation, which a narrow screen with scripts folds into a menu."""
    menu = journey.page.get_by_role("button", name="Menu", exact=True)
    if menu.is_visible():
        journey.press(menu)
    journey.follow(journey.page.get_by_role("link", name=name, exact=True).first)


def give_access(journey: Journey) -> None:
    """A school lead, for one school, until 31 December."""
    page = journey.page
    journey.follow(page.get_by_role("link", name="Give access", exact=True))
    page.get_by_label("Their email address").fill("lea@example.org")
    page.get_by_label("Their name, if they are new here").fill("Lea Lead")
    page.get_by_label("Role", exact=True).select_option(label="School lead")
    page.get_by_label("For which schools?").select_option(label="Ash School")
    page.get_by_label("Last day").fill(UNTIL)
    page.get_by_label("Why do they need it?").fill("New attendance champion")
    journey.follow(page.get_by_role("button", name="Continue"))
    expect(main(page)).to_contain_text("31 Dec 2026")
    journey.follow(page.get_by_role("button", name="Give this access"))


def look_up(journey: Journey, upn: str) -> list[dict[str, str]]:
    """From the navigation to the file of everyone who opened this child's record."""
    page = journey.page
    go_to(journey, "Access log")
    page.get_by_label("Unique pupil number (UPN)").fill(upn)
    journey.follow(page.get_by_role("button", name="Look up"))
    expect(page).to_have_url(re.compile(r"/access-log/\?pupil=[0-9a-f-]{36}$"))
    page.get_by_label("Why is it taken out?").fill("Subject access request 12")
    button = page.get_by_role("button", name="Export for a subject access request")
    with journey.download(button).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def end_access(journey: Journey) -> None:
    """From the line of the log to the end of the access."""
    page = journey.page
    journey.follow(page.get_by_role("link", name="Lea Lead").first)
    journey.follow(page.get_by_role("link", name="End access"))
    page.get_by_label("Why does it end?").fill("Has left the school")
    journey.follow(page.get_by_role("button", name="End access"))


def check_chain(journey: Journey) -> None:
    journey.page.goto("/audit/")
    journey.follow(journey.page.get_by_role("button", name="Check now"))


def alter(sequence: int) -> None:
    """Do what only someone with the database's own password could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(
            "UPDATE accounts_auditevent SET actor_label = 'x' WHERE sequence = %s", [sequence]
        )


def assert_sees_ash_only(theirs: Client, borough: SmallBorough, system) -> None:
    export = ExportRecord.objects.create(
        user=User.objects.exclude(email="lea@example.org").first(), at=clock.now(),
        kind="periods", as_of=LATEST, urns=[borough.elm.pk], state="made",
    )  # fmt: skip
    own, other = borough.ada.pupil, borough.eve.pupil
    assert theirs.get(f"/pupils/{own.public_id}/").status_code == 200
    assert theirs.get(f"/pupils/{other.public_id}/").status_code == 404
    assert theirs.get(f"/exports/{export.pk}/file/").status_code == 404
    assert system.get(f"/api/v1/pupils/{own.upn}/absence/").status_code == 200
    assert system.get(f"/api/v1/pupils/{other.upn}/absence/").status_code == 404


@each_way
def test_who_looked_at_this_child(journey, borough, system_of, way):
    page = journey.page
    give_access(journey)
    expect(main(page)).to_contain_text("Can see 1 school and 4 pupils.")
    theirs = Client()
    theirs.force_login(User.objects.get(email="lea@example.org"))
    system = system_of("attendance:read", schools=[borough.ash])
    assert_sees_ash_only(theirs, borough, system)

    readings = look_up(journey, borough.ada.pupil.upn)
    who = [(row["email"], row["what"].split()[0]) for row in readings]
    assert who[0] == ("lea@example.org", "Opened")
    assert "Looked" in [what for _, what in who[1:]]

    end_access(journey)
    expect(main(page)).to_contain_text("School lead: the access has ended.")
    assert theirs.get(f"/pupils/{borough.ada.pupil.public_id}/").status_code in (403, 404)
    menu = way.by_keyboard  # the menu is pressed once more on a narrow screen
    assert journey.clicks <= 9 + menu

    given = Membership.objects.get(user__email="lea@example.org")
    assert (given.until_on, given.end_reason) == (date(2026, 12, 31), "Has left the school")
    assert given.ended_at is not None
    deeds = AuditEvent.objects.filter(object_kind="membership", object_ref=str(given.pk))
    assert list(deeds.order_by("pk").values_list("verb", flat=True)) == [
        "gave_access",
        "ended_access",
    ]
    assert ExportRecord.objects.filter(reason="Subject access request 12").count() == 1

    check_chain(journey)
    expect(main(page)).to_contain_text("Unbroken to entry")
    seal_audit()
    alter(deeds.get(verb="gave_access").sequence)
    check_chain(journey)
    altered = deeds.get(verb="gave_access").sequence
    expect(page.get_by_role("alert")).to_contain_text(f"Entry {altered} does not hold")
    assert journey.faults == {}
