"""Those who may log in."""
