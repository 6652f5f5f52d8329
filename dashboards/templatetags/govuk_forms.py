"""Django form fields drawn by GOV.UK Frontend's own macros, and the error summary above them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, PackageLoader, PrefixLoader

register = template.Library()

_ENVIRONMENT = Environment(
    loader=PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
    autoescape=True,
)
_PAGE_SIZED_LABEL = "govuk-label--m"
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@cache
def _macro(component: str, name: str) -> Any:
    path = f"govuk_frontend_jinja/components/{component}/macro.html"
    return getattr(_ENVIRONMENT.get_template(path).module, name)


def _drawn(component: str, name: str, params: dict[str, Any]) -> SafeString:
    return mark_safe(str(_macro(component, name)(params)))  # noqa: S308 - Jinja has escaped it


def _base(field: BoundField) -> dict[str, Any]:
    """What all macros share. Attributes of the widget (autocomplete, accept) go through."""
    params: dict[str, Any] = {"id": field.id_for_label, "name": field.html_name}
    if field.help_text:
        params["hint"] = {"text": field.help_text}
    if field.errors:
        params["errorMessage"] = {"text": " ".join(map(str, field.errors))}
    attributes = dict(field.field.widget.attrs)
    for name in ("autocomplete", "inputmode", "classes"):
        if name in attributes:
            params[name] = attributes.pop(name)
    attributes.pop("placeholder", None)  # a label is never hidden in the field
    params["attributes"] = attributes
    return params


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _items(field: BoundField) -> list[dict[str, Any]]:
    """Options of a select, radios or checkboxes, with those chosen marked."""
    chosen = field.value()
    values = {_text(one) for one in chosen} if isinstance(chosen, list) else {_text(chosen)}
    choices: Any = getattr(field.field, "choices", [])
    return [
        {
            "value": _text(value),
            "text": label,
            "selected": _text(value) in values,
            "checked": _text(value) in values,
        }
        for value, label in choices
    ]


def _group(component: str, macro: str, field: BoundField) -> SafeString:
    legend = {"text": field.label, "classes": "govuk-fieldset__legend--m"}
    params = {**_base(field), "idPrefix": field.id_for_label or field.html_name}
    params |= {"fieldset": {"legend": legend}, "items": _items(field)}
    return _drawn(component, macro, params)


@register.simple_tag
def govuk_field(field: BoundField, size: str = "") -> SafeString:
    """One form field with its label, hint and error; `size="m"` for the only question of a page."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return _group("checkboxes", "govukCheckboxes", field)
    if isinstance(widget, forms.RadioSelect):
        return _group("radios", "govukRadios", field)
    label = {"text": field.label, "classes": _PAGE_SIZED_LABEL if size == "m" else ""}
    params = {**_base(field), "label": label}
    if isinstance(widget, forms.Select):
        return _drawn("select", "govukSelect", {**params, "items": _items(field)})
    if isinstance(widget, forms.FileInput):
        return _drawn("file-upload", "govukFileUpload", params)
    if isinstance(widget, forms.PasswordInput):
        return _drawn("password-input", "govukPasswordInput", params)
    params["value"] = _text(field.value())
    if isinstance(widget, forms.Textarea):
        return _drawn("textarea", "govukTextarea", params)
    params["type"] = _input_type(widget, params["value"])
    return _drawn("input", "govukInput", params)


def _input_type(widget: forms.Widget, value: str) -> str:
    """What is no date stands in a text field: a date field would drop it and complain."""
    kind = getattr(widget, "input_type", "text")
    return "text" if kind == "date" and value and not _ISO_DAY.fullmatch(value) else kind


def _first_id(field: BoundField) -> str:
    """Where the error summary leads: the first radio of a group has the group's own id."""
    return field.id_for_label or field.html_name


@register.simple_tag
def govuk_error_summary(form: forms.BaseForm) -> SafeString | str:
    """Everything that is wrong, each a link to its field. It takes focus by GOV.UK's script."""
    if not form.errors:
        return ""
    entries: list[dict[str, str]] = [{"text": str(error)} for error in form.non_field_errors()]
    for field in form:
        entries += [{"text": str(error), "href": f"#{_first_id(field)}"} for error in field.errors]
    params = {"titleText": "There is a problem", "errorList": entries}
    return _drawn("error-summary", "govukErrorSummary", params)
