"""The cohort explorer: whom a filter bar names, and how much they miss."""
