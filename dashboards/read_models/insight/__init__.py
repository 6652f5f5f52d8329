"""Pages that say where absence lies: with few children, and in which places."""
