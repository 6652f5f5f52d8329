"""What is logged: one JSON line an event, with no word of a child in it.

Addresses are logged without their query (a search word is a name), and with UPNs and the tokens of
links in mails masked. Tracebacks
are text without local variables, which would hold pupils.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

_UPN = re.compile(r"[A-Za-z]\d{11}[0-9A-Za-z]")
_LINK = re.compile(r"(?<=/m/)[\w-]+")


def _masked(text: str) -> str:
    """Without UPNs, and without what opens a meeting to whoever has its link."""
    return _LINK.sub("{token}", _UPN.sub("{upn}", text))


def _mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Any:
    """Masks every text of a line: errors quote addresses and rows of the database."""
    return {
        key: _masked(value) if isinstance(value, str) else value for key, value in event.items()
    }


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]


class RequestLog(RequestMiddleware):
    """One line when a request starts and one when it ends."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and path: no query, no UPN, no token."""
        return f"{request.method} {_masked(request.path)}"


def configure(level: str) -> dict[str, Any]:
    """Set structlog up; returns Django's LOGGING."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    json = {
        "()": structlog.stdlib.ProcessorFormatter,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _mask,
            structlog.processors.JSONRenderer(),
        ],
        "foreign_pre_chain": _SHARED,
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": json},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": level},
        # Django's own lines repeat ours, with the query in them.
        "loggers": {"django.request": {"level": "ERROR"}, "django.server": {"level": "ERROR"}},
    }
