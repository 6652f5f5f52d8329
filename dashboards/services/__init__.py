"""What is done across everything below: no page and no app of its own could do it."""
