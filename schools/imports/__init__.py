"""Files and calls about schools, pupils, families and enrolments: read, checked, handed on."""
