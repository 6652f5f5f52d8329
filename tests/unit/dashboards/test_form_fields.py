"""Fields of forms, drawn: what the browser is told about the value that stands in them."""

import pytest
from django import forms

from dashboards.filters import DayField
from dashboards.templatetags.govuk_forms import govuk_field


class _DayForm(forms.Form):
    since = DayField(required=False)


@pytest.mark.parametrize(("value", "kind"), [("2026-03-02", "date"), ("", "date")])
def test_day_stands_in_the_browsers_own_field(value, kind):
    assert f'type="{kind}"' in govuk_field(_DayForm({"since": value})["since"])


@pytest.mark.parametrize("value", ["soon", "2/3/2026", "2026-03-02T10:00"])
def test_what_is_no_day_stays_as_it_was_typed_in_a_text_field(value):
    drawn = govuk_field(_DayForm({"since": value})["since"])

    assert 'type="text"' in drawn
    assert f'value="{value}"' in drawn
