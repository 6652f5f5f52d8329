"""What a transaction has written is counted for the planner before it is read: else the demo's own
questions, and every test that walks it, are planned as if its tables were empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from attendance_portal.shared import clock
from attendance_portal.shared.planner import count_for_the_planner
from dashboards.management import demo
from tests.factories.schools import SchoolFactory
from tests.factories.standing import TODAY

pytestmark = pytest.mark.django_db
URNS = (910001, 910002, 910003)


def make_schools(**_asked) -> None:
    for urn in URNS:
        SchoolFactory(urn=urn)


def is_counted() -> bool:
    """Whether the planner knows of these schools, which no other transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT histogram_bounds::text FROM pg_stats"
            " WHERE tablename = 'schools_school' AND attname = 'urn'"
        )
        found = cursor.fetchone()
    return found is not None and all(str(urn) in (found[0] or "") for urn in URNS)


def test_tables_are_counted_when_asked():
    make_schools()
    assert not is_counted()

    count_for_the_planner()

    assert is_counted()


def test_the_demo_is_counted_before_its_people_begin(monkeypatch):
    began = []
    monkeypatch.setattr(demo, "_load_borough", make_schools)
    monkeypatch.setattr(demo, "settle_people", lambda **_asked: began.append(is_counted()))

    demo.load_demo(
        pupils=3, until=date(2026, 3, 2), today=TODAY, home=Path(), at=clock.now(),
        say=lambda _: None,
    )  # fmt: skip

    assert began == [True]
