"""The five files about schools and children, by name: their columns and what stores them."""

from __future__ import annotations

from schools.imports.enrolments import ENROLMENTS, SCHOOL_ENROLMENTS, load_enrolments
from schools.imports.parents import PARENTS, load_parents
from schools.imports.pupils import PUPILS, load_pupils
from schools.imports.schools import SCHOOLS, load_schools
from schools.imports.terms import TERMS, load_terms

__all__ = [
    "ENROLMENTS",
    "PARENTS",
    "PUPILS",
    "SCHOOLS",
    "SCHOOL_ENROLMENTS",
    "TERMS",
    "load_enrolments",
    "load_parents",
    "load_pupils",
    "load_schools",
    "load_terms",
]
