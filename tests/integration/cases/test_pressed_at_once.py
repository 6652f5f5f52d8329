"""Two people press the same button in the same moment: one record, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from attendance_portal.shared.errors import DomainError
from cases.models import Case, CaseClosure, PlanVersion, SupportPlan, TimelineEntry
from cases.services.cases import open_case
from cases.services.closing import close_case
from cases.services.plans import agree_plan, start_plan
from cases.states import Stage
from tests.factories.pathway import walk_to
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import make_terms

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(press: Callable[[], Any]) -> list[str]:
    """What two threads that press together are told: 'done', or the code of the refusal."""
    ready, told = Barrier(2), []

    def run() -> None:
        ready.wait(timeout=20)
        try:
            press()
            told.append("done")
        except DomainError as problem:
            told.append(problem.code)
        finally:
            connection.close()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(told)


@pytest.fixture
def walk():
    make_terms()
    return walk_to(Stage.LISTEN)


def test_two_openings_are_one_case(user_with):
    make_terms()
    pupil, officer = EnrolmentFactory().pupil, user_with("attendance_officer")
    facts = {"opened_from": "school", "concern": "Mornings.", "track": "specific_issue"}
    on = date(2026, 3, 3)
    told = at_once(
        lambda: open_case(
            pupil=pupil, by=officer, on=on, at=datetime(2026, 3, 3, 12, tzinfo=UTC), **facts
        )
    )

    assert told == ["case_open_already", "done"]
    assert Case.objects.count() == 1


def test_two_closings_are_one(walk):
    facts = {"outcome": "improved", "what_helped": "The bus pass."}
    told = at_once(lambda: close_case(case=walk.case, **facts, **walk.who))

    assert told == ["case_already_closed", "done"]
    assert CaseClosure.objects.count() == 1


def test_two_starts_are_one_plan(walk):
    at_once(lambda: start_plan(case=walk.case, **walk.who))

    assert SupportPlan.objects.count() == 1
    assert TimelineEntry.objects.filter(kind="plan").count() == 1


def test_two_agreements_of_one_version_are_one(walk):
    walk.name_barrier()
    plan = walk.agree_plan()
    plan.refresh_from_db()
    parties = [("The child", "family")]
    told = at_once(lambda: agree_plan(plan=plan, version=plan.version, parties=parties, **walk.who))

    assert told == ["changed_meanwhile", "done"]
    assert PlanVersion.objects.filter(plan=plan).count() == 2
