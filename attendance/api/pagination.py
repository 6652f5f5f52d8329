"""Cursor pages: `results`, `next`, `previous`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class FlagPages(CursorPagination):
    """Flags, oldest change first, so that a reader who stops can go on from there."""

    page_size = 100
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering: str | tuple[str, ...] = ("updated_at", "id")

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any] | None:
        """One page. A cursor that somebody wrote by hand is not found, whatever stands in it."""
        cursor = self.decode_cursor(request)
        if cursor is not None and cursor.position is not None:
            field = queryset.model._meta.get_field(self.get_ordering(request, queryset, view)[0])
            try:
                field.to_python(cursor.position)
            except ValidationError:
                raise NotFound(self.invalid_cursor_message) from None
        return super().paginate_queryset(queryset, request, view)


class SchoolPages(FlagPages):
    """Schools by URN."""

    ordering = ("urn",)


class EnrolmentPages(FlagPages):
    """Enrolments: a page of absence is the rows of so many enrolments."""

    page_size = 50
    max_page_size = 200
    ordering = ("id",)


class RejectPages(FlagPages):
    """Refused rows of one batch, in order of line."""

    ordering = ("line", "id")
