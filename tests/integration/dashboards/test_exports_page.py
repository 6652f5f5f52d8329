"""The page of exports: asking, waiting, taking out."""

from datetime import date

import pytest

from accounts.models import AccessLogEntry, ExportRecord, SavedView
from attendance.exports.requests import make_waiting
from attendance.tasks import make_export
from attendance_portal.shared import clock
from tests.factories.classes import LATEST, queries_of
from tests.factories.users import UserFactory

pytestmark = pytest.mark.django_db

LIST = "/exports/"


def answers(**changes) -> dict[str, str]:
    return {
        "kind": "periods",
        "school": "",
        "trust": "",
        "phase": "",
        "year_group": "",
        "as_of": "2026-02-06",
        "reader": "entitled",
        "reason": "Board paper",
        **changes,
    }


def record(user, **facts) -> ExportRecord:
    facts = {"kind": "dashboard", "as_of": LATEST, "state": "made", "sha256": "ab", **facts}
    return ExportRecord.objects.create(user=user, at=clock.now(), **facts)


def test_form_begins_protected_at_the_figures_date(borough, signed_in):
    form = signed_in("analyst").get(LIST).context["form"]
    assert form["reader"].value() == "anyone"
    assert form["kind"].value() == "dashboard"
    assert form["as_of"].value() == "2026-02-06"


def test_form_takes_the_view_that_someone_comes_from(borough, signed_in):
    address = f"{LIST}?phase=SS&as_of=2026-01-30&year_group=8"
    form = signed_in("analyst").get(address).context["form"]
    asked = [form[name].value() for name in ("phase", "as_of", "year_group")]
    assert asked == ["SS", "2026-01-30", "8"]


def test_file_is_asked_for_made_and_taken_out_and_each_taking_is_logged(borough, signed_in):
    client = signed_in("analyst")
    told = client.post(LIST, answers(), follow=True)
    assert "The file is being made." in told.content.decode()
    assert told.context["is_waiting"]
    make_waiting(at=clock.now())
    (row,) = client.get(LIST).context["rows"]
    assert (row.what, row.of, row.as_of) == ("Periods", "All that the person sees", "6 Feb 2026")
    assert (row.reason, row.state, row.is_open) == ("Board paper", "Ready", True)
    path = f"/exports/{row.pk}/file/"
    response = client.get(path)
    assert b"".join(response.streaming_content).startswith(b"upn,urn,")
    assert "attendance_periods_2026-02-06.csv" in response["Content-Disposition"]
    b"".join(client.get(path).streaming_content)
    taken = AccessLogEntry.objects.filter(action="export", user=client.user)
    assert (
        list(taken.values_list("subject_kind", "subject_ref", "roles"))
        == [("periods", str(row.pk), "analyst")] * 2
    )


def test_protected_file_says_so_in_its_name(borough, signed_in):
    client = signed_in("analyst")
    made = record(client.user, reader="anyone")
    response = client.get(f"/exports/{made.pk}/file/")
    assert "attendance_dashboard_2026-02-06_protected.csv" in response["Content-Disposition"]
    b"".join(response.streaming_content)


def test_worker_is_told_once_the_record_is_kept(
    borough, signed_in, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr(make_export, "apply_async", lambda args, **_: sent.append(args))
    client = signed_in("analyst")
    with django_capture_on_commit_callbacks(execute=True):
        client.post(LIST, answers())
    assert sent == [(ExportRecord.objects.get().pk,)]


def test_pressed_twice_it_is_one_file(borough, signed_in):
    client = signed_in("analyst")
    token = "7d444840-9dc0-11d1-b245-5ffdce74fad2"
    client.post(LIST, answers(form_token=token))
    make_waiting(at=clock.now())
    client.post(LIST, answers(form_token=token))
    assert ExportRecord.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reason": ""}, "Say what the file is for."),
        ({"reader": "anyone"}, "This file has a line for each child."),
        ({"as_of": "2030-01-01"}, "This date has not come yet."),
        ({"as_of": "yesterday"}, "Write the date as 2026-03-02."),
        ({"kind": ""}, "Choose what the file is of."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(borough, signed_in, changes, says):
    response = signed_in("analyst").post(LIST, answers(**changes))
    assert response.content.decode().count(says) == 2
    assert not ExportRecord.objects.exists()


def test_school_lead_chooses_among_own_schools(borough, signed_in):
    client = signed_in("school_lead", school=borough.ash)
    choices = client.get(LIST).context["form"].fields["school"].queryset
    assert list(choices) == [borough.ash]
    response = client.post(LIST, answers(school=str(borough.elm.pk)))
    assert response.status_code == 200
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "administrator"])
def test_roles_without_exports_are_refused(signed_in, role):
    assert signed_in(role).get(LIST).status_code == 403


def test_file_of_another_school_is_not_found_and_not_listed(borough, signed_in):
    theirs = record(UserFactory(), urns=[borough.elm.pk])
    client = signed_in("school_lead", school=borough.ash)
    assert client.get(f"/exports/{theirs.pk}/file/").status_code == 404
    assert "No exports yet." in client.get(LIST).content.decode()


@pytest.mark.parametrize("state", ["waiting", "failed", "gone"])
def test_file_that_is_not_there_is_not_found_and_its_record_stays(borough, signed_in, state):
    client = signed_in("analyst")
    one = record(client.user, state=state)
    assert client.get(f"/exports/{one.pk}/file/").status_code == 404
    (row,) = client.get(LIST).context["rows"]
    assert (row.is_open, row.is_waiting) == (False, state == "waiting")


def test_page_asks_the_same_for_two_files_and_for_many(borough, signed_in):
    client = signed_in("analyst")
    record(client.user), record(client.user)
    few = queries_of(client, LIST)
    for number in range(15):
        record(UserFactory(), as_of=date(2026, 1, 1 + number))
    assert queries_of(client, LIST) == few


def test_what_pages_gave_at_once_stands_among_the_past_exports(borough, signed_in):
    client = signed_in("team_manager")
    facts = {"form": "csv", "reader": "entitled", "reason": "Board paper"}
    asked = (("table/pupil_list/?severe=true", {}), ("chart/borough-spread/", {"form": "svg"}))
    for address, changes in asked:
        answer = client.post(f"{LIST}{address}", {**facts, **changes})
        assert b"".join(answer.streaming_content)
    client.post("/reports/board/", {"form": "pdf", "reason": "Board"})
    report, chart, table = client.get(LIST).context["rows"]
    assert (table.what, table.of) == ("Pupils", "Severe absence: Yes; as CSV")
    assert chart.what == "Chart: How absence is spread"
    assert chart.of.endswith("; as SVG")
    assert (report.what, report.of) == ("Report to the board", "as PDF")
    assert {row.state for row in (report, chart, table)} == {"No longer kept"}
    assert not any(row.is_open for row in (report, chart, table))
    assert all(row.sha256 and row.reason for row in (report, chart, table))


def test_another_schools_takings_are_not_shown(borough, signed_in, user_with):
    record(user_with("analyst"), kind="table_pupil_list", state="gone", urns=None)
    record(user_with("analyst"), kind="table_school_list", state="gone", urns=[borough.elm.pk])
    client = signed_in("school_lead", school=borough.ash)
    assert client.get(LIST).context["rows"] == []


def test_saved_views_that_are_tables_may_be_taken_out(borough, signed_in):
    client = signed_in("team_manager")
    for name, path, query in (
        ("Severe at Ash", "/pupils/", f"severe=true&school={borough.ash.pk}&page=2"),
        ("Cohorts of Ash", f"/schools/{borough.ash.pk}/pupils/", ""),
        ("The borough", "/nowhere/", ""),
    ):
        SavedView.objects.create(
            user=client.user, name=name, path=path, query=query, saved_at=clock.now()
        )
    views = dict(client.get(LIST).context["views"])
    assert views == {
        "Severe at Ash": f"/exports/table/pupil_list/?severe=true&school={borough.ash.pk}",
        "Cohorts of Ash": f"/exports/table/school_pupils/?urn={borough.ash.pk}",
    }
    assert all(client.get(href).status_code == 200 for href in views.values())
