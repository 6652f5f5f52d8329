"""The pages across everything below."""
