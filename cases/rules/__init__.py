"""What the guidance asks of casework, as pure functions: facts and a day in, reasons out."""
