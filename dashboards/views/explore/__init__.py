"""The pages of the cohort explorer."""
