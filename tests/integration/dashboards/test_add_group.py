"""From the cohort explorer to an agenda, and from there to the school's part of the group."""

from __future__ import annotations

import re
from html import unescape
from uuid import uuid4

import pytest
from django.http import QueryDict

from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.read_models.meetings.overview import group_href
from meetings.choices import Side
from meetings.models import AgendaItem
from meetings.services.agenda import LONGEST_QUERY, add_item
from tests.factories.crawling import parsed, text_of
from tests.factories.meetings import AttendanceFactory, MeetingFactory
from tests.factories.tsm import NOW, Table

PAGE = "/meetings/add-group/"
ASKED = f"{PAGE}?year_group=8&fsm=true"


def words(response) -> str:
    return text_of(parsed(response.content.decode()))


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def table(borough) -> Table:
    made = Table(borough.ash)
    made.book()
    return made


@pytest.fixture
def officer(client, table):
    client.force_login(table.officer)
    return client


def form(table: Table, **changes) -> dict[str, str]:
    facts = {"meeting": str(table.meeting.pk), "title": "Year 8 with free school meals"}
    return {"token": str(uuid4()), **facts, **changes}


def test_explore_leads_to_the_form_with_its_filters(officer):
    page = officer.get("/explore/?year_group=8&as_of=2026-01-30").content.decode()
    href = unescape(re.search(r'href="(/meetings/add-group/[^"]*)"', page)[1])

    assert QueryDict(href.split("?")[1]).dict() == {"year_group": "8", "as_of": "2026-01-30"}
    assert PAGE not in officer.get("/explore/?protected=1").content.decode()


def test_explore_does_not_offer_it_to_who_prepares_no_meeting(signed_in, table):
    assert PAGE not in signed_in("analyst").get("/explore/").content.decode()
    assert signed_in("analyst").get(ASKED).status_code == 403


def test_the_form_names_the_group_and_the_meetings_ahead_of_its_schools(officer, table, borough):
    MeetingFactory(school=borough.elm)
    MeetingFactory(school=borough.ash, term=1, held=True)
    answer = officer.get(f"{ASKED}&school={borough.ash.pk}")

    assert answer.context["form"].initial["title"].endswith("Year 8, free school meals")
    assert list(answer.context["form"].fields["meeting"].queryset) == [table.meeting]
    assert "Tuesday 17 March 2026" in words(answer)


def test_the_group_stands_on_the_agenda_and_opens_the_schools_part_of_it(officer, table, borough):
    answer = officer.post(ASKED, form(table), follow=True)

    item = AgendaItem.objects.get(title="Year 8 with free school meals")
    assert (item.meeting, item.side) == (table.meeting, Side.LA)
    assert QueryDict(item.query).dict() == {"year_group": "8", "fsm": "true"}
    assert answer.redirect_chain[-1][0] == f"/meetings/{table.meeting.pk}/#agenda"
    group = group_href(item.query, borough.ash.pk)
    assert QueryDict(group.split("?")[1]).dict() == {
        "year_group": "8", "fsm": "true", "school": str(borough.ash.pk),
    }  # fmt: skip
    assert f'href="{group.replace("&", "&amp;")}"' in answer.content.decode()
    assert officer.get(group).status_code == 200


def test_the_day_and_other_schools_are_not_kept(officer, table, borough):
    officer.post(f"{ASKED}&as_of=2026-01-30&phase={borough.ash.phase}", form(table))

    item = AgendaItem.objects.get(title="Year 8 with free school meals")
    assert "as_of" not in item.query
    asked = QueryDict(group_href(item.query, borough.ash.pk).split("?")[1])
    assert "phase" not in asked
    assert group_href("", borough.ash.pk) == ""


def test_added_twice_it_stands_once_and_another_group_of_the_same_name_is_another(officer, table):
    for asked in (ASKED, ASKED, f"{PAGE}?year_group=9"):
        officer.post(asked, form(table))

    items = AgendaItem.objects.filter(title="Year 8 with free school meals")
    assert sorted(item.query for item in items) == ["year_group=8&fsm=true", "year_group=9"]


def test_a_lead_adds_to_their_own_schools_meeting_and_to_no_other(client, table, borough):
    other = MeetingFactory(school=borough.elm)
    client.force_login(table.lead)

    refused = client.post(ASKED, form(table, meeting=str(other.pk)))
    assert "Choose a meeting that has not started." in words(refused)
    client.post(ASKED, form(table))

    (item,) = AgendaItem.objects.filter(query__gt="")
    assert (item.meeting, item.side) == (table.meeting, Side.SCHOOL)


def test_a_meeting_that_started_takes_nothing_more(officer, table):
    table.start()

    answer = officer.post(ASKED, form(table))

    assert "No meeting with these schools is ahead." in words(answer)
    assert not AgendaItem.objects.filter(query__gt="").exists()


@pytest.mark.parametrize(
    ("left_out", "told"),
    [("meeting", "Choose a meeting."), ("title", "Say what you want to speak about.")],
)
def test_what_is_missing_is_said(left_out, told, officer, table):
    answer = officer.post(ASKED, form(table, **{left_out: ""}))

    assert told in words(answer)
    assert not AgendaItem.objects.filter(query__gt="").exists()


def test_a_filter_that_is_wrong_adds_nothing(officer, table):
    answer = officer.post(f"{PAGE}?year_group=99", form(table))

    assert "A filter is not filled in right" in words(answer)
    assert not AgendaItem.objects.filter(query__gt="").exists()


def test_more_filters_than_can_be_kept_are_refused_in_words(table):
    asked = {"meeting": table.meeting, "title": "Many", "by": table.officer, "at": NOW}

    add_item(**asked, query="x" * LONGEST_QUERY)
    with pytest.raises(Invalid, match="too many filters"):
        add_item(**asked, query="x" * (LONGEST_QUERY + 1))


def test_somebody_asked_from_elsewhere_reads_the_name_and_opens_nothing(
    client, officer, table, user_with
):
    officer.post(ASKED, form(table))
    partner = user_with("early_help_worker")
    AttendanceFactory(meeting=table.meeting, user=partner)
    client.force_login(partner)

    told = words(client.get(f"/meetings/{table.meeting.pk}/"))
    assert "Year 8 with free school meals" in told
    assert "Open this group" not in told


def test_live_opens_the_group_with_the_figures_of_today(officer, table):
    officer.post(ASKED, form(table))
    table.start()
    last = table.meeting.agenda_items.count()

    told = words(officer.get(f"/meetings/{table.meeting.pk}/live/?item={last}"))
    assert "Open this group" in told
    assert "with the figures of today." in told
