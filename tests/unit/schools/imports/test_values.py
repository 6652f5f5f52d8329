"""What one cell may say, both sides of each line."""

from datetime import date

import pytest

from attendance_portal.shared.rejects import Reason
from schools.imports import values
from schools.imports.values import Unfit

BORN = values.date_of_birth(date(1990, 1, 1), date(2026, 3, 3))
SEX = values.coded({"F": "Female", "M": "Male"}, of="sex")


@pytest.mark.parametrize(
    ("parse", "raw", "stored"),
    [
        (values.text(3), "abc", "abc"),
        (values.capitals(8), "ts10 1aa", "TS10 1AA"),
        (values.upn, "l807990119001", "L807990119001"),
        (values.upns, "L807990119001  C807990222147", {"L807990119001", "C807990222147"}),
        (values.iso_date, "2024-02-29", date(2024, 2, 29)),
        (BORN, "1990-01-01", date(1990, 1, 1)),
        (BORN, "2026-03-03", date(2026, 3, 3)),
        (values.date_of_birth(date(1990, 1, 1), None), "2026-03-04", date(2026, 3, 4)),
        (values.boolean, "1", True),
        (values.boolean, "0", False),
        (values.boolean, "y", True),
        (values.boolean, "N", False),
        (values.boolean, "TRUE", True),
        (values.boolean, "False", False),
        (SEX, "f", "F"),
        (values.coded({"open": "Open"}, of="status", small=True), "Open", "open"),
        (values.whole(1, 10), "1", 1),
        (values.whole(1, 10), "10", 10),
        (values.urn, "0900001", 900001),
        (values.digits(3, of="It"), "007", "007"),
        (values.language, "eng", "ENG"),
        (values.meeting_days, "754321", "123457"),
        (values.meeting_days, "11", "1"),
    ],
)
def test_good_value_is_taken(parse, raw, stored):
    assert parse(raw) == stored


@pytest.mark.parametrize(
    ("parse", "raw", "reason"),
    [
        (values.text(3), "abcd", Reason.BAD_VALUE),
        (values.upn, "A807990119001", Reason.BAD_UPN),
        (values.upn, "L80799011900", Reason.BAD_UPN),
        (values.upns, "L807990119001 A807990119001", Reason.BAD_UPN),
        (values.iso_date, "02/03/2026", Reason.BAD_DATE),
        (values.iso_date, "2026-02-30", Reason.BAD_DATE),
        (values.iso_date, "20260302", Reason.BAD_DATE),
        (values.iso_date, "2026-W10-1", Reason.BAD_DATE),
        (values.iso_date, "2026-03-02T09:00", Reason.BAD_DATE),
        (values.iso_date, "٢٠٢٦-03-02", Reason.BAD_DATE),
        (BORN, "1989-12-31", Reason.BAD_VALUE),
        (BORN, "2026-03-04", Reason.BAD_VALUE),
        (BORN, "soon", Reason.BAD_DATE),
        (values.boolean, "2", Reason.BAD_VALUE),
        (values.boolean, "yes", Reason.BAD_VALUE),
        (SEX, "X", Reason.BAD_VALUE),
        (values.whole(1, 10), "0", Reason.BAD_VALUE),
        (values.whole(1, 10), "11", Reason.BAD_VALUE),
        (values.whole(1, 10), "1.0", Reason.BAD_VALUE),
        (values.whole(1, 10), "²", Reason.BAD_VALUE),
        (values.whole(1, 10), "-1", Reason.BAD_VALUE),
        (values.urn, "0", Reason.BAD_VALUE),
        (values.urn, "abc", Reason.BAD_VALUE),
        (values.digits(3, of="It"), "80", Reason.BAD_VALUE),
        (values.digits(3, of="It"), "8O7", Reason.BAD_VALUE),
        (values.language, "English", Reason.BAD_VALUE),
        (values.meeting_days, "0", Reason.BAD_VALUE),
        (values.meeting_days, "18", Reason.BAD_VALUE),
    ],
)
def test_bad_value_is_refused_with_its_reason(parse, raw, reason):
    with pytest.raises(Unfit) as refused:
        parse(raw)

    assert refused.value.reason == reason
