"""Output shapes of the API. Lists of marks have none: bulk rows go by columns."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from attendance.models import Flag, RegisterBatch, Reject
from schools.models import School


class RowErrorSerializer(serializers.Serializer[Any]):
    """One refused row."""

    line = serializers.IntegerField()
    upn = serializers.CharField()
    code = serializers.CharField(help_text="The reason_code of the bundle.")
    message = serializers.CharField()


class ReceiptSerializer(serializers.Serializer[Any]):
    """The answer to every write: received = inserted + changed + unchanged + rejected."""

    batch = serializers.IntegerField()
    received = serializers.IntegerField()
    inserted = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    errors = RowErrorSerializer(many=True)  # type: ignore[assignment]  # our field, not DRF's


class ProblemSerializer(serializers.Serializer[Any]):
    """An RFC 9457 problem document."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField())  # type: ignore[assignment]


def error_row(reject: Reject) -> dict[str, Any]:
    """One refused row, as the write endpoints report it."""
    return {
        "line": reject.line,
        "upn": reject.upn,
        "code": reject.reason_code,
        "message": reject.message,
    }


def receipt(batch: RegisterBatch) -> dict[str, Any]:
    """The counts of a batch, without its errors."""
    return {
        "batch": batch.pk,
        "received": batch.received,
        "inserted": batch.inserted,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "rejected": batch.rejected,
    }


class SchoolSerializer(serializers.ModelSerializer[School]):
    """A school, by the bundle's column names."""

    trust_uid = serializers.CharField(source="trust.uid", default=None)
    trust_name = serializers.CharField(source="trust.name", default=None)
    ward_code = serializers.CharField(source="ward.code", default=None)

    class Meta:
        model = School
        fields = (
            "urn",
            "name",
            "la_code",
            "estab",
            "phase",
            "type",
            "trust_uid",
            "trust_name",
            "ward_code",
            "postcode",
            "status",
            "meeting_days",
        )


class AbsenceRowSerializer(serializers.Serializer[Any]):
    """A row of `export_periods`. Counts are numbers, the percentage a string or null."""

    upn = serializers.CharField()
    urn = serializers.IntegerField()
    enrolment_start = serializers.DateField()
    academic_year = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["year", "term", "half_term", "week"])
    key = serializers.CharField()
    possible = serializers.IntegerField()
    attended = serializers.IntegerField()
    authorised = serializers.IntegerField()
    unauthorised = serializers.IntegerField()
    absence_pct = serializers.CharField(allow_null=True)
    persistent = serializers.IntegerField()
    severe = serializers.IntegerField()


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """A flag with the figures it rests on."""

    upn = serializers.CharField(source="enrolment.pupil.upn")
    urn = serializers.IntegerField(source="school_id")
    enrolment_start = serializers.DateField(source="enrolment.starts_on")
    close_reason = serializers.SerializerMethodField()
    figures = serializers.DictField(source="evidence")

    class Meta:
        model = Flag
        fields = (
            "id",
            "kind",
            "upn",
            "urn",
            "enrolment_start",
            "opened_on",
            "met_on",
            "closed_on",
            "close_reason",
            "figures",
            "rule_version",
            "updated_at",
        )

    def get_close_reason(self, flag: Flag) -> str | None:
        """The reason, or null while the flag stands."""
        return flag.close_reason or None
