"""How many log-ins have failed of late."""
