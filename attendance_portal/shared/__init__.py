"""What every app may use: errors, verdicts, the clock. Knows no app."""
