"""A frozen pack as one reader may see it, and how its pupils are called on a page.

Nothing of casework follows a child to a school they have left: whoever is no longer the reader's
to work with is left out of every list, and counted. What is counted in figures and charts stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.urls import reverse

from dashboards.read_models.meetings.pack_content import LastTime, Pack, PackPupil
from schools.models import Pupil
from schools.scoping import casework_access_of

if TYPE_CHECKING:
    from accounts.models import User

NAMES: Final = "names"
INITIALS: Final = "initials"


@dataclass(frozen=True)
class ReadablePack:
    """The pack, and how many of its pupils this reader is not shown."""

    pack: Pack
    left_out: int = 0


@dataclass(frozen=True)
class Naming:
    """How pupils are called: by name, or by initials for a screen or paper that others see."""

    is_initials: bool = False

    def of(self, pupil: PackPupil) -> str:
        """'Asha Khan', or 'AK'."""
        return pupil.initials if self.is_initials else pupil.name

    def href(self, pupil: PackPupil) -> str:
        """The child's record; nothing where names are hidden."""
        return "" if self.is_initials else reverse("pupil", args=[pupil.public_id])

    def words(self, text: str, pupil: PackPupil) -> str:
        """What somebody wrote about the child, their own names in it shortened where names are
        hidden."""
        if not self.is_initials:
            return text
        for name in (pupil.name, pupil.forename, pupil.surname):
            if name.strip():
                text = re.sub(rf"\b{re.escape(name)}\b", pupil.initials, text, flags=re.IGNORECASE)
        return text


def readable(pack: Pack, user: User) -> ReadablePack:
    """The pack without children who are not this person's to work with any more."""
    if casework_access_of(user).everything:
        return ReadablePack(pack)
    named = {one.public_id for one in pupils_of(pack)}
    found = Pupil.objects.worked_with_by(user).filter(public_id__in=map(UUID, named))
    mine = {str(public_id) for public_id in found.values_list("public_id", flat=True)}
    if mine == named:
        return ReadablePack(pack)
    return ReadablePack(_of(pack, mine), len(named - mine))


def pupils_of(pack: Pack) -> Iterator[PackPupil]:
    """Every child named in the pack, perhaps more than once."""
    yield from (one.pupil for one in pack.severe)
    yield from (one.pupil for one in pack.agencies)
    yield from pack.at_risk
    yield from (one.pupil for one in pack.owed)
    for cohort in pack.cohorts:
        yield from cohort.pupils
    if pack.last_time is not None:
        yield from (one.pupil for one in pack.last_time.pupils)
        yield from (one.pupil for one in pack.last_time.actions if one.pupil)


def _of(pack: Pack, mine: set[str]) -> Pack:
    return replace(
        pack,
        severe=[one for one in pack.severe if one.pupil.public_id in mine],
        agencies=[one for one in pack.agencies if one.pupil.public_id in mine],
        at_risk=[one for one in pack.at_risk if one.public_id in mine],
        owed=[one for one in pack.owed if one.pupil.public_id in mine],
        cohorts=[
            replace(one, pupils=[each for each in one.pupils if each.public_id in mine])
            for one in pack.cohorts
        ],
        last_time=_last_time(pack.last_time, mine),
    )


def _last_time(last: LastTime | None, mine: set[str]) -> LastTime | None:
    if last is None:
        return None
    return replace(
        last,
        actions=[one for one in last.actions if not one.pupil or one.pupil.public_id in mine],
        pupils=[one for one in last.pupils if one.pupil.public_id in mine],
    )
