"""New, cleared and long-standing: what the flags cannot tell is said and not counted as nobody."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from attendance.models import NightlyRun
from attendance.read_models.movement import Window
from attendance.selectors import flags_kept_from
from dashboards.read_models.explore.movement import is_known, not_known
from tests.factories.classes import LATEST, YESTERDAY
from tests.factories.crawling import parsed, text_of

#: The small borough's first run is of Thursday 5 February 2026, its last of the day after.
FIRST, BEFORE = YESTERDAY, YESTERDAY - timedelta(days=1)


def test_flags_are_kept_from_the_first_finished_run_for_everyone(borough):
    facts = {"as_of": LATEST - timedelta(days=30), "started_at": "2026-01-07T04:00Z"}
    NightlyRun.objects.create(is_for_everyone=True, state="failed", **facts)
    NightlyRun.objects.create(is_for_everyone=False, state="finished", **facts)

    assert flags_kept_from() == FIRST


@pytest.mark.parametrize(
    ("since", "as_of", "known", "told"),
    [
        (BEFORE - timedelta(days=28), BEFORE, False, "Flags are kept from 5 Feb 2026 on."),
        (BEFORE, FIRST, True, "Cleared counts from 5 Feb 2026 on"),
        (BEFORE, LATEST, True, "Cleared counts from 5 Feb 2026 on"),
        (FIRST, FIRST, True, ""),
        (FIRST, LATEST, True, ""),
    ],
)
def test_what_is_not_known_is_told(since, as_of, known, told, borough):
    window = Window(since, as_of)

    assert is_known(window) is known
    assert not_known(window).startswith(told)
    assert bool(not_known(window)) is bool(told)


def test_before_the_first_run_nothing_is_known(db):
    assert not is_known(Window(date(2026, 1, 1), LATEST))


@pytest.mark.parametrize("path", ["/borough/", "/explore/"])
def test_a_day_before_flags_were_kept_has_no_table_of_zeros(path, borough, signed_in):
    client = signed_in("team_manager")
    past = text_of(parsed(client.get(f"{path}?as_of={BEFORE}").content.decode()))
    now = text_of(parsed(client.get(path).content.decode()))

    assert "Who moved over a line before that day is not known." in past
    assert "New since" not in past
    assert "New since 9 Jan 2026" in now
    assert "Cleared counts from 5 Feb 2026 on" in now


def test_the_report_says_it_too(borough, signed_in):
    client = signed_in("team_manager")
    sections = client.get(f"/reports/board/?as_of={BEFORE}").context["report"].sections
    movement = next(one for one in sections if one.key == "movement")

    assert movement.tables == []
    assert movement.paragraphs[-1].startswith("Flags are kept from 5 Feb 2026 on.")
