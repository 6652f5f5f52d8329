"""The six stages as the help page names them: labels and gates from the one table of each."""

from __future__ import annotations

from dataclasses import dataclass

from cases.read_models.evidence import options_in_force
from cases.rules.graduated_response import Evidence, own_gates
from cases.states import STAGES


@dataclass(frozen=True)
class StageInWords:
    """A stage's name, and what it asks for on record besides what the earlier ones ask."""

    label: str
    gates: list[str]


def stages_in_words() -> dict[str, StageInWords]:
    """Stage by its name in small letters: 'expect', 'monitor', ..."""
    nothing, options = Evidence(), options_in_force()
    return {
        stage.name.lower(): StageInWords(
            facts.label,
            [gate.result(nothing, options, is_lifted=False).text for gate in own_gates(stage)],
        )
        for stage, facts in STAGES.items()
    }
