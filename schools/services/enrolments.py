"""Stores enrolments, and holds back those by which a school would open another's child's past."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from accounts.models import User
from accounts.services import record_audit
from schools.models import Enrolment
from schools.services.confirmation import open_main_elsewhere, settle_confirmations
from schools.services.merging import Fate, Merge, lay, lay_over, write

Key = tuple[int, int, date]


@dataclass(frozen=True)
class EnrolmentWord:
    """What is said of one enrolment: pupil, URN and first day; other fields to values."""

    pupil_id: int
    school_id: int
    starts_on: date
    facts: Mapping[str, Any]

    @property
    def key(self) -> Key:
        """What an enrolment is matched by."""
        return self.pupil_id, self.school_id, self.starts_on


def stored_enrolments(pupil_ids: Collection[int]) -> dict[Key, Enrolment]:
    """Every enrolment of these pupils."""
    return {
        (one.pupil_id, one.school_id, one.starts_on): one
        for one in Enrolment.objects.filter(pupil_id__in=pupil_ids)
    }


def save_enrolments(
    words: Sequence[EnrolmentWord],
    stored: Mapping[Key, Enrolment],
    *,
    by: User | None,
    on: date,
    asserted: bool,
) -> list[Fate]:
    """Lay what is said over the stored enrolments. Nothing said may overlap (callers check).

    `asserted`: a school's own system says so. Where that gives it a child who is still on another
    main roll, the enrolment awaits confirmation.
    """
    laid: Merge[Enrolment] = Merge()
    widened = []
    for word in words:
        fate, enrolment, wider = _lay(word, stored.get(word.key), on, laid)
        laid.fates.append(fate)
        if wider:
            widened.append(enrolment)
    held = _hold_back(widened, on) if asserted else []
    if held:
        laid.differing.add("awaiting_confirmation")
    # Numbered school by school, so that all that hangs on a school's enrolments lies side by side.
    laid.new.sort(key=lambda one: (one.school_id, one.pupil_id, one.starts_on))
    write(Enrolment, laid)
    for enrolment in held:
        record_audit(
            by=by,
            verb="enrolment.held",
            object_kind="enrolment",
            object_ref=str(enrolment.pk),
            after={"school": enrolment.school_id, "starts_on": enrolment.starts_on.isoformat()},
            at=enrolment.updated_at,
        )
    settle_confirmations(on=on)
    return laid.fates


def _lay(
    word: EnrolmentWord, enrolment: Enrolment | None, on: date, laid: Merge[Enrolment]
) -> tuple[Fate, Enrolment, bool]:
    """The fate, the enrolment, and whether its school may now see more than before."""
    if enrolment is None:
        enrolment = Enrolment(
            pupil_id=word.pupil_id,
            school_id=word.school_id,
            starts_on=word.starts_on,
            **word.facts,
        )
        laid.new.append(enrolment)
        return Fate.INSERTED, enrolment, True
    ended, status = enrolment.ends_on, enrolment.status
    fate = lay(enrolment, word.facts, laid)
    longer = ended is not None and (enrolment.ends_on is None or enrolment.ends_on > ended)
    if longer and ended is not None and ended < on:
        # A confirmation was for a stay that is over; one that begins again needs its own.
        laid.differing |= lay_over(enrolment, {"confirmed_by_id": None, "confirmed_at": None})
    return fate, enrolment, longer or enrolment.status != status


def _hold_back(widened: Sequence[Enrolment], on: date) -> list[Enrolment]:
    """Those that must await confirmation, and are marked so."""
    elsewhere = open_main_elsewhere({one.pupil_id for one in widened}, on=on)
    held = [
        one
        for one in widened
        if one.confirmed_at is None
        and not one.awaiting_confirmation
        and elsewhere.get(one.pupil_id, set()) - {one.school_id}
    ]
    for one in held:
        one.awaiting_confirmation = True
    return held
