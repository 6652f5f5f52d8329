"""No word of a child is logged."""

import logging
import sys
from logging.config import DictConfigurator

import pytest
from django.conf import settings
from django.test import RequestFactory

from attendance_portal.logs import RequestLog


@pytest.mark.parametrize(
    ("address", "logged"),
    [
        ("/pupils/?q=Verrill&page=2", "GET /pupils/"),
        ("/api/v1/pupils/L807990119001/absence/", "GET /api/v1/pupils/{upn}/absence/"),
        ("/api/v1/pupils/w80799012407k/absence/", "GET /api/v1/pupils/{upn}/absence/"),
        ("/api/v1/schools/900001/absence/", "GET /api/v1/schools/900001/absence/"),
        ("/m/aB3-_x9/", "GET /m/{token}/"),
        ("/m/aB3-_x9/meeting.ics", "GET /m/{token}/meeting.ics"),
    ],
)
def test_format_request_leaves_out_query_upn_and_token(address: str, logged: str) -> None:
    assert RequestLog.format_request(RequestFactory().get(address)) == logged


def test_line_of_an_error_masks_upns_in_its_message_and_its_traceback() -> None:
    formatter = DictConfigurator(settings.LOGGING).configure_formatter(
        dict(settings.LOGGING["formatters"]["json"])
    )
    try:
        raise ValueError("Key (upn)=(L807990119001) already exists.")
    except ValueError:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            __file__,
            1,
            "Internal Server Error: %s",
            ("/api/v1/pupils/L807990119001/absence/",),
            sys.exc_info(),
        )
    line = formatter.format(record)
    assert "L807990119001" not in line
    assert "Key (upn)=({upn}) already exists." in line
    assert "/api/v1/pupils/{upn}/absence/" in line
