"""What pages need, ready to print. Each starts from `visible_to` and returns plain dataclasses."""
