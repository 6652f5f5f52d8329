"""What somebody writes down at a case so that a gate knows of it: which questions it answers. Pure.

Contracts, orders and notices get records of their own one day; these lines of the timeline say
that the step was thought about, by whom and with what result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from cases.rules.graduated_response import GateKey
from cases.states import Fact


@dataclass(frozen=True)
class Question:
    """One text to write: its name in forms and the API, its label, and a hint."""

    name: str
    label: str
    hint: str = ""


@dataclass(frozen=True)
class RecordedFact:
    """One thing to write down. `ways`: what it may have been, each with the title that the
    timeline then shows; `by_manager`: only somebody who decides on gates may write it."""

    fact: Fact
    heading: str
    ways: Mapping[str, str]
    questions: tuple[Question, ...]
    gate: GateKey | None
    source: str
    by_manager: bool = False


_FACTS: Final = (
    RecordedFact(
        Fact.CONTRACT_OFFERED,
        "Attendance contract",
        {
            "agreed": "Attendance contract: offered and agreed",
            "not_taken_up": "Attendance contract: offered, not taken up",
            "not_appropriate": "Attendance contract: not appropriate",
        },
        (
            Question(
                "text",
                "When was it offered, to whom, and what did they say?",
                "If it is not appropriate for this family, say why. It is voluntary, and not "
                "legally binding.",
            ),
        ),
        GateKey.CONTRACT_OFFERED,
        "LEG-02, LEG-04",
    ),
    RecordedFact(
        Fact.SUPERVISION_ORDER_CONSIDERED,
        "Education supervision order",
        {
            "not_asked_for": "Education supervision order: considered, not asked for",
            "asked_for": "Education supervision order: considered, to be asked for",
        },
        (Question("text", "What was decided, and why?"),),
        GateKey.SUPERVISION_CONSIDERED,
        "LEG-05; LEG-06 (unconfirmed)",
    ),
    RecordedFact(
        Fact.FORMAL_NOTES_WRITTEN,
        "Notes before a formal step",
        {"written": "Notes on support, equality and proportion written"},
        (
            Question("support", "Is support appropriate, and what came of it?"),
            Question("change", "What is a notice likely to change?"),
            Question(
                "equality",
                "Is there a disability, a need not yet met, or another duty under equality law?",
            ),
            Question("proportion", "Is it in proportion for this family, costs included?"),
        ),
        GateKey.FORMAL_NOTES,
        "PN-09, S003",
    ),
    RecordedFact(
        Fact.TERM_TIME_HOLIDAY,
        "Term-time holiday",
        {"holiday": "Absence for a term-time holiday"},
        (Question("text", "Which days, and how do we know?"),),
        None,
        "PN-10",
    ),
    RecordedFact(
        Fact.MANAGER_AGREED,
        "A manager's agreement to Enforce",
        {"agreed": "A manager agreed to Enforce"},
        (Question("text", "Why is this right for this child now?"),),
        GateKey.MANAGER_AGREED,
        "our proposal",
        by_manager=True,
    ),
)
RECORDED_FACTS: Final = MappingProxyType({fact.fact.value: fact for fact in _FACTS})
FACT_OF_GATE: Final = MappingProxyType({one.gate: one.fact for one in _FACTS if one.gate})


def text_of(known: RecordedFact, answers: Mapping[str, str]) -> str:
    """The answers as one text; where there are several, each below its question."""
    if len(known.questions) == 1:
        return answers[known.questions[0].name].strip()
    return "\n\n".join(f"{one.label}\n{answers[one.name].strip()}" for one in known.questions)
