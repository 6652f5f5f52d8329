"""The agenda: filled from a template, added to by both sides, shared, read-only once started."""

from __future__ import annotations

import pytest
from django.core import mail

from attendance_portal.shared.errors import Invalid, Refused
from meetings.choices import THEMES, Block
from meetings.models import AgendaTemplateItem, Meeting
from meetings.read_models.preparation import agenda_of
from meetings.services.agenda import (
    BUILT_IN,
    add_item,
    add_template_item,
    edit_template_item,
    load_templates,
    move_item,
    remove_item,
    share_agenda,
)
from tests.factories.meetings import MeetingFactory
from tests.factories.schools import SchoolFactory, make_terms
from tests.factories.tsm import NOW, Table, lead_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _terms(db):
    make_terms()


@pytest.fixture
def table():
    return Table()


@pytest.fixture
def manager(user_with):
    return user_with("team_manager")


def titles(meeting) -> list[str]:
    return [item.title for item in agenda_of(meeting)]


def test_a_first_meeting_has_the_themes_items_and_no_last_time(table):
    items = agenda_of(table.book())
    assert [item.block for item in items] == [
        "figures", "cohorts", "severe", "agencies", "own_view", "registers", "support",
    ]  # fmt: skip
    assert [item.position for item in items] == list(range(1, 8))
    assert items[0].block_words == "The school's figures, with comparisons"


def test_the_next_meeting_opens_with_last_times_actions(table):
    MeetingFactory(school=table.school, term=1, held=True)
    assert agenda_of(table.book())[0].block == Block.LAST_TIME


def test_a_meeting_of_another_school_is_no_last_time(table):
    MeetingFactory(term=1, held=True)
    assert agenda_of(table.book())[0].block != Block.LAST_TIME


def test_every_theme_has_items_and_they_are_loaded_once():
    load_templates(at=NOW)
    load_templates(at=NOW)
    assert set(BUILT_IN) == set(THEMES)
    for theme, items in BUILT_IN.items():
        assert AgendaTemplateItem.objects.filter(theme=theme).count() == len(items)


def test_what_the_manager_changed_stays_and_what_was_taken_out_is_not_on_the_agenda(table, manager):
    load_templates(at=NOW)
    figures, support = (
        AgendaTemplateItem.objects.get(theme="is_it_working", key=key)
        for key in ("figures", "support")
    )
    edit_template_item(
        item=figures, title="The figures", block="figures", position=3, by=manager, at=NOW
    )
    edit_template_item(
        item=support, title="Support", block="support", position=8, is_used=False, by=manager,
        at=NOW,
    )  # fmt: skip
    found = titles(table.book())
    assert "Support" not in found
    assert found.index("The figures") == 1  # last time's actions are left out


def test_an_item_the_manager_adds_is_on_the_next_agenda(table, manager):
    item = add_template_item(theme="is_it_working", title=" Buses ", by=manager, at=NOW)
    assert (item.title, item.position) == ("Buses", 9)
    assert titles(table.book())[-1] == "Buses"


@pytest.mark.parametrize(
    "facts", [{"theme": "winter"}, {"title": ""}, {"block": "gossip"}, {"title": "x" * 151}]
)
def test_a_template_item_that_cannot_be(manager, facts):
    with pytest.raises(Invalid):
        add_template_item(**{"theme": "hand_over", "title": "Buses", **facts}, by=manager, at=NOW)


def test_templates_are_the_managers(table):
    load_templates(at=NOW)
    item = AgendaTemplateItem.objects.first()
    with pytest.raises(Refused):
        add_template_item(theme="hand_over", title="Buses", by=table.officer, at=NOW)
    with pytest.raises(Refused):
        edit_template_item(
            item=item, title="Buses", block="nothing", position=1, by=table.officer, at=NOW
        )


def test_both_sides_add_and_it_is_seen_who_did(table):
    meeting = table.book()
    add_item(meeting=meeting, title="Mornings in year 8", by=table.lead, at=NOW)
    add_item(meeting=meeting, title="The bus", block="cohorts", by=table.officer, at=NOW)
    assert [(item.title, item.side) for item in agenda_of(meeting)[-2:]] == [
        ("Mornings in year 8", "school"),
        ("The bus", "la"),
    ]


def test_the_same_words_are_added_once(table):
    meeting = table.book()
    one = add_item(meeting=meeting, title="The bus", by=table.lead, at=NOW)
    assert add_item(meeting=meeting, title="the BUS", by=table.officer, at=NOW) == one


@pytest.mark.parametrize(("position", "place"), [(0, 0), (1, 0), (3, 2), (99, 6)])
def test_an_item_is_moved_to_a_place(table, position, place):
    meeting = table.book()
    item = meeting.agenda_items.all()[1]
    move_item(item=item, position=position, by=table.lead, at=NOW)
    assert titles(meeting).index(item.title) == place
    assert len(titles(meeting)) == 7


def test_an_item_that_was_taken_off_is_not_moved(table):
    meeting = table.book()
    item = meeting.agenda_items.first()
    remove_item(item=item, by=table.lead, at=NOW)
    removed = remove_item(item=item, by=table.officer, at=NOW)
    assert move_item(item=removed, position=3, by=table.lead, at=NOW).removed_at == NOW
    assert item.title not in titles(meeting)


@pytest.mark.parametrize("facts", [{"title": " "}, {"block": "gossip"}])
def test_an_item_that_cannot_be(table, facts):
    meeting = table.book()
    with pytest.raises(Invalid):
        add_item(meeting=meeting, **{"title": "The bus", **facts}, by=table.lead, at=NOW)


def test_nothing_changes_once_the_meeting_has_started(table):
    meeting = table.book()
    Meeting.objects.filter(pk=meeting.pk).update(started_at=NOW)
    item = meeting.agenda_items.first()
    for act in (
        lambda: add_item(meeting=meeting, title="The bus", by=table.lead, at=NOW),
        lambda: move_item(item=item, position=3, by=table.lead, at=NOW),
        lambda: remove_item(item=item, by=table.lead, at=NOW),
        lambda: share_agenda(meeting=meeting, **table.who),
    ):
        with pytest.raises(Refused, match="has started"):
            act()


def test_another_school_changes_nothing(table):
    with pytest.raises(Refused, match="one of your schools"):
        add_item(meeting=table.book(), title="Bus", by=lead_of(SchoolFactory()), at=NOW)


def test_the_agenda_is_sent_to_the_school(table, django_capture_on_commit_callbacks):
    meeting = table.book()
    with django_capture_on_commit_callbacks(execute=True):
        shared = share_agenda(meeting=meeting, **table.who)
    assert (shared.agenda_shared_at, shared.agenda_shared_by) == (NOW, table.officer)
    (message,) = [one for one in mail.outbox if one.subject.startswith("Agenda")]
    assert message.to == [table.lead.email]
    assert "1. What has changed since the autumn" in message.body
    assert f"/meetings/{meeting.pk}/prepare/" in message.body


def test_the_school_does_not_share_it(table):
    meeting = table.book()
    with pytest.raises(Refused):
        share_agenda(meeting=meeting, **{**table.who, "by": table.lead})
