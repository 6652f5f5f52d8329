"""What happened each session: codes, registers, summaries, flags and the nightly run."""
