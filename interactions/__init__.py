"""Exchanges between people and AI assistants: recorded, read back, rated, erased on request."""
