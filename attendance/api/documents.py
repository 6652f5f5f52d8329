"""What callers send, for the API document only: bulk rows go by columns, nothing here parses."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from attendance.api.serializers import RowErrorSerializer
from schools import choices

_BOOLEAN = "1 or 0 (Y/N and true/false are accepted); empty when unknown."


def _text(help_text: str = "", *, required: bool = False) -> serializers.CharField:
    return serializers.CharField(required=required, help_text=help_text)


def _code(table: dict[str, str], **options: Any) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=list(table.items()), required=False, **options)


class MarkRow(serializers.Serializer[Any]):
    """One mark."""

    upn = _text("UPN, current or former.", required=True)
    date = serializers.DateField()
    session = serializers.ChoiceField(choices=["AM", "PM"])
    code = _text("A national code in force on the date.", required=True)
    minutes_late = serializers.IntegerField(required=False, min_value=0)
    comment = _text()


class MarksBody(serializers.Serializer[Any]):
    """Up to 100,000 marks."""

    marks = MarkRow(many=True)


class PupilRow(serializers.Serializer[Any]):
    """One pupil. A column left out is left as it was; an empty value empties it."""

    upn = _text("Checked by its letter.", required=True)
    surname = _text(required=True)
    forename = _text(required=True)
    date_of_birth = serializers.DateField()
    sex = _code(dict(choices.SEX))
    ethnicity = _code(dict(choices.ETHNICITY))
    first_language = _text("A DfE language code.")
    sen_provision = _code(dict(choices.SEN_PROVISION))
    fsm_eligible = _text(_BOOLEAN)
    pupil_premium = _text(_BOOLEAN)
    social_care = _code(dict(choices.SOCIAL_CARE))
    young_carer = _text(_BOOLEAN)
    home_la = _text("Three digits.")
    postcode = _text()
    ward_code = _text()
    idaci_decile = serializers.IntegerField(required=False, min_value=1, max_value=10)
    former_upn = _text("Several: a space between. A row that carries one finds the pupil.")


class PupilsBody(serializers.Serializer[Any]):
    """Pupils of one school."""

    pupils = PupilRow(many=True)


class EnrolmentRow(serializers.Serializer[Any]):
    """One enrolment at this school, matched on UPN and start date."""

    upn = _text(required=True)
    start_date = serializers.DateField()
    end_date = serializers.DateField(required=False, help_text="The last day on roll.")
    status = _code(dict(choices.ENROLMENT_STATUS), help_text="C unless given.")
    year_group = _code(dict(choices.YEAR_GROUP))


class EnrolmentsBody(serializers.Serializer[Any]):
    """Enrolments at one school."""

    enrolments = EnrolmentRow(many=True)


class ReceiptPage(serializers.Serializer[Any]):
    """A batch: its counts, how it stands, and a page of its refused rows."""

    batch = serializers.IntegerField()
    received = serializers.IntegerField()
    inserted = serializers.IntegerField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    rejected = serializers.IntegerField()
    state = serializers.CharField()
    content = serializers.CharField()
    urn = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True)
    warnings = serializers.ListField(child=serializers.CharField())
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RowErrorSerializer(many=True)
