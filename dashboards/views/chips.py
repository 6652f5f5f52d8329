"""The filters that are on, in words, for the lists of people, readings and deeds."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from attendance_portal.shared import wording
from dashboards import listing


def filter_chips(form: forms.Form, query: QueryDict) -> list[listing.Chip]:
    """Each filter that is on, with the address without it; none while the form is wrong."""
    if not form.is_valid():
        return []
    on = [(name, value) for name, value in form.cleaned_data.items() if value not in ("", None)]
    return [
        listing.Chip(
            f"{form.fields[name].label}: {_in_words(form.fields[name], value)}",
            listing.address(query, **{name: None}),
        )
        for name, value in on
    ]


def _in_words(field: Any, value: Any) -> str:
    if isinstance(value, date):
        return wording.day(value)
    choices = getattr(field, "choices", None)
    if isinstance(value, str) and choices:
        return str(dict(choices).get(value, value))
    return str(value)
