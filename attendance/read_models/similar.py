"""Similar schools: the rolls they are matched on, and the range of their rates.

Names no school: a school is never told which others it is like. Scope is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, Sum

from attendance.read_models.keeping import KEPT_SECONDS
from attendance.rules.similar import FEWEST, Intake, Weights, middle_half, similar
from attendance.selectors import last_import_id
from attendance_portal.shared.wording import counted
from schools.choices import STATISTICAL_PHASE_OF
from schools.models import Enrolment

TOO_FEW: Final = f"Too few similar schools: fewer than {FEWEST} others of this phase."
_WORDS: Final = {
    "fsm": "free school meals",
    "sen": "SEN support or a plan",
    "deprivation": "IDACI where pupils live",
    "size": "pupils on roll",
}
_WITH_SEN: Final = ("K", "E", "S", "A", "P")


@dataclass(frozen=True)
class Similar:
    """The range of similar schools' rates, in percent; None where they are too few."""

    schools: int
    middle_half: tuple[Decimal, Decimal] | None


def weights() -> Weights:
    """What the settings say each fact counts."""
    return Weights(**settings.SIMILAR_SCHOOLS_WEIGHTS)


def how_matched() -> tuple[str, ...]:
    """The match in short sentences, with its weights."""
    parts = [f"{_WORDS[name]} {weight}" for name, weight in asdict(weights()).items()]
    most = counted(settings.SIMILAR_SCHOOLS_NUMBER, "school")
    return (
        f"Similar schools are up to {most} of the same phase whose rolls are nearest.",
        f"Weights of the match: {', '.join(parts)}.",
        "Attendance plays no part in the match.",
    )


def intakes(as_of: date) -> dict[int, Intake]:
    """URN to who each open school teaches on a day; kept until the next import."""
    key = f"intakes:{as_of.isoformat()}:{last_import_id()}"
    found: dict[int, Intake] | None = cache.get(key)
    if found is None:
        found = {row["school_id"]: _intake(row) for row in _rolls(as_of)}
        cache.set(key, found, KEPT_SECONDS)
    return found


def similar_to(urn: int, as_of: date) -> tuple[int, ...]:
    """URNs of the schools like this one, nearest first; none if they are too few."""
    found = intakes(as_of)
    if urn not in found:
        return ()
    return similar(found[urn], found.values(), weights(), number=settings.SIMILAR_SCHOOLS_NUMBER)


def range_of(urns: Iterable[int], shares: Mapping[int, tuple[int, int]]) -> Similar:
    """The middle half of these schools' rates. `shares`: URN to part and whole."""
    known = [shares[urn] for urn in urns if urn in shares and shares[urn][1]]
    return Similar(len(known), middle_half(known))


def _rolls(as_of: date) -> Iterable[dict[str, Any]]:
    on_roll = Enrolment.objects.on_roll(as_of).filter(school__status="open")
    return on_roll.values("school_id", "school__phase").annotate(
        pupils=Count("pk"),
        fsm=Count("pk", filter=Q(pupil__fsm_eligible=True)),
        fsm_known=Count("pk", filter=Q(pupil__fsm_eligible__isnull=False)),
        sen=Count("pk", filter=Q(pupil__sen_provision__in=_WITH_SEN)),
        sen_known=Count("pk", filter=~Q(pupil__sen_provision="")),
        tenths=Sum("pupil__idaci_decile"),
        placed=Count("pupil__idaci_decile"),
    )


def _intake(row: Mapping[str, Any]) -> Intake:
    return Intake(
        urn=row["school_id"],
        phase=STATISTICAL_PHASE_OF[row["school__phase"]],
        fsm=_share(row["fsm"], row["fsm_known"]),
        sen=_share(row["sen"], row["sen_known"]),
        deprivation=_share(row["tenths"] or 0, row["placed"]),
        size=row["pupils"],
    )


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None
