"""Schools and wards with fewer persistently absent pupils than expected, A to Z; never a ranking.

For readers of the whole authority. Places with more than expected are not told apart from the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from statistics import median
from typing import TYPE_CHECKING, Final

from attendance.read_models.expected import expected_on
from attendance.read_models.similar import intakes
from attendance.rules.expected import Standing, Verdict
from attendance.rules.similar import Intake
from attendance_portal.shared import wording
from schools.choices import PHASE
from schools.models import Place, School
from schools.scoping import access_of

if TYPE_CHECKING:
    from accounts.models import User

_AT_LEAST: Final = 2  # of one school alone nothing is in common


@dataclass(frozen=True)
class Better:
    """A school or ward, with its numbers in words."""

    name: str
    said: str


@dataclass(frozen=True)
class BetterBlock:
    """Who does better than expected, and what can be said of the others.

    `in_common`: sentences about the schools named; `rest`: how many may be chance or are too few.
    """

    schools: tuple[Better, ...]
    wards: tuple[Better, ...]
    in_common: tuple[str, ...]
    rest: tuple[str, ...]


def better_block(user: User, as_of: date) -> BetterBlock | None:
    """As of a day; None for readers who do not see the whole authority."""
    if not access_of(user).everything:
        return None
    schools = School.objects.visible_to(user).filter(status="open").select_related("trust")
    held = {school.pk: school for school in schools}
    found = expected_on(sorted(held), as_of)
    wards = Place.objects.in_bulk(list(found.wards))
    named = [held[urn] for urn in _lower(found.schools)]
    ward_names = {pk: ward.name for pk, ward in wards.items()}
    return BetterBlock(
        schools=_lines(found.schools, {urn: school.name for urn, school in held.items()}),
        wards=_lines(found.wards, ward_names),
        in_common=_in_common(named, intakes(as_of)),
        rest=tuple(
            sentence
            for sentence in (
                _rest(found.schools.values(), "school"),
                _rest(found.wards.values(), "ward"),
            )
            if sentence
        ),
    )


@dataclass(frozen=True)
class BetterPlaces:
    """The same by what stands for a place: schools by URN, wards by their number."""

    schools: Mapping[int, Better]
    wards: Mapping[int, Better]


def better_places(user: User, as_of: date) -> BetterPlaces:
    """As of a day; nobody for readers who do not see the whole authority."""
    if not access_of(user).everything:
        return BetterPlaces({}, {})
    schools = School.objects.visible_to(user).filter(status="open").values_list("urn", "name")
    names = dict(schools)
    found = expected_on(sorted(names), as_of)
    wards = Place.objects.in_bulk(list(found.wards))
    return BetterPlaces(
        {urn: Better(names[urn], _said(found.schools[urn])) for urn in _lower(found.schools)},
        {pk: Better(wards[pk].name, _said(found.wards[pk])) for pk in _lower(found.wards)},
    )


def _lower(standings: Mapping[int, Standing]) -> list[int]:
    return [key for key, each in standings.items() if each.verdict is Verdict.LOWER]


def _lines(standings: Mapping[int, Standing], names: Mapping[int, str]) -> tuple[Better, ...]:
    lines = [Better(names[key], _said(standings[key])) for key in _lower(standings)]
    return tuple(sorted(lines, key=lambda line: line.name.lower()))


def _said(standing: Standing) -> str:
    """'30 of 300 pupils persistently absent; 50 were to be expected.'"""
    return (
        f"{standing.observed:,} of {wording.counted(standing.enrolments, 'pupil')} persistently "
        f"absent; {round(standing.expected):,} were to be expected"
    )


def _rest(standings: Iterable[Standing], one: str) -> str:
    """'3 schools are lower by what may be chance; 2 have too few pupils to say.'"""
    verdicts = Counter(each.verdict for each in standings)
    chance, few = verdicts[Verdict.MAY_BE_CHANCE], verdicts[Verdict.TOO_FEW]
    parts = []
    if chance:
        are = "is" if chance == 1 else "are"
        parts.append(f"{wording.counted(chance, one)} {are} lower by what may be chance")
    if few:
        have = "has" if few == 1 else "have"
        parts.append(f"{wording.counted(few, one)} {have} too few pupils to say")
    return f"{'; '.join(parts)}." if parts else ""


def _in_common(named: Sequence[School], rolls: Mapping[int, Intake]) -> tuple[str, ...]:
    """What the schools named share: phase, trust, free school meals, size."""
    if len(named) < _AT_LEAST:
        return ()
    known = [rolls[school.pk] for school in named if school.pk in rolls]
    sentences = (
        _of_phases(named),
        _of_trusts(named),
        _of_meals(known, rolls.values()),
        _of_size(known, rolls.values()),
    )
    return tuple(sentence for sentence in sentences if sentence)


def _of_phases(named: Sequence[School]) -> str:
    counts = Counter(PHASE.get(school.phase, "Post-16").lower() for school in named)
    parts = [f"{number} {phase}" for phase, number in sorted(counts.items())]
    return f"By phase: {wording.listed(parts)}."


def _of_trusts(named: Sequence[School]) -> str:
    counts = Counter(school.trust.name for school in named if school.trust)
    shared = [f"{n} are run by {name}" for name, n in sorted(counts.items()) if n > 1]
    return f"{wording.listed(shared)}." if shared else ""


def _of_meals(known: Sequence[Intake], everyone: Iterable[Intake]) -> str:
    shares = [roll.fsm for roll in everyone if roll.fsm is not None]
    if not shares or not known:
        return ""
    middle = median(shares)
    more = sum(roll.fsm is not None and roll.fsm > middle for roll in known)
    return (
        f"{more} of {len(known)} have more pupils with free school meals than the middle school "
        "of the borough."
    )


def _of_size(known: Sequence[Intake], everyone: Iterable[Intake]) -> str:
    by_phase: dict[str, list[Fraction]] = {}
    for roll in everyone:
        by_phase.setdefault(roll.phase, []).append(Fraction(roll.size))
    if not known:
        return ""
    smaller = sum(roll.size < median(by_phase[roll.phase]) for roll in known)
    return f"{smaller} of {len(known)} are smaller than the middle school of their phase."
