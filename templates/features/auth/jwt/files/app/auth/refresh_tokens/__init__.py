"""Refresh tokens that were given out."""
