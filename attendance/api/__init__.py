"""The REST API of schools, registers, absence and flags. Thin: scope, parse, call one service."""
