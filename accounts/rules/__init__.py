"""What the audit chain is made of. Pure."""
