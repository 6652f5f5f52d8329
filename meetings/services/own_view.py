"""A school's own view of its work on attendance: four questions, and the guidance's expectations.

Raises: Refused (not the school's people, or its meeting has started), Invalid (scores that are not
1 to 4), Conflict (somebody else saved meanwhile).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from accounts.models import User
from accounts.roles import Permission
from attendance_portal.shared.errors import Conflict, Refused
from cases.services.common import write_audit
from cases.services.typed import fits, needed, wrong
from meetings.choices import EXPECTATIONS, OWN_VIEW, Side
from meetings.models import ExpectationScore, Meeting, SelfAssessment, TsmFrequency
from meetings.permissions import side_of
from meetings.states import SCORES, AssessmentState
from schools.models import School
from schools.permissions import check_has
from schools.rules.calendar import TERMS_IN_A_YEAR

LONGEST: Final = 2000  # characters of one answer
LONGEST_REASON: Final = 300


@dataclass(frozen=True)
class Scored:
    """What a school gives itself for one expectation, 1 to 4, and why."""

    score: int
    note: str = ""


@transaction.atomic
def save_own_view(
    *,
    school: School,
    academic_year: int,
    term: int,
    texts: Mapping[str, str],
    scores: Mapping[str, Scored],
    version: int,
    by: User,
    at: datetime,
) -> SelfAssessment:
    """Keep what was written so far: some questions, some scores. `version` is what the form was
    made from, 0 for a new one. What is not in `texts` or `scores` stays as it was."""
    _check_may_write(by, school, academic_year, term)
    view = _locked(school, academic_year, term, by, at)
    if version not in (view.version, 0) or (version == 0 and view.version > 1):
        raise Conflict("Somebody else has saved this meanwhile. Look at what they wrote first.")
    for key in OWN_VIEW:
        if key in texts:
            setattr(view, key, fits(texts[key], pointer=key, longest=LONGEST))
    for key, scored in scores.items():
        _score(view, key, scored)
    view.version += 1
    view.by, view.at = by, at
    view.save()
    _record(view, "own_view.saved", by, at)
    return view


@transaction.atomic
def share_own_view(*, view: SelfAssessment, by: User, at: datetime) -> SelfAssessment:
    """Let the attendance team read it. Every expectation is scored first. It can still be changed
    until the meeting starts. Shared twice it was shared the first time."""
    found: SelfAssessment = SelfAssessment.objects.select_for_update().get(pk=view.pk)
    _check_may_write(by, found.school, found.academic_year, found.term)
    if found.state == AssessmentState.SUBMITTED:
        return found
    missing = [key for key in EXPECTATIONS if key not in _scored(found)]
    if missing:
        labels = [EXPECTATIONS[key].label for key in missing]
        raise wrong(f"Score these first: {', '.join(labels)}.", pointer=missing[0])
    found.state = AssessmentState.SUBMITTED.value
    found.submitted_at, found.submitted_by = at, by
    found.version += 1
    found.save()
    _record(found, "own_view.shared", by, at)
    return found


@transaction.atomic
def set_frequency(
    *, school: School, per_year: int, reason: str, by: User, at: datetime
) -> TsmFrequency:
    """How many meetings a year a school has (SUP-16), and why."""
    check_has(by, Permission.EDIT_AGENDAS)
    if not School.objects.visible_to(by).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")
    if not 1 <= per_year <= TERMS_IN_A_YEAR:
        raise wrong("Choose 1, 2 or 3 meetings a year.", pointer="per_year")
    why = needed(reason, "Say why.", pointer="reason", longest=LONGEST_REASON)
    row, _ = TsmFrequency.objects.update_or_create(
        school=school, defaults={"per_year": per_year, "reason": why, "by": by, "at": at}
    )
    write_audit(verb="school.tsm_frequency", about=row, by=by, at=at, after={"per_year": per_year})
    return row


def _check_may_write(by: User, school: School, academic_year: int, term: int) -> None:
    check_has(by, Permission.PREPARE_MEETINGS)
    if not School.objects.visible_to(by).filter(pk=school.pk).exists():
        raise Refused("This school is not one of yours.", code="out_of_scope")
    if side_of(by) is not Side.SCHOOL:
        raise Refused("The school writes its own view.", code="not_the_school")
    begun = (
        Meeting.objects.standing()
        .of_term(academic_year, term)
        .filter(school=school, started_at__isnull=False)
    )
    if begun.exists():
        raise Refused(
            "The meeting of this term has started. Its view can only be read.",
            code="meeting_started",
        )


def _locked(
    school: School, academic_year: int, term: int, by: User, at: datetime
) -> SelfAssessment:
    key = {"school": school, "academic_year": academic_year, "term": term}
    SelfAssessment.objects.get_or_create(**key, defaults={"by": by, "at": at})
    found: SelfAssessment = SelfAssessment.objects.select_for_update().get(**key)
    return found


def _score(view: SelfAssessment, key: str, scored: Scored) -> None:
    if key not in EXPECTATIONS or scored.score not in {int(score) for score in SCORES}:
        raise wrong("Choose one of the four answers.", pointer=key)
    note = fits(scored.note, pointer=key, longest=300)
    ExpectationScore.objects.update_or_create(
        assessment=view, expectation=key, defaults={"score": scored.score, "note": note}
    )


def _scored(view: SelfAssessment) -> set[str]:
    return set(view.scores.values_list("expectation", flat=True))


def _record(view: SelfAssessment, verb: str, by: User, at: datetime) -> None:
    after = {
        "school": view.school_id,
        "year": view.academic_year,
        "term": view.term,
        "state": view.state,
        "scored": len(_scored(view)),
    }
    write_audit(verb=verb, about=view, by=by, at=at, after=after)
