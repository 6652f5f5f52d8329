"""Saved views that are worklists: who is on them, new or gone, for their owner alone."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from accounts.models import AuditEvent, SavedView
from accounts.services import saved_views
from accounts.services.saved_views import MOST_WORKLISTS
from dashboards.worklists import standing_of, worklists
from tests.conftest import TODAY
from tests.factories.cases import CaseFactory
from tests.factories.classes import child, queries_of
from tests.factories.meetings import MeetingFactory
from tests.factories.users import UserFactory

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NEW = "/views/worklist/"


def view_of(user, seen=(), *, name="Year 8", path="/pupils/", query="", looked_at=MONDAY):
    """A saved view of this person; a worklist unless `looked_at` is None."""
    numbers = sorted(row.pk for row in seen)
    facts = {"path": path, "query": query, "saved_at": MONDAY, "looked_at": looked_at}
    return SavedView.objects.create(user=user, name=name, seen=numbers, **facts)


def page(client, view, *, status=200) -> str:
    response = client.get(f"{NEW}?view={view.pk}")
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def names_under(text, heading):
    """The names listed under a heading of the page."""
    part = text.split(f'id="{heading}"')[1].split("</section>")[0]
    return re.findall(r">([^<]+)</a>", part)


def press(client, view, mark):
    return client.post(f"{NEW}?view={view.pk}", {"mark": mark}, follow=True)


def make(client, view, answer="yes", **options):
    return client.post(f"/views/{view.pk}/worklist/", {"worklist": answer}, follow=True, **options)


@pytest.fixture
def officer(borough, signed_in):
    """An officer before the small borough."""
    return signed_in("attendance_officer")


# What it says.


def test_view_becomes_a_worklist_with_everyone_seen(borough, officer):
    view = view_of(officer.user, query="severe=true", looked_at=None)

    text = make(officer, view).content.decode()

    assert "Year 8 is a worklist." in text
    assert "1 pupil, none new since" in text
    view.refresh_from_db()
    assert view.seen == [borough.cal.pk]
    event = AuditEvent.objects.get(verb="worklist_made")
    assert event.after == {"page": "/pupils/"}


def test_new_gone_and_count_are_told_since_the_day_one_looked(borough, officer):
    view = view_of(officer.user, [borough.cal, borough.ada], query="persistent=true")

    text = page(officer, view)

    assert "2 pupils, 1 new since Monday 2 March 2026, 1 gone" in text
    assert names_under(text, "new") == ["Ben Sample"]
    assert names_under(text, "gone") == ["Ada Sample"]
    whole = officer.get(view.address)
    assert whole.context["count"] == 2


@pytest.mark.parametrize(
    "query",
    ["", "severe=true", "flag=at_risk", "q=sample", "school=0", "sort=-absence&year_group=4"],
)
def test_count_is_the_length_of_the_list_as_its_owner_sees_it(borough, officer, user_with, query):
    for user in (officer.user, user_with("school_lead", school=borough.ash)):
        officer.force_login(user)
        view = view_of(user, query=query, name=f"Of {user.pk}")
        assert (
            standing_of(view, user=user, on=TODAY).count
            == officer.get(view.address).context["count"]
        )


def test_nobody_new_and_nobody_gone_are_said(borough, officer):
    view = view_of(officer.user, [borough.cal], query="severe=true")

    text = page(officer, view)

    assert "1 pupil, none new since Monday 2 March 2026" in text
    assert "gone</p>" not in text
    assert "Nothing new since you last looked." in text
    assert "Nothing that you may see has left the list." in text


def test_child_that_one_may_no_longer_see_is_neither_counted_nor_gone(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    view = view_of(client.user, [borough.cal, borough.eve], query="severe=true")

    text = page(client, view)

    assert "1 pupil, none new since Monday 2 March 2026" in text
    assert "Eve Sample" not in text
    assert standing_of(view, user=client.user, on=TODAY).gone == frozenset()


def test_child_who_left_the_school_is_gone_from_the_list_and_not_told_of(borough, signed_in):
    client = signed_in("school_lead", school=borough.elm)
    view = view_of(client.user, [borough.eve], query="on_roll=true")
    assert standing_of(view, user=client.user, on=TODAY).count == 1

    borough.eve.ends_on = datetime(2025, 7, 1).date()
    borough.eve.save()

    found = standing_of(view, user=client.user, on=TODAY)
    assert (found.count, found.gone) == (0, frozenset())


def test_list_of_cases_is_a_worklist_too(borough, officer):
    case = CaseFactory(enrolment=borough.cal, lead=officer.user)
    seen_before = CaseFactory(enrolment=borough.ben)
    view = view_of(officer.user, [seen_before], path="/cases/", query="mine=true")

    text = page(officer, view)

    assert "1 case, 1 new since Monday 2 March 2026, 1 gone" in text
    assert case.reference in text.split('id="gone"')[0]
    assert seen_before.reference in text.split('id="gone"')[1]


def test_list_that_is_no_longer_open_says_so_and_names_nobody(borough, signed_in):
    client = signed_in("analyst")
    case = CaseFactory(enrolment=borough.cal)
    view = view_of(client.user, [case], path="/cases/")
    (found,) = worklists(client.user, on=TODAY)

    assert (found.rows, found.words) == (None, "This list is not open to you now.")
    assert case.reference not in page(client, view)


# Looking, and stopping.


def test_marking_as_looked_at_makes_nobody_new(borough, officer):
    view = view_of(officer.user, query="persistent=true")
    mark = standing_of(view, user=officer.user, on=TODAY).mark

    text = press(officer, view, mark).content.decode()

    assert "Year 8 is marked as looked at." in text
    assert "2 pupils, none new since" in text
    view.refresh_from_db()
    assert view.seen == sorted([borough.ben.pk, borough.cal.pk])
    assert view.looked_at > MONDAY
    assert AuditEvent.objects.get(verb="worklist_looked_at").after == {"page": "/pupils/"}


def test_list_that_changed_since_it_was_read_is_not_marked(borough, officer):
    view = view_of(officer.user, query="q=sample")
    mark = standing_of(view, user=officer.user, on=TODAY).mark
    child(borough.ash, "Fay")

    response = press(officer, view, mark)

    assert response.status_code == 409
    assert "The list has changed since you opened it." in response.content.decode()
    assert SavedView.objects.get().seen == []


@pytest.mark.parametrize("mark", ["", "nothing"])
def test_mark_that_is_none_of_ours_marks_nothing(officer, mark):
    view = view_of(officer.user)

    assert press(officer, view, mark).status_code == 409
    assert SavedView.objects.get().looked_at == MONDAY


def test_worklist_is_stopped_and_forgets_who_was_on_it(borough, officer):
    view = view_of(officer.user, [borough.cal])

    text = make(officer, view, "no").content.decode()

    assert "Year 8 is no worklist any more." in text
    view.refresh_from_db()
    assert (view.is_worklist, view.seen) == (False, [])
    make(officer, view, "no")
    assert AuditEvent.objects.filter(verb="worklist_stopped").count() == 1


def test_worklist_that_was_stopped_meanwhile_cannot_be_marked(officer):
    view = view_of(officer.user, looked_at=None)
    mark = standing_of(view, user=officer.user, on=TODAY).mark

    assert press(officer, view, mark).status_code == 409
    assert SavedView.objects.get().looked_at is None


def test_second_making_is_refused_and_keeps_what_was_seen(borough, officer):
    view = view_of(officer.user, [borough.cal])

    assert make(officer, view).status_code == 409
    assert SavedView.objects.get().seen == [borough.cal.pk]


# What cannot be one.


@pytest.mark.parametrize(
    ("path", "query", "says"),
    [
        ("/data/feeds/", "", "Only lists of pupils, cases or schools can be worklists."),
        ("/borough/", "", "Only lists of pupils, cases or schools can be worklists."),
        ("/pupils/", "as_of=2026-02-05", "This list stands at a past day."),
    ],
)
def test_list_that_cannot_be_one_says_why(officer, path, query, says):
    view = view_of(officer.user, path=path, query=query, looked_at=None)

    assert says in make(officer, view).content.decode()
    assert not SavedView.objects.get().is_worklist
    assert f"/views/{view.pk}/worklist/" not in officer.get("/views/").content.decode()


def test_longest_list_is_kept_and_one_row_more_is_not(borough, officer, monkeypatch):
    view = view_of(officer.user, looked_at=None)
    rows = standing_of(view, user=officer.user, on=TODAY).count
    monkeypatch.setattr(saved_views, "LONGEST_WORKLIST", rows - 1)
    assert "A worklist may have up to 4 rows, and this one has 5." in (
        make(officer, view).content.decode()
    )

    monkeypatch.setattr(saved_views, "LONGEST_WORKLIST", rows)
    make(officer, view)

    assert SavedView.objects.get().is_worklist


def test_worklist_that_grew_too_long_says_so_when_it_is_marked(borough, officer, monkeypatch):
    view = view_of(officer.user)
    mark = standing_of(view, user=officer.user, on=TODAY).mark
    monkeypatch.setattr(saved_views, "LONGEST_WORKLIST", 4)

    response = press(officer, view, mark)

    assert response.status_code == 409
    assert "Choose more filters." in response.content.decode()


def test_one_worklist_more_than_the_most_is_refused(officer):
    view = view_of(officer.user, looked_at=None)
    for number in range(MOST_WORKLISTS):
        view_of(officer.user, name=f"List {number}")
    view_of(UserFactory(), name="Theirs")

    assert "Stop one of them first." in make(officer, view).content.decode()

    SavedView.objects.get(name="List 0").delete()
    make(officer, view)
    view.refresh_from_db()
    assert view.is_worklist


@pytest.mark.parametrize("answer", ["", "perhaps"])
def test_answer_that_is_neither_changes_nothing(officer, answer):
    view = view_of(officer.user, looked_at=None)

    assert make(officer, view, answer).status_code == 400
    assert not SavedView.objects.get().is_worklist


# Whose it is.


def test_worklist_of_somebody_else_is_not_there(borough, officer):
    theirs = view_of(UserFactory(), [borough.cal])

    page(officer, theirs, status=404)
    assert press(officer, theirs, "x").status_code == 404
    assert make(officer, theirs, "no").status_code == 404
    assert "Your worklists" not in officer.get("/").content.decode()


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "²", ""])
def test_number_that_is_no_view_is_404(officer, number):
    assert officer.get(NEW, {"view": number}).status_code == 404


def test_page_without_a_worklist_leads_to_the_views(officer):
    assert officer.get(NEW).url == "/views/"
    plain = view_of(officer.user, looked_at=None)
    assert officer.get(f"{NEW}?view={plain.pk}").url == "/views/"


# Today.


def test_today_names_the_worklists_and_no_plain_view(borough, officer):
    view_of(officer.user, [borough.cal], query="persistent=true", name="Persistent")
    view_of(officer.user, name="Plain", looked_at=None)

    text = officer.get("/").content.decode()

    assert "Your worklists" in text
    assert "Persistent</a>: 2 pupils, 1 new since Monday 2 March 2026" in text
    assert "Plain" not in text


def test_today_without_a_worklist_has_no_such_part(officer):
    view_of(officer.user, looked_at=None)

    assert "Your worklists" not in officer.get("/").content.decode()


def test_worklist_asks_the_same_with_few_rows_and_with_many(borough, officer):
    view = view_of(officer.user)
    few = queries_of(officer, f"{NEW}?view={view.pk}")
    for number in range(20):
        child(borough.ash, f"Kit{number}")

    assert queries_of(officer, f"{NEW}?view={view.pk}") == few


# Lists of schools.


def test_schools_that_are_not_booked_are_a_worklist_of_the_board(borough, officer):
    view = view_of(
        officer.user,
        [borough.ash],
        name="Not booked",
        path="/meetings/",
        query="meeting=not_booked",
    )
    (found,) = worklists(officer.user, on=TODAY)
    assert found.words.startswith("2 schools, 1 new since Monday 2 March 2026")
    text = page(officer, view)
    assert names_under(text, "new") == ["Elm School"]
    assert "Primary" in text
    MeetingFactory(school=borough.ash)
    found = standing_of(view, user=officer.user, on=TODAY)
    assert (found.count, found.new, found.gone) == (1, {borough.elm.pk}, {borough.ash.pk})
    board = officer.get("/meetings/?meeting=not_booked").context["board"]
    assert [line.urn for line in board.lines] == sorted(found.rows)


@pytest.mark.parametrize(
    ("query", "schools"),
    [("", {"ash", "elm"}), ("phase=PS", {"elm"}), ("q=ash", {"ash"}), ("trust=none", set())],
)
def test_list_of_schools_is_a_worklist_by_its_filters(borough, officer, query, schools):
    view = view_of(officer.user, path="/schools/", query=query)
    rows = standing_of(view, user=officer.user, on=TODAY).rows
    assert rows == {getattr(borough, name).pk for name in schools}


def test_a_school_that_is_no_longer_ones_own_is_neither_new_nor_gone(borough, signed_in):
    lead = signed_in("school_lead", school=borough.ash)
    view = view_of(lead.user, [borough.ash, borough.elm], path="/schools/")
    found = standing_of(view, user=lead.user, on=TODAY)
    assert (found.count, found.new, found.gone) == (1, frozenset(), frozenset())


def test_board_without_a_filter_for_the_term_has_every_open_school(borough, officer):
    borough.elm.status = "closed"
    borough.elm.save()
    view = view_of(officer.user, path="/meetings/")
    assert standing_of(view, user=officer.user, on=TODAY).rows == {borough.ash.pk}
