"""Files of figures as of any date, in the columns that outsiders rely on. They write nothing."""
