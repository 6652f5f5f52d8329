"""Packs of meetings that lie behind the demo, with the figures of their own day.

A pack is frozen on the figures' date, so nobody needs one of an earlier day; the demo does, since
all of its meetings are made at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from accounts.models import User
from attendance.cohorts import COHORTS
from attendance.read_models.past import PastFigures
from dashboards.read_models.meetings.pack import build_pack
from dashboards.read_models.meetings.pack_before import last_time
from dashboards.read_models.meetings.pack_content import Pack, PackPupil
from dashboards.read_models.meetings.pack_people import (
    Roll,
    agency_pupils,
    cohorts_of,
    severe_pupils,
)
from meetings.models import Meeting


class _RollThen(Roll):
    """The roll of a past day, with the year up to it."""

    @cached_property
    def past(self) -> PastFigures:
        """What is known of the day."""
        return PastFigures(self.as_of, urns=[self.meeting.school_id])

    @cached_property
    def years(self) -> dict[int, Any]:
        """The year up to the day, of those with a possible session."""
        rows = self.past.figures.rows.filter(enrolment__in=list(self.enrolments))
        return {row.enrolment_id: row for row in rows}

    @cached_property
    def in_cohorts(self) -> dict[str, list[int]]:
        """Cohort key to enrolment ids, in the order of names."""
        held = self.past.cohorts
        return {key: [pk for pk in self.enrolments if key in held.get(pk, {})] for key in COHORTS}


def pack_then(meeting: Meeting, user: User, *, as_of: date, until: date, on: date) -> Pack:
    """The pack as it would have been frozen. `until`: the figures' date."""
    pack = build_pack(meeting, user, as_of=as_of, on=on)
    if as_of == until:
        return pack
    roll = _RollThen(meeting, user, as_of, on)
    everyone = [roll.pupil(row) for row in roll.enrolments.values()]
    return replace(
        pack,
        cohorts=cohorts_of(roll),
        severe=severe_pupils(roll),
        agencies=agency_pupils(roll),
        at_risk=[one for one in everyone if _is_at_risk(one)],
        last_time=last_time(roll),
        owed=[],  # every reason of so long ago has been found since
    )


def _is_at_risk(pupil: PackPupil) -> bool:
    """From 5% to under 10% of what was possible."""
    return 0 < pupil.possible <= 20 * pupil.absent and 10 * pupil.absent < pupil.possible
