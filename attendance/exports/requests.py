"""Files asked for on a page: noted at once, made by the worker, kept for a short while."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from accounts.models import ExportPiece, ExportRecord, User
from accounts.roles import Permission
from accounts.services import record_audit
from attendance.exports import published
from attendance.exports.files import Counting, Selection, write_lines
from attendance.exports.protected import write_protected
from attendance.rules.feeds import STOPPED_FROM
from attendance.rules.protection import HIDDEN, MEANINGS, Thresholds
from attendance.selectors import check_as_of, schools_behind
from attendance_portal.shared import wording
from attendance_portal.shared.errors import DomainError, ErrorDetail, Invalid
from attendance_portal.shared.locks import AN_EXPORT
from schools.models import Enrolment, Pupil, School
from schools.permissions import check_has
from schools.scoping import access_of

KINDS: Final = {
    "periods": "Periods: each enrolment by year, term, half-term and week",
    "checks": "Checks: each enrolment with the statutory checks",
    "dashboard": "Dashboard: sums by school, year group, sex and other groups",
    published.BOROUGH: "Borough, in the shape of the department's published absence files",
    published.SCHOOLS: "Schools, in the shape of the department's published absence files",
}
PUPIL_LEVEL: Final = frozenset({"periods", "checks"})
NAMES_CHILDREN: Final = (
    "This file has a line for each child. Choose the dashboard, or people who may open the records."
)
TOO_FEW: Final = (
    "There are fewer than {number} pupils in this choice, so nothing of it may be shown."
)
WHOLE_BOROUGH: Final = (
    "This file is of the whole borough. Leave school, trust and phase open; the file by school "
    "may be of some."
)
NO_YEAR_GROUP: Final = "The department's files are of whole schools. Leave the year group open."
BROKE: Final = "Something went wrong while the file was made. Ask for it again."
_PUBLISHED: Final = frozenset({published.BOROUGH, published.SCHOOLS})
_PIECE: Final = 1024 * 1024

Reader = ExportRecord.Reader
State = ExportRecord.State


@dataclass(frozen=True)
class Choice:
    """Which part of the authority a file is of; empty is all that the person sees."""

    school: int | None = None
    trust: str = ""
    phase: str = ""
    year_group: str = ""

    def facts(self) -> dict[str, Any]:
        """What is chosen, as it is kept with the record."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def names_schools(self) -> bool:
        """Whether it is of some schools only."""
        return bool(self.school or self.trust or self.phase)


def schools_of(user: User, choice: Choice) -> QuerySet[School]:
    """The schools in scope that are chosen."""
    named = Q()
    if choice.school:
        named &= Q(pk=choice.school)
    if choice.trust:
        named &= Q(trust__uid=choice.trust)
    if choice.phase:
        named &= Q(phase=choice.phase)
    return School.objects.visible_to(user).filter(named)


def enrolments_of(user: User, choice: Choice) -> QuerySet[Enrolment]:
    """The enrolments in scope that are chosen: the school's own, not a child's time elsewhere."""
    rows = Enrolment.objects.visible_to(user).filter(
        school__in=schools_of(user, choice).values("pk")
    )
    return rows.filter(year_group=choice.year_group) if choice.year_group else rows


def selection_of(user: User, choice: Choice) -> Selection:
    """What the statements are told. Everything, for someone who sees and chooses everything."""
    sees_all = access_of(user).everything
    if sees_all and not choice.facts():
        return Selection()
    rows = enrolments_of(user, choice)
    is_cut = not sees_all or bool(choice.year_group)
    urns = sorted(schools_of(user, choice).values_list("pk", flat=True))
    return Selection(
        urns=None if sees_all and not choice.names_schools else urns,
        enrolments=list(rows.values_list("pk", flat=True)) if is_cut else None,
        hidden=() if sees_all else _partly_open(user, rows),
    )


def _partly_open(user: User, rows: QuerySet[Enrolment]) -> list[int]:
    whole = Pupil.objects.wholly_visible_to(user)
    return list(rows.exclude(pupil__in=whole.values("pk")).values_list("pupil_id", flat=True))


def request_export(
    *,
    kind: str,
    as_of: date,
    reader: str,
    reason: str,
    choice: Choice,
    by: User,
    today: date,
    at: datetime,
) -> ExportRecord:
    """Note a file that someone wants; the worker makes it. The same file, asked for again while it
    is being made, is the one that is being made. Raises Refused, and Invalid naming the field."""
    check_has(by, Permission.EXPORT)
    _check(kind, as_of, reader, reason, choice, by, today)
    facts = {
        "user": by,
        "kind": kind,
        "as_of": as_of,
        "reader": reader,
        "filters": choice.facts(),
        "state": State.WAITING,
    }
    try:
        with transaction.atomic():
            record = ExportRecord.objects.create(at=at, reason=reason, **facts)
            _note(record, by, at)
    except IntegrityError:
        return ExportRecord.objects.get(**facts)
    return record


def _check(
    kind: str, as_of: date, reader: str, reason: str, choice: Choice, by: User, today: date
) -> None:
    if kind not in KINDS:
        raise _wrong("kind", "Choose what the file is of.")
    if reader == Reader.ANYONE and kind in PUPIL_LEVEL:
        raise _wrong("reader", NAMES_CHILDREN)
    if not reason.strip():
        raise _wrong("reason", "Say what the file is for.")
    try:
        check_as_of(as_of, today=today)
    except Invalid as problem:
        raise _wrong("as_of", problem.message) from None
    if not schools_of(by, choice).exists():
        raise _wrong("school", "You see no school that this choice names.")
    if kind == published.BOROUGH and (choice.names_schools or not access_of(by).everything):
        raise _wrong("kind", WHOLE_BOROUGH)
    if kind in _PUBLISHED and choice.year_group:
        raise _wrong("year_group", NO_YEAR_GROUP)
    if reader == Reader.ANYONE and _is_too_few(by, choice):
        number = settings.PROTECTED_SMALLEST_GROUP
        raise _wrong("reader", TOO_FEW.format(number=number))


def _is_too_few(by: User, choice: Choice) -> bool:
    smallest = settings.PROTECTED_SMALLEST_GROUP
    pupils = enrolments_of(by, choice).order_by().values("pupil_id").distinct()
    return len(pupils[:smallest]) < smallest


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=(ErrorDetail("invalid", message, pointer=field),))


def _note(record: ExportRecord, by: User, at: datetime) -> None:
    record_audit(
        by=by,
        verb="asked_for_export",
        object_kind="export",
        object_ref=str(record.pk),
        after={
            "kind": record.kind,
            "as_of": record.as_of,
            "reader": record.reader,
            "reason": record.reason,
            "filters": record.filters,
        },
        at=at,
    )


def make_export(record_id: int, *, at: datetime) -> None:
    """Make one file that waits. Safe to call twice, and from two workers at once."""
    with _alone(record_id) as is_ours:
        record = ExportRecord.objects.filter(pk=record_id, state=State.WAITING).first()
        if record is None or not is_ours:
            return
        try:
            _make(record, at)
        except DomainError as refusal:
            _give_up(record, refusal.message, at)
        except Exception:
            _give_up(record, BROKE, at)
            raise


def make_waiting(*, at: datetime) -> None:
    """Make every file that waits, in order: those whose worker was away or was killed."""
    waiting = ExportRecord.objects.filter(state=State.WAITING).order_by("pk")
    for record_id in waiting.values_list("pk", flat=True):
        make_export(record_id, at=at)


def forget_files(*, at: datetime) -> int:
    """Let go of the bytes of files made long enough ago; their records stay. Returns how many."""
    old = at - timedelta(hours=settings.EXPORT_FILE_HOURS)
    with transaction.atomic():
        records = ExportRecord.objects.filter(state=State.MADE, made_at__lt=old)
        kept = records.filter(pieces__isnull=False).values_list("pk", flat=True).distinct()
        gone = list(kept)
        ExportPiece.objects.filter(export__in=gone).delete()
        ExportRecord.objects.filter(pk__in=gone).update(state=State.GONE)
    return len(gone)


def bytes_of(record: ExportRecord) -> Iterator[bytes]:
    """The file, piece by piece."""
    for piece in record.pieces.iterator(chunk_size=4):
        yield zlib.decompress(piece.content)


def visible_exports(user: User) -> QuerySet[ExportRecord]:
    """The files that were asked for on a page, of schools that this person sees, and their own:
    those that the worker makes, and tables, charts and reports that pages give at once."""
    listed = Q(kind__in=KINDS) | Q(kind__startswith="table_") | Q(kind__startswith="chart_")
    listed |= Q(kind__startswith="report_")
    asked = ExportRecord.objects.filter(listed, user__isnull=False)
    access = access_of(user)
    if access.everything:
        return asked
    return asked.filter(Q(user=user) | _covered(user))


def open_exports(user: User) -> QuerySet[ExportRecord]:
    """The files that this person may take out now: every school in them is in scope today.

    A file that names children holds what its maker saw, such as a child's time before or facts of
    one who has left: another of the same school asks for their own. A protected one is for anyone.
    """
    ready = ExportRecord.objects.filter(kind__in=KINDS, user__isnull=False, state=State.MADE)
    if access_of(user).everything:
        return ready
    return ready.filter(_covered(user), Q(user=user) | Q(reader=Reader.ANYONE))


def _covered(user: User) -> Q:
    return Q(urns__isnull=False, urns__contained_by=list(access_of(user).urns))


@contextmanager
def _alone(record_id: int) -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [AN_EXPORT, record_id])
        (is_ours,) = cursor.fetchone()
    try:
        yield is_ours
    finally:
        if is_ours and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [AN_EXPORT, record_id])


def _make(record: ExportRecord, at: datetime) -> None:
    user = record.user
    assert user is not None  # noqa: S101 - a file that waits was asked for by somebody
    check_has(user, Permission.EXPORT)
    choice = Choice(**record.filters)
    selection = selection_of(user, choice)
    with tempfile.TemporaryFile() as file:
        counting = Counting(file)
        first = _write(record, user, selection, counting)
        file.seek(0)
        with transaction.atomic():
            _keep(record, file)
            urns = schools_of(user, choice).values_list("pk", flat=True)
            ExportRecord.objects.filter(pk=record.pk).update(
                state=State.MADE,
                made_at=at,
                rows=counting.lines - 1 - first,
                sha256=counting.sha256,
                urns=None if selection.urns is None else sorted(urns),
            )


def _write(record: ExportRecord, user: User, selection: Selection, target: Any) -> int:
    """Write the file; returns how many lines stand before its header."""
    urns = sorted(schools_of(user, Choice(**record.filters)).values_list("pk", flat=True))
    if record.reader == Reader.ENTITLED:
        if record.kind in _PUBLISHED:
            published.write_published(record.kind, record.as_of, target, urns=urns)
        else:
            write_lines(record.kind, record.as_of, target, selection=selection)
        return 0
    first = first_lines(user, record.as_of, selection.urns)
    thresholds = Thresholds(
        settings.PROTECTED_SMALLEST_GROUP, settings.PROTECTED_LARGEST_HIDDEN_COUNT
    )
    if record.kind in _PUBLISHED:
        published.write_published(
            record.kind,
            record.as_of,
            target,
            urns=urns,
            first_lines=first,
            thresholds=thresholds,
        )
        return len(first)
    write_protected(
        record.as_of, target, selection=selection, first_lines=first, thresholds=thresholds
    )
    return len(first)


def first_lines(user: User, as_of: date, urns: Sequence[int] | None) -> list[str]:
    """What a reader must know before the figures: the date, what `c` is, and what is missing."""
    lines = [
        f"Figures as of {wording.day(as_of)}.",
        f"Counts are to the nearest 5. {HIDDEN}: {MEANINGS[HIDDEN]}.",
    ]
    stale = stale_words(user, as_of, urns)
    return [*lines, stale] if stale else lines


def stale_words(user: User, as_of: date, urns: Sequence[int] | None) -> str:
    """'2 schools have sent no marks for 3 school days or more.' Empty when none is so late."""
    late = [
        feed
        for feed in schools_behind(user, as_of)
        if feed.school_days_behind >= STOPPED_FROM and (urns is None or feed.urn in urns)
    ]
    if not late:
        return ""
    has = "has" if len(late) == 1 else "have"
    schools = wording.counted(len(late), "school")
    return f"{schools} {has} sent no marks for {STOPPED_FROM} school days or more."


def _keep(record: ExportRecord, file: IO[bytes]) -> None:
    number = 0
    while content := file.read(_PIECE):
        ExportPiece.objects.create(export=record, number=number, content=zlib.compress(content))
        number += 1


def _give_up(record: ExportRecord, message: str, at: datetime) -> None:
    ExportRecord.objects.filter(pk=record.pk).update(
        state=State.FAILED, message=message[:300], made_at=at
    )
