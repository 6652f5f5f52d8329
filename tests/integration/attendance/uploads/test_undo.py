"""An upload is taken back whole, once, until a later batch touches its school."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, connections

from accounts.models import AuditEvent
from attendance.imports.marks import receive_marks
from attendance.imports.uploads import confirm, start_review
from attendance.models import (
    EnrolmentPeriod,
    Flag,
    MarkChange,
    MarkNote,
    RegisterBatch,
    RegisterWeek,
)
from attendance.services.nightly import recompute_waiting, run_for_everyone
from attendance.services.undo import check_can_undo, undo_upload
from attendance_portal.shared.errors import Conflict, Invalid, Refused
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

ON = date(2026, 3, 3)
AT = datetime(2026, 3, 3, 9, tzinfo=UTC)
HEADER = "upn,date,session,code,minutes_late\n"


@pytest.fixture
def school(db):
    return SchoolFactory()


@pytest.fixture
def lead(user_with, school):
    return user_with("school_lead", school=school)


@pytest.fixture
def enrolment(school):
    return EnrolmentFactory(school=school)


def row(enrolment, day="2026-03-02", session="AM", code="/", late="") -> str:
    return f"{enrolment.pupil.upn},{day},{session},{code},{late}\n"


def upload(by, school, *rows) -> RegisterBatch:
    content = (HEADER + "".join(rows)).encode()
    batch = start_review(school=school, content=content, file_name="w.csv", by=by, on=ON, at=AT)
    return confirm(batch=batch, by=by, on=ON, at=AT)


def undo(batch, by, reason="Wrong week") -> RegisterBatch:
    return undo_upload(batch=batch, reason=reason, by=by, at=AT)


def stored() -> list[tuple]:
    return sorted(RegisterWeek.objects.values_list("enrolment_id", "week_start", "marks"))


def test_undo_restores_every_week_as_it_was(school, lead, enrolment):
    other = EnrolmentFactory(school=school)
    upload(lead, school, row(enrolment, code="N"), row(enrolment, session="PM"))
    before = stored()
    batch = upload(
        lead,
        school,
        row(enrolment, code="I"),  # changed
        row(enrolment, day="2026-03-03"),  # new, in a week that was there
        row(other, code="O"),  # new, in a week that was not
        row(other, day="2026-02-23"),
    )

    undo(batch, lead)

    assert stored() == before


def test_undo_logs_each_mark_it_takes_back(school, lead, enrolment):
    upload(lead, school, row(enrolment, code="N"))
    batch = upload(lead, school, row(enrolment, code="I"), row(enrolment, session="PM"))

    done = undo(batch, lead)

    logged = MarkChange.objects.filter(batch=done).order_by("session")
    assert list(logged.values_list("old", "new")) == [("I", "N"), ("/", " ")]
    assert (done.route, done.changed, done.undoes, done.reason) == (
        "undo", 2, batch, "Wrong week",
    )  # fmt: skip


def test_undo_takes_the_note_of_a_mark_that_goes(school, lead, enrolment):
    batch = upload(lead, school, row(enrolment, code="L", late="12"))
    assert MarkNote.objects.get().minutes_late == 12

    undo(batch, lead)

    assert not MarkNote.objects.exists()


def test_undo_is_audited_and_waits_for_a_run(school, lead, enrolment):
    batch = upload(lead, school, row(enrolment))

    done = undo(batch, lead)

    event = AuditEvent.objects.get(verb="registers.upload_undone")
    assert (event.actor, event.object_ref) == (lead, str(batch.pk))
    assert event.after == {
        "school": school.urn, "undo": done.pk, "marks": 1, "reason": "Wrong week",
    }  # fmt: skip
    assert list(done.touched.values_list("school", "recomputed_at")) == [(school.urn, None)]


def test_figures_after_an_undo_are_those_of_before(borough, user_with):
    made = borough
    lead = user_with("school_lead", school=made.ash)
    figures = lambda: sorted(  # noqa: E731
        EnrolmentPeriod.objects.values_list("enrolment", "kind", "possible", "unauthorised")
    )
    open_flags = lambda: set(Flag.objects.open().values_list("enrolment", "kind"))  # noqa: E731
    before = figures(), open_flags()
    days = [f"2026-01-{day:02}" for day in range(5, 10)]
    batch = upload(
        lead, made.ash, *(row(made.ada, day, half, "O") for day in days for half in ("AM", "PM"))
    )
    recompute_waiting()
    assert (figures(), open_flags()) != before

    undo(batch, lead)
    recompute_waiting()

    assert (figures(), open_flags()) == before


def test_undo_pressed_twice_is_one_batch(school, lead, enrolment):
    batch = upload(lead, school, row(enrolment))

    assert undo(batch, lead) == undo(batch, lead)
    assert RegisterBatch.objects.filter(undoes=batch).count() == 1


def test_undo_by_someone_else_afterwards_says_it_was_done(school, lead, enrolment, user_with):
    batch = upload(lead, school, row(enrolment))
    done = undo(batch, lead)

    with pytest.raises(Conflict, match=f"undone already, by batch {done.pk}"):
        undo(batch, user_with("team_manager"))


@pytest.mark.parametrize("is_the_same_school", [True, False])
def test_later_batch_of_the_school_stops_the_undo_and_is_named(
    school, lead, enrolment, is_the_same_school
):
    batch = upload(lead, school, row(enrolment))
    other = EnrolmentFactory(school=school if is_the_same_school else SchoolFactory())
    later = receive_marks(
        [{"upn": other.pupil.upn, "date": "2026-03-02", "session": "AM", "code": "/"}],
        school=other.school, route="api", by=None, on=ON, at=AT,
    )  # fmt: skip

    if is_the_same_school:
        with pytest.raises(Conflict, match=f"Batch {later.pk} came after this one"):
            undo(batch, lead)
    else:
        undo(batch, lead)
    assert RegisterWeek.objects.filter(enrolment=enrolment).exists() is is_the_same_school


def test_review_opened_before_and_saved_after_counts_as_later(school, lead, enrolment):
    first = start_review(
        school=school, content=(HEADER + row(enrolment, code="I")).encode(), file_name="a.csv",
        by=lead, on=ON, at=AT,
    )  # fmt: skip
    batch = upload(lead, school, row(enrolment, session="PM"))
    confirm(batch=first, by=lead, on=ON, at=AT)

    with pytest.raises(Conflict, match=f"Batch {first.pk} came after"):
        undo(batch, lead)


def test_upload_that_changed_nothing_cannot_be_undone(school, lead, enrolment):
    upload(lead, school, row(enrolment))
    same = upload(lead, school, row(enrolment))

    with pytest.raises(Conflict, match="changed no mark"):
        undo(same, lead)


def test_only_an_upload_that_was_saved_can_be_undone(school, lead, enrolment):
    review = start_review(
        school=school, content=(HEADER + row(enrolment)).encode(), file_name="w.csv", by=lead,
        on=ON, at=AT,
    )  # fmt: skip
    with pytest.raises(Conflict, match="Only an upload that was saved"):
        undo(review, lead)
    done = undo(upload(lead, school, row(enrolment)), lead)
    with pytest.raises(Conflict, match="Only an upload that was saved"):
        undo(done, lead)


@pytest.mark.parametrize(("reason", "says"), [("  ", "Say why"), ("x" * 301, "300 characters")])
def test_undo_needs_a_reason_that_fits(school, lead, enrolment, reason, says):
    batch = upload(lead, school, row(enrolment))

    with pytest.raises(Invalid, match=says):
        undo(batch, lead, reason=reason)


def test_role_and_school_are_checked(school, lead, enrolment, user_with):
    batch = upload(lead, school, row(enrolment))

    with pytest.raises(Refused):
        check_can_undo(user_with("administrator"), batch)
    with pytest.raises(Refused, match="not one of yours"):
        check_can_undo(user_with("school_lead", school=SchoolFactory()), batch)
    check_can_undo(lead, batch)


@pytest.mark.django_db(transaction=True)
def test_undo_and_upload_at_once_leave_one_of_two_whole_outcomes(user_with):
    """Whoever locks the school's registers first wins; the other is refused or comes after."""
    school = SchoolFactory()
    enrolment = EnrolmentFactory(school=school)
    lead = user_with("school_lead", school=school)
    batch = upload(lead, school, row(enrolment, code="N"))
    together, said = Barrier(2), []

    def at_once(deed):
        try:
            together.wait()
            deed()
            said.append("done")
        except Conflict:
            said.append("refused")
        finally:
            connections[connection.alias].close()

    deeds = (
        lambda: undo(batch, lead),
        lambda: upload(lead, school, row(enrolment, code="I", session="PM")),
    )
    threads = [Thread(target=at_once, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    undone = RegisterBatch.objects.filter(undoes=batch).exists()
    assert said.count("refused") == (0 if undone else 1)
    assert RegisterWeek.objects.get().marks[:2] == (" I" if undone else "NI")


@pytest.mark.django_db(transaction=True)
def test_two_undos_at_once_are_one(user_with):
    school = SchoolFactory()
    enrolment = EnrolmentFactory(school=school)
    lead = user_with("school_lead", school=school)
    batch = upload(lead, school, row(enrolment))
    together, done = Barrier(2), []

    def press():
        together.wait()
        done.append(undo(batch, lead).pk)
        connections[connection.alias].close()

    threads = [Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(done)) == 1
    assert MarkChange.objects.filter(new=" ").count() == 1


def test_run_for_everyone_is_not_stopped_by_an_empty_week(school, lead, enrolment):
    undo(upload(lead, school, row(enrolment)), lead)

    assert run_for_everyone(as_of=ON).state == "finished"
