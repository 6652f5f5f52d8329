"""The filters that are on, in words, for the lists of people, readings and deeds."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from dashboards import listing
from dashboards.filters import value_in_words


def filter_chips(form: forms.Form, query: QueryDict) -> list[listing.Chip]:
    """Each filter that is on, with the address without it; none while the form is wrong."""
    if not form.is_valid():
        return []
    on = [(name, value) for name, value in form.cleaned_data.items() if value not in ("", None)]
    return [
        listing.Chip(
            f"{form.fields[name].label}: {value_in_words(form.fields[name], value)}",
            listing.address(query, **{name: None}),
        )
        for name, value in on
    ]
