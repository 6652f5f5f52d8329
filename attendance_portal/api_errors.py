"""One shape for every API error: an RFC 9457 problem document, plus `code` and `errors`.

The code and the sentence come from the domain error; nothing is worded here that the domain words.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from attendance_portal.shared.errors import DomainError, ErrorDetail

CONTENT_TYPE = "application/problem+json"
NOT_FOUND = "There is nothing here that this client can see. Check the address."


def problem(
    *, status: int, code: str, detail: str, errors: Iterable[dict[str, Any]] = ()
) -> dict[str, Any]:
    """The document itself."""
    return {
        "type": f"urn:attendance-portal:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "errors": list(errors),
    }


def _answer(
    status: int,
    code: str,
    detail: str,
    errors: Iterable[dict[str, Any]] = (),
    headers: dict[str, str] | None = None,
) -> Response:
    document = problem(status=status, code=code, detail=detail, errors=errors)
    return Response(document, status=status, content_type=CONTENT_TYPE, headers=headers)


def _domain_errors(details: Iterable[ErrorDetail]) -> list[dict[str, Any]]:
    return [
        {
            **({"pointer": each.pointer} if each.pointer is not None else {}),
            **({"line": each.line} if each.line is not None else {}),
            "code": each.code,
            "message": each.message,
        }
        for each in details
    ]


def _field_errors(detail: Any, pointer: str = "") -> list[dict[str, Any]]:
    """DRF's nested details, flattened to JSON pointers."""
    if isinstance(detail, dict):
        return [
            e for key, value in detail.items() for e in _field_errors(value, f"{pointer}/{key}")
        ]
    if isinstance(detail, list):
        return [e for value in detail for e in _field_errors(value, pointer)]
    return [
        {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "message": str(detail)}
    ]


def _from_rest_framework(exc: exceptions.APIException) -> Response:
    headers: dict[str, str] = {}
    if header := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(int(wait))
    if isinstance(exc, exceptions.ValidationError):
        errors = _field_errors(exc.detail)
        return _answer(exc.status_code, "invalid", errors[0]["message"], errors, headers)
    code = exc.get_codes()
    return _answer(
        exc.status_code, code if isinstance(code, str) else "error", str(exc.detail), (), headers
    )


def problem_response(exc: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. Returns None for what is a bug of ours (a 500)."""
    if isinstance(exc, DomainError):
        return _answer(exc.status, exc.code, exc.message, _domain_errors(exc.errors))
    if isinstance(exc, Http404):
        return _answer(404, "not_found", NOT_FOUND)
    if isinstance(exc, PermissionDenied):
        return _answer(403, "refused", str(exc) or "This client may not do that.")
    if isinstance(exc, RequestDataTooBig):
        return _answer(413, "too_large", "The request is too large. Send it in smaller parts.")
    if isinstance(exc, exceptions.APIException):
        return _from_rest_framework(exc)
    return None


def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer to an API address that never was."""
    return JsonResponse(
        problem(status=404, code="not_found", detail=NOT_FOUND),
        status=404,
        content_type=CONTENT_TYPE,
    )
