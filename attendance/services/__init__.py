"""What attendance does: take registers in, run the night, keep the receipts."""
