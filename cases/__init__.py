"""What we are doing about it, with whom: the graduated response as shared cases."""
