"""Targeting support meetings and panels: booking, agenda, pack, live actions."""
