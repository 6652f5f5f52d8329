"""Development equipment: the servers, the style sheet and the commands behind the make targets."""
