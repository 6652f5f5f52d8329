"""A past day of a large authority: the worker works it out while the page says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from kombu.exceptions import OperationalError

from attendance.imports.marks import receive_marks
from attendance.models import PastStanding
from attendance_portal.shared import clock
from dashboards import waiting
from dashboards.tasks import work_out_day
from tests.factories.crawling import parsed, text_of
from tests.factories.schools import TrustFactory

PAST = date(2026, 1, 30)
PAGE = f"/borough/?as_of={PAST}"
SAYS = "Working out Fri 30 Jan 2026"

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(borough, settings):
    """An authority whose five enrolments are many."""
    settings.WAIT_FROM_ENROLMENTS = 5
    return borough


@pytest.fixture
def told(monkeypatch) -> list[str]:
    """The days that the worker was told of; it does not come by itself."""
    days: list[str] = []

    def apply_async(arguments, **options):
        days.extend(arguments)

    monkeypatch.setattr(work_out_day, "apply_async", apply_async)
    return days


def words(answer) -> str:
    return text_of(parsed(answer.content.decode()))


@pytest.mark.parametrize(
    "path", ["/borough/", "/explore/", "/pupils/", "/places/", "/explore/concentration/"]
)
def test_page_says_that_the_day_is_worked_out_and_shows_it_once_it_is(path, large, signed_in, told):
    client, page = signed_in("team_manager"), f"{path}?as_of={PAST}"
    first = client.get(page)
    assert (first.status_code, told) == (202, ["2026-01-30"])
    assert SAYS in words(first)
    assert f'hx-get="{page}"' in first.content.decode()
    assert client.get(page).status_code == 202
    assert len(told) == 1, "Told once, however often somebody looks."
    work_out_day(*told)
    ready = client.get(page)
    assert ready.status_code == 200
    assert SAYS not in words(ready)


def test_waiting_page_asks_again_and_leads_on_once_the_day_is_known(large, signed_in, told):
    client = signed_in("team_manager")
    client.get(PAGE)
    asking = {"HX-Request": "true", "HX-Target": waiting.ASKS_AGAIN}
    again = client.get(PAGE, headers=asking)
    assert again.status_code == 202
    assert "HX-Refresh" not in again
    work_out_day(*told)
    assert client.get(PAGE, headers=asking)["HX-Refresh"] == "true"


def test_a_filter_that_asks_for_such_a_day_leads_to_the_waiting_page(large, signed_in, told):
    answer = signed_in("team_manager").get(PAGE, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == PAGE


@pytest.mark.parametrize(
    ("page", "why"),
    [("/borough/", "the figures' date"), ("/borough/?as_of=2026-02-06", "the same, by name")],
)
def test_nobody_waits_for_the_figures_date(page, why, large, signed_in, told):
    assert signed_in("team_manager").get(page).status_code == 200, why
    assert told == []


def test_a_small_authority_waits_for_no_worker(borough, settings, signed_in, told):
    settings.WAIT_FROM_ENROLMENTS = 6
    assert signed_in("team_manager").get(PAGE).status_code == 200
    assert told == []


def test_whoever_reads_a_few_schools_waits_for_no_worker(large, signed_in, told):
    trust = TrustFactory()
    large.ash.trust = trust
    large.ash.save()
    lead = signed_in("school_lead", trust=trust)
    assert lead.get(f"/trusts/{trust.uid}/?as_of={PAST}").status_code == 200
    assert lead.get(f"/pupils/?as_of={PAST}").status_code == 200
    assert told == []


def test_where_the_worker_cannot_be_told_the_page_does_it(large, signed_in, monkeypatch):
    def apply_async(arguments, **options):
        raise OperationalError

    monkeypatch.setattr(work_out_day, "apply_async", apply_async)
    assert signed_in("team_manager").get(PAGE).status_code == 200
    assert PastStanding.objects.filter(as_of=PAST).exists()


def test_where_the_worker_does_not_come_the_page_does_it(large, signed_in, told, monkeypatch):
    client, now = signed_in("team_manager"), clock.now()
    for seconds, status in ((0, 202), (waiting.PATIENCE, 202), (waiting.PATIENCE + 1, 200)):
        later = now + timedelta(seconds=seconds)
        monkeypatch.setattr(clock, "now", lambda later=later: later)
        assert client.get(PAGE).status_code == status


def test_an_import_that_reaches_the_day_makes_it_unknown_again(large, signed_in, told):
    client = signed_in("team_manager")
    work_out_day("2026-01-30")
    assert client.get(PAGE).status_code == 200
    row = f"{large.ada.pupil.upn},{large.ash.pk},2026-01-28,AM,O"
    receive_marks(
        f"upn,urn,date,session,code\n{row}\n".encode(), school=None, by=None, on=clock.today(),
        at=clock.now(), route="bundle",
    )  # fmt: skip
    assert client.get(PAGE).status_code == 202


def test_a_file_of_such_a_day_is_made_at_once(large, signed_in, told):
    path = f"/exports/table/borough_schools/?as_of={PAST}"
    given = {"form": "csv", "reader": "entitled", "reason": "Board"}
    answer = signed_in("team_manager").post(path, given)
    assert b"Ash School" in b"".join(answer.streaming_content)
    assert told == []
