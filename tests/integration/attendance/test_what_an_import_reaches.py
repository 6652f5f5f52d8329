"""What was worked out of a past day stands until an import stores something up to that day."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from attendance.imports.marks import receive_marks
from attendance.imports.uploads import confirm, start_review
from attendance.models import BatchSchool, PastStanding, RegisterBatch
from attendance.read_models import by_school
from attendance.read_models.by_school import sums_on
from attendance.read_models.figures import figures_on, forget_past_figures
from attendance.read_models.totals import school_totals
from attendance.selectors import last_import_id, last_import_until
from attendance.services.batches import record_outcome
from attendance.services.undo import undo_upload
from attendance_portal.shared.rejects import Outcome
from tests.factories.classes import LATEST

PAST = date(2026, 1, 30)  # a Friday; its week begins on Monday 26 January
AT = datetime(2026, 2, 6, 16, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def send(enrolment, day: str, code: str = "O", **options) -> RegisterBatch:
    """One mark in the morning of a day."""
    row = f"{enrolment.pupil.upn},{enrolment.school_id},{day},AM,{code}\n"
    content = f"upn,urn,date,session,code\n{row}".encode()
    options.setdefault("route", RegisterBatch.Route.BUNDLE)
    options.setdefault("school", None)
    return receive_marks(content, by=None, on=LATEST, at=AT, **options)


def roll(touched: set[int]) -> RegisterBatch:
    """The receipt of a file of enrolments."""
    outcome = Outcome(received=1, changed=1, touched=touched)
    return record_outcome(
        outcome, content="enrolments", route="bundle", by=None, at=AT, file_name="enrolments.csv"
    )


def test_a_batch_says_from_which_week_on_it_stored_marks_of_each_school(borough):
    rows = "".join(
        f"{one.pupil.upn},{one.school_id},{day},AM,O\n"
        for one, day in (
            (borough.ada, "2026-02-04"), (borough.ben, "2026-01-20"), (borough.eve, "2026-02-05"),
        )
    )  # fmt: skip
    receive_marks(
        f"upn,urn,date,session,code\n{rows}".encode(), school=None, by=None, on=LATEST, at=AT,
        route=RegisterBatch.Route.BUNDLE,
    )  # fmt: skip
    assert dict(BatchSchool.objects.values_list("school", "from_on")) == {
        borough.ash.pk: date(2026, 1, 19),
        borough.elm.pk: date(2026, 2, 2),
    }


@pytest.mark.parametrize(
    ("day", "reaches"),
    [("2026-01-26", True), ("2026-01-30", True), ("2026-01-05", True), ("2026-02-02", False)],
)
def test_figures_of_a_past_day_are_worked_out_anew_only_where_marks_reach_it(borough, day, reaches):
    before, counted = figures_on(PAST).standing, sums_on([borough.ash.pk], [PAST])[PAST]
    number = last_import_until(PAST)
    send(borough.ada, day)
    assert (last_import_until(PAST) > number) is reaches
    assert (figures_on(PAST).standing != before) is reaches
    more = 1 if reaches else 0
    assert sums_on([borough.ash.pk], [PAST])[PAST].unauthorised == counted.unauthorised + more


def test_marks_that_were_there_already_reach_nothing(borough):
    send(borough.ada, "2026-01-26")
    before = figures_on(PAST).standing
    send(borough.ada, "2026-01-26")
    assert figures_on(PAST).standing == before


def test_one_school_that_is_reached_is_counted_again_and_no_other(borough, monkeypatch):
    urns, asked = [borough.ash.pk, borough.elm.pk], []
    before = sums_on(urns, [PAST])[PAST]
    send(borough.eve, "2026-01-28")

    def answers(question, statements):
        asked.append(question.schools)
        return real(question, statements)

    real = by_school.answers
    monkeypatch.setattr(by_school, "answers", answers)
    assert sums_on(urns, [PAST])[PAST].unauthorised == before.unauthorised + 1
    assert asked == [[borough.elm.pk]]


def test_an_upload_that_was_looked_at_for_long_reaches_as_far_as_any(borough, user_with):
    """Its number is older than that of what came while somebody looked at it."""
    by = user_with("attendance_officer")
    row = f"{borough.ada.pupil.upn},2026-01-28,AM,O\n"
    looked_at = start_review(
        school=borough.ash, content=f"upn,date,session,code\n{row}".encode(),
        file_name="register.csv", by=by, on=LATEST, at=AT,
    )  # fmt: skip
    roll({borough.elm.pk})
    before = figures_on(PAST).standing, last_import_id()
    missed = sum(one.unauthorised for one in school_totals(by, as_of=PAST))
    confirm(batch=looked_at, by=by, on=LATEST, at=AT)
    assert figures_on(PAST).standing != before[0]
    assert last_import_id() > before[1]
    assert sum(one.unauthorised for one in school_totals(by, as_of=PAST)) == missed + 1


def test_a_file_of_enrolments_reaches_every_day(borough):
    before = figures_on(PAST).standing
    roll({borough.ash.pk})
    assert figures_on(PAST).standing != before
    assert BatchSchool.objects.get().from_on is None


def test_what_is_undone_reaches_as_far_back_as_it_was_done(borough, user_with):
    by = user_with("attendance_officer")
    upload = send(borough.ada, "2026-01-28", route=RegisterBatch.Route.UPLOAD, school=borough.ash)
    before = figures_on(PAST).standing
    send(borough.ben, "2026-02-05")
    assert figures_on(PAST).standing == before
    later = BatchSchool.objects.exclude(batch=upload).get()
    later.batch.touched.all().delete()  # an upload is undone only while it is the school's last
    undo_upload(batch=upload, reason="The wrong file", by=by, at=AT)
    assert BatchSchool.objects.latest("pk").from_on == date(2026, 1, 26)
    assert figures_on(PAST).standing != before


def test_what_no_import_reached_is_not_forgotten(borough):
    figures_on(PAST)
    send(borough.ada, "2026-02-02")
    assert forget_past_figures() == 0
    send(borough.ada, "2026-01-26")
    assert forget_past_figures() == 1
    assert not PastStanding.objects.exists()
