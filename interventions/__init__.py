"""What is done: the catalogue of support, programmes, placements, impact, legal steps."""
