"""The numbers of our advisory locks, in one place so that no two jobs ever share one.

PostgreSQL knows an advisory lock by one number or by two; these mean something only here.
"""

from __future__ import annotations

from typing import Final

#: Runs that recompute figures, full or of some schools.
RUNS: Final = (807, 1)
#: Runs for everyone.
RUNS_FOR_EVERYONE: Final = (807, 2)
#: Imports of schools, terms, pupils, families and enrolments.
ROLL_IMPORTS: Final = (807, 3)
#: Sealing the audit trail.
AUDIT_SEALING: Final = (807, 4)
#: Registers of one school: the second number is its URN.
REGISTERS_OF_A_SCHOOL: Final = 20_240_819
#: Making one export: the second number is its record's.
AN_EXPORT: Final = 20_260_303
