"""Read models and pages across everything below; no models and no facts of its own."""
