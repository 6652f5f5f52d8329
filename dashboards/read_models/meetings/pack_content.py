"""What a pack says, as facts: counts, dates and people, so that it is drawn again from its JSON.

`PACK_VERSION` goes up with every change of shape; a pack of another version is not read as if it
were this one. Restricted notes are never in it, whoever builds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from dashboards.charts import CountFacts, GroupFacts, Share, SpreadFacts, WeeklyFacts
from schools.rules.calendar import HalfTerm

PACK_VERSION: Final = 1


@dataclass(frozen=True)
class PackPupil:
    """A child and the year so far at this school, in sessions."""

    public_id: str
    forename: str
    surname: str
    year_group: str
    possible: int
    absent: int
    unauthorised: int

    @property
    def name(self) -> str:
        """Forename and surname."""
        return f"{self.forename} {self.surname}"

    @property
    def initials(self) -> str:
        """'AK', for a shared screen or a table that others see."""
        return f"{self.forename[:1]}{self.surname[:1]}".upper()


@dataclass(frozen=True)
class PackFigure:
    """One headline figure: sessions, or enrolments; beside it last year, the borough and England.

    `then`: the day beside the pack's last year. England's and the region's are published percents.
    """

    key: str
    share: Share
    last_year: Share | None
    then: date | None
    borough: Share | None
    england: Decimal | None
    england_of: str
    england_series: str
    england_source: str


@dataclass(frozen=True)
class PastAction:
    """An action of the last meeting, and what became of it by the day of the pack."""

    text: str
    owner: str
    about: str
    pupil: PackPupil | None
    due_on: date
    state: str
    ended_on: date | None
    outcome: str


@dataclass(frozen=True)
class PastPupil:
    """A child who was spoken about: equal numbers of school weeks before and since, in sessions."""

    pupil: PackPupil
    why: str
    before: Share
    since: Share
    weeks: int


@dataclass(frozen=True)
class LastTime:
    """The last meeting that was held with the school."""

    held_on: date
    actions: Sequence[PastAction]
    pupils: Sequence[PastPupil]


@dataclass(frozen=True)
class HeardBarrier:
    """A barrier, and of how many of a group's children it is on record."""

    kind: str
    children: int


@dataclass(frozen=True)
class PackCohort:
    """A named cohort: who is in it, the barriers heard most, what the school tried."""

    key: str
    pupils: Sequence[PackPupil]
    barriers: Sequence[HeardBarrier]
    tried: str


@dataclass(frozen=True)
class StripWeek:
    """A week of the strip: fourteen marks, and in which of those sessions the school met."""

    monday: date
    marks: str
    met: str


@dataclass(frozen=True)
class PackStrip:
    """What the strip of one child is drawn from."""

    weeks: Sequence[StripWeek]
    first: date
    last: date


@dataclass(frozen=True)
class Helper:
    """Somebody who works with the child."""

    name: str
    part: str
    agency: str


@dataclass(frozen=True)
class PackCasework:
    """What casework says of a child: nothing restricted. `plan`: its state, empty without one."""

    reference: str
    stage: int
    lead: str
    plan: str
    plan_review_on: date | None
    helpers: Sequence[Helper]
    waits: Sequence[str]
    barriers: Sequence[str]
    agencies: Sequence[str]
    child_words: str
    child_words_on: date | None
    next_review_on: date | None


@dataclass(frozen=True)
class SeverePupil:
    """A severely absent child on half a page (SUP-15, SUP-19)."""

    pupil: PackPupil
    strip: PackStrip | None
    casework: PackCasework | None


@dataclass(frozen=True)
class AgencyPupil:
    """A child who needs more than one agency, by what casework shows or because a side says so."""

    pupil: PackPupil
    is_chosen: bool
    note: str
    casework: PackCasework | None


@dataclass(frozen=True)
class OwedRegister:
    """A child with sessions still coded N after five school days, and since when."""

    pupil: PackPupil
    sessions: int
    oldest: date | None


@dataclass(frozen=True)
class SupportNow:
    """Support that has places."""

    what: str
    agency: str
    places: int


@dataclass(frozen=True)
class ScoredExpectation:
    """What the school gives itself for one expectation, and gave itself the term before."""

    key: str
    score: int
    before: int | None


@dataclass(frozen=True)
class OwnView:
    """How the school sees its own work: the four answers, and its scores."""

    answers: Sequence[tuple[str, str]]
    scores: Sequence[ScoredExpectation]


@dataclass(frozen=True)
class Pack:
    """Everything that lies on the table, as of one day."""

    pack_version: int
    as_of: date
    urn: int
    school: str
    last_mark_on: date | None
    school_days_behind: int
    last_time: LastTime | None
    figures: Sequence[PackFigure]
    by_week: WeeklyFacts
    over_the_lines: CountFacts
    spread: SpreadFacts
    groups: GroupFacts
    cohorts: Sequence[PackCohort]
    half_terms: Sequence[HalfTerm]
    severe: Sequence[SeverePupil]
    agencies: Sequence[AgencyPupil]
    at_risk: Sequence[PackPupil]
    owed: Sequence[OwedRegister]
    support: Sequence[SupportNow]
    own_view: OwnView | None
