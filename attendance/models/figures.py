"""What the runs work out: weeks, days, periods, checks and years, which may be dropped at any time;
the runs themselves; and flags, which are history.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from attendance.querysets import (
    EnrolmentFactQuerySet,
    FlagQuerySet,
    PeriodQuerySet,
    SchoolSummaryQuerySet,
)
from schools.models import Enrolment, School


class SessionTotals(models.Model):
    """Sessions summed: possible = attended + authorised + unauthorised."""

    possible = models.IntegerField(default=0)
    attended = models.IntegerField(default=0)
    authorised = models.IntegerField(default=0)
    unauthorised = models.IntegerField(default=0)

    class Meta:
        abstract = True


class SchoolWeek(SessionTotals):
    """A week with at least one school session at this school; numbered without gaps."""

    pk = models.CompositePrimaryKey("school", "week_start")
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="weeks", db_index=False, db_constraint=False
    )
    week_start = models.DateField()
    week_no = models.IntegerField()

    objects = SchoolSummaryQuerySet.as_manager()

    class Meta:
        db_table = "school_week"


class SchoolDay(models.Model):
    """A day with at least one school session at this school; numbered without gaps."""

    pk = models.CompositePrimaryKey("school", "date")
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="days", db_index=False, db_constraint=False
    )
    date = models.DateField()
    day_no = models.IntegerField()

    objects = SchoolSummaryQuerySet.as_manager()

    class Meta:
        db_table = "school_day"


class PeriodKind(models.IntegerChoices):
    """What a stored period is; weeks are the register weeks themselves."""

    YEAR = 1, "year"
    TERM = 2, "term"
    HALF_TERM = 3, "half_term"


class EnrolmentPeriod(models.Model):
    """One enrolment's sessions in one period, at the figures' date.

    `key` is the year (2025), the term (1 to 3) or the half-term (1 to 6).
    """

    pk = models.CompositePrimaryKey("enrolment", "academic_year", "kind", "key")
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="periods",
        db_index=False,
        db_constraint=False,
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    academic_year = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=PeriodKind.choices)
    key = models.SmallIntegerField()
    changed_at = models.DateTimeField(db_default=Now())
    possible = models.SmallIntegerField()
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    illness = models.SmallIntegerField(db_default=0)
    persistent = models.BooleanField()
    severe = models.BooleanField()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        db_table = "enrolment_period"
        indexes: ClassVar = [
            models.Index(fields=["school", "academic_year", "kind", "key"], name="period_school"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.academic_year} {self.kind} {self.key}"


class PastStanding(models.Model):
    """A day that is not the figures' date, for which periods were worked out.

    A cache in a table, so that one statement reads figures of any day (ADR 0014). It is unlogged:
    a crash empties it, and it fills again. `last_import` grows with every batch
    that stores something up to that day; `schools` tells which were asked for, empty for all.
    """

    as_of = models.DateField()
    last_import = models.BigIntegerField()
    schools = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "past_standing"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["as_of", "last_import", "schools"], name="past_standing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of}, after import {self.last_import}"


class PastPeriod(models.Model):
    """What `EnrolmentPeriod` says, of the academic year of another day and up to that day."""

    pk = models.CompositePrimaryKey("standing", "enrolment", "kind", "key")
    standing = models.ForeignKey(
        PastStanding,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="past_periods",
        db_index=False,
        db_constraint=False,
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    academic_year = models.SmallIntegerField()
    kind = models.SmallIntegerField(choices=PeriodKind.choices)
    key = models.SmallIntegerField()
    possible = models.SmallIntegerField()
    attended = models.SmallIntegerField()
    authorised = models.SmallIntegerField()
    unauthorised = models.SmallIntegerField()
    illness = models.SmallIntegerField()
    persistent = models.BooleanField()
    severe = models.BooleanField()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        db_table = "past_period"

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.kind} {self.key} as of {self.standing_id}"


class EnrolmentCheck(models.Model):
    """One enrolment's statutory checks at the figures' date (interfaces: `export_checks`)."""

    enrolment = models.OneToOneField(
        Enrolment,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="check_row",
        db_constraint=False,
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    rolling_now = models.SmallIntegerField(default=0)
    rolling_max = models.SmallIntegerField(default=0)
    rolling_first = models.DateField(null=True)
    run_now = models.SmallIntegerField(default=0)
    run_max = models.SmallIntegerField(default=0)
    run_first = models.DateField(null=True)
    illness_sessions = models.SmallIntegerField(default=0)
    illness_days = models.SmallIntegerField(default=0)
    illness_first = models.DateField(null=True)
    n_overdue = models.SmallIntegerField(default=0)
    n_oldest = models.DateField(null=True)
    last_mark_on = models.DateField(null=True)

    objects = EnrolmentFactQuerySet.as_manager()

    class Meta:
        db_table = "enrolment_check"

    def __str__(self) -> str:
        return f"Checks of {self.enrolment_id}"


class EnrolmentCohort(models.Model):
    """One enrolment in one named cohort at the figures' date (`attendance.rules.patterns`).

    `evidence` holds the numbers the verdict rests on. A child in none has no row.
    """

    pk = models.CompositePrimaryKey("enrolment", "cohort")
    enrolment = models.ForeignKey(
        Enrolment,
        on_delete=models.CASCADE,
        related_name="cohorts",
        db_index=False,
        db_constraint=False,
    )
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    cohort = models.CharField(max_length=30)
    evidence = models.JSONField(default=dict)

    objects = EnrolmentFactQuerySet.as_manager()

    class Meta:
        db_table = "enrolment_cohort"
        indexes: ClassVar = [models.Index(fields=["school", "cohort"], name="cohort_school")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.cohort}"


class SchoolYear(SessionTotals):
    """One school's year at the figures' date; `enrolments` are those with a possible session.

    `last_mark_on` is the school's, whatever the year: its latest mark that is not `-`.
    """

    pk = models.CompositePrimaryKey("school", "academic_year")
    school = models.ForeignKey(
        School, on_delete=models.CASCADE, related_name="years", db_index=False, db_constraint=False
    )
    academic_year = models.SmallIntegerField()
    enrolments = models.IntegerField(default=0)
    persistent = models.IntegerField(default=0)
    severe = models.IntegerField(default=0)
    last_mark_on = models.DateField(null=True)

    objects = SchoolSummaryQuerySet.as_manager()

    class Meta:
        db_table = "school_year"


class SchoolReason(models.Model):
    """How often one school's registers bear one symbol in one half-term (0: between half-terms).

    `sessions` has one count for each slot of the week, Monday morning first, as the register week
    has its marks. Of this academic year and the one before, at the figures' date.
    """

    pk = models.CompositePrimaryKey("school", "academic_year", "half_term", "symbol")
    school = models.ForeignKey(
        School,
        on_delete=models.CASCADE,
        related_name="reasons",
        db_index=False,
        db_constraint=False,
    )
    academic_year = models.SmallIntegerField()
    half_term = models.SmallIntegerField()
    symbol = models.CharField(max_length=1)
    sessions = ArrayField(models.IntegerField(), size=14)

    objects = SchoolSummaryQuerySet.as_manager()

    class Meta:
        db_table = "school_reason"


class NightlyRun(models.Model):
    """One run: everyone at night, or some schools after an import. Two at once are impossible."""

    class State(models.TextChoices):
        """How it ended."""

        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"
        FAILED = "failed", "Did not finish"

    as_of = models.DateField()
    is_for_everyone = models.BooleanField()
    school_urns = models.JSONField(default=list)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    step = models.CharField(max_length=100, blank=True)
    counts = models.JSONField(default=dict)
    message = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [
            models.Index(
                fields=["-as_of", "-id"],
                name="run_figures_date",
                condition=models.Q(is_for_everyone=True, state="finished"),
            ),
        ]

    def __str__(self) -> str:
        return f"Run as of {self.as_of}"


class Flag(models.Model):
    """A dated fact about an enrolment: what, since when, found when, closed when, on which figures.

    `kind` and `close_reason` are words of `attendance.states`; `evidence` holds the numbers
    it rests on, refreshed while open.
    """

    id = models.AutoField(primary_key=True)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="flags")
    school = models.ForeignKey(School, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30)
    opened_on = models.DateField()
    met_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(max_length=20, blank=True)
    evidence = models.JSONField(default=dict)
    rule_version = models.CharField(max_length=20)
    opened_by_run = models.ForeignKey(
        NightlyRun, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_by_run = models.ForeignKey(
        NightlyRun, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    updated_at = models.DateTimeField()

    objects = FlagQuerySet.as_manager()

    class Meta:
        db_table = "flag"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["enrolment", "kind"],
                name="flag_one_open",
                condition=models.Q(closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="flag_closed_with_a_reason",
                condition=models.Q(closed_on__isnull=True, close_reason="")
                | (models.Q(closed_on__isnull=False) & ~models.Q(close_reason="")),
            ),
            models.CheckConstraint(
                name="flag_met_by_the_day_it_opened",
                condition=models.Q(met_on__lte=models.F("opened_on")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["school", "kind"],
                name="flag_open",
                condition=models.Q(closed_on__isnull=True),
            ),
            models.Index(fields=["opened_on"], name="flag_opened"),
            models.Index(fields=["closed_on"], name="flag_closed"),
            models.Index(fields=["updated_at", "id"], name="flag_updated"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.enrolment_id}"
