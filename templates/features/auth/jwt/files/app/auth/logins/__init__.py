"""Log-ins that are open, each with the one refresh token that continues it."""
