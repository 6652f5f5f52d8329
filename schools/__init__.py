"""Where pupils are: trusts, schools, places, pupils, families, enrolments, terms; row scoping."""
