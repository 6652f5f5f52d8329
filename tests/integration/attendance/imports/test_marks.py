"""Marks in: each reason for refusing a row, what is stored, counted, logged and left alone."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from attendance.imports import byte_table
from attendance.imports.marks import receive_marks
from attendance.models import (
    BatchSchool,
    MarkChange,
    MarkNote,
    RegisterBatch,
    RegisterWeek,
    Reject,
)
from attendance_portal.shared.errors import Invalid
from schools.models import Enrolment
from tests.factories.pupils import EnrolmentFactory, FormerUpnFactory, PupilFactory, upn
from tests.factories.schools import SchoolFactory

ON = date(2026, 3, 3)  # a Tuesday
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
MONDAY = date(2026, 2, 23)
HEADER = "upn,urn,date,session,code\n"


@dataclasses.dataclass
class Child:
    """A pupil on roll since September 2024, and rows of marks about them."""

    enrolment: Enrolment

    def row(self, day="2026-02-23", session="AM", code="/", *more, upn=None, urn=None) -> str:
        """One line of marks.csv."""
        cells = (
            self.enrolment.pupil.upn if upn is None else upn,
            str(self.enrolment.school_id) if urn is None else urn,
            day,
            session,
            code,
            *more,
        )
        return ",".join(cells) + "\n"

    def weeks(self) -> dict[date, str]:
        """The stored weeks."""
        rows = RegisterWeek.objects.filter(enrolment=self.enrolment)
        return dict(rows.values_list("week_start", "marks"))


@pytest.fixture
def child(db) -> Child:
    return Child(EnrolmentFactory())


def send(*rows: str, header: str = HEADER, school=None, **options) -> RegisterBatch:
    """Lay rows over the register."""
    content = (header + "".join(rows)).encode()
    options.setdefault("route", RegisterBatch.Route.BUNDLE)
    return receive_marks(content, school=school, by=None, on=ON, at=AT, **options)


def reasons(batch: RegisterBatch) -> list[tuple[int, str, str]]:
    """Line, column and reason of each refused row."""
    return list(batch.rejects.values_list("line", "column", "reason_code"))


def counts(batch: RegisterBatch) -> tuple[int, int, int, int, int]:
    return batch.received, batch.inserted, batch.changed, batch.unchanged, batch.rejected


def test_first_marks_are_inserted_and_the_school_is_touched(child):
    batch = send(child.row(), child.row(session="PM", code="\\"), child.row(day="2026-03-03"))
    assert counts(batch) == (3, 3, 0, 0, 0)
    assert child.weeks() == {MONDAY: "/\\            ", date(2026, 3, 2): "  /           "}
    touched = BatchSchool.objects.filter(batch=batch).values_list("school_id", flat=True)
    assert list(touched) == [child.enrolment.school_id]
    assert batch.state == RegisterBatch.State.APPLIED
    assert not MarkChange.objects.exists()


def test_present_marks_in_the_other_session_are_stored_as_given(child):
    send(child.row(code="\\"), child.row(session="PM", code="/"))
    assert child.weeks()[MONDAY].startswith("\\/")


@pytest.mark.parametrize(
    ("changes", "column", "reason"),
    [
        ({"upn": ""}, "upn", "missing_value"),
        ({"urn": ""}, "urn", "missing_value"),
        ({"day": ""}, "date", "missing_value"),
        ({"session": ""}, "session", "missing_value"),
        ({"code": " "}, "code", "missing_value"),
        ({"upn": "A807400020000"}, "upn", "bad_upn"),
        ({"upn": "nonsense that is far too long to be one"}, "upn", "bad_upn"),
        ({"upn": upn(999_999)}, "upn", "unknown_upn"),
        ({"urn": "123456"}, "urn", "unknown_school"),
        ({"urn": "abc"}, "urn", "unknown_school"),
        ({"day": "23/02/2026"}, "date", "bad_date"),
        ({"day": "2026-02-30"}, "date", "bad_date"),
        ({"day": "20260223"}, "date", "bad_date"),
        ({"day": "2026-03-04"}, "date", "future_date"),
        ({"session": "noon"}, "session", "bad_session"),
        ({"code": "?"}, "code", "unknown_code"),
        ({"code": "H"}, "code", "code_not_in_force"),
        ({"day": "2026-02-28"}, "date", "not_a_school_day"),
        ({"day": "2024-08-30"}, "upn", "no_enrolment"),
    ],
)
def test_row_is_refused_for_its_one_reason_and_the_others_are_kept(child, changes, column, reason):
    batch = send(child.row(session="PM", code="I"), child.row(**changes))
    assert reasons(batch) == [(3, column, reason)]
    assert counts(batch) == (2, 1, 0, 0, 1)
    assert child.weeks() == {MONDAY: " I            "}


@pytest.mark.parametrize(
    "changes",
    [
        {"day": "2026-03-03"},
        {"day": "2024-09-02"},
        {"session": "am"},
        {"session": " Am "},
        {"code": " c1 "},
        {"upn": None},
    ],
)
def test_row_on_the_good_side_of_a_line_is_kept(child, changes):
    batch = send(child.row(**changes))
    assert counts(batch) == (1, 1, 0, 0, 0)


def test_upn_is_trimmed_and_put_in_capitals(child):
    batch = send(child.row(upn=f" {child.enrolment.pupil.upn.lower()} "))
    assert batch.inserted == 1


def test_legacy_code_is_stored_by_the_symbol_of_its_time(child):
    Enrolment.objects.update(starts_on=date(2010, 9, 1))
    batch = send(child.row(day="2024-07-19", code="H"), child.row(day="2011-07-01", code="D"))
    assert batch.inserted == 2
    assert child.weeks() == {
        date(2024, 7, 15): "        H     ",
        date(2011, 6, 27): "        d     ",
    }


@pytest.mark.django_db
def test_saturday_counts_where_the_school_meets_on_saturdays():
    child = Child(EnrolmentFactory(school=SchoolFactory(meeting_days="123456")))
    batch = send(child.row(day="2026-02-28"), child.row(day="2026-03-01"))
    assert reasons(batch) == [(3, "date", "not_a_school_day")]
    assert child.weeks() == {MONDAY: "          /   "}


def test_former_upn_finds_the_pupil(child):
    former = FormerUpnFactory(pupil=child.enrolment.pupil)
    assert send(child.row(upn=former.upn)).inserted == 1


def test_enrolment_is_the_one_that_covers_the_date(child):
    first = child.enrolment
    Enrolment.objects.filter(pk=first.pk).update(ends_on=date(2026, 2, 24))
    later = EnrolmentFactory(
        pupil=first.pupil, school=first.school, starts_on=date(2026, 2, 26), ends_on=ON
    )
    rows = [child.row(day=f"2026-02-{day}") for day in (23, 24, 25, 26, 27)]
    batch = send(*rows, child.row(day="2026-03-03"))
    assert reasons(batch) == [(4, "upn", "no_enrolment")]
    assert child.weeks() == {MONDAY: "/ /           "}
    assert Child(later).weeks() == {MONDAY: "      / /     ", date(2026, 3, 2): "  /           "}


def test_other_schools_enrolment_of_the_pupil_is_not_taken(child):
    other = SchoolFactory()
    assert reasons(send(child.row(urn=str(other.urn)))) == [(2, "upn", "no_enrolment")]


def test_later_file_lays_its_slots_over_the_stored_week(child):
    send(child.row(), child.row(day="2026-02-25", code="I"))
    batch = send(child.row(session="PM", code="M"), child.row(day="2026-02-25", code="O"))
    assert child.weeks() == {MONDAY: "/M  O         "}
    assert counts(batch) == (2, 1, 1, 0, 0)
    change = MarkChange.objects.get()
    assert (change.date, change.session) == (date(2026, 2, 25), 0)
    assert (change.old, change.new, change.batch, change.at) == ("I", "O", batch, AT)


def test_every_correction_is_kept_with_its_batch(child):
    batches = [send(child.row(code=code)) for code in ("N", "I", "I", "M")]
    history = MarkChange.objects.order_by("id").values_list("old", "new", "batch")
    assert list(history) == [("N", "I", batches[1].pk), ("I", "M", batches[3].pk)]


def test_upload_logs_first_arrivals_too(child):
    send(child.row())
    batch = send(
        child.row(code="I"),
        child.row(session="PM", code="I"),
        child.row(day="2026-03-02"),
        route=RegisterBatch.Route.UPLOAD,
        school=child.enrolment.school,
    )
    history = MarkChange.objects.filter(batch=batch).order_by("date", "session")
    assert list(history.values_list("old", "new")) == [("/", "I"), (" ", "I"), (" ", "/")]
    assert counts(batch) == (3, 2, 1, 0, 0)


def test_unchanged_file_writes_no_row(child):
    rows = [child.row(day=f"2026-02-{day}", code="L") for day in (23, 24, 25)]
    header = HEADER.strip() + ",minutes_late,comment\n"
    rows = [row.strip() + ",5,bus\n" for row in rows]
    send(*rows, header=header)
    before = _versions()
    batch = send(*rows, header=header)
    assert counts(batch) == (3, 0, 0, 3, 0)
    assert _versions() == before
    assert not batch.touched.exists()


def _versions() -> list:
    """The transaction that wrote each stored row."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, xmin::text, enrolment_id FROM register_week ORDER BY ctid")
        weeks = cursor.fetchall()
        cursor.execute("SELECT ctid, xmin::text, id FROM mark_note ORDER BY ctid")
        return weeks + cursor.fetchall()


def test_part_of_a_stored_week_is_unchanged_too(child):
    send(child.row(), child.row(session="PM", code="\\"))
    before = _versions()
    assert counts(send(child.row(session="PM", code="\\"))) == (1, 0, 0, 1, 0)
    assert _versions() == before


def test_repeated_row_is_unchanged(child):
    assert counts(send(child.row(), child.row())) == (2, 1, 0, 1, 0)


def test_same_session_with_two_codes_refuses_every_row_of_it(child):
    batch = send(child.row(), child.row(code="I"), child.row(), child.row(session="PM", code="M"))
    assert reasons(batch) == [(line, "code", "duplicate_row") for line in (2, 3, 4)]
    assert child.weeks() == {MONDAY: " M            "}
    assert counts(batch) == (4, 1, 0, 0, 3)


def test_week_of_which_nothing_is_left_is_not_stored(child):
    batch = send(child.row(), child.row(code="I"))
    assert counts(batch) == (2, 0, 0, 0, 2)
    assert child.weeks() == {}


@pytest.mark.parametrize("block", [1, 60, 150])
def test_conflicts_and_repeats_across_chunks_are_found(child, block, monkeypatch):
    monkeypatch.setattr(byte_table, "BLOCK_BYTES", block)
    monkeypatch.setattr(byte_table, "_MOST_BLOCKS", 1000)
    rows = [
        child.row(day="2026-02-23"),
        child.row(day="2026-02-24"),
        child.row(day="2026-02-16", code="I"),  # half-term or not: the file goes back a week
        child.row(day="2026-02-25"),
        child.row(day="2026-02-24", code="O"),
        child.row(day="2026-02-23"),
        child.row(day="2026-02-24"),
    ]
    batch = send(*rows)
    assert reasons(batch) == [(line, "code", "duplicate_row") for line in (3, 6, 8)]
    assert child.weeks() == {MONDAY: "/   /         ", date(2026, 2, 16): "I             "}
    assert counts(batch) == (7, 3, 0, 1, 3)


def test_row_with_the_wrong_number_of_cells_is_refused_alone(child):
    batch = send(child.row(), child.row().strip() + ",extra\n", "x,y\n", child.row(session="PM"))
    assert reasons(batch) == [(3, "", "bad_value"), (4, "", "bad_value")]
    assert batch.inserted == 2


def test_lines_are_physical_after_a_quoted_line_end(child):
    header = HEADER.strip() + ",comment\n"
    batch = send(
        child.row().strip() + ',"two\nlines"\n',
        child.row(day="2026-02-24", code="?").strip() + ",\n",
        header=header,
    )
    assert reasons(batch) == [(4, "code", "unknown_code")]
    assert MarkNote.objects.get().comment == "two\nlines"


class TestNotes:
    """Minutes late and comments."""

    both = HEADER.strip() + ",minutes_late,comment\n"

    def test_minutes_and_comment_are_stored_where_there_are_any(self, child):
        send(
            child.row(code="L").strip() + ",12,Bus\n",
            child.row(session="PM").strip() + ",,\n",
            header=self.both,
        )
        note = MarkNote.objects.get()
        assert (note.date, note.session, note.minutes_late, note.comment) == (MONDAY, 0, 12, "Bus")

    def test_missing_column_leaves_and_empty_cell_empties(self, child):
        send(child.row(code="L").strip() + ",12,Bus\n", header=self.both)
        send(child.row(code="L"))
        assert MarkNote.objects.get().minutes_late == 12
        batch = send(child.row(code="L").strip() + ",\n", header=HEADER.strip() + ",minutes_late\n")
        assert (MarkNote.objects.get().minutes_late, MarkNote.objects.get().comment) == (
            None,
            "Bus",
        )
        assert counts(batch) == (1, 0, 1, 0, 0)

    def test_note_with_nothing_left_to_say_goes(self, child):
        send(child.row(code="L").strip() + ",12,Bus\n", header=self.both)
        batch = send(child.row(code="L").strip() + ",,\n", header=self.both)
        assert not MarkNote.objects.exists()
        assert counts(batch) == (1, 0, 1, 0, 0)

    def test_notes_of_other_sessions_are_left_alone(self, child):
        send(child.row(code="L").strip() + ",12,Bus\n", header=self.both)
        send(child.row(session="PM", code="L").strip() + ",,\n", header=self.both)
        assert MarkNote.objects.get().minutes_late == 12

    def test_changed_note_alone_counts_as_changed_and_touches_no_school(self, child):
        send(child.row(code="L").strip() + ",12,\n", header=self.both)
        batch = send(child.row(code="L").strip() + ",13,\n", header=self.both)
        assert counts(batch) == (1, 0, 1, 0, 0)
        assert not batch.touched.exists()
        assert not MarkChange.objects.exists()

    @pytest.mark.parametrize(
        ("minutes", "is_kept"), [("0", 1), ("600", 1), ("601", 0), ("-1", 0), ("5.5", 0)]
    )
    def test_minutes_late_must_be_whole_and_at_most_600(self, child, minutes, is_kept):
        batch = send(child.row(code="L").strip() + f",{minutes},\n", header=self.both)
        assert batch.inserted == is_kept
        assert reasons(batch) == ([] if is_kept else [(2, "minutes_late", "bad_value")])

    @pytest.mark.parametrize(("length", "is_kept"), [(500, 1), (501, 0)])
    def test_comment_has_at_most_500_characters(self, child, length, is_kept):
        batch = send(child.row().strip() + f",,{'x' * length}\n", header=self.both)
        assert batch.inserted == is_kept
        assert reasons(batch) == ([] if is_kept else [(2, "comment", "bad_value")])


class TestRecords:
    """JSON lists go the same way."""

    def record(self, child, **changes):
        row = {
            "upn": child.enrolment.pupil.upn,
            "date": "2026-02-23",
            "session": "AM",
            "code": "L",
        }
        return {**row, **changes}

    def send(self, child, *rows, **options):
        return receive_marks(
            list(rows),
            school=child.enrolment.school,
            route=RegisterBatch.Route.API,
            by=None,
            on=ON,
            at=AT,
            **options,
        )

    def test_good_rows_are_kept_and_lines_count_from_one(self, child):
        batch = self.send(
            child, self.record(child, session="XX"), self.record(child, minutes_late=7), "no row"
        )
        assert reasons(batch) == [(1, "session", "bad_session"), (3, "", "bad_value")]
        assert counts(batch) == (3, 1, 0, 0, 2)
        assert MarkNote.objects.get().minutes_late == 7

    def test_value_that_is_left_out_is_left_and_null_empties(self, child):
        self.send(child, self.record(child, minutes_late=7, comment="Bus"))
        pm = self.record(child, session="PM", minutes_late=3)
        self.send(child, self.record(child, comment=None), pm)
        first = MarkNote.objects.get(session=0)
        assert (first.minutes_late, first.comment) == (7, "")

    def test_row_that_names_another_school_is_unknown(self, child):
        other = SchoolFactory()
        batch = self.send(
            child,
            self.record(child, urn=other.urn),
            self.record(child, urn=child.enrolment.school_id),
            self.record(child, session="PM", urn=""),
        )
        assert reasons(batch) == [(1, "urn", "unknown_school")]
        assert batch.inserted == 2

    def test_all_or_nothing_stores_nothing_when_a_row_is_refused(self, child):
        batch = self.send(child, self.record(child), self.record(child, session="XX"), atomic=True)
        assert batch.state == RegisterBatch.State.REFUSED
        assert counts(batch) == (2, 0, 0, 0, 1)
        assert child.weeks() == {}
        assert batch.rejects.count() == 1

    def test_all_or_nothing_stores_all_when_no_row_is_refused(self, child):
        batch = self.send(child, self.record(child), atomic=True)
        assert batch.state == RegisterBatch.State.APPLIED
        assert batch.inserted == 1


def test_file_without_a_required_column_is_a_sentence_and_leaves_no_receipt(child):
    with pytest.raises(Invalid, match="session"):
        send("x\n", header="upn,urn,date,code\n")
    assert not RegisterBatch.objects.exists()


def test_dry_run_stores_the_receipt_alone(child):
    batch = send(child.row(), child.row(session="XX"), dry_run=True)
    assert batch.state == RegisterBatch.State.REVIEW
    assert counts(batch) == (2, 1, 0, 0, 1)
    assert child.weeks() == {}
    assert not batch.touched.exists()
    assert Reject.objects.count() == 1


def test_several_schools_of_one_file_are_touched_only_where_something_changed(child):
    others = [Child(EnrolmentFactory()) for _ in range(2)]
    send(child.row())
    batch = send(child.row(), *(other.row() for other in others))
    touched = set(batch.touched.values_list("school_id", flat=True))
    assert touched == {other.enrolment.school_id for other in others}


def test_pupil_with_no_enrolment_anywhere_is_refused(child):
    stranger = PupilFactory()
    assert reasons(send(child.row(upn=stranger.upn))) == [(2, "upn", "no_enrolment")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark_of_order", ["", "\ufeff"])
def test_every_line_end_is_read_and_counted(child, line_end, mark_of_order):
    text = mark_of_order + HEADER + child.row() + child.row(code="@", day="2026-02-24")
    content = text.replace("\n", line_end).encode()
    batch = receive_marks(content, school=None, route="bundle", by=None, on=ON, at=AT)
    assert (batch.inserted, batch.rejected) == (1, 1)
    assert Reject.objects.get().line == 3
