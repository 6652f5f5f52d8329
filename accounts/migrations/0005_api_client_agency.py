"""A system says whom it speaks for in casework."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("accounts", "0004_forms_drafts_and_views")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="apiclient",
            name="agency",
            field=models.CharField(
                default="school",
                help_text="Whom it speaks for: an agency of casework.",
                max_length=30,
            ),
        ),
    ]
