import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import attendance.models.registers

# Whatever the night updates day by day keeps room on each page, so that a new row version stays
# beside the old one and no index has to be touched.
UPDATED_DAILY = ("register_week", "enrolment_period", "enrolment_check")

MARK_VIEW = """
CREATE VIEW mark AS
SELECT week.enrolment_id,
       week.school_id,
       week.week_start + slot / 2 AS date,
       (slot % 2)::smallint AS session,
       substr(week.marks, slot + 1, 1)::varchar(1) AS symbol
  FROM register_week AS week
 CROSS JOIN generate_series(0, 13) AS slot
 WHERE substr(week.marks, slot + 1, 1) <> ' '
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("schools", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Mark",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "enrolment",
                        "date",
                        "session",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                ("date", models.DateField()),
                ("session", models.SmallIntegerField()),
                ("symbol", models.CharField(max_length=1)),
            ],
            options={
                "db_table": "mark",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Code",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=2)),
                ("symbol", models.CharField(max_length=1)),
                ("short_name", models.CharField(max_length=100)),
                ("category", models.CharField(max_length=40)),
                ("is_possible", models.BooleanField()),
                ("is_attended", models.BooleanField()),
                ("is_authorised", models.BooleanField()),
                ("is_unauthorised", models.BooleanField()),
                ("counts_for_penalty_notice", models.BooleanField()),
                ("physically_present", models.BooleanField()),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("notes", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="code_once_a_regime"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EnrolmentCheck",
            fields=[
                (
                    "enrolment",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="check_row",
                        serialize=False,
                        to="schools.enrolment",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                ("rolling_now", models.SmallIntegerField(default=0)),
                ("rolling_max", models.SmallIntegerField(default=0)),
                ("rolling_first", models.DateField(null=True)),
                ("run_now", models.SmallIntegerField(default=0)),
                ("run_max", models.SmallIntegerField(default=0)),
                ("run_first", models.DateField(null=True)),
                ("illness_sessions", models.SmallIntegerField(default=0)),
                ("illness_days", models.SmallIntegerField(default=0)),
                ("illness_first", models.DateField(null=True)),
                ("n_overdue", models.SmallIntegerField(default=0)),
                ("n_oldest", models.DateField(null=True)),
                ("last_mark_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "enrolment_check",
            },
        ),
        migrations.CreateModel(
            name="NightlyRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("is_for_everyone", models.BooleanField()),
                ("school_urns", models.JSONField(default=list)),
                ("started_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Did not finish"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("step", models.CharField(blank=True, max_length=100)),
                ("counts", models.JSONField(default=dict)),
                ("message", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_for_everyone", True), ("state", "finished")),
                        fields=["-as_of", "-id"],
                        name="run_figures_date",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                (
                    "route",
                    models.CharField(
                        choices=[("bundle", "Bundle"), ("upload", "Upload"), ("api", "REST API")],
                        max_length=10,
                    ),
                ),
                ("content", models.CharField(default="marks", max_length=20)),
                ("file_name", models.CharField(blank=True, max_length=255)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("review", "Waiting for review"),
                            ("applied", "Saved"),
                            ("refused", "Refused"),
                            ("failed", "Failed"),
                        ],
                        default="applied",
                        max_length=10,
                    ),
                ),
                ("received", models.PositiveIntegerField(default=0)),
                ("inserted", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("unchanged", models.PositiveIntegerField(default=0)),
                ("rejected", models.PositiveIntegerField(default=0)),
                ("warnings", models.JSONField(default=list)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="batches",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="MarkChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("session", models.SmallIntegerField()),
                ("old", models.CharField(max_length=1)),
                ("new", models.CharField(max_length=1)),
                ("at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mark_changes",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="changes",
                        to="attendance.registerbatch",
                    ),
                ),
            ],
            options={
                "db_table": "mark_change",
            },
        ),
        migrations.CreateModel(
            name="BatchSchool",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recomputed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="touched",
                        to="attendance.registerbatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterWeek",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "enrolment",
                        "week_start",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weeks",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                ("week_start", models.DateField()),
                (
                    "possible",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.CountOf(
                            "/\\IOLCNMBUVEGpKRSPTWFHJcdj"
                        ),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "attended",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.CountOf("/\\LBVKPWJd"),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "unauthorised",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.CountOf("ONUG"),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "illness",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.CountOf("I"),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "unexplained",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.CountOf("N"),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "session_slots",
                    models.GeneratedField(
                        db_persist=True,
                        expression=attendance.models.registers.SlotsThatMet(
                            "/\\IOLCNMBUVEGDpKXRSPTW1234567FHJQYcdj", " #-Z"
                        ),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                ("marks", models.CharField(max_length=14)),
            ],
            options={
                "db_table": "register_week",
            },
        ),
        migrations.CreateModel(
            name="Reject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("file", models.CharField(max_length=40)),
                ("line", models.PositiveIntegerField()),
                ("column", models.CharField(blank=True, max_length=40)),
                ("value", models.CharField(blank=True, max_length=200)),
                ("upn", models.CharField(blank=True, max_length=40)),
                ("reason_code", models.CharField(max_length=30)),
                ("message", models.CharField(max_length=300)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejects",
                        to="attendance.registerbatch",
                    ),
                ),
            ],
            options={
                "ordering": ["line", "id"],
            },
        ),
        migrations.CreateModel(
            name="SchoolDay",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "school",
                        "date",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="days",
                        to="schools.school",
                    ),
                ),
                ("date", models.DateField()),
                ("day_no", models.IntegerField()),
            ],
            options={
                "db_table": "school_day",
            },
        ),
        migrations.CreateModel(
            name="SchoolWeek",
            fields=[
                ("possible", models.IntegerField(default=0)),
                ("attended", models.IntegerField(default=0)),
                ("authorised", models.IntegerField(default=0)),
                ("unauthorised", models.IntegerField(default=0)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "school",
                        "week_start",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="weeks",
                        to="schools.school",
                    ),
                ),
                ("week_start", models.DateField()),
                ("week_no", models.IntegerField()),
            ],
            options={
                "db_table": "school_week",
            },
        ),
        migrations.CreateModel(
            name="SchoolYear",
            fields=[
                ("possible", models.IntegerField(default=0)),
                ("attended", models.IntegerField(default=0)),
                ("authorised", models.IntegerField(default=0)),
                ("unauthorised", models.IntegerField(default=0)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "school",
                        "academic_year",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="years",
                        to="schools.school",
                    ),
                ),
                ("academic_year", models.SmallIntegerField()),
                ("enrolments", models.IntegerField(default=0)),
                ("persistent", models.IntegerField(default=0)),
                ("severe", models.IntegerField(default=0)),
                ("last_mark_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "school_year",
            },
        ),
        migrations.CreateModel(
            name="UploadedFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.BinaryField()),
                ("review", models.JSONField(default=dict)),
                ("reviewed_at", models.DateTimeField()),
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="upload",
                        to="attendance.registerbatch",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnrolmentPeriod",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "enrolment",
                        "academic_year",
                        "kind",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="periods",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                ("academic_year", models.SmallIntegerField()),
                (
                    "kind",
                    models.SmallIntegerField(choices=[(1, "year"), (2, "term"), (3, "half_term")]),
                ),
                ("key", models.SmallIntegerField()),
                (
                    "changed_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("possible", models.SmallIntegerField()),
                ("attended", models.SmallIntegerField()),
                ("authorised", models.SmallIntegerField()),
                ("unauthorised", models.SmallIntegerField()),
                ("persistent", models.BooleanField()),
                ("severe", models.BooleanField()),
            ],
            options={
                "db_table": "enrolment_period",
                "indexes": [
                    models.Index(
                        fields=["school", "academic_year", "kind", "key"], name="period_school"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=255)),
                ("body_sha256", models.CharField(max_length=64)),
                ("status", models.SmallIntegerField(null=True)),
                ("answer", models.JSONField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("user", "key"), name="idempotency_key_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="MarkNote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("date", models.DateField()),
                ("session", models.SmallIntegerField()),
                ("minutes_late", models.SmallIntegerField(blank=True, null=True)),
                ("comment", models.CharField(blank=True, max_length=500)),
                ("sub_reason", models.CharField(blank=True, max_length=100)),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mark_notes",
                        to="schools.enrolment",
                    ),
                ),
            ],
            options={
                "db_table": "mark_note",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("enrolment", "date", "session"), name="mark_note_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=30)),
                ("opened_on", models.DateField()),
                ("met_on", models.DateField()),
                ("closed_on", models.DateField(blank=True, null=True)),
                ("close_reason", models.CharField(blank=True, max_length=20)),
                ("evidence", models.JSONField(default=dict)),
                ("rule_version", models.CharField(max_length=20)),
                ("updated_at", models.DateTimeField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flags",
                        to="schools.enrolment",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.school",
                    ),
                ),
                (
                    "closed_by_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="attendance.nightlyrun",
                    ),
                ),
                (
                    "opened_by_run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="attendance.nightlyrun",
                    ),
                ),
            ],
            options={
                "db_table": "flag",
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=["school", "kind"],
                        name="flag_open",
                    ),
                    models.Index(fields=["opened_on"], name="flag_opened"),
                    models.Index(fields=["closed_on"], name="flag_closed"),
                    models.Index(fields=["updated_at", "id"], name="flag_updated"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("closed_on__isnull", True)),
                        fields=("enrolment", "kind"),
                        name="flag_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("close_reason", ""), ("closed_on__isnull", True)),
                            models.Q(
                                ("closed_on__isnull", False),
                                models.Q(("close_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="flag_closed_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("met_on__lte", models.F("opened_on"))),
                        name="flag_met_by_the_day_it_opened",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="registerbatch",
            index=models.Index(fields=["sha256"], name="batch_sha256"),
        ),
        migrations.AddIndex(
            model_name="markchange",
            index=models.Index(fields=["enrolment", "date"], name="mark_change_enrolment"),
        ),
        migrations.AddIndex(
            model_name="markchange",
            index=models.Index(fields=["at"], name="mark_change_at"),
        ),
        migrations.AddIndex(
            model_name="batchschool",
            index=models.Index(
                condition=models.Q(("recomputed_at__isnull", True)),
                fields=["school"],
                name="batch_school_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="batchschool",
            constraint=models.UniqueConstraint(
                fields=("batch", "school"), name="batch_school_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="registerweek",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.text.Length("marks"), 14
                ),
                name="register_week_has_14_slots",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerweek",
            constraint=models.CheckConstraint(
                condition=models.Q(("week_start__iso_week_day", 1)),
                name="register_week_starts_on_monday",
            ),
        ),
        *(
            migrations.RunSQL(
                f"ALTER TABLE {table} SET (fillfactor = 85)",
                f"ALTER TABLE {table} RESET (fillfactor)",
            )
            for table in UPDATED_DAILY
        ),
        migrations.RunSQL(MARK_VIEW, "DROP VIEW mark"),
    ]
