import uuid

import django.contrib.postgres.constraints
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension, TrigramExtension
from django.db import migrations, models

import schools.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        TrigramExtension(),
        migrations.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_corrected", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Parent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("parent_ref", models.CharField(max_length=50, unique=True)),
                ("name", models.CharField(max_length=200)),
                ("phone", models.CharField(blank=True, max_length=50)),
                ("email", models.CharField(blank=True, max_length=200)),
                ("address", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=50)),
            ],
        ),
        migrations.CreateModel(
            name="Trust",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[("ward", "Ward"), ("locality", "Locality")],
                        default="ward",
                        max_length=10,
                    ),
                ),
                (
                    "part_of",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wards",
                        to="schools.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pupil",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("upn", models.CharField(max_length=13, unique=True)),
                ("surname", models.CharField(max_length=100)),
                ("forename", models.CharField(max_length=100)),
                ("folded_name", models.CharField(db_index=True, max_length=202)),
                ("date_of_birth", models.DateField()),
                ("sex", models.CharField(blank=True, max_length=1)),
                ("ethnicity", models.CharField(blank=True, max_length=4)),
                ("first_language", models.CharField(blank=True, max_length=4)),
                ("sen_provision", models.CharField(blank=True, max_length=1)),
                ("fsm_eligible", models.BooleanField(null=True)),
                ("pupil_premium", models.BooleanField(null=True)),
                ("social_care", models.CharField(blank=True, max_length=4)),
                ("young_carer", models.BooleanField(null=True)),
                ("home_la", models.CharField(blank=True, max_length=3)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("idaci_decile", models.SmallIntegerField(null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "household",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="children",
                        to="schools.household",
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pupils",
                        to="schools.place",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FormerUpn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("upn", models.CharField(max_length=13, unique=True)),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="former_upns",
                        to="schools.pupil",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PupilGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                ("why", models.CharField(max_length=200)),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grants",
                        to="schools.pupil",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pupil_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Responsibility",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("relationship", models.CharField(blank=True, max_length=50)),
                ("parental_responsibility", models.BooleanField(null=True)),
                ("lives_with", models.BooleanField(null=True)),
                (
                    "parent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responsibilities",
                        to="schools.parent",
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="responsibilities",
                        to="schools.pupil",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="School",
            fields=[
                ("urn", models.IntegerField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=200)),
                ("folded_name", models.CharField(db_index=True, max_length=200)),
                ("la_code", models.CharField(max_length=3)),
                ("estab", models.CharField(blank=True, max_length=4)),
                ("phase", models.CharField(blank=True, max_length=2)),
                ("type", models.CharField(blank=True, max_length=3)),
                ("status", models.CharField(default="open", max_length=10)),
                ("postcode", models.CharField(blank=True, max_length=10)),
                ("meeting_days", models.CharField(default="12345", max_length=7)),
                ("predecessor_urn", models.IntegerField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "attendance_champion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "link_officer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ward",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="schools.place",
                    ),
                ),
                (
                    "trust",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="schools",
                        to="schools.trust",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Patch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("schools", models.ManyToManyField(related_name="patches", to="schools.school")),
            ],
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("status", models.CharField(default="C", max_length=1)),
                ("year_group", models.CharField(blank=True, max_length=2)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("awaiting_confirmation", models.BooleanField(default=False)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "confirmed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "pupil",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolments",
                        to="schools.pupil",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="schools.school",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Term",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("academic_year", models.SmallIntegerField()),
                ("half_term", models.SmallIntegerField()),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
            ],
            options={
                "ordering": ["academic_year", "half_term"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("academic_year", "half_term"), name="term_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("half_term__range", (1, 6))), name="term_half_is_1_to_6"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="term_ends_after_start",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("attendance_officer", "Attendance officer"),
                            ("team_manager", "Attendance team manager"),
                            ("school_lead", "School lead"),
                            ("early_help_worker", "Early help worker"),
                            ("panel_member", "Panel member"),
                            ("analyst", "Data analyst"),
                            ("administrator", "Administrator"),
                            ("machine", "School system"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[
                            ("la", "The whole local authority"),
                            ("patch", "A patch of schools"),
                            ("trust", "The schools of a trust"),
                            ("school", "One school"),
                            ("nobody", "Only the children granted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("from_on", models.DateField()),
                ("until_on", models.DateField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "patch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="schools.patch",
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="schools.school",
                    ),
                ),
                (
                    "trust",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="schools.trust",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="pupil",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["folded_name"], name="pupil_name_trgm", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="pupil",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("idaci_decile__isnull", True),
                    ("idaci_decile__range", (1, 10)),
                    _connector="OR",
                ),
                name="pupil_idaci_is_1_to_10",
            ),
        ),
        migrations.AddConstraint(
            model_name="pupilgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True),
                    ("until_on__gte", models.F("from_on")),
                    _connector="OR",
                ),
                name="grant_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="responsibility",
            constraint=models.UniqueConstraint(
                fields=("parent", "pupil"), name="responsibility_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(
                fields=("pupil", "school", "starts_on"), name="enrolment_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="enrolment_ends_after_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["C", "M", "S", "G"])),
                name="enrolment_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("confirmed_at__isnull", True),
                    ("awaiting_confirmation", False),
                    _connector="OR",
                ),
                name="enrolment_confirmed_by_someone",
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("pupil", "="),
                    ("school", "="),
                    (schools.models.DateRange("starts_on", "ends_on", models.Value("[]")), "&&"),
                ],
                name="enrolment_no_overlap_at_a_school",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("patch__isnull", True),
                        ("school__isnull", True),
                        ("scope__in", ["la", "nobody"]),
                        ("trust__isnull", True),
                    ),
                    models.Q(
                        ("patch__isnull", False),
                        ("school__isnull", True),
                        ("scope", "patch"),
                        ("trust__isnull", True),
                    ),
                    models.Q(
                        ("patch__isnull", True),
                        ("school__isnull", True),
                        ("scope", "trust"),
                        ("trust__isnull", False),
                    ),
                    models.Q(
                        ("patch__isnull", True),
                        ("school__isnull", False),
                        ("scope", "school"),
                        ("trust__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="membership_scope_names_its_schools",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("until_on__isnull", True),
                    ("until_on__gte", models.F("from_on")),
                    _connector="OR",
                ),
                name="membership_ends_after_start",
            ),
        ),
    ]
