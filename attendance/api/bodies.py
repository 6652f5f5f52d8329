"""What a call brings: its raw bytes, once, with the limits on them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from attendance_portal.shared.errors import DomainError, ErrorDetail, Invalid

MOST_ROWS = 100_000  # of one call (interfaces)
MOST_BYTES = 64 * 1024 * 1024


class TooLarge(DomainError):
    """More than one call may carry."""

    code = "too_large"
    status = 413


class _RawParser(BaseParser):
    """Hands over the bytes: bulk rows go by columns, never through a serializer a row."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The bytes of the body; refuses more than `MOST_BYTES`."""
        body = stream.read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise TooLarge("The request is too large. Send it in smaller parts.")
        return body


class RawJson(_RawParser):
    """A JSON body, unread."""

    media_type = "application/json"


class RawCsv(_RawParser):
    """A CSV body, unread."""

    media_type = "text/csv"


def body_of(request: Request) -> bytes:
    """The bytes the call brought. Raises Invalid when there are none."""
    body = request.data
    if not isinstance(body, bytes) or not body.strip():
        raise Invalid(
            "The request has no body. Send rows as application/json or text/csv.", code="no_body"
        )
    return body


def is_csv(request: Request) -> bool:
    """Whether the call brought CSV."""
    return (request.content_type or "").split(";")[0].strip().lower() == "text/csv"


def rows_of_json(body: bytes, name: str) -> list[dict[str, Any]]:
    """The list `{name: [...]}` holds. A row that is no object becomes an empty one, and is refused.

    Raises Invalid for what is not such a document, TooLarge for more than `MOST_ROWS` rows.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(
            "The body is not valid JSON. Check it with a JSON validator, and send it as UTF-8.",
            code="not_json",
        ) from None
    rows = document.get(name) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        message = f'Send an object with a list: {{"{name}": [...]}}.'
        detail = ErrorDetail(code="missing_list", message=message, pointer=f"/{name}")
        raise Invalid(message, code="missing_list", errors=(detail,))
    if len(rows) > MOST_ROWS:
        raise _too_many()
    return [row if isinstance(row, dict) else {} for row in rows]


def check_csv_rows(body: bytes) -> None:
    """Raises TooLarge for more than `MOST_ROWS` rows below the header."""
    if body.count(b"\n") + body.count(b"\r") <= MOST_ROWS:
        return
    reader = csv.reader(io.StringIO(body.decode("utf-8", "replace"), newline=""))
    try:
        rows = sum(1 for row in reader if row) - 1
    except csv.Error:
        return  # the register reader says what is wrong with it
    if rows > MOST_ROWS:
        raise _too_many()


def _too_many() -> TooLarge:
    return TooLarge(f"One call may carry up to {MOST_ROWS:,} rows. Send the rest in another call.")
