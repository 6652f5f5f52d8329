"""Who was last in touch with a family and who rings now, as somebody may know it.

A restricted contact counts as one, by role and day; whom it reached and what was said is for those
who may read it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from accounts.roles import ROLE_CHOICES
from attendance_portal.shared import wording
from attendance_portal.shared.clock import LONDON
from cases.choices import AGENCIES, Agency, ContactKind, Reached
from cases.models import Contact, ContactClaim

if TYPE_CHECKING:
    from accounts.models import User
    from schools.models import Pupil

_ROLES = dict(ROLE_CHOICES)
_SPOKE = {
    Reached.CHILD: "spoke with the child {when}",
    Reached.PARENT: "spoke with a parent {when}",
    Reached.BOTH: "spoke with the child and a parent {when}",
    Reached.NO_ANSWER: "tried {when}, with no answer",
}
_WROTE = {
    Reached.CHILD: "wrote to the child {when}",
    Reached.PARENT: "wrote to a parent {when}",
    Reached.BOTH: "wrote to the child and a parent {when}",
    Reached.NO_ANSWER: "sent a message {when}, with no answer yet",
}


@dataclass(frozen=True)
class LastContact:
    """The latest contact by anyone. `kind` and `reached` are empty where it is restricted and not
    for this reader (`is_open` False)."""

    at: datetime
    role: str
    agency: str
    kind: str
    reached: str
    is_open: bool

    @property
    def on(self) -> date:
        """The day in London."""
        return self.at.astimezone(LONDON).date()

    def sentence(self, today: date) -> str:
        """'School spoke with a parent at 9:40am today.'"""
        deed = "was in touch {when}"
        if self.is_open:
            table = _WROTE if self.kind == ContactKind.MESSAGE else _SPOKE
            deed = table[Reached(self.reached)]
        return f"{AGENCIES[Agency(self.agency)]} {deed.format(when=self._when(today))}."

    def short(self, today: date) -> str:
        """'Last contact today', 'Last contact Tue 3 Mar'."""
        if self.on == today:
            return "Last contact today"
        return f"Last contact {_day(self.on, today)}"

    def _when(self, today: date) -> str:
        if self.on == today:
            return f"at {wording.clock_time(self.at)} today"
        return f"on {_day(self.on, today)}"


def _day(on: date, today: date) -> str:
    return wording.short_day(on) if on.year == today.year else wording.day_of_week(on)


def role_label(role: str) -> str:
    """The name of a role, a school system's too."""
    return _ROLES.get(role, "A colleague")


def last_contact(pupil: Pupil, user: User) -> LastContact | None:
    """The latest contact with this child by anyone; None where there is none this person may know
    of."""
    return last_contacts([pupil.pk], user).get(pupil.pk)


def last_contacts(pupil_ids: Iterable[int], user: User) -> dict[int, LastContact]:
    """Child's id to the latest contact by anyone. Two queries, however many children."""
    rows = list(
        Contact.objects.known_to(user)
        .filter(pupil__in=list(pupil_ids))
        .order_by("pupil_id", "-at", "-pk")
        .distinct("pupil_id")
        .values("pk", "pupil_id", "at", "by_role", "agency", "kind", "reached")
    )
    may_read = readable_ids((row["pk"] for row in rows), user)
    return {row["pupil_id"]: _last(row, row["pk"] in may_read) for row in rows}


def readable_ids(ids: Iterable[int], user: User) -> set[int]:
    """Which of these contacts this person may read."""
    rows = Contact.objects.visible_to(user).filter(pk__in=list(ids))
    return set(rows.values_list("pk", flat=True))


def _last(row: dict[str, Any], is_open: bool) -> LastContact:
    return LastContact(
        at=row["at"],
        role=role_label(row["by_role"]),
        agency=row["agency"],
        kind=row["kind"] if is_open else "",
        reached=row["reached"] if is_open else "",
        is_open=is_open,
    )


@dataclass(frozen=True)
class Claim:
    """Somebody rings a family now. `is_mine`: the reader said so."""

    by_role: str
    at: datetime
    until: datetime
    is_mine: bool

    @property
    def sentence(self) -> str:
        """Who rings, as a role, since when and until when at most."""
        until = wording.clock_time(self.until)
        if self.is_mine:
            return f"You said that you are ringing. Colleagues see it until {until}."
        since = wording.clock_time(self.at)
        return (
            f"A colleague is ringing this family now: {role_label(self.by_role)}, "
            f"since {since}, until {until} at most."
        )


def standing_claim(pupil: Pupil, at: datetime, user: User) -> Claim | None:
    """Who else rings the child's family at that moment, a brother's or sister's included."""
    return claims_of([pupil], at, user, others_only=True).get(pupil.pk)


def claims_of(
    pupils: Iterable[Pupil], at: datetime, user: User, *, others_only: bool = False
) -> dict[int, Claim]:
    """Child's id to who rings the family: somebody else before the reader. One query."""
    children = list(pupils)
    homes = [child.household_id for child in children if child.household_id]
    of_family = Q(pupil__in=children) | Q(pupil__household__in=homes)
    rows = ContactClaim.objects.visible_to(user).filter(of_family, at__lte=at, until__gt=at)
    if others_only:
        rows = rows.exclude(by=user)
    standing = list(rows.order_by("at").select_related("pupil"))
    found: dict[int, Claim] = {}
    for child in children:
        for row in standing:
            if not _is_of_family(row, child):
                continue
            claim = Claim(row.by_role, row.at, row.until, is_mine=row.by_id == user.pk)
            if child.pk not in found or found[child.pk].is_mine:
                found[child.pk] = claim
    return found


def _is_of_family(row: ContactClaim, child: Pupil) -> bool:
    home = child.household_id
    return row.pupil_id == child.pk or (home is not None and row.pupil.household_id == home)
