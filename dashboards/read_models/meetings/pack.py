"""P21, what is on the pack of a meeting as of the figures' date (SUP-15, SUP-19)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from attendance.read_models.feeds import feeds
from dashboards.read_models.meetings.pack_before import last_time
from dashboards.read_models.meetings.pack_content import (
    PACK_VERSION,
    OwnView,
    Pack,
    ScoredExpectation,
    SupportNow,
)
from dashboards.read_models.meetings.pack_figures import (
    group_facts,
    headline_figures,
    whole_school,
)
from dashboards.read_models.meetings.pack_people import (
    Roll,
    agency_pupils,
    at_risk_pupils,
    cohorts_of,
    owed_registers,
    severe_pupils,
)
from dashboards.read_models.meetings.stored import as_json, from_json
from dashboards.read_models.series import half_terms_known
from dashboards.read_models.three_charts import count_facts, spread_facts, weekly_facts
from meetings.choices import EXPECTATIONS, OWN_VIEW
from meetings.models import ExpectationScore, Meeting, PlacesOffered, SelfAssessment
from meetings.states import AssessmentState
from schools.rules.alignment import of_year
from schools.rules.calendar import academic_year

if TYPE_CHECKING:
    from accounts.models import User


def build_pack(meeting: Meeting, user: User, *, as_of: date, on: date) -> Pack:
    """The pack as this person may see it. `as_of`: the figures' date; `on`: today."""
    school, roll = meeting.school, Roll(meeting, user, as_of, on)
    asked = whole_school(school, user, as_of=as_of)
    feed = feeds([school], as_of=as_of)[0]
    return Pack(
        pack_version=PACK_VERSION,
        as_of=as_of,
        urn=school.pk,
        school=school.name,
        last_mark_on=feed.last_mark_on,
        school_days_behind=feed.school_days_behind,
        last_time=last_time(roll),
        figures=headline_figures(asked),
        by_week=weekly_facts(asked),
        over_the_lines=count_facts(asked),
        spread=spread_facts(asked),
        groups=group_facts(school, user, asked),
        cohorts=cohorts_of(roll),
        half_terms=of_year(half_terms_known(), academic_year(as_of)),
        severe=severe_pupils(roll),
        agencies=agency_pupils(roll),
        at_risk=at_risk_pupils(roll),
        owed=owed_registers(roll),
        support=_support(meeting, user),
        own_view=_own_view(meeting, user),
    )


def content_of(pack: Pack) -> dict[str, Any]:
    """The pack as it is frozen: JSON, nothing else."""
    content: dict[str, Any] = as_json(pack)
    return content


def pack_from(content: Any) -> Pack:
    """A frozen pack. Raises ValueError where its version is another, or it is no pack."""
    version = content.get("pack_version") if isinstance(content, dict) else None
    if version != PACK_VERSION:
        raise ValueError(f"Pack version {version} is not version {PACK_VERSION}.")
    return from_json(Pack, content)


def _support(meeting: Meeting, user: User) -> list[SupportNow]:
    rows = PlacesOffered.objects.visible_to(user).standing().filter(meeting=meeting)
    return [SupportNow(row.what, row.agency, row.places) for row in rows]


def _own_view(meeting: Meeting, user: User) -> OwnView | None:
    """What the school shared of its own view, this term's; beside it the scores it shared last."""
    rows = SelfAssessment.objects.visible_to(user).filter(
        school=meeting.school_id, state=AssessmentState.SUBMITTED
    )
    shared = list(rows.order_by("academic_year", "term"))
    term = (meeting.academic_year, meeting.term)
    now = next((row for row in shared if (row.academic_year, row.term) == term), None)
    if now is None:
        return None
    earlier = [row for row in shared if (row.academic_year, row.term) < term]
    scores, before = _scores(now), _scores(earlier[-1]) if earlier else {}
    return OwnView(
        answers=[(key, getattr(now, key)) for key in OWN_VIEW if getattr(now, key).strip()],
        scores=[
            ScoredExpectation(key, scores[key], before.get(key))
            for key in EXPECTATIONS
            if key in scores
        ],
    )


def _scores(assessment: SelfAssessment) -> dict[str, int]:
    rows = ExpectationScore.objects.filter(assessment=assessment)
    return dict(rows.values_list("expectation", "score"))
