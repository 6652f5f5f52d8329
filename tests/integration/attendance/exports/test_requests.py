"""Files asked for on a page: what they hold, whom they are for, how long they last."""

import csv
import hashlib
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import AuditEvent, ExportPiece, ExportRecord
from accounts.services import log_export
from attendance.exports import requests
from attendance.exports.requests import (
    Choice,
    bytes_of,
    forget_files,
    make_export,
    make_waiting,
    open_exports,
    request_export,
    visible_exports,
)
from attendance.tasks import forget_export_files, make_waiting_exports
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid, Refused
from schools.models import Membership
from tests.factories.classes import LATEST, child
from tests.factories.schools import SchoolFactory, TrustFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 3)


def ask(by, **facts) -> ExportRecord:
    facts = {
        "kind": "periods", "as_of": LATEST, "reader": "entitled", "reason": "Board",
        "choice": Choice(), **facts,
    }  # fmt: skip
    return request_export(by=by, today=TODAY, at=clock.now(), **facts)


def made(by, **facts) -> ExportRecord:
    record = ask(by, **facts)
    make_export(record.pk, at=clock.now())
    record.refresh_from_db()
    return record


def content(record: ExportRecord) -> bytes:
    return b"".join(bytes_of(record))


def rows(record: ExportRecord) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content(record).decode())))


def commanded(kind: str, as_of: date, folder) -> bytes:
    path = folder / f"{kind}.csv"
    call_command(f"export_{kind}", "--as-of", as_of.isoformat(), "--out", str(path))
    return path.read_bytes()


# What is in the file.


@pytest.mark.parametrize("kind", ["periods", "checks", "dashboard"])
@pytest.mark.parametrize("as_of", [LATEST, date(2026, 1, 16)])
def test_file_of_the_whole_authority_is_the_commands_to_the_byte(
    borough, user_with, tmp_path, kind, as_of
):
    record = made(user_with("analyst"), kind=kind, as_of=as_of)
    assert content(record) == commanded(kind, as_of, tmp_path)
    assert record.sha256 == hashlib.sha256(content(record)).hexdigest()
    assert record.rows == content(record).count(b"\n") - 1 > 0


@pytest.mark.parametrize("kind", ["periods", "checks"])
def test_file_of_a_school_lead_has_the_lines_of_the_own_school_only(
    borough, user_with, tmp_path, kind
):
    record = made(user_with("school_lead", school=borough.ash), kind=kind)
    whole = list(csv.DictReader(StringIO(commanded(kind, LATEST, tmp_path).decode())))
    assert rows(record) == [row for row in whole if row["urn"] == str(borough.ash.pk)]
    assert len(rows(record)) > 3
    assert record.urns == [borough.ash.pk]


def test_file_of_a_school_leaves_out_a_childs_time_elsewhere(borough, user_with):
    borough.ada.ends_on = date(2026, 1, 30)
    borough.ada.save()
    child(borough.elm, "Ada", pupil=borough.ada.pupil, starts_on=date(2026, 2, 2))
    record = made(user_with("school_lead", school=borough.elm))
    assert {row["urn"] for row in rows(record)} == {str(borough.elm.pk)}


def test_sums_of_a_school_hide_the_facts_of_a_child_who_has_left_it(borough, user_with):
    pupil = borough.ada.pupil
    pupil.ethnicity, pupil.fsm_eligible, pupil.sex, pupil.sen_provision = "WBRI", True, "F", "E"
    pupil.save()
    lead = user_with("school_lead", school=borough.ash)
    before = {(row["dimension"], row["value"]) for row in rows(made(lead, kind="dashboard"))}
    borough.ada.ends_on = date(2026, 1, 30)
    borough.ada.save()
    child(borough.elm, "Ada", pupil=pupil, starts_on=date(2026, 2, 2))
    after = {(row["dimension"], row["value"]) for row in rows(made(lead, kind="dashboard"))}
    told = {("ethnicity", "WBRI"), ("fsm", "1"), ("sex", "F"), ("sen", "E")}
    assert told <= before
    assert not told & after


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"school": "ash"}, {"Ash School"}),
        ({"trust": "T1"}, {"Elm School"}),
        ({"phase": "PS"}, {"Elm School"}),
        ({"year_group": "4"}, {"Elm School"}),
        ({"year_group": "8"}, {"Ash School"}),
    ],
)
def test_filters_choose_these_lines(borough, user_with, choice, found):
    borough.elm.trust = TrustFactory(uid="T1")
    borough.elm.save()
    if "school" in choice:
        choice = {"school": borough.ash.pk}
    names = {str(school.pk): school.name for school in (borough.ash, borough.elm)}
    record = made(user_with("analyst"), choice=Choice(**choice))
    assert {names[row["urn"]] for row in rows(record)} == found
    assert record.filters == choice


def test_checks_cut_to_a_year_group_keep_the_days_of_the_whole_school(borough, user_with, tmp_path):
    child(borough.ash, "Fay", *[" " * 10] * 4, year_group="9")
    record = made(user_with("analyst"), kind="checks", choice=Choice(year_group="9"))
    whole = list(csv.DictReader(StringIO(commanded("checks", LATEST, tmp_path).decode())))
    assert rows(record) == [row for row in whole if row["upn"] == rows(record)[0]["upn"]]


# The protected file.


def test_protected_file_says_first_what_it_is_and_counts_its_lines(borough, user_with):
    for number in range(12):
        child(borough.ash, f"More {number}")
    record = made(user_with("analyst"), kind="dashboard", reader="anyone")
    text = content(record).decode()
    head, _, lines = text.partition("academic_year,")
    assert head.splitlines()[0] == "Figures as of 6 Feb 2026."
    assert "c: hidden to protect children" in head
    assert record.rows == len(lines.splitlines()) - 1 > 3


@pytest.mark.parametrize("days", [2, 3])
def test_protected_file_says_when_marks_are_missing(borough, user_with, days):
    for number in range(12):
        child(borough.ash, f"More {number}")
    late = LATEST + timedelta(days=2 + days)  # the Tuesday or the Wednesday after
    record = made(user_with("analyst"), kind="dashboard", reader="anyone", as_of=late)
    told = "2 schools have sent no marks for 3 school days or more." in content(record).decode()
    assert told == (days == 3)


def test_protected_file_of_one_school_hides_two_of_sixteen(borough, user_with):
    for number in range(12):
        child(borough.ash, f"More {number}")
    lead = user_with("school_lead", school=borough.ash)
    text = content(made(lead, kind="dashboard", reader="anyone")).decode()
    table = csv.DictReader(StringIO(text[text.index("academic_year") :]))
    shown = {row["dimension"]: (row["enrolments"], row["persistent"], row["severe"])
             for row in table if row["dimension"] in ("LA", "school")}  # fmt: skip
    assert shown == {"LA": ("15", "c", "c"), "school": ("15", "c", "c")}


@pytest.mark.parametrize(("more", "is_refused"), [(5, True), (6, False)])
def test_fewer_than_ten_pupils_are_never_shown_to_others(borough, user_with, more, is_refused):
    for number in range(more):
        child(borough.ash, f"More {number}")  # with four who are there already
    lead = user_with("school_lead", school=borough.ash)
    if is_refused:
        with pytest.raises(Invalid, match="fewer than 10 pupils"):
            ask(lead, kind="dashboard", reader="anyone")
    else:
        assert ask(lead, kind="dashboard", reader="anyone").state == "waiting"


# Asking.


@pytest.mark.parametrize("kind", ["periods", "checks"])
def test_lines_of_children_are_never_for_other_readers(borough, user_with, kind):
    with pytest.raises(Invalid) as refused:
        ask(user_with("analyst"), kind=kind, reader="anyone")
    assert refused.value.errors[0].pointer == "reader"
    assert not ExportRecord.objects.exists()


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"as_of": TODAY + timedelta(days=1)}, "as_of"),
        ({"kind": "everything"}, "kind"),
        ({"choice": Choice(phase="AP")}, "school"),
    ],
)
def test_what_is_missing_names_its_field(borough, user_with, facts, field):
    with pytest.raises(Invalid) as refused:
        ask(user_with("analyst"), **facts)
    assert refused.value.errors[0].pointer == field


def test_school_of_somebody_else_is_no_choice(borough, user_with):
    with pytest.raises(Invalid):
        ask(user_with("school_lead", school=borough.ash), choice=Choice(school=borough.elm.pk))


@pytest.mark.parametrize("role", ["early_help_worker", "panel_member", "administrator"])
def test_roles_without_the_right_ask_for_nothing(borough, user_with, role):
    with pytest.raises(Refused):
        ask(user_with(role))


def test_asking_is_written_down_with_reader_and_reason(borough, user_with):
    by = user_with("analyst")
    record = ask(by, kind="dashboard", reader="entitled", choice=Choice(phase="SS"))
    event = AuditEvent.objects.get(verb="asked_for_export")
    assert (event.actor, event.object_ref) == (by, str(record.pk))
    assert event.after == {
        "kind": "dashboard", "as_of": "2026-02-06", "reader": "entitled", "reason": "Board",
        "filters": {"phase": "SS"},
    }  # fmt: skip


def test_same_file_asked_for_twice_is_one_until_it_is_made(borough, user_with):
    by = user_with("analyst")
    first = ask(by)
    assert ask(by) == first
    assert ask(by, kind="checks") != first
    make_export(first.pk, at=clock.now())
    assert ask(by) != first
    assert AuditEvent.objects.filter(verb="asked_for_export").count() == 3


# Making.


def test_file_made_twice_is_made_once(borough, user_with):
    record = made(user_with("analyst"))
    pieces = ExportPiece.objects.count()
    make_export(record.pk, at=clock.now())
    assert ExportPiece.objects.count() == pieces


def test_schedule_makes_what_waits(borough, user_with):
    record = ask(user_with("analyst"))
    make_waiting_exports()
    record.refresh_from_db()
    assert record.state == "made"


def test_access_that_ended_meanwhile_makes_no_file(borough, user_with):
    by = user_with("analyst")
    record = ask(by)
    Membership.objects.filter(user=by).update(ended_at=clock.now())
    make_waiting(at=clock.now())
    record.refresh_from_db()
    assert (record.state, ExportPiece.objects.count()) == ("failed", 0)
    assert "nobody has given you access" in record.message


def test_file_that_breaks_says_so_and_is_not_tried_for_ever(borough, user_with, monkeypatch):
    def breaks(*_args, **_options):
        raise RuntimeError("disk")

    monkeypatch.setattr(requests, "write_lines", breaks)
    record = ask(user_with("analyst"))
    with pytest.raises(RuntimeError):
        make_export(record.pk, at=clock.now())
    record.refresh_from_db()
    assert (record.state, record.message) == ("failed", requests.BROKE)


def test_large_file_is_kept_in_pieces(borough, user_with, monkeypatch, tmp_path):
    monkeypatch.setattr(requests, "_PIECE", 100)
    record = made(user_with("analyst"))
    assert record.pieces.count() > 3
    assert content(record) == commanded("periods", LATEST, tmp_path)


@pytest.mark.parametrize(("hours", "is_gone"), [(23, False), (25, True)])
def test_bytes_are_kept_for_a_day_and_the_record_for_good(borough, user_with, hours, is_gone):
    record = made(user_with("analyst"))
    forget_files(at=record.made_at + timedelta(hours=hours))
    record.refresh_from_db()
    assert (record.state == "gone", record.pieces.exists()) == (is_gone, not is_gone)
    assert record.sha256


def test_record_of_a_command_is_left_alone(borough, user_with):
    old = clock.now() - timedelta(days=9)
    record = log_export(
        user=None, kind="periods", as_of=LATEST, rows=1, sha256="a", page="x", at=old
    )
    forget_export_files()
    record.refresh_from_db()
    assert record.state == "made"


# Who sees which.


def test_files_of_own_schools_are_seen_and_opened(borough, user_with):
    lead = user_with("school_lead", school=borough.ash)
    colleague = user_with("school_lead", school=borough.ash)
    stranger = user_with("school_lead", school=borough.elm)
    analyst = user_with("analyst")
    own, whole = made(lead), made(analyst)
    assert set(visible_exports(analyst)) == set(open_exports(analyst)) == {own, whole}
    assert list(open_exports(lead)) == list(visible_exports(colleague)) == [own]
    assert not visible_exports(stranger).exists()


def test_file_of_children_opens_to_its_maker_alone_and_a_protected_one_to_the_school(
    borough, user_with
):
    lead = user_with("school_lead", school=borough.ash)
    analyst = user_with("analyst")
    borough.ada.awaiting_confirmation = True  # the analyst sees her record, the school does not
    borough.ada.save()
    choice = Choice(school=borough.ash.pk)
    made(analyst, choice=choice)
    protected = made(analyst, choice=choice, kind="dashboard")
    ExportRecord.objects.filter(pk=protected.pk).update(reader="anyone")

    assert list(open_exports(lead)) == [protected]


def test_own_file_beyond_todays_access_is_seen_and_not_opened(borough, user_with):
    by = user_with("analyst")
    record = made(by)
    Membership.objects.filter(user=by).update(ended_at=clock.now())
    user_with("school_lead", user=by, school=SchoolFactory())
    assert list(visible_exports(by)) == [record]
    assert not open_exports(by).exists()
