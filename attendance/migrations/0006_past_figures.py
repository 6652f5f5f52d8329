import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0005_codes_and_days"),
        ("schools", "0003_pupilgrant_ended_at"),
    ]

    operations = [
        migrations.AddField(
            model_name="enrolmentperiod",
            name="illness",
            field=models.SmallIntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name="PastStanding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField()),
                ("last_import", models.BigIntegerField()),
                ("schools", models.CharField(blank=True, max_length=64)),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "db_table": "past_standing",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("as_of", "last_import", "schools"), name="past_standing_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PastPeriod",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "standing",
                        "enrolment",
                        "kind",
                        "key",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("academic_year", models.SmallIntegerField()),
                (
                    "kind",
                    models.SmallIntegerField(choices=[(1, "year"), (2, "term"), (3, "half_term")]),
                ),
                ("key", models.SmallIntegerField()),
                ("possible", models.SmallIntegerField()),
                ("attended", models.SmallIntegerField()),
                ("authorised", models.SmallIntegerField()),
                ("unauthorised", models.SmallIntegerField()),
                ("illness", models.SmallIntegerField()),
                ("persistent", models.BooleanField()),
                ("severe", models.BooleanField()),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="past_periods",
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
                (
                    "standing",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="attendance.paststanding",
                    ),
                ),
            ],
            options={
                "db_table": "past_period",
            },
        ),
        # A cache: a crash may empty it.
        migrations.RunSQL(
            ["ALTER TABLE past_period SET UNLOGGED", "ALTER TABLE past_standing SET UNLOGGED"],
            ["ALTER TABLE past_period SET LOGGED", "ALTER TABLE past_standing SET LOGGED"],
        ),
    ]
