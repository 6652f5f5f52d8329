"""Targeting support meetings: booking, agenda, preparation, pack, live actions, what came of it."""
