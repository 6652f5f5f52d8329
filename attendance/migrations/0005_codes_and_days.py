import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0004_abandoned_uploads"),
        ("schools", "0003_pupilgrant_ended_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="SchoolReason",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "school",
                        "academic_year",
                        "half_term",
                        "symbol",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("academic_year", models.SmallIntegerField()),
                ("half_term", models.SmallIntegerField()),
                ("symbol", models.CharField(max_length=1)),
                (
                    "sessions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=14
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="reasons",
                        to="schools.school",
                    ),
                ),
            ],
            options={
                "db_table": "school_reason",
            },
        ),
        # Updated day by day: room on each page keeps a new row version beside the old one.
        migrations.RunSQL(
            "ALTER TABLE school_reason SET (fillfactor = 85)",
            "ALTER TABLE school_reason RESET (fillfactor)",
        ),
    ]
