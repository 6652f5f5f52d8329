"""What is changed, each with its check and its trace."""
