"""`load_bundle`: the files in order, refused rows beside them, all or nothing, dry runs."""

import csv
from datetime import date
from io import StringIO
from typing import ClassVar

import pytest
from django.core.management import CommandError, call_command

from attendance.imports.rolls import receive_enrolments, receive_pupils
from attendance.models import BatchSchool, NightlyRun, RegisterBatch, RegisterWeek
from attendance.services import nightly
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Conflict
from schools.models import Enrolment, Pupil, School
from tests.factories.pupils import EnrolmentFactory, upn
from tests.factories.schools import SchoolFactory

CHILD = upn(1)
FILES = {
    "schools.csv": "urn,name,la_code\n900123,Hawthorn School,807\n",
    "terms.csv": "academic_year,half_term,start,end\n2025,4,2026-02-23,2026-03-27\n",
    "pupils.csv": f"upn,surname,forename,date_of_birth\n{CHILD},Null,Robin,2014-01-02\n",
    "parents.csv": f"parent_ref,upn,name\nP1,{CHILD},Sam Null\n",
    "enrolments.csv": f"upn,urn,start_date\n{CHILD},900123,2025-09-01\n",
    "marks.csv": "upn,urn,date,session,code\n"
    f"{CHILD},900123,2026-03-02,AM,/\n{CHILD},900123,2026-03-02,PM,\\\n",
}
BAD_MARK = f"{CHILD},900123,2026-03-02,XX,=1+1\n"


@pytest.fixture
def bundle(tmp_path, db):
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def run(bundle, *options) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("load_bundle", str(bundle), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def add(bundle, name, line):
    with (bundle / name).open("a", encoding="utf-8") as file:
        file.write(line)


def refused(bundle, name="rejects.csv"):
    with (bundle / name).open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def test_bundle_is_loaded_in_order_and_again_without_a_change(bundle):
    out, err = run(bundle)
    assert RegisterWeek.objects.get().marks == "/\\" + " " * 12
    assert Pupil.objects.get().surname == "Null"
    assert "marks.csv: 2 rows: 2 new, 0 changed, 0 unchanged, 0 refused" in err
    assert "0 refused." in out
    assert (bundle / "rejects.csv").read_text() == "file,line,column,value,reason_code,message\n"
    touched = BatchSchool.objects.count()
    _, err = run(bundle)
    assert "marks.csv: 2 rows: 0 new, 0 changed, 2 unchanged, 0 refused" in err
    assert BatchSchool.objects.count() == touched


def test_refused_rows_are_named_and_the_rest_is_kept(bundle):
    add(bundle, "marks.csv", BAD_MARK)
    add(bundle, "pupils.csv", "nonsense,A,B,2014-01-02\n")
    run(bundle)
    assert [row[:5] for row in refused(bundle)] == [
        ("pupils.csv", "3", "upn", "nonsense", "bad_upn"),
        ("marks.csv", "4", "session", "XX", "bad_session"),
    ]
    assert RegisterWeek.objects.count() == 1


def test_rejects_go_where_asked_and_no_old_ones_linger(bundle):
    add(bundle, "marks.csv", BAD_MARK)
    run(bundle, "--rejects", str(bundle / "other.csv"))
    assert len(refused(bundle, "other.csv")) == 1
    assert not (bundle / "rejects.csv").exists()
    (bundle / "marks.csv").write_text(FILES["marks.csv"])
    run(bundle, "--rejects", str(bundle / "other.csv"))
    assert refused(bundle, "other.csv") == []


def test_strict_keeps_nothing_when_a_row_is_refused(bundle):
    add(bundle, "marks.csv", BAD_MARK)
    with pytest.raises(CommandError, match=r"1 row was refused \(see .*rejects\.csv\), so nothing"):
        run(bundle, "--strict")
    assert not School.objects.exists()
    assert not RegisterBatch.objects.exists()
    assert len(refused(bundle)) == 1


def test_strict_keeps_all_when_no_row_is_refused(bundle):
    run(bundle, "--strict")
    assert RegisterWeek.objects.exists()


def test_dry_run_writes_nothing_and_prints_refused_rows(bundle):
    add(bundle, "marks.csv", BAD_MARK)
    out, err = run(bundle, "--dry-run")
    assert "marks.csv,4,session,XX,bad_session" in out
    assert "2 new" in err
    assert not School.objects.exists()
    assert not RegisterBatch.objects.exists()
    assert not (bundle / "rejects.csv").exists()


def test_any_file_may_be_missing(bundle):
    run(bundle)
    for name in FILES:
        if name != "marks.csv":
            (bundle / name).unlink()
    _, err = run(bundle)
    assert "2 unchanged" in err
    assert "schools.csv" not in err


@pytest.mark.parametrize("kind", ["missing", "empty"])
def test_folder_without_a_bundle_is_a_sentence(tmp_path, db, kind):
    folder = tmp_path / "nowhere" if kind == "missing" else tmp_path
    with pytest.raises(CommandError, match=r"no folder|no file of a bundle"):
        run(folder)


def test_unreadable_file_is_a_sentence_and_the_files_before_it_stay(bundle):
    (bundle / "marks.csv").write_bytes(b"upn,urn\n")
    with pytest.raises(CommandError, match=r"marks.csv has no column"):
        run(bundle)
    assert Enrolment.objects.count() == 1
    assert not RegisterWeek.objects.exists()


def test_unknown_column_is_a_warning(bundle):
    (bundle / "terms.csv").write_text(
        "academic_year,half_term,start,end,colour\n2025,4,2026-02-23,2026-03-27,red\n"
    )
    _, err = run(bundle)
    assert "Warning: terms.csv" in err
    assert "colour" in err


def test_schools_with_changes_are_recomputed_after_the_first_run_only(bundle):
    run(bundle)
    assert not NightlyRun.objects.exists()
    nightly.run_for_everyone(as_of=date(2026, 3, 2))
    add(bundle, "marks.csv", f"{CHILD},900123,2026-03-03,AM,/\n")
    run(bundle)
    latest = NightlyRun.objects.first()
    assert (latest.is_for_everyone, latest.school_urns) == (False, [900123])
    assert not BatchSchool.objects.filter(recomputed_at__isnull=True).exists()


class TestRolls:
    """Pupils and enrolments that a school's system sends."""

    facts: ClassVar = {"on": date(2026, 3, 3), "at": clock.now(), "by": None}

    def test_pupils_and_enrolments_are_stored_with_receipts(self, db):
        school = SchoolFactory()
        pupil = {
            "upn": CHILD,
            "surname": "Ash",
            "forename": "Kit",
            "date_of_birth": "2014-01-02",
        }
        batch = receive_pupils([pupil, {"upn": "x"}], school=school, **self.facts)
        assert (batch.received, batch.inserted, batch.rejected) == (2, 1, 1)
        assert (batch.school, batch.content, batch.route) == (school, "pupils", "api")
        enrolment = {"upn": CHILD, "start_date": "2025-09-01"}
        batch = receive_enrolments([enrolment], school=school, **self.facts)
        assert (batch.inserted, batch.content) == (1, "enrolments")
        assert list(batch.touched.values_list("school", flat=True)) == [school.urn]
        assert not Enrolment.objects.get().awaiting_confirmation

    def test_enrolment_of_a_child_on_another_roll_awaits_confirmation(self, db):
        child = EnrolmentFactory()
        school = SchoolFactory()
        enrolment = {"upn": child.pupil.upn, "start_date": "2026-03-02"}
        receive_enrolments([enrolment], school=school, **self.facts)
        assert Enrolment.objects.get(school=school).awaiting_confirmation


def test_file_that_cannot_be_read_loses_nothing_of_the_files_before_it(bundle):
    nightly.run_for_everyone(as_of=date(2026, 3, 2))
    (bundle / "marks.csv").write_text("upn,urn,date,session\n", encoding="utf-8")
    add(bundle, "enrolments.csv", f"{CHILD},999999,2025-09-01\n")
    with pytest.raises(CommandError, match="code"):
        run(bundle)
    assert Enrolment.objects.count() == 1
    assert [row[4] for row in refused(bundle)] == ["unknown_school"]
    assert not BatchSchool.objects.filter(recomputed_at__isnull=True).exists()


def test_refused_rows_that_cannot_be_written_stop_the_load_before_it_begins(bundle, tmp_path):
    with pytest.raises(CommandError, match="--rejects"):
        run(bundle, "--rejects", str(tmp_path / "nowhere" / "rejects.csv"))
    assert not RegisterBatch.objects.exists()


def test_load_whose_figures_must_wait_says_so_and_keeps_its_rows(bundle, monkeypatch):
    def busy(**_):
        raise Conflict("Another run did not end in time.")

    monkeypatch.setattr("attendance.imports.bundle.recompute_waiting", busy)
    _, err = run(bundle)
    assert "Another run did not end in time. The figures follow with the next run." in err
    assert RegisterWeek.objects.count() == 1
