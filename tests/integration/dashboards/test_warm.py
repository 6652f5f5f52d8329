"""What pages show beside the figures' date is worked out before anybody waits for it."""

from __future__ import annotations

from datetime import date

import pytest

from attendance.models import PastStanding
from attendance.read_models import by_school, figures, published_basis
from attendance_portal.celery import app
from dashboards.services.warm import warm_figures
from dashboards.tasks import warm_figures as task
from tests.factories.classes import SmallBorough, keep_register
from tests.factories.registers import PRESENT_WEEK

pytestmark = pytest.mark.django_db

PAGES = ("/borough/", "/explore/", "/explore/benchmark/")


@pytest.fixture
def two_years(db) -> SmallBorough:
    """The small borough with five weeks of the spring before too."""
    made = SmallBorough()
    for enrolment in (made.ada, made.cal, made.eve):
        enrolment.starts_on = date(2024, 9, 2)
        enrolment.save()
        keep_register(enrolment, *[PRESENT_WEEK] * 5, first=date(2025, 1, 6))
    made.run()
    return made


@pytest.fixture
def worked_out(monkeypatch) -> list[date]:
    """The days that were worked out by the statements of the night, from now on."""
    days: list[date] = []
    for module in (by_school, figures, published_basis):

        def answers(question, statements, real=module.answers):
            days.append(question.as_of)
            return real(question, statements)

        monkeypatch.setattr(module, "answers", answers)
    return days


def test_first_reader_waits_for_nothing_that_was_warmed(two_years, signed_in, worked_out):
    client = signed_in("team_manager")
    then = warm_figures()
    assert then == date(2025, 2, 7)
    assert then in worked_out
    worked_out.clear()
    for page in PAGES:
        assert client.get(page).status_code == 200
    assert worked_out == []


def test_without_warming_the_first_reader_has_them_worked_out(two_years, signed_in, worked_out):
    assert signed_in("team_manager").get("/borough/").status_code == 200
    assert worked_out


def test_what_is_warm_is_not_worked_out_again(two_years, worked_out):
    warm_figures()
    worked_out.clear()
    task()
    assert worked_out == []
    assert PastStanding.objects.count() == 1


def test_before_the_first_run_there_is_nothing_to_warm(db):
    assert warm_figures() is None


def test_the_worker_warms_every_ten_minutes():
    entry = app.conf.beat_schedule["warm-figures"]
    assert (entry["task"], entry["schedule"]) == ("dashboards.tasks.warm_figures", 600.0)
