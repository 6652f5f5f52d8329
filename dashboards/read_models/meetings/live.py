"""P22, the meeting as it goes on: one agenda item, its block of the pack, what is agreed so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from attendance.cohorts import COHORTS
from attendance_portal.shared import wording
from cases.choices import AGENCIES, Agency
from dashboards.read_models.meetings.pack_content import Pack, PackPupil
from dashboards.read_models.meetings.pack_lists import AgencyLine, CohortBlock, HalfPage, PupilLine
from dashboards.read_models.meetings.pack_opened import Opened
from dashboards.read_models.meetings.pack_page import PackPage
from dashboards.read_models.meetings.pack_reading import Naming
from meetings.choices import About, Block
from meetings.models import Decision, Meeting, MeetingAction, MeetingReferral
from meetings.read_models.preparation import Item, agenda_of
from meetings.states import ACCEPTANCES, Acceptance
from schools.models import Pupil

if TYPE_CHECKING:
    from accounts.models import User

#: How a group or a child is named in an address and a form: 'cohort:drifting_up', 'pupil:<id>'.
COHORT: Final = "cohort"
PUPIL: Final = "pupil"


@dataclass(frozen=True)
class AgreedLine:
    """One thing that was agreed. `asked`: that its owner was not here and is asked to accept."""

    kind: str
    text: str
    about: str
    facts: str
    asked: str


@dataclass(frozen=True)
class AgreedSoFar:
    """Everything agreed so far, the latest first. `version` goes up with every addition."""

    words: str
    lines: list[AgreedLine]
    version: int


@dataclass(frozen=True)
class OpenedHere:
    """A group or a child that was opened in place. One of the three is there."""

    key: str
    cohort: CohortBlock | None = None
    half_page: HalfPage | None = None
    agency: AgencyLine | None = None
    line: PupilLine | None = None


@dataclass(frozen=True)
class LivePage:
    """One item of the agenda. `place`: '2 of 8'; `pupils`: those named on it, for the action bar.

    `opened` is None where nothing was opened, or what was is not of this pack.
    """

    items: Sequence[Item]
    item: Item | None
    place: str
    pack: PackPage | None
    opened: OpenedHere | None
    pupils: list[PackPupil]

    @property
    def block(self) -> str:
        """The part of the pack that the item opens; empty for none."""
        if self.item is None or self.item.block == Block.NOTHING:
            return ""
        return self.item.block


def live_page(meeting: Meeting, found: Opened | None, *, number: int, opened_key: str) -> LivePage:
    """The item with this number, from 1; one that there is not is the nearest that there is."""
    items = agenda_of(meeting)
    place = min(max(number, 1), len(items)) if items else 0
    item = items[place - 1] if items else None
    page = found.page() if found else None
    opened = _opened(page, found.pack, opened_key) if page and found else None
    shown = list(_named(found.pack, item, opened_key)) if found else []
    return LivePage(
        items=items,
        item=item,
        place=f"{place} of {len(items)}" if items else "",
        pack=page,
        opened=opened,
        pupils=list({one.public_id: one for one in shown}.values()),
    )


def _named(pack: Pack, item: Item | None, opened_key: str) -> Iterator[PackPupil]:
    """The children whom the item, or what is opened on it, names."""
    block = item.block if item else Block.NOTHING
    if block == Block.SEVERE:
        yield from (one.pupil for one in pack.severe)
    if block == Block.AGENCIES:
        yield from (one.pupil for one in pack.agencies)
    if block == Block.REGISTERS:
        yield from (one.pupil for one in pack.owed)
    if block == Block.LAST_TIME and pack.last_time is not None:
        yield from (one.pupil for one in pack.last_time.pupils)
        yield from (one.pupil for one in pack.last_time.actions if one.pupil)
    kind, _, key = opened_key.partition(":")
    for cohort in pack.cohorts:
        if kind == COHORT and cohort.key == key:
            yield from cohort.pupils
    if kind == PUPIL:
        yield from (one for one in _everyone(pack) if one.public_id == key)


def _everyone(pack: Pack) -> Iterator[PackPupil]:
    yield from (one.pupil for one in pack.severe)
    yield from (one.pupil for one in pack.agencies)
    for cohort in pack.cohorts:
        yield from cohort.pupils


def _opened(page: PackPage, pack: Pack, opened_key: str) -> OpenedHere | None:
    kind, _, key = opened_key.partition(":")
    lists = page.lists
    if kind == COHORT:
        cohort = next((one for one in lists.cohorts if one.key == key), None)
        return OpenedHere(opened_key, cohort=cohort) if cohort else None
    if kind != PUPIL:
        return None
    half = next((one for one in lists.severe if one.pupil.public_id == key), None)
    agency = next((one for one in lists.agencies if one.pupil.public_id == key), None)
    lines = (line for one in lists.cohorts for line in one.pupils if line.public_id == key)
    line = next(lines, None)
    if half is None and agency is None and line is None:
        return None
    return OpenedHere(opened_key, half_page=half, agency=agency, line=line)


def agreed_so_far(meeting: Meeting, user: User, naming: Naming, *, on: date) -> AgreedSoFar:
    """What this person sees of what the meeting has agreed. Three queries."""
    found = [*_actions(meeting, user, naming), *_decisions(meeting, user, naming)]
    found += _referrals(meeting, user, naming)
    ordered = [line for _, line in sorted(found, key=lambda one: one[0], reverse=True)]
    words = f"{wording.counted(len(ordered), 'thing')} agreed so far" if ordered else ""
    return AgreedSoFar(words or "Nothing agreed yet.", ordered, meeting.version)


Timed = tuple[tuple[object, int], AgreedLine]


def _actions(meeting: Meeting, user: User, naming: Naming) -> Iterator[Timed]:
    rows = MeetingAction.objects.visible_to(user).filter(meeting=meeting)
    for row in rows.select_related("action__owner", "action__pupil"):
        action, acceptance = row.action, Acceptance(row.acceptance)
        pupil = pack_pupil(action.pupil) if action.pupil else None
        is_asked = acceptance in (Acceptance.ASKED, Acceptance.DECLINED)
        owner = str(action.owner) if action.owner else action.owner_name
        yield (
            (row.at, row.pk),
            AgreedLine(
                kind="Action",
                text=naming.words(action.text, pupil) if pupil else action.text,
                about=_about(row, pupil, naming),
                facts=f"{owner}, by {wording.day(action.due_on)}",
                asked=ACCEPTANCES[acceptance] if is_asked else "",
            ),
        )


def _about(row: MeetingAction, pupil: PackPupil | None, naming: Naming) -> str:
    if pupil is not None:
        return naming.of(pupil)
    if row.about == About.COHORT:
        return COHORTS[row.cohort].label if row.cohort in COHORTS else row.cohort
    return "The school"


def _decisions(meeting: Meeting, user: User, naming: Naming) -> Iterator[Timed]:
    rows = Decision.objects.visible_to(user).filter(meeting=meeting)
    for row in rows.select_related("pupil"):
        pupil = pack_pupil(row.pupil) if row.pupil else None
        figure = f"{row.figure_words}: {row.figure_shown}" if row.figure_words else ""
        yield (
            (row.at, row.pk),
            AgreedLine(
                kind="Decision",
                text=naming.words(row.text, pupil) if pupil else row.text,
                about=naming.of(pupil) if pupil else "The school",
                facts=figure,
                asked="",
            ),
        )


def _referrals(meeting: Meeting, user: User, naming: Naming) -> Iterator[Timed]:
    rows = MeetingReferral.objects.visible_to(user).filter(meeting=meeting)
    for row in rows.select_related("referral__case__pupil"):
        pupil = pack_pupil(row.referral.case.pupil)
        yield (
            (row.at, row.pk),
            AgreedLine(
                kind="Referral",
                text=row.referral.service,
                about=naming.of(pupil),
                facts=AGENCIES[Agency(row.referral.to_agency)],
                asked="",
            ),
        )


def pack_pupil(pupil: Pupil) -> PackPupil:
    """A child as packs call them, without figures."""
    return PackPupil(str(pupil.public_id), pupil.forename, pupil.surname, "", 0, 0, 0)
