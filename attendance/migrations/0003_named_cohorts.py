import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0001_initial"),
        ("attendance", "0002_flag_answers_and_undo"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnrolmentCohort",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "enrolment",
                        "cohort",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("cohort", models.CharField(max_length=30)),
                ("evidence", models.JSONField(default=dict)),
                (
                    "enrolment",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cohorts",
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
            ],
            options={
                "db_table": "enrolment_cohort",
                "indexes": [models.Index(fields=["school", "cohort"], name="cohort_school")],
            },
        ),
        # Updated day by day: room on each page keeps a new row version beside the old one.
        migrations.RunSQL(
            "ALTER TABLE enrolment_cohort SET (fillfactor = 85)",
            "ALTER TABLE enrolment_cohort RESET (fillfactor)",
        ),
    ]
