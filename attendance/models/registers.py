"""The stored facts: codes, register weeks and their history, receipts of what was sent."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from attendance import codes
from attendance.querysets import (
    BatchQuerySet,
    EnrolmentFactQuerySet,
    RegisterWeekQuerySet,
)
from schools.models import Enrolment, School


class Code(models.Model):
    """One row of the dated code table, loaded after every migrate from its one CSV."""

    code = models.CharField(max_length=2)
    symbol = models.CharField(max_length=1)
    short_name = models.CharField(max_length=100)
    category = models.CharField(max_length=40)
    is_possible = models.BooleanField()
    is_attended = models.BooleanField()
    is_authorised = models.BooleanField()
    is_unauthorised = models.BooleanField()
    counts_for_penalty_notice = models.BooleanField()
    physically_present = models.BooleanField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    notes = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["code", "valid_from"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="code_once_a_regime"),
        ]

    def __str__(self) -> str:
        return self.code


class CountOf(models.Func):
    """How many of the fourteen slots hold one of `counted`: 14 less the length without them.

    translate() looks each character up in turn, so it is given the symbols that count, commonest
    first, and never the long list of the others. The space goes before them and stays a space: or
    the empty slots of every weekend would be looked for in the whole list. One symbol alone is
    cut out by replace(), which is faster still.
    """

    output_field = models.SmallIntegerField()
    template = "(14 - length(translate(%(expressions)s, ' ')))::smallint"
    template_of_one = "(14 - length(replace(%(expressions)s, '')))::smallint"

    def __init__(self, counted: str) -> None:
        if len(counted) == 1:
            super().__init__(
                models.F("marks"), models.Value(counted), template=self.template_of_one
            )
        else:
            super().__init__(models.F("marks"), models.Value(" " + counted))


def _count(counted: str) -> models.GeneratedField:
    """A stored count of the slots that hold one of these symbols, built from the code table."""
    return models.GeneratedField(
        expression=CountOf(counted), output_field=models.SmallIntegerField(), db_persist=True
    )


class SlotsThatMet(models.Func):
    """The fourteen slots as bits, Monday AM the highest: 1 where a symbol of `met` stands.

    A symbol that is in neither list cannot be stored: the cast to bits refuses it.
    """

    output_field = models.SmallIntegerField()
    template = "(translate(%(expressions)s)::varbit::bit(14)::integer::smallint)"

    def __init__(self, met: str, not_met: str) -> None:
        # translate() looks through its list for each slot: present marks and the space go first,
        # or the empty slots of every weekend take four times as long as all the rest.
        symbols = met[:2] + not_met + met[2:]
        bits = "".join("1" if symbol in met else "0" for symbol in symbols)
        super().__init__(models.F("marks"), models.Value(symbols), models.Value(bits))


def _slots_that_met() -> models.GeneratedField:
    """Which slots show that the school met: everything but #, -, Z and no mark at all."""
    not_met = codes.SYMBOLS_NOT_A_SESSION
    met = "".join(symbol for symbol in codes.SYMBOLS_ALL if symbol not in not_met)
    return models.GeneratedField(
        expression=SlotsThatMet(met, not_met),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )


class RegisterWeek(models.Model):
    """One enrolment's week in the register: fourteen symbols, Monday AM first, a space for no mark.

    Its counts (sessions) and `session_slots` are generated columns, so nothing can be stale. The
    keys have no constraint in the database: checking them row by row costs more than copying the
    marks, so the one statement that inserts weeks holds on to their enrolments itself
    (`register_diff.sql`); the school is the enrolment's own.
    """

    pk = models.CompositePrimaryKey("enrolment", "week_start")
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="weeks",
        db_index=False,
        db_constraint=False,
    )
    school = models.ForeignKey(
        School, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    week_start = models.DateField()
    possible = _count(codes.SYMBOLS_POSSIBLE)
    attended = _count(codes.SYMBOLS_ATTENDED)
    unauthorised = _count(codes.SYMBOLS_UNAUTHORISED)
    illness = _count(codes.SYMBOLS_ILLNESS)
    unexplained = _count(codes.SYMBOLS_UNEXPLAINED)
    session_slots = _slots_that_met()
    marks = models.CharField(max_length=14)

    objects = RegisterWeekQuerySet.as_manager()

    class Meta:
        db_table = "register_week"
        constraints: ClassVar = [
            models.CheckConstraint(
                name="register_week_has_14_slots",
                condition=Exact(Length("marks"), 14),
            ),
            models.CheckConstraint(
                name="register_week_starts_on_monday",
                condition=models.Q(week_start__iso_week_day=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} week of {self.week_start}"


class Mark(models.Model):
    """Read-only view: one row a mark. `session` is 0 for AM, 1 for PM."""

    pk = models.CompositePrimaryKey("enrolment", "date", "session")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.DO_NOTHING, related_name="+")
    school = models.ForeignKey(School, on_delete=models.DO_NOTHING, related_name="+")
    date = models.DateField()
    session = models.SmallIntegerField()
    symbol = models.CharField(max_length=1)

    objects = EnrolmentFactQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "mark"

    def __str__(self) -> str:
        return f"{self.date} {'PM' if self.session else 'AM'} {self.symbol}"


class RegisterBatch(models.Model):
    """The receipt of one file or one call: what came, what became of it, who sent it.

    States: `review` (an upload waiting to be confirmed; nothing stored yet), `applied`,
    `refused` (all or nothing was asked and something was wrong), `failed`, `abandoned` (an upload
    that nobody saved within a week).
    """

    class State(models.TextChoices):
        """Where the batch stands."""

        REVIEW = "review", "Waiting for review"
        APPLIED = "applied", "Saved"
        REFUSED = "refused", "Refused"
        FAILED = "failed", "Failed"
        ABANDONED = "abandoned", "Never saved"

    class Route(models.TextChoices):
        """How it came."""

        BUNDLE = "bundle", "Bundle"
        UPLOAD = "upload", "Upload"
        API = "api", "REST API"
        UNDO = "undo", "Undo of an upload"

    created_at = models.DateTimeField(auto_now_add=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    route = models.CharField(max_length=10, choices=Route.choices)
    content = models.CharField(max_length=20, default="marks")
    school = models.ForeignKey(
        School, null=True, blank=True, on_delete=models.PROTECT, related_name="batches"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(max_length=255, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.APPLIED)
    received = models.PositiveIntegerField(default=0)
    inserted = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    warnings = models.JSONField(default=list)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="undone_by"
    )
    reason = models.CharField(max_length=300, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["sha256"], name="batch_sha256")]

    def __str__(self) -> str:
        return f"Batch {self.pk}"


class BatchSchool(models.Model):
    """A school in which a batch stored something, and the run that picked it up (None: not yet).

    `from_on`: the Monday of the earliest week in which it stored or changed a mark, so that what is
    kept of an earlier day still stands; None where it changed more than marks.
    """

    batch = models.ForeignKey(RegisterBatch, on_delete=models.CASCADE, related_name="touched")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    from_on = models.DateField(null=True, blank=True)
    recomputed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "school"], name="batch_school_once"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school"],
                name="batch_school_waiting",
                condition=models.Q(recomputed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} at {self.school_id}"


class UploadedFile(models.Model):
    """The bytes of an upload between review and confirmation; dropped once applied.

    `review` is what the dry run found: the marks it would change (a sample) and the pupils on roll
    who have no mark in the file.
    """

    batch = models.OneToOneField(RegisterBatch, on_delete=models.CASCADE, related_name="upload")
    content = models.BinaryField()
    review = models.JSONField(default=dict)
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Upload of {self.batch_id}"


class Reject(models.Model):
    """One refused row: where it stood, what was wrong, and what to do."""

    batch = models.ForeignKey(RegisterBatch, on_delete=models.CASCADE, related_name="rejects")
    file = models.CharField(max_length=40)
    line = models.PositiveIntegerField()
    column = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=200, blank=True)
    upn = models.CharField(max_length=40, blank=True)
    reason_code = models.CharField(max_length=30)
    message = models.CharField(max_length=300)

    class Meta:
        ordering: ClassVar = ["line", "id"]

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.reason_code}"


class MarkChange(models.Model):
    """One correction of one mark: old and new symbol, when, by which batch. Append only.

    `old` is a space where there was no mark (page uploads log first arrivals too, so that they
    can be undone).
    """

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="mark_changes", db_index=False
    )
    date = models.DateField()
    session = models.SmallIntegerField()
    old = models.CharField(max_length=1)
    new = models.CharField(max_length=1)
    batch = models.ForeignKey(RegisterBatch, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()

    objects = EnrolmentFactQuerySet.as_manager()

    class Meta:
        db_table = "mark_change"
        indexes: ClassVar = [
            models.Index(fields=["enrolment", "date"], name="mark_change_enrolment"),
            models.Index(fields=["at"], name="mark_change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.date} {self.old!r} to {self.new!r}"


class MarkNote(models.Model):
    """Minutes late, comment or sub-reason of one mark; only where there is something to say."""

    enrolment = models.ForeignKey(
        Enrolment, on_delete=models.CASCADE, related_name="mark_notes", db_index=False
    )
    date = models.DateField()
    session = models.SmallIntegerField()
    minutes_late = models.SmallIntegerField(null=True, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    sub_reason = models.CharField(max_length=100, blank=True)

    objects = EnrolmentFactQuerySet.as_manager()

    class Meta:
        db_table = "mark_note"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "date", "session"], name="mark_note_once"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.date}"


class IdempotencyKey(models.Model):
    """The first answer to a call that carried this key; kept for thirty days, each client's own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    status = models.SmallIntegerField(null=True)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
