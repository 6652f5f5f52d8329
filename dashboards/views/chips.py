"""The filters that are on, in words, for the lists of people, readings and deeds."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from dashboards import listing
from dashboards.filters import value_in_words


def filter_chips(form: forms.Form, query: QueryDict) -> list[listing.Chip]:
    """Each filter that is on, with the address without it; none while the form is wrong."""
    return [
        listing.Chip(
            f"{form.fields[name].label}: "
            f"{value_in_words(form.fields[name], form.cleaned_data[name])}",
            listing.address(query, **{name: None}),
        )
        for name in chosen_names(form)
    ]


def chosen_names(form: forms.Form) -> list[str]:
    """The names of the filters that are on, in the order of the bar; none of a wrong form."""
    if not form.is_valid():
        return []
    return [name for name, value in form.cleaned_data.items() if value not in ("", None)]
