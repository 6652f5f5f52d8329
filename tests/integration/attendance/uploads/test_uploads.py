"""Uploads: looked at first, stored once, checked again when the review has aged."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import AuditEvent
from attendance.imports.marks import receive_marks
from attendance.imports.uploads import confirm, review_of, start_review
from attendance.models import BatchSchool, MarkChange, RegisterBatch, RegisterWeek, UploadedFile
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from schools.models import Enrolment
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

ON = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
HEADER = "upn,date,session,code\n"


@pytest.fixture
def lead(user_with, school):
    return user_with("school_lead", school=school)


@pytest.fixture
def school(db):
    return SchoolFactory()


@pytest.fixture
def enrolment(school):
    return EnrolmentFactory(school=school)


def row(enrolment, day="2026-03-02", session="AM", code="/") -> str:
    return f"{enrolment.pupil.upn},{day},{session},{code}\n"


def review(school, by, *rows, header=HEADER, at=AT) -> RegisterBatch:
    content = (header + "".join(rows)).encode()
    return start_review(school=school, content=content, file_name="week.csv", by=by, on=ON, at=at)


def test_review_says_what_would_happen_and_stores_no_mark(school, lead, enrolment):
    receive_marks(
        [{"upn": enrolment.pupil.upn, "date": "2026-03-02", "session": "AM", "code": "N"}],
        school=school,
        route="api",
        by=None,
        on=ON,
        at=AT,
    )
    absent = EnrolmentFactory(school=school)
    EnrolmentFactory(school=school, status="G")
    EnrolmentFactory(school=school, ends_on=date(2026, 3, 1))
    batch = review(
        school, lead, row(enrolment, code="I"), row(enrolment, session="PM"), "x,y,z,/\n"
    )
    found = review_of(batch)
    assert batch.state == RegisterBatch.State.REVIEW
    assert (batch.inserted, batch.changed, batch.rejected) == (1, 1, 1)
    assert found.marks_to_save == 2
    assert [reject.reason_code for reject in found.rejects] == ["bad_upn"]
    (change,) = found.changes
    assert (change.pupil, change.date, change.session) == (
        enrolment.pupil,
        date(2026, 3, 2),
        "AM",
    )
    assert (change.old_code, change.new_code) == ("N", "I")
    assert (found.not_sent, found.not_sent_count) == ([absent.pupil], 1)
    assert RegisterWeek.objects.get().marks.strip() == "N"
    assert not MarkChange.objects.exists()
    assert BatchSchool.objects.filter(batch=batch).count() == 0


def test_confirm_stores_it_drops_the_bytes_and_is_audited(school, lead, enrolment):
    batch = confirm(batch=review(school, lead, row(enrolment)), by=lead, on=ON, at=AT)
    assert batch.state == RegisterBatch.State.APPLIED
    assert RegisterWeek.objects.get().marks == "/" + " " * 13
    assert not UploadedFile.objects.exists()
    event = AuditEvent.objects.get(verb="registers.uploaded")
    assert (event.actor, event.object_ref) == (lead, str(batch.pk))
    assert list(batch.touched.values_list("school", flat=True)) == [school.urn]
    assert MarkChange.objects.get(batch=batch).old == " "


def test_confirming_twice_stores_it_once(school, lead, enrolment):
    batch = review(school, lead, row(enrolment))
    confirm(batch=batch, by=lead, on=ON, at=AT)
    again = confirm(batch=batch, by=lead, on=ON, at=AT)
    assert again.state == RegisterBatch.State.APPLIED
    assert again.inserted == 1
    assert AuditEvent.objects.filter(verb="registers.uploaded").count() == 1


def test_refused_rows_are_not_doubled_by_confirming(school, lead, enrolment):
    batch = review(school, lead, row(enrolment), row(enrolment, session="noon"))
    confirm(batch=batch, by=lead, on=ON, at=AT)
    assert batch.rejects.count() == 1


def test_changes_stay_readable_after_confirming(school, lead, enrolment):
    confirm(batch=review(school, lead, row(enrolment)), by=lead, on=ON, at=AT)
    batch = confirm(batch=review(school, lead, row(enrolment, code="C1")), by=lead, on=ON, at=AT)
    (change,) = review_of(batch).changes
    assert (change.old_code, change.new_code) == ("/", "C1")


@pytest.mark.parametrize(
    ("age", "is_checked_again"), [(timedelta(days=1), False), (timedelta(days=1, seconds=1), True)]
)
def test_review_older_than_a_day_that_differs_is_shown_again(
    school, lead, enrolment, age, is_checked_again
):
    batch = review(school, lead, row(enrolment))
    Enrolment.objects.update(ends_on=date(2026, 3, 1))
    if is_checked_again:
        with pytest.raises(Conflict, match="Look at the review again"):
            confirm(batch=batch, by=lead, on=ON, at=AT + age)
        batch.refresh_from_db()
        assert (batch.state, batch.inserted, batch.rejected) == ("review", 0, 1)
        assert [reject.reason_code for reject in batch.rejects.all()] == ["no_enrolment"]
        stored = confirm(batch=batch, by=lead, on=ON, at=AT + age)
        assert stored.state == RegisterBatch.State.APPLIED
    else:
        stored = confirm(batch=batch, by=lead, on=ON, at=AT + age)
        assert (stored.state, stored.inserted, stored.rejected) == ("applied", 0, 1)
    assert not RegisterWeek.objects.exists()


def test_review_older_than_a_day_that_comes_out_the_same_is_stored(school, lead, enrolment):
    batch = review(school, lead, row(enrolment))
    assert confirm(batch=batch, by=lead, on=ON, at=AT + timedelta(days=3)).inserted == 1


def test_file_in_which_every_row_is_another_schools_is_a_sentence(school, lead, enrolment):
    other = EnrolmentFactory()
    rows = f"{other.pupil.upn},{other.school_id},2026-03-02,AM,/\n"
    with pytest.raises(Invalid, match="another school"):
        review(school, lead, rows, header="upn,urn,date,session,code\n")
    assert not RegisterBatch.objects.exists()


def test_one_row_of_another_school_is_refused_alone(school, lead, enrolment):
    other = EnrolmentFactory()
    batch = review(
        school,
        lead,
        f"{other.pupil.upn},{other.school_id},2026-03-02,AM,/\n",
        f"{enrolment.pupil.upn},{school.urn},2026-03-02,AM,/\n",
        header="upn,urn,date,session,code\n",
    )
    assert [reject.reason_code for reject in batch.rejects.all()] == ["unknown_school"]
    assert batch.inserted == 1


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"upn,date,session,code\n", "no marks in this file"),
        (b"upn,date,code\nx,y,z\n", "no column 'session'"),
        (b"PK\x03\x04 a spreadsheet", "spreadsheet"),
        ("upn,date,session,code\nZoë,x,AM,/\n".encode("latin-1"), "not UTF-8"),
        (b"upn,date,session,code\nA\0B,x,AM,/\n", "NUL"),
    ],
)
def test_file_that_cannot_be_read_is_a_sentence_and_leaves_nothing(school, lead, content, says):
    with pytest.raises(Invalid, match=says):
        start_review(school=school, content=content, file_name="w.csv", by=lead, on=ON, at=AT)
    assert not RegisterBatch.objects.exists()


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_file_with_a_byte_order_mark_and_other_separators_is_read(
    school, lead, enrolment, delimiter
):
    text = (HEADER + row(enrolment)).replace(",", delimiter)
    batch = start_review(
        school=school,
        content=b"\xef\xbb\xbf" + text.encode(),
        file_name="w.csv",
        by=lead,
        on=ON,
        at=AT,
    )
    assert batch.inserted == 1
    assert "commas" in batch.warnings[0]


def test_school_out_of_scope_and_role_without_the_permission_are_refused(
    school, lead, enrolment, user_with
):
    with pytest.raises(Refused):
        review(SchoolFactory(), lead, row(enrolment))
    with pytest.raises(Refused):
        review(school, user_with("administrator"), row(enrolment))
    batch = review(school, lead, row(enrolment))
    with pytest.raises(Refused):
        confirm(batch=batch, by=user_with("administrator"), on=ON, at=AT)
    with pytest.raises(Refused):
        confirm(batch=batch, by=user_with("school_lead", school=SchoolFactory()), on=ON, at=AT)


def test_file_that_is_gone_cannot_be_saved(school, lead, enrolment):
    batch = review(school, lead, row(enrolment))
    UploadedFile.objects.all().delete()
    with pytest.raises(Conflict, match="Upload it again"):
        confirm(batch=batch, by=lead, on=ON, at=AT)
