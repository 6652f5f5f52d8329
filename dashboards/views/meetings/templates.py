"""`/meetings/agendas/`: what each term's agenda is made of, for meetings booked from now on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.forms import Done, once
from accounts.roles import Permission
from attendance_portal.shared import clock
from attendance_portal.shared.errors import Invalid
from dashboards.read_models.meetings.templates import theme_agendas
from dashboards.views.cases.forms import add_errors
from dashboards.views.meetings.agenda import STEPS, ItemForm
from meetings.choices import BLOCKS, THEMES, Block, Theme
from meetings.models import AgendaTemplateItem
from meetings.services.agenda import (
    LONGEST_TITLE,
    add_template_item,
    edit_template_item,
    load_templates,
)
from schools.permissions import GuardedView, SignedInRequest


class TemplateItemForm(ItemForm):
    """One more item of a theme."""

    theme = forms.ChoiceField(
        label="Theme", choices=list(THEMES.items()), error_messages={"required": "Choose a theme."}
    )


class AgendasView(GuardedView):
    """The three themes: add, order, take out and put back."""

    permission = Permission.EDIT_AGENDAS

    def get(self, request: SignedInRequest) -> HttpResponse:
        if not AgendaTemplateItem.objects.exists():
            load_templates(at=clock.moment())
        return self._page(request, TemplateItemForm())

    def post(self, request: SignedInRequest) -> HttpResponse:
        """Add an item, or press a button of one."""
        if request.POST.get("do") != "add":
            return once(request, lambda: self._act(request))
        form = TemplateItemForm(request.POST)
        if not form.is_valid():
            return self._page(request, form)
        try:
            return once(request, lambda: self._added(request, form))
        except Invalid as problem:
            add_errors(form, problem)
            return self._page(request, form)

    def _added(self, request: SignedInRequest, form: TemplateItemForm) -> Done:
        facts = form.cleaned_data
        item = add_template_item(
            theme=facts["theme"],
            title=facts["title"],
            block=facts["block"] or Block.NOTHING.value,
            by=request.user,
            at=clock.moment(),
        )
        return Done(f"{request.path}#{item.theme}", f"Added: {item.title}.")

    def _act(self, request: SignedInRequest) -> Done:
        item, do = _item(request.POST.get("item", "")), request.POST.get("do", "")
        if do not in (*STEPS, "out", "back"):
            raise Http404
        rows = AgendaTemplateItem.objects.filter(theme=item.theme)
        order = list(rows.values_list("pk", flat=True))
        edit_template_item(
            item=item,
            title=item.title,
            block=item.block,
            position=order.index(item.pk) + 1 + STEPS.get(do, 0),
            is_used=item.is_used if do in STEPS else do == "back",
            by=request.user,
            at=clock.moment(),
        )
        said = {"out": "Taken out", "back": "Put back"}.get(do, "Moved")
        return Done(f"{request.path}#{item.theme}", f"{said}: {item.title}.")

    def _page(self, request: SignedInRequest, form: TemplateItemForm) -> HttpResponse:
        context = {"themes": theme_agendas(), "form": form}
        return render(request, "dashboards/meetings/agendas.html", context)


class WordingForm(forms.Form):
    """How an item is worded, and what it opens."""

    title = forms.CharField(
        label="What the meeting speaks about",
        max_length=LONGEST_TITLE,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Say what you want to speak about."},
    )
    block = forms.ChoiceField(label="Part of the pack it opens", choices=list(BLOCKS.items()))


class AgendaWordingView(GuardedView):
    """Word one item anew; meetings that are booked keep theirs."""

    permission = Permission.EDIT_AGENDAS

    def get(self, request: SignedInRequest, item_id: int) -> HttpResponse:
        item = _item(str(item_id))
        return self._page(request, item, WordingForm(initial=_facts(item)))

    def post(self, request: SignedInRequest, item_id: int) -> HttpResponse:
        """Keep it."""
        item, form = _item(str(item_id)), WordingForm(request.POST)
        if not form.is_valid():
            return self._page(request, item, form)
        return once(request, lambda: self._saved(request, item, form))

    def _saved(self, request: SignedInRequest, item: AgendaTemplateItem, form: WordingForm) -> Done:
        rows = AgendaTemplateItem.objects.filter(theme=item.theme)
        place = list(rows.values_list("pk", flat=True)).index(item.pk) + 1
        edit_template_item(
            item=item,
            position=place,
            is_used=item.is_used,
            by=request.user,
            at=clock.moment(),
            **form.cleaned_data,
        )
        return Done(f"{reverse('meeting_agendas')}#{item.theme}", "Saved.")

    def _page(
        self, request: SignedInRequest, item: AgendaTemplateItem, form: WordingForm
    ) -> HttpResponse:
        context = {"item": item, "form": form, "theme": THEMES[Theme(item.theme)]}
        return render(request, "dashboards/meetings/agenda_wording.html", context)


def _item(key: str) -> AgendaTemplateItem:
    is_number = key.isdecimal() and len(key) < 10
    found: AgendaTemplateItem = get_object_or_404(AgendaTemplateItem, pk=key if is_number else 0)
    return found


def _facts(item: AgendaTemplateItem) -> dict[str, Any]:
    return {"title": item.title, "block": item.block}
