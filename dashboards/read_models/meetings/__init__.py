"""What the pages of meetings with schools show."""
