"""`make bench`: every row of the performance targets, measured in one run on data of its own."""
