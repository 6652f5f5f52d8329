"""A school's own view of its work on attendance, beside what it said last time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from attendance.states import Tag
from meetings.choices import EXPECTATIONS, OWN_VIEW, Expectation
from meetings.models import SelfAssessment
from meetings.states import ASSESSMENTS, SCORES, AssessmentState, Score
from schools.models import School


@dataclass(frozen=True)
class Answer:
    """One of the four questions, and what the school wrote."""

    key: str
    question: str
    text: str
    last_text: str


@dataclass(frozen=True)
class ScoreRow:
    """One expectation with its score now and last time; None where there is none."""

    expectation: Expectation
    score: int | None
    note: str
    last_score: int | None

    @property
    def words(self) -> str:
        """'Mostly in place'; nothing before it was scored."""
        return "" if self.score is None else SCORES[Score(self.score)]

    @property
    def last_words(self) -> str:
        return "" if self.last_score is None else SCORES[Score(self.last_score)]

    @property
    def change(self) -> str:
        """'Further on than last time', 'As last time', 'Less far than last time'; nothing where
        one of the two is missing."""
        if self.score is None or self.last_score is None:
            return ""
        if self.score == self.last_score:
            return "As last time"
        further = self.score > self.last_score
        return "Further on than last time" if further else "Less far than last time"


@dataclass(frozen=True)
class OwnView:
    """`view` is empty before anything was written."""

    view: SelfAssessment | None
    last: SelfAssessment | None
    answers: tuple[Answer, ...]
    scores: tuple[ScoreRow, ...]

    @property
    def version(self) -> int:
        """What a form made from this sends back."""
        return self.view.version if self.view is not None else 0

    @property
    def tag(self) -> Tag:
        state = self.view.state if self.view is not None else AssessmentState.DRAFT
        return ASSESSMENTS[AssessmentState(state)]

    @property
    def scored(self) -> int:
        """How many of the expectations have a score."""
        return sum(row.score is not None for row in self.scores)


def own_view(user: User, school: School, *, academic_year: int, term: int) -> OwnView:
    """What this person may read of it: a draft is the school's alone. The last one is the latest
    that was shared before this term. Four queries."""
    rows = SelfAssessment.objects.visible_to(user).filter(school=school)
    view = rows.filter(academic_year=academic_year, term=term).first()
    earlier = Q(academic_year__lt=academic_year) | Q(academic_year=academic_year, term__lt=term)
    shared = rows.filter(earlier, state=AssessmentState.SUBMITTED)
    last = shared.order_by("-academic_year", "-term").first()
    now, before = _scores(view), _scores(last)
    return OwnView(
        view=view,
        last=last,
        answers=tuple(
            Answer(key, question, getattr(view, key, ""), getattr(last, key, ""))
            for key, question in OWN_VIEW.items()
        ),
        scores=tuple(
            ScoreRow(
                expectation,
                now.get(key, (None, ""))[0],
                now.get(key, (None, ""))[1],
                before.get(key, (None, ""))[0],
            )
            for key, expectation in EXPECTATIONS.items()
        ),
    )


def _scores(view: SelfAssessment | None) -> dict[str, tuple[int | None, str]]:
    if view is None:
        return {}
    return {row.expectation: (row.score, row.note) for row in view.scores.all()}
