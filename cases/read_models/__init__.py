"""What pages and the API read of casework, scoped by whoever asks."""
