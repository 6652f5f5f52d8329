"""Every model that leads to a school or a child can be asked which rows a person may see."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db.models import Model

from schools.models import Enrolment, Pupil, School
from schools.scoping import ScopedQuerySet
from tests.factories.pupils import EnrolmentFactory
from tests.factories.schools import SchoolFactory

OURS = ("accounts", "schools", "attendance", "cases", "interventions", "meetings", "dashboards")

#: Models without `visible_to`, and why nobody is shown too much by them.
EXPLAINED = {
    "schools.Patch": "a list of schools; its schools are scoped",
    "schools.Membership": "what scoping itself reads; shown to whoever manages people",
    "schools.PupilGrant": "what scoping itself reads; shown to whoever manages people",
    "attendance.BatchSchool": "reached from a batch in scope",
    "attendance.UploadedFile": "reached from a batch in scope",
    "attendance.Reject": "reached from a batch in scope",
}


def our_models() -> list[type[Model]]:
    """Every model of ours, the tables that Django makes for many-to-many fields left out."""
    return [model for app in OURS for model in apps.get_app_config(app).get_models()]


def targets(model: type[Model]) -> set[type[Model]]:
    """The models that a model's own fields point at."""
    fields = [*model._meta.fields, *model._meta.many_to_many]
    return {field.related_model for field in fields if field.related_model}


def personal_models() -> list[type[Model]]:
    """Models from which a path leads to a school or a child, and those that people are shown."""
    found = {School, Pupil, Enrolment}
    while more := {m for m in our_models() if m not in found and targets(m) & found}:
        found |= more
    return sorted(found, key=lambda model: model._meta.label)


def is_scoped(model: type[Model]) -> bool:
    return isinstance(model._default_manager.all(), ScopedQuerySet)


@pytest.mark.parametrize("model", personal_models(), ids=lambda model: model._meta.label)
def test_model_of_a_school_or_child_is_scoped_or_explained(model):
    explained = model._meta.label in EXPLAINED
    assert is_scoped(model) != explained, (
        f"Give {model._meta.label} a manager made from a ScopedQuerySet, or say in EXPLAINED why "
        "it needs none (and take it out again when it has one)."
    )


def test_every_explained_model_is_there():
    assert set(EXPLAINED) <= {model._meta.label for model in personal_models()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [m for m in personal_models() if is_scoped(m)], ids=lambda model: model._meta.label
)
def test_scope_of_a_model_runs_and_leaves_out_other_schools(model, user_with):
    EnrolmentFactory()
    user = user_with("school_lead", school=SchoolFactory())
    rows = list(model.objects.visible_to(user))
    assert rows == ([user.memberships.get().school] if model is School else [])
