"""Views of the pages that say where absence lies."""
