"""Files and calls that bring marks in: each format becomes columns, and every bad row a reason."""
