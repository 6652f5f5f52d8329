"""Working with one child: the case, its steps, contacts, support plan, actions and partners.

Foreign keys to the child lie on every model that is listed across children; the rest lead there
by their case or plan. Rows are never deleted by people: what ended has a day and a reason.
"""

from cases.models.actions import Action
from cases.models.case import Case, CaseClosure, CaseFlag, CaseWorker, Hold
from cases.models.contacts import Contact, ContactClaim, SupervisionNote, TimelineEntry
from cases.models.digest import DigestSent
from cases.models.partners import Consent, Offer, Referral
from cases.models.plans import (
    Adjustment,
    Barrier,
    Goal,
    PlanParty,
    PlanReview,
    PlanVersion,
    SmallStep,
    SupportPlan,
)
from cases.models.stages import SchoolSteps, StageChange, StageOverride

__all__ = [
    "Action",
    "Adjustment",
    "Barrier",
    "Case",
    "CaseClosure",
    "CaseFlag",
    "CaseWorker",
    "Consent",
    "Contact",
    "ContactClaim",
    "DigestSent",
    "Goal",
    "Hold",
    "Offer",
    "PlanParty",
    "PlanReview",
    "PlanVersion",
    "Referral",
    "SchoolSteps",
    "SmallStep",
    "StageChange",
    "StageOverride",
    "SupervisionNote",
    "SupportPlan",
    "TimelineEntry",
]
